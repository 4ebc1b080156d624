# SPDX-License-Identifier: Apache-2.0
"""Start Django for a command, and say which keys each program may hold."""

import hmac
import os
from collections.abc import Mapping
from hashlib import sha256

import django

from hearthline.hub.config.environment import UNWRAP, desk_keys, secret

# A door is handed these and no others. The public and the partners' door can seal and find, but
# not read back.
KEYS = {
    "public": ("SECRET_KEY", "PEPPER", "VISIT_SECRET", "DESK_PUBLIC_KEY"),
    "desk": (
        "SECRET_KEY",
        "PEPPER",
        "DESK_PUBLIC_KEY",
        "DESK_PRIVATE_KEY",
        "AUDIT_PUBLIC_KEY",
        "OIDC_CLIENT_SECRET",
    ),
    # The public half seals a unit's reasons, which the desk reads.
    "partners": (
        "SECRET_KEY",
        "PEPPER",
        "DESK_PUBLIC_KEY",
        "OIDC_CLIENT_SECRET",
        "BLOCKLIST_PUBLIC_KEY",
    ),
    "worker": (
        "SECRET_KEY",
        "PEPPER",
        "DESK_PUBLIC_KEY",
        "DESK_PRIVATE_KEY",
        "AUDIT_PUBLIC_KEY",
        "AUDIT_PRIVATE_KEY",
        "BLOCKLIST_PUBLIC_KEY",
        "BLOCKLIST_PRIVATE_KEY",
        "SMTP_PASSWORD",
    ),
}
# A country without a block list needs no keys for one.
_OPTIONAL = {
    "SMTP_PASSWORD",
    "OIDC_CLIENT_SECRET",
    "BLOCKLIST_PUBLIC_KEY",
    "BLOCKLIST_PRIVATE_KEY",
}
_ALL_KEYS = {name for names in KEYS.values() for name in names}


class KeysMissing(ValueError):
    """The environment lacks keys this program needs; the text names them."""


def start_django(program: str = "all") -> None:
    """Set Django up in this process; `program` is a door, "worker" or the name of a command."""
    os.environ["HEARTHLINE_DOOR"] = program if program in KEYS else "all"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearthline.hub.config.settings")
    django.setup()


def environment_for(door: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of the program for `door`: everything but the keys it may not hold.

    `environment` is what it is made from, by default this process's own.

    SECRET_KEY is derived per door, so that one door's signatures mean nothing to another.
    Raises `KeysMissing`.
    """
    source = os.environ if environment is None else environment
    found = {name: _key(name, source) for name in KEYS[door]}
    missing = [f"HEARTHLINE_{n}" for n, v in found.items() if not v and n not in _OPTIONAL]
    if missing:
        raise KeysMissing(
            f"the {door} program needs {', '.join(missing)}. Make keys with `hearthline keys` "
            "and give them in the environment or in the file HEARTHLINE_ENV names."
        )
    found["SECRET_KEY"] = hmac.new(
        found["SECRET_KEY"].encode(), f"door:{door}".encode(), sha256
    ).hexdigest()
    return {
        **_without_keys(source),
        **{f"HEARTHLINE_{name}": value for name, value in found.items() if value},
        "HEARTHLINE_DOOR": door,
    }


def _key(name: str, source: Mapping[str, str]) -> str:
    if name == "DESK_PRIVATE_KEY":
        return desk_keys(source)
    return secret(f"HEARTHLINE_{name}", source)


def _without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """A program that was given a key in clear cannot ask for another."""
    forbidden = {"HEARTHLINE_ENV", f"{UNWRAP}_COMMAND", f"{UNWRAP}_SOCKET"}
    for name in _ALL_KEYS:
        forbidden |= {f"HEARTHLINE_{name}{ending}" for ending in ("", "_FILE", "_COMMAND")}
    return {name: value for name, value in environment.items() if name not in forbidden}
