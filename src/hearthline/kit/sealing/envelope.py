# SPDX-License-Identifier: Apache-2.0
"""The envelope: 1 version byte, 12 bytes of nonce, then ciphertext and 16-byte tag."""

import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# A database driver may hand a stored value back as a memoryview.
Stored = bytes | bytearray | memoryview

KEY_SIZE = 32
_VERSION = b"\x01"
_NONCE_SIZE = 12
_TAG_SIZE = 16


class SealBroken(Exception):
    """A sealed value that does not open: wrong key, wrong place, or not as it was sealed."""


def seal_bytes(key: bytes, plaintext: bytes, binding: bytes) -> bytes:
    """Seal under a 32-byte key. The envelope is 29 bytes longer than the plaintext.

    Nonces are random, so one key may seal 2^32 values (NIST SP 800-38D section 8.3); here a key
    belongs to one row, one receipt or one kind of token and stays far below.
    """
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, _VERSION + binding)


def open_bytes(key: bytes, envelope: Stored, binding: bytes) -> bytes:
    """What was sealed under this key and this binding. Raises SealBroken otherwise."""
    sealed = bytes(envelope)
    body = payload(sealed, _VERSION, at_least=_NONCE_SIZE + _TAG_SIZE)
    nonce, ciphertext = body[:_NONCE_SIZE], body[_NONCE_SIZE:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _VERSION + binding)
    except InvalidTag:
        raise not_openable() from None


def opener(key: bytes) -> Callable[[Stored, bytes], bytes]:
    """`open_bytes` for many envelopes under one key, whose schedule is made once."""
    decrypt = AESGCM(key).decrypt

    def open_one(envelope: Stored, binding: bytes) -> bytes:
        body = payload(bytes(envelope), _VERSION, at_least=_NONCE_SIZE + _TAG_SIZE)
        try:
            return decrypt(body[:_NONCE_SIZE], body[_NONCE_SIZE:], _VERSION + binding)
        except InvalidTag:
            raise not_openable() from None

    return open_one


def payload(sealed: bytes, version: bytes, *, at_least: int) -> bytes:
    """What follows the version byte. Raises SealBroken if that is another, or too little."""
    if sealed and sealed[:1] != version:
        raise SealBroken(f"This value is sealed in format {sealed[0]}, which is not known here.")
    if len(sealed) < 1 + at_least:
        raise SealBroken("This sealed value is cut short.")
    return sealed[1:]


def not_openable() -> SealBroken:
    """The one answer to a wrong key, a wrong place and a changed value: none can be told apart."""
    return SealBroken(
        "This sealed value does not open: the key is another one, or it was sealed for another "
        "place, or it was changed."
    )
