# SPDX-License-Identifier: Apache-2.0
"""What a guess at a password costs in service, where the tests' own hasher is not."""

from django.utils.module_loading import import_string

from hearthline.hub.config import settings


def test_in_service_a_password_costs_at_least_what_owasp_asks():
    """OWASP, Password Storage Cheat Sheet: Argon2id, 19 MiB, two passes."""
    (name,) = settings.PASSWORD_HASHERS
    hasher = import_string(name)()
    written = hasher.encode("a lamp in the window", hasher.salt())
    assert hasher.verify("a lamp in the window", written)
    assert not hasher.verify("a lamp in the doorway", written)
    told = hasher.decode(written)
    assert (told["algorithm"], told["variety"]) == ("argon2", "argon2id")
    assert told["memory_cost"] >= 19 * 1024  # KiB
    assert told["time_cost"] >= 2
