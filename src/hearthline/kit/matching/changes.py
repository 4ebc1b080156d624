# SPDX-License-Identifier: Apache-2.0
"""The change log: what was added and removed since the segments were written, record by record.

A record is a header (`HLc1`, kind, number of items, mark, number of pairs it changes the count by),
the items, and a CRC-32 of all that. Only whole records count: a crash can leave part of one at the
end, which readers do not see and the next writer cuts off.
"""

import os
import struct
import weakref
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .files import fsync_folder
from .refusals import IndexBroken
from .sorting import Ids, Words

_HEADER = struct.Struct("<4sIQqq")
_MAGIC = b"HLc1"
_ADDED, _REMOVED = 1, 2
_CHECKSUM = 4


@dataclass(frozen=True)
class Added:
    """Pairs that were not there before. `mark` is the caller's, as of this change."""

    words: Words
    ids: Ids
    mark: int

    @property
    def pairs(self) -> int:
        """By how much the number of pairs changes."""
        return self.ids.size


@dataclass(frozen=True)
class Removed:
    """Ids that were there, all pairs of which are gone; `pairs` is minus their number."""

    ids: Ids
    pairs: int
    mark: int


Change = Added | Removed


class ChangeLog:
    """One log file. The writer appends, readers follow."""

    def __init__(self, path: Path, words: int, *, writable: bool) -> None:
        """Raises FileNotFoundError where it is missing: an empty one in its place would lie."""
        self.path = path
        self._words = words
        self._handle = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
        # Once only, and also where nobody closes it: the number soon is another file's.
        self._let_go = weakref.finalize(self, os.close, self._handle)
        self.end = 0

    @classmethod
    def create(cls, path: Path, words: int) -> "ChangeLog":
        """A new, empty log whose name lasts."""
        path.write_bytes(b"")
        log = cls(path, words, writable=True)
        os.fsync(log._handle)
        fsync_folder(path.parent)
        return log

    def read(self) -> list[Change]:
        """The whole records after the last one read. Raises IndexBroken on damage within."""
        data = _read_from(self._handle, self.end)
        changes: list[Change] = []
        at = 0
        while (found := _record(data, at, self._words)) is not None:
            change, at = found
            changes.append(change)
        if _record(data, data.find(_MAGIC, at + 1), self._words) is not None:
            raise IndexBroken(
                f"The change log {self.path} is damaged at byte {self.end + at}, with good records "
                "after it. Delete the index folder and build it again from the bank's ledger, or "
                "restore it from a backup."
            )
        self.end += at
        return changes

    def cut(self) -> None:
        """Remove what a crash left after the last whole record. Only for the writer."""
        os.ftruncate(self._handle, self.end)
        os.fsync(self._handle)

    def append(self, change: Change) -> None:
        """Write a record and wait until it is on disk. On an error nothing has changed."""
        data = _packed(change)
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._handle, data[written:], self.end + written)
            os.fsync(self._handle)
        except OSError:
            os.ftruncate(self._handle, self.end)
            raise
        self.end += len(data)

    def close(self) -> None:
        """Give the file back."""
        self._let_go()


def _packed(change: Change) -> bytes:
    if isinstance(change, Added):
        kind, items = _ADDED, change.words.astype("<u8").tobytes()
    else:
        kind, items = _REMOVED, b""
    items += change.ids.astype("<u8").tobytes()
    body = _HEADER.pack(_MAGIC, kind, change.ids.size, change.mark, change.pairs) + items
    return body + zlib.crc32(body).to_bytes(_CHECKSUM, "little")


def _record(data: bytes, at: int, words: int) -> tuple[Change, int] | None:
    """The record at a place and where the next begins, or None where no whole record is."""
    if at < 0 or at + _HEADER.size > len(data):
        return None
    magic, kind, count, mark, pairs = _HEADER.unpack_from(data, at)
    if magic != _MAGIC or kind not in (_ADDED, _REMOVED):
        return None
    row = 8 * (words + 1) if kind == _ADDED else 8
    end = at + _HEADER.size + count * row
    if end + _CHECKSUM > len(data):
        return None
    if zlib.crc32(data[at:end]) != int.from_bytes(data[end : end + _CHECKSUM], "little"):
        return None
    items = np.frombuffer(data, "<u8", offset=at + _HEADER.size, count=count * row // 8)
    if kind == _REMOVED:
        return Removed(items, pairs, mark), end + _CHECKSUM
    split = count * words
    return Added(items[:split].reshape(count, words), items[split:], mark), end + _CHECKSUM


def _read_from(handle: int, start: int) -> bytes:
    pieces: list[bytes] = []
    while piece := os.pread(handle, 1 << 22, start):
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)
