# SPDX-License-Identifier: Apache-2.0
"""Segments: immutable files of hashes and ids, mapped into memory and searched where they lie."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from . import searching, sorting
from .compiled import LANES
from .files import Container, ContainerWriter
from .plan import Band, bands_for, probes_for
from .refusals import IndexBroken
from .searching import Probes, Room
from .sorting import Ids, Sorted, Words

#: Query numbers, row numbers, distances.
Found = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16]]

_SHARED = ("rows", "first_ids", "extra_rows", "extra_ids", "prefixes")
_LEAST_ROOM = 4096
#: How many rows can be numbered in three bytes.
THREE_BYTES = 1 << 24


def as_words(hashes: NDArray[np.uint8]) -> Words:
    """Rows of bytes as rows of 64-bit words whose numeric order is that of the bytes.

    A last word of less than eight bytes is filled up with zeros.
    """
    count, width = hashes.shape
    words = -(-width // 8)
    if width % 8:
        filled = np.zeros((count, words * 8), np.uint8)
        filled[:, :width] = hashes
        hashes = filled
    return np.ascontiguousarray(hashes).view(">u8").astype(np.uint64).reshape(count, words)


class Segment:
    """What segments of both kinds share: rows in order, their ids, and equality.

    `words` is the number of 64-bit words a row has.
    """

    kind: str

    def __init__(self, path: Path) -> None:
        """Map the file. Raises FileNotFoundError or IndexBroken."""
        self.container = Container(path)
        facts = self.container.facts
        if facts["kind"] != self.kind:
            raise IndexBroken(f"{path} holds {facts['kind']} hashes, not {self.kind} ones.")
        self.name = path.name
        self.words: int = facts["words"]
        self.pairs: int = facts["pairs"]
        self.rows: Words = self.container.array("rows")
        self.first_ids: Ids = self.container.array("first_ids")
        self.extra_rows: NDArray[np.uint32] = self.container.array("extra_rows")
        self.extra_ids: Ids = self.container.array("extra_ids")
        self._prefixes = self.container.array("prefixes")
        self._prefix_bits: int = facts["prefix_bits"]

    @classmethod
    def write(cls, path: Path, content: Sorted, words: int) -> None:
        """Write a segment. It is complete, and on disk, when it has its name."""
        _write(path, cls.kind, content, words, (), [], {})

    def find(self, queries: Words) -> NDArray[np.int64]:
        """The row equal to each query, or -1."""
        out = np.empty(len(queries), np.int64)
        flat = np.ascontiguousarray(queries).ravel()
        sorting.find_rows(self.rows, self.words, self._prefix_bits, self._prefixes, flat, out)
        return out

    def holds(self, queries: Words, ids: Ids) -> NDArray[np.bool_]:
        """Which of the pairs are here."""
        rows = self.find(queries)
        known = rows >= 0
        found = np.zeros(rows.size, bool)
        found[known] = self.first_ids[rows[known]] == ids[known]
        if self.extra_rows.size:
            sorting.find_extra(self.extra_rows, self.extra_ids, rows, ids, found)
        return found

    def ids_of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64] | None, Ids]:
        """The ids of some rows, and for each id which of `rows` it belongs to.

        That is None where each row has one id, the usual case.
        """
        if not self.extra_rows.size:
            return None, self.first_ids[rows]
        begin = np.searchsorted(self.extra_rows, rows, "left")
        more = np.searchsorted(self.extra_rows, rows, "right") - begin
        which = np.repeat(np.arange(rows.size), more + 1)
        start = np.cumsum(more + 1) - (more + 1)
        nth = np.arange(which.size) - start[which]
        ids = self.first_ids[rows][which]
        later = nth > 0
        ids[later] = self.extra_ids[(begin[which] + nth - 1)[later]]
        return which, ids

    def count(self, wanted: Ids) -> NDArray[np.int64]:
        """How many pairs have each of the sorted ids."""
        counts = np.zeros(wanted.size, np.int64)
        for held in (self.first_ids, self.extra_ids):
            sorting.count_ids(held, wanted, np.zeros(1 << 16, np.uint8), counts)
        return counts

    def live_pairs(self, dead: Ids) -> tuple[Words, Ids]:
        """All pairs whose id is not among the sorted ids `dead`."""
        rows = self.rows.reshape(-1, self.words)
        if self.extra_rows.size:
            rows = np.concatenate([rows, rows[self.extra_rows]])
        ids = np.concatenate([self.first_ids, self.extra_ids])
        if not dead.size:
            return rows, ids
        live = ~among(dead, ids)
        return rows[live], ids[live]

    def verify(self) -> None:
        """Read the whole file and compare checksums. Raises IndexBroken."""
        self.container.verify()


def among(ordered: Ids, ids: Ids) -> NDArray[np.bool_]:
    """Which ids stand in a sorted list."""
    if not ordered.size:
        return np.zeros(ids.size, bool)
    place = np.minimum(np.searchsorted(ordered, ids), ordered.size - 1)
    result: NDArray[np.bool_] = ordered[place] == ids
    return result


class ExactSegment(Segment):
    """Hashes to be found by equality only."""

    kind = "exact"


class HammingSegment(Segment):
    """Hashes of 256 bits to be found within a distance."""

    kind = "hamming"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        facts = self.container.facts
        self.bands = tuple(Band(*pair) for pair in facts["bands"])
        starts = np.array([band.start for band in self.bands], np.int64)
        widths = np.array([band.width for band in self.bands], np.int64)
        sizes = (1 << widths) + 1
        self._plans: dict[int, Probes | None] = {}
        self.tables = searching.Tables(
            self.rows,
            self.container.array("offsets"),
            self.container.array("keys"),
            self.container.array("places"),
            facts["place_bytes"],
            starts,
            widths,
            np.cumsum(sizes) - sizes,
        )

    @classmethod
    def write(
        cls, path: Path, content: Sorted, words: int, bands: tuple[Band, ...] | None = None
    ) -> None:
        """Write a segment. It is complete, and on disk, when it has its name.

        `bands` are chosen by the number of rows unless given; any that do not overlap are exact.
        """
        count = content.first_ids.size
        bands = bands_for(count) if bands is None else bands
        place_bytes = 3 if count <= THREE_BYTES else 4
        sections = [
            ("offsets", "<u4", sum((1 << band.width) + 1 for band in bands)),
            ("keys", "<u2", count * len(bands) + LANES),
            ("places", "|u1", count * len(bands) * place_bytes),
        ]
        facts = {"bands": [(b.start, b.width) for b in bands], "place_bytes": place_bytes}
        _write(path, cls.kind, content, words, bands, sections, facts)

    def search(self, queries: Words, radius: int) -> Found:
        """Every row within `radius` of each query, by query."""
        if radius not in self._plans:
            self._plans[radius] = probes_for(self.bands, self.first_ids.size, radius)
        plan = self._plans[radius]
        if plan is None:
            return within(self.rows, np.ascontiguousarray(queries).ravel(), radius)
        return self.probe(queries, plan, radius)

    def probe(self, queries: Words, plan: Probes, radius: int) -> Found:
        """The same by a plan of one's own: exact where its radii suffice for `radius`."""
        flat = np.ascontiguousarray(queries).ravel()

        def some(begin: int, room: Room) -> tuple[int, int]:
            return searching.probe(flat, begin, radius, self.tables, plan, room)

        return _all_of(some, len(queries))


class _Loop(Protocol):
    def __call__(self, begin: int, room: Room) -> tuple[int, int]: ...


def within(rows: Words, queries: Words, radius: int) -> Found:
    """Every row within `radius` of each query, by comparing all. Both flat, four words each."""

    def some(begin: int, room: Room) -> tuple[int, int]:
        return searching.scan(queries, begin, radius, rows, room)

    return _all_of(some, queries.size // 4)


def _all_of(some: _Loop, queries: int) -> Found:
    """Call a loop until it has answered every query, with as much room as its answers need."""
    size = max(_LEAST_ROOM, 2 * queries)
    pieces: list[Found] = []
    begin = 0
    while begin < queries or not pieces:
        room = Room(np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int16))
        found, begin = some(begin, room)
        pieces.append((room.query[:found], room.row[:found], room.distance[:found]))
        size *= 2
    if len(pieces) == 1:
        return pieces[0]
    query, row, distance = zip(*pieces, strict=True)
    return np.concatenate(query), np.concatenate(row), np.concatenate(distance)


def _write(
    path: Path, kind: str, content: Sorted, words: int, bands: tuple[Band, ...],
    sections: list[tuple[str, str, int]], facts: dict[str, Any],
) -> None:  # fmt: skip
    count = content.first_ids.size
    prefix_bits = max(1, min(24, count.bit_length() - 3))
    prefixes = np.zeros((1 << prefix_bits) + 1, np.uint32)
    sorting.fill_prefixes(content.rows, words, prefix_bits, prefixes)
    shared = [
        ("rows", "<u8", content.rows.size),
        ("first_ids", "<u8", count),
        ("extra_rows", "<u4", content.extra_rows.size),
        ("extra_ids", "<u8", content.extra_ids.size),
        ("prefixes", "<u4", prefixes.size),
    ]
    told = {"kind": kind, "words": words, "pairs": content.pairs, "prefix_bits": prefix_bits}
    with ContainerWriter(path, shared + sections) as writer:
        writer.put("rows", content.rows)
        writer.put("first_ids", content.first_ids)
        writer.put("extra_rows", content.extra_rows)
        writer.put("extra_ids", content.extra_ids)
        writer.put("prefixes", prefixes)
        if sections:
            _write_bands(writer, content.rows, bands, facts["place_bytes"])
        writer.finish(told | facts)


def _write_bands(
    writer: ContainerWriter, rows: Words, bands: tuple[Band, ...], place_bytes: int
) -> None:
    count = rows.size // 4
    keys = np.empty(count, np.uint16)
    places = np.empty(count * place_bytes, np.uint8)
    for band, after in zip(bands, bands[1:] + bands[:1], strict=True):
        offsets = np.zeros((1 << band.width) + 1, np.uint32)
        sorting.fill_band(rows, band.start, band.width, after.start, after.width, place_bytes,
                          offsets, keys, places)  # fmt: skip
        writer.put("offsets", offsets)
        writer.put("keys", keys)
        writer.put("places", places)
    writer.put("keys", np.zeros(LANES, np.uint16))
