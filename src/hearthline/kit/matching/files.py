# SPDX-License-Identifier: Apache-2.0
"""Files that are whole or not there: a container of arrays, small documents, and how to fsync.

A container begins with one page: `HLSEGMT1`, the length of a JSON text, the text, and the SHA-256
of the text. The text names the arrays with type, length, place and SHA-256. The arrays follow, each
beginning on a page (a large one on a huge page), little-endian, to be mapped and used as they are.
"""

import json
import mmap
import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .refusals import IndexBroken

_MAGIC = b"HLSEGMT1"
_PAGE = 4096
_HUGE = 1 << 21
_CHUNK = 1 << 24


def fsync_folder(folder: Path) -> None:
    """Make renames and new names in the folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after any crash there is the old one or the new one, complete."""
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    fsync_folder(path.parent)


class ContainerWriter:
    """Writes a container of arrays whose sizes are known beforehand, in pieces.

    `sections` gives name, type and number of values. Pieces of one array come in order; arrays may
    take turns. The file gets its name only with `finish`; left without it, nothing stays.

    Large arrays begin on, and are written in, whole multiples of 2 MiB: then Linux keeps them in
    huge pages where its file system can, and reading them at random costs half as much.
    """

    def __init__(self, path: Path, sections: Iterable[tuple[str, str, int]]) -> None:
        self._path = path
        self._draft = path.with_name(path.name + ".part")
        self._handle = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        self._described: dict[str, dict[str, Any]] = {}
        self._at: dict[str, int] = {}
        self._held: dict[str, bytearray] = {}
        self._sums: dict[str, Any] = {}
        end = _PAGE
        for name, kind, count in sections:
            size = np.dtype(kind).itemsize * count
            unit = _HUGE if size >= _HUGE else _PAGE
            start = -(-end // unit) * unit
            self._described[name] = {"type": kind, "count": count, "at": start}
            self._at[name] = start
            self._held[name] = bytearray()
            self._sums[name] = sha256()
            end = start + size
        self._size = -(-end // _PAGE) * _PAGE

    def __enter__(self) -> Self:
        os.ftruncate(self._handle, self._size)
        return self

    def __exit__(self, *_: object) -> None:
        # A disk that ran full gets its room back at once: no open handle, no draft.
        os.close(self._handle)
        self._draft.unlink(missing_ok=True)

    def put(self, name: str, values: NDArray[Any]) -> None:
        """Append a piece of the array `name`."""
        kind = np.dtype(self._described[name]["type"])
        piece = np.ascontiguousarray(values, dtype=kind).view(np.uint8).ravel().data
        self._sums[name].update(piece)
        held = self._held[name]
        fill = min(len(piece), _HUGE - len(held))
        held += piece[:fill]
        if len(held) < _HUGE:
            return
        self._write(name, memoryview(held))
        whole = (len(piece) - fill) // _HUGE * _HUGE
        self._write(name, piece[fill : fill + whole])
        self._held[name] = bytearray(piece[fill + whole :])

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the first page, wait until all is on disk, and give the file its name."""
        for name, described in self._described.items():
            self._write(name, memoryview(self._held[name]))
            described["sha256"] = self._sums[name].hexdigest()
        text = json.dumps({**facts, "arrays": self._described}).encode()
        page = _MAGIC + len(text).to_bytes(4, "little") + text + sha256(text).digest()
        if len(page) > _PAGE:
            raise ValueError("The description of the arrays does not fit the first page.")
        os.pwrite(self._handle, page, 0)
        os.fsync(self._handle)
        self._draft.rename(self._path)

    def _write(self, name: str, data: memoryview) -> None:
        while data:
            written = os.pwrite(self._handle, data[:_CHUNK], self._at[name])
            self._at[name] += written
            data = data[written:]


class Container:
    """A container mapped for reading. The first page is checked; `verify` checks the arrays.

    The mapping lives as long as an array of it does, also when the file is removed.
    """

    def __init__(self, path: Path) -> None:
        """Raises FileNotFoundError, or IndexBroken where the first page is damaged."""
        self.path = path
        with path.open("rb") as file:
            page = file.read(_PAGE)
            size = os.fstat(file.fileno()).st_size
            self.facts = _facts(path, page)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        for name, described in self.facts["arrays"].items():
            length = np.dtype(described["type"]).itemsize * described["count"]
            if described["at"] + length > size:
                raise IndexBroken(_repair(path, f"it ends within its part {name}"))

    def array(self, name: str) -> NDArray[Any]:
        """One array, read-only, without copying."""
        described = self.facts["arrays"][name]
        return np.frombuffer(
            self._map, described["type"], count=described["count"], offset=described["at"]
        )

    def verify(self) -> None:
        """Read all arrays and compare their checksums. Raises IndexBroken."""
        for name, described in self.facts["arrays"].items():
            data = self.array(name).view(np.uint8)
            digest = sha256()
            for start in range(0, data.size, _CHUNK):
                digest.update(data[start : start + _CHUNK].data)
            if digest.hexdigest() != described["sha256"]:
                raise IndexBroken(_repair(self.path, f"the checksum of its part {name} is wrong"))


def _facts(path: Path, page: bytes) -> dict[str, Any]:
    length = int.from_bytes(page[8:12], "little")
    text = page[12 : 12 + length]
    checksum = page[12 + length : 44 + length]
    if page[:8] != _MAGIC or len(text) != length or sha256(text).digest() != checksum:
        raise IndexBroken(_repair(path, "its first page is damaged"))
    facts: dict[str, Any] = json.loads(text)
    return facts


def _repair(path: Path, what: str) -> str:
    return (
        f"The index file {path} cannot be used: {what}. Delete the index folder and build it again "
        "from the bank's ledger, or restore it from a backup."
    )
