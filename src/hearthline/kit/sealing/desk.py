# SPDX-License-Identifier: Apache-2.0
"""Wrapping a data key to the desk: whoever has only the public half can seal and not read back.

HPKE (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The
row goes in as HPKE's `info`, which enters the key schedule (section 5.1): a wrapped key moved to
another row does not open. A wrapped key is 81 bytes: version, 32 of encapsulation, 32 of key, 16
of tag. Base mode does not say who sealed: the public site is trusted to write, not to read.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from .binding import bind
from .datakey import DataKey
from .envelope import KEY_SIZE, Stored, not_openable, payload
from .keytext import DESK_PRIVATE, DESK_PUBLIC, KeyRefused, from_text, to_text

_VERSION = b"\x01"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_ENCAPSULATION_AND_TAG = 32 + 16


@dataclass(frozen=True, slots=True)
class DeskKeyPair:
    """The desk's two halves. Only the public one belongs on the public site."""

    private: X25519PrivateKey = field(repr=False)
    public: X25519PublicKey = field(repr=False)

    @classmethod
    def generate(cls) -> "DeskKeyPair":
        """A fresh pair from the system's randomness."""
        private = X25519PrivateKey.generate()
        return cls(private, private.public_key())


def desk_public_to_text(public: X25519PublicKey) -> str:
    """One line that begins with `hearthline-desk-public-1:`."""
    return to_text(DESK_PUBLIC, public.public_bytes_raw())


def desk_private_to_text(private: X25519PrivateKey) -> str:
    """One line that begins with `hearthline-desk-private-1:`. It is as secret as the key."""
    return to_text(DESK_PRIVATE, private.private_bytes_raw())


def desk_public_from_text(text: str, *, name: str) -> X25519PublicKey:
    """The public half. Raises KeyRefused, naming the setting `name`."""
    public = X25519PublicKey.from_public_bytes(from_text(DESK_PUBLIC, text, name=name))
    try:
        # RFC 7748 section 6.1: a few points have no secret to share. Better found at start-up
        # than at the first report.
        X25519PrivateKey.generate().exchange(public)
    except ValueError:
        raise KeyRefused(f"{name} is not a usable key. Generate a new pair.") from None
    return public


def desk_private_from_text(text: str, *, name: str) -> X25519PrivateKey:
    """The private half. Raises KeyRefused, naming the setting `name`."""
    return X25519PrivateKey.from_private_bytes(from_text(DESK_PRIVATE, text, name=name))


def wrap_for_desk(key: DataKey, public: X25519PublicKey, *, row: str) -> bytes:
    """Wrap the key of `row`, 81 bytes. Raises ValueError if `row` is empty."""
    return _VERSION + _SUITE.encrypt(key.expose(), public, info=_info(row))


def unwrap_by_desk(wrapped: Stored, private: X25519PrivateKey, *, row: str) -> DataKey:
    """The key of `row`. Raises SealBroken."""
    body = payload(bytes(wrapped), _VERSION, at_least=_ENCAPSULATION_AND_TAG + KEY_SIZE)
    try:
        return DataKey(_SUITE.decrypt(body, private, info=_info(row)))
    except (InvalidTag, ValueError):
        raise not_openable() from None


def _info(row: str) -> bytes:
    return bind("desk-wrap-1", row)
