# SPDX-License-Identifier: Apache-2.0
"""Keys as one line of text for an operator's settings: prefix, colon, base64.

The base64 carries the 32 bytes of the key and a 4-byte checksum over prefix and key. Any 32 bytes
make a valid public key, so without the checksum one mistyped letter would seal reports to a key
that nobody holds.
"""

import secrets
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256

DESK_PUBLIC = "hearthline-desk-public-1"
DESK_PRIVATE = "hearthline-desk-private-1"
_SECRET = "hearthline-secret-1"  # noqa: S105  # the prefix, not a secret
_PREFIXES = frozenset({DESK_PUBLIC, DESK_PRIVATE, _SECRET})

KEY_SIZE = 32
_CHECKSUM_SIZE = 4


class KeyRefused(Exception):
    """A key that cannot be used. The message names the setting and never shows its value."""


def to_text(prefix: str, key: bytes) -> str:
    """`prefix:` and 48 characters of URL-safe base64, which need no padding."""
    return f"{prefix}:{urlsafe_b64encode(key + _checksum(prefix, key)).decode()}"


def from_text(prefix: str, text: str, *, name: str) -> bytes:
    """The 32 bytes that `to_text` wrote under the same prefix.

    Raises KeyRefused, naming `name`, for anything else.
    """
    found, colon, encoded = text.strip().partition(":")
    if not text.strip():
        raise KeyRefused(f"{name} is empty. It must hold a key that begins with “{prefix}:”.")
    if not colon or found != prefix:
        # A prefix of this system may be shown; anything else may be the key itself.
        other = f" and not with “{found}:”" if colon and found in _PREFIXES else ""
        raise KeyRefused(f"{name} must begin with “{prefix}:”{other}.")
    try:
        decoded = b64decode(encoded, altchars=b"-_", validate=True)
    except ValueError:
        decoded = b""
    key, checksum = decoded[:KEY_SIZE], decoded[KEY_SIZE:]
    if len(decoded) != KEY_SIZE + _CHECKSUM_SIZE or checksum != _checksum(prefix, key):
        raise KeyRefused(f"{name} is mistyped or incomplete. Copy the whole line again.")
    return key


def new_secret_text() -> str:
    """A fresh 32-byte secret (a pepper, a token secret) for the operator's settings."""
    return to_text(_SECRET, secrets.token_bytes(KEY_SIZE))


def secret_from_text(text: str, *, name: str) -> bytes:
    """The 32 bytes of a secret. Raises KeyRefused, naming the setting `name`."""
    return from_text(_SECRET, text, name=name)


def require_secret(secret: bytes, *, name: str) -> bytes:
    """`secret` itself; KeyRefused, naming `name`, if it is shorter than 32 bytes."""
    if len(secret) < KEY_SIZE:
        raise KeyRefused(f"{name} must be at least {KEY_SIZE} bytes long.")
    return secret


def _checksum(prefix: str, key: bytes) -> bytes:
    return sha256(prefix.encode() + b":" + key).digest()[:_CHECKSUM_SIZE]
