# SPDX-License-Identifier: Apache-2.0
"""A block list as hash prefixes: nobody can read it, anybody can check an address against it.

Source: Safe Browsing v5, "Local database" and "URLs and hashing". Each listed address is the
SHA-256 of its expression (see ``expressions``). Readers hold the first four bytes of each and ask
for the full hashes behind a prefix only when an address they check begins with one.

One thing is added. An expression ``a.test/`` cannot say whether the front page, the host or the
whole domain is meant, and a plain look-up always takes the widest reading. Beside each full hash
stands therefore the scope of the entry, and a match counts only within it, so that the narrowest
scope that was decided is the one that is applied.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

PREFIX_BYTES: Final = 4
HASH_BYTES: Final = 32
VERSION_BYTES: Final = 16
SCOPES: Final = ("url", "path", "host", "domain")
"""Narrowest first: one page; all below a path; one host name; a domain with all its names."""


class Listed(Protocol):
    """What is read of an entry of the block list. ``address`` is canonical, without scheme.

    ``host/path?query`` for the scopes url and path, a bare host name for host and domain.
    """

    @property
    def scope(self) -> str: ...
    @property
    def address(self) -> str: ...


class NotListable(ValueError):
    """An entry that is not spelled as its scope asks, so that no reader would ever match it."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a reader holds: four bytes an entry, ascending, and the token of their version.

    ``version`` is opaque to other readers. Ours takes the serial from it, to refuse a step back.
    """

    values: array[int]
    version: bytes

    @property
    def serial(self) -> int:
        """The serial of the list version these are of."""
        return int.from_bytes(self.version[:8], "big")

    @property
    def checksum(self) -> bytes:
        """SHA-256 of the prefixes in ascending order (field ``sha256_checksum``)."""
        return hashlib.sha256(in_bytes(self.values)).digest()

    def __len__(self) -> int:
        return len(self.values)

    def hold(self, prefix: int) -> bool:
        """Whether a listed hash begins with these four bytes, read as a big-endian number."""
        at = bisect_left(self.values, prefix)
        return at < len(self.values) and self.values[at] == prefix


@dataclass(frozen=True, slots=True)
class PrefixList:
    """What the publisher holds: the prefixes, and beside them full hashes and scopes.

    ``hashes`` are 32 bytes an entry, ascending; ``scopes`` one byte an entry, its place in
    ``SCOPES``. Two lists of the same entries and serial are equal, in whatever order they came.
    """

    prefixes: Prefixes
    hashes: bytes
    scopes: bytes

    def behind(self, prefix: bytes) -> dict[bytes, str]:
        """The full hashes that begin with a prefix of four bytes, each with its scope."""
        found = {}
        for at in range(self._first(prefix), len(self.scopes)):
            full = self.hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES]
            if not full.startswith(prefix):
                break
            found[full] = SCOPES[self.scopes[at]]
        return found

    def _first(self, prefix: bytes) -> int:
        """The place of the first hash that is not below the prefix."""
        low, high = 0, len(self.scopes)
        while low < high:
            middle = (low + high) // 2
            if self.hashes[middle * HASH_BYTES : (middle + 1) * HASH_BYTES] < prefix:
                low = middle + 1
            else:
                high = middle
        return low


def build(listed: Mapping[bytes, str], *, serial: int) -> PrefixList:
    """The list of these full hashes, each with its scope; see ``hashes_of``.

    ``serial`` (0 to 2^64 - 1) must grow with each version. Raises ``NotListable`` for a hash that
    is not 32 bytes long and for a scope there is not.
    """
    for full, scope in listed.items():
        if len(full) != HASH_BYTES or scope not in SCOPES:
            raise NotListable(f"not a SHA-256 with one of the scopes {', '.join(SCOPES)}")
    ascending = sorted(listed)
    values = from_bytes(b"".join(dict.fromkeys(full[:PREFIX_BYTES] for full in ascending)))
    places = {scope: place for place, scope in enumerate(SCOPES)}
    return PrefixList(
        prefixes=Prefixes(values, version_of(serial, values)),
        hashes=b"".join(ascending),
        scopes=bytes(places[listed[full]] for full in ascending),
    )


def hashes_of(entries: Iterable[Listed]) -> dict[bytes, str]:
    """Full hash to scope of the entries. Where two share a hash, the wider scope stands.

    Raises ``NotListable``.
    """
    found: dict[bytes, str] = {}
    for entry in entries:
        check_listable(entry.scope, entry.address)
        expression = entry.address if "/" in entry.address else entry.address + "/"
        full = hashlib.sha256(expression.encode("ascii")).digest()
        known = found.get(full, SCOPES[0])
        found[full] = max(known, entry.scope, key=SCOPES.index)
    return found


def check_listable(scope: str, address: str) -> None:
    """Raise ``NotListable``, with what to do, unless the address is spelled as its scope asks."""
    host, slash, path = address.partition("/")
    if scope not in SCOPES or not host or not address.isascii():
        raise NotListable(f"an entry needs a canonical address and one of {', '.join(SCOPES)}")
    if bool(slash) is (scope in ("host", "domain")):
        raise NotListable("url and path take an address with its path, host and domain a host")
    if scope == "path" and path and not path.endswith("/"):
        raise NotListable("a path ends with a slash; list a single page with the scope url")


def version_of(serial: int, values: array[int]) -> bytes:
    """The token of a version: its serial, then eight bytes that tell one content from another."""
    return serial.to_bytes(8, "big") + hashlib.sha256(in_bytes(values)).digest()[:8]


def in_bytes(values: array[int]) -> bytes:
    """Prefixes as sent raw: four bytes each, big-endian, one after the other."""
    if sys.byteorder == "little":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def from_bytes(raw: bytes) -> array[int]:
    """Prefixes from the bytes that ``in_bytes`` gives."""
    values = array("I", raw)
    if sys.byteorder == "little":
        values.byteswap()
    return values
