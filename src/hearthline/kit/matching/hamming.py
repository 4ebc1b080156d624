# SPDX-License-Identifier: Apache-2.0
"""Perceptual hashes: everything within a distance."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .folder import Folder
from .plan import LARGEST_RADIUS
from .segment import HammingSegment, among, within

_WIDTH = 32


@dataclass(frozen=True)
class Matches:
    """Parallel arrays, one place a match, ordered by query, then distance, then id.

    `query` counts the queries from 0 (int64), `id` is the caller's (uint64), `distance` the number
    of differing bits (int16; 0 for digests). An id stands once for each of its hashes that match.
    """

    query: NDArray[np.int64]
    id: NDArray[np.uint64]
    distance: NDArray[np.int16]

    def __len__(self) -> int:
        return self.query.size


class HashIndex(Folder[HammingSegment]):
    """PDQ and other hashes of 256 bits, found within a Hamming distance. Exact: none is missed."""

    segment_type = HammingSegment

    @classmethod
    def open(cls, folder: Path | str, *, writable: bool = False) -> "HashIndex":
        """Open an index; one to write is created where there is none.

        Raises IndexBusy where another writer has it, IndexBroken where it is missing or damaged.
        """
        return cls(Path(folder), _WIDTH, writable=writable)

    def search(self, queries: NDArray[np.uint8], radius: int) -> Matches:
        """Every pair within `radius` (0 to 64) of each query; never cut off.

        `queries` is uint8 of shape (m, 32). Raises WrongWidth, ValueError for another radius.
        """
        if radius not in range(LARGEST_RADIUS + 1):
            raise ValueError(f"The radius is from 0 to {LARGEST_RADIUS} bits, not {radius}.")
        words = self._checked(queries)
        view = self._now
        found = []
        for layer in view.layers:
            query, row, distance = layer.segment.search(words, radius)
            if not query.size:
                continue
            which, ids = layer.segment.ids_of(row)
            if which is not None:
                query, distance = query[which], distance[which]
            if layer.dead.size:
                live = ~among(layer.dead, ids)
                query, ids, distance = query[live], ids[live], distance[live]
            found.append((query, ids, distance))
        if view.tail_ids.size:
            query, row, distance = within(view.tail.ravel(), words.ravel(), radius)
            found.append((query, view.tail_ids[row], distance))
        return _ordered(found)


def _ordered(
    found: list[tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int16]]],
) -> Matches:
    found = [part for part in found if part[0].size]
    if not found:
        return Matches(np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.int16))
    query, ids, distance = found[0]
    if len(found) > 1:
        query, ids, distance = (np.concatenate(parts) for parts in zip(*found, strict=True))
    if query.size == 1:
        return Matches(query, ids, distance)
    order = np.lexsort((ids, distance, query))
    return Matches(query[order], ids[order], distance[order])
