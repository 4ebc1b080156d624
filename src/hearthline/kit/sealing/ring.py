# SPDX-License-Identifier: Apache-2.0
"""The desk's key ring: several private keys, so that a new one can come while the old still opens.

A key's id is the first 8 hexadecimal digits of the SHA-256 of its public half. It tells the keys
of one desk apart and is no secret.
"""

from collections.abc import Iterable
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from .datakey import DataKey
from .desk import desk_private_from_text, unwrap_by_desk
from .envelope import SealBroken, Stored, not_openable
from .keytext import KeyRefused

ID_LENGTH = 8


class KeyNotHeld(Exception):
    """The data key is wrapped to a desk key that is not on this ring. `key_id` names it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"Desk key {key_id} is not on this ring.")
        self.key_id = key_id


def desk_key_id(public: X25519PublicKey) -> str:
    """8 hexadecimal digits that name a desk key."""
    return sha256(public.public_bytes_raw()).hexdigest()[:ID_LENGTH]


class DeskRing:
    """The private keys a process holds, in the order given: the current one first."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[X25519PrivateKey]) -> None:
        """Raises ValueError on no key at all, and on one key twice."""
        keys = list(keys)
        self._keys = {desk_key_id(key.public_key()): key for key in keys}
        if not keys or len(self._keys) != len(keys):
            raise ValueError("A key ring holds at least one key, and each once.")

    @classmethod
    def from_text(cls, text: str, *, name: str) -> "DeskRing":
        """The ring in a setting: keys separated by spaces or lines. Raises KeyRefused."""
        words = text.split() or [""]
        try:
            return cls(desk_private_from_text(word, name=name) for word in words)
        except ValueError:
            raise KeyRefused(f"{name} holds one key twice. Leave each in once.") from None

    @property
    def ids(self) -> tuple[str, ...]:
        """The keys' ids, the current one first."""
        return tuple(self._keys)

    def unwrap(self, wrapped: Stored, *, row: str, key_id: str | None) -> DataKey:
        """The data key of `row`, wrapped to the desk key `key_id`.

        None stands for a row from before keys had ids: every key is tried, the oldest first.
        Raises KeyNotHeld, and SealBroken where the right key does not open it.
        """
        if key_id is not None:
            if key_id not in self._keys:
                raise KeyNotHeld(key_id)
            return unwrap_by_desk(wrapped, self._keys[key_id], row=row)
        for key in reversed(self._keys.values()):
            try:
                return unwrap_by_desk(wrapped, key, row=row)
            except SealBroken:
                continue
        raise not_openable()

    def __repr__(self) -> str:
        return f"DeskRing({', '.join(self.ids)})"
