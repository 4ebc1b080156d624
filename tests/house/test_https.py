# SPDX-License-Identifier: Apache-2.0
"""A program whose own address is https keeps browsers and cookies to it."""

import json
import os
import subprocess
import sys

import pytest

NAMES = [
    *(f"{cookie}_COOKIE_{flag}" for cookie in ("SESSION", "CSRF", "LANGUAGE")
      for flag in ("SECURE", "HTTPONLY", "SAMESITE")),
    "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER",
]  # fmt: skip
ASK = (
    "import json, sys; from hearthline.hub.config import settings; "
    "print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))"
)
ADDRESSES = {
    "public": "HEARTHLINE_PUBLIC_URL",
    "desk": "HEARTHLINE_DESK_URL",
    "partners": "HEARTHLINE_PARTNERS_URL",
}


def set_up(door: str, scheme: str) -> dict[str, object]:
    """The settings of one door where only its own address is known."""
    plain = {name: value for name, value in os.environ.items() if name not in ADDRESSES.values()}
    environment = plain | {"HEARTHLINE_DOOR": door, ADDRESSES[door]: f"{scheme}://door.example.org"}
    told = subprocess.run(
        [sys.executable, "-c", ASK, *NAMES], env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return dict(json.loads(told.stdout))


@pytest.mark.parametrize("door", ADDRESSES)
def test_every_cookie_is_for_https_for_no_script_and_for_no_other_site(door: str):
    found = set_up(door, "https")
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert found[f"{cookie}_COOKIE_SECURE"] is True
        assert found[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert found[f"{cookie}_COOKIE_SAMESITE"] == "Strict"
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000


def test_without_https_no_header_of_a_proxy_is_believed():
    found = set_up("public", "http")
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    assert found["SECURE_HSTS_SECONDS"] == 0
