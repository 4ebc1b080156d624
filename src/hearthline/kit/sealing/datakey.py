# SPDX-License-Identifier: Apache-2.0
"""The key of one row, which seals the row's fields one by one."""

import secrets
from collections.abc import Callable
from hmac import compare_digest
from typing import NoReturn

from .binding import bind, part_of
from .envelope import KEY_SIZE, SealBroken, Stored, open_bytes, opener, seal_bytes

_FIELD = "field"


class DataKey:
    """32 random bytes that no log, error page or pickle ever shows."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        """Take over 32 bytes from a key store. Raises ValueError on another length."""
        if len(secret) != KEY_SIZE:
            raise ValueError("A data key is exactly 32 bytes.")
        self._secret = secret

    @classmethod
    def generate(cls) -> "DataKey":
        """A fresh key from the system's randomness."""
        return cls(secrets.token_bytes(KEY_SIZE))

    def seal(self, plaintext: str | bytes, *, table: str, row: str, field: str) -> bytes:
        """Seal a field's value (text as UTF-8) so that it opens in this place only.

        The envelope is 29 bytes longer than the value, so it tells the value's length.
        Raises ValueError if table, row or field is empty.
        """
        value = plaintext.encode() if isinstance(plaintext, str) else plaintext
        return seal_bytes(self._secret, value, bind(_FIELD, table, row, field))

    def open(self, envelope: Stored, *, table: str, row: str, field: str) -> bytes:
        """The value sealed in this place. Raises SealBroken."""
        return open_bytes(self._secret, envelope, bind(_FIELD, table, row, field))

    def open_text(self, envelope: Stored, *, table: str, row: str, field: str) -> str:
        """The text sealed in this place. Raises SealBroken, also if it is not text."""
        try:
            return self.open(envelope, table=table, row=row, field=field).decode()
        except UnicodeDecodeError:
            raise SealBroken("This sealed value opens, but it is not text.") from None

    def opener(self, *, table: str, field: str) -> Callable[[Stored, str], str]:
        """What `open_text` does, for one field of very many rows: called with envelope and row."""
        before, after = bind(_FIELD, table), part_of(field)
        open_one = opener(self._secret)

        def open_text(envelope: Stored, row: str) -> str:
            if not row:
                raise ValueError("A seal is bound to a row, and to none that is empty.")
            try:
                return open_one(envelope, before + part_of(row) + after).decode()
            except UnicodeDecodeError:
                raise SealBroken("This sealed value opens, but it is not text.") from None

        return open_text

    def expose(self) -> bytes:
        """The 32 bytes themselves: for wrapping this key, and for nothing else."""
        return self._secret

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DataKey):
            return NotImplemented
        return compare_digest(self._secret, other._secret)

    __hash__ = None  # type: ignore[assignment]  # a key has no business in a set or a cache

    def __repr__(self) -> str:
        return "DataKey(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A data key is not pickled. Wrap it for the desk or for a receipt.")
