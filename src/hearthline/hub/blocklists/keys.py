# SPDX-License-Identifier: Apache-2.0
"""The key that signs versions of the list: the worker's alone, and its public half for networks."""

from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hearthline.kit.sealing import KeyRefused, secret_from_text

_PRIVATE = "HEARTHLINE_BLOCKLIST_PRIVATE_KEY"
_PUBLIC = "HEARTHLINE_BLOCKLIST_PUBLIC_KEY"


def signing_key(text: str) -> Ed25519PrivateKey:
    """The list's Ed25519 key from its setting; raises `KeyRefused` naming the setting."""
    return Ed25519PrivateKey.from_private_bytes(secret_from_text(text, name=_PRIVATE))


def public_text(key: Ed25519PublicKey) -> str:
    """The public key as networks are given it: base64 of its 32 bytes (RFC 8032)."""
    return b64encode(key.public_bytes_raw()).decode()


def public_keys(text: str) -> list[Ed25519PublicKey]:
    """The keys that check versions, the current one first. Raises `KeyRefused`."""
    try:
        return [
            Ed25519PublicKey.from_public_bytes(b64decode(word, validate=True))
            for word in text.split()
        ]
    except ValueError:
        raise KeyRefused(
            f"{_PUBLIC} is mistyped or incomplete. Copy the whole line again."
        ) from None
