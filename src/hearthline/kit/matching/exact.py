# SPDX-License-Identifier: Apache-2.0
"""Digests of whole files: equal or not."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .folder import Folder
from .hamming import Matches
from .refusals import WrongWidth
from .segment import ExactSegment, among
from .sorting import Words

#: The lengths in bytes of MD5, SHA-1 and SHA-256.
WIDTHS = (16, 20, 32)


class DigestIndex(Folder[ExactSegment]):
    """MD5, SHA-1 or SHA-256 digests, found by equality."""

    segment_type = ExactSegment

    @classmethod
    def open(
        cls, folder: Path | str, *, width: int | None = None, writable: bool = False
    ) -> "DigestIndex":
        """Open an index; one to write is created where there is none, and then needs its `width`.

        Raises WrongWidth for a width other than 16, 20 or 32 bytes, or than that of the index;
        IndexBusy where another writer has it, IndexBroken where it is missing or damaged.
        """
        if width is not None and width not in WIDTHS:
            raise WrongWidth(f"Digests have 16, 20 or 32 bytes, not {width}.")
        return cls(Path(folder), width, writable=writable)

    def search(self, queries: NDArray[np.uint8]) -> Matches:
        """Every pair whose digest equals a query; uint8 of shape (m, width). Raises WrongWidth."""
        words = self._checked(queries)
        view = self._now
        numbers = [np.empty(0, np.int64)]
        found = [np.empty(0, np.uint64)]
        for layer in view.layers:
            rows = layer.segment.find(words)
            query = np.flatnonzero(rows >= 0)
            which, ids = layer.segment.ids_of(rows[query])
            query = query if which is None else query[which]
            live = ~among(layer.dead, ids)
            numbers.append(query[live])
            found.append(ids[live])
        if view.tail_ids.size:
            query, row = _equal(words, view.tail)
            numbers.append(query)
            found.append(view.tail_ids[row])
        query, ids = np.concatenate(numbers), np.concatenate(found)
        order = np.lexsort((ids, query))
        return Matches(query[order], ids[order], np.zeros(order.size, np.int16))


def _equal(queries: Words, rows: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which query equals which row: those that share the first word, then all words."""
    order = np.argsort(rows[:, 0])
    leading = rows[order, 0]
    begin = np.searchsorted(leading, queries[:, 0], "left")
    many = np.searchsorted(leading, queries[:, 0], "right") - begin
    query = np.repeat(np.arange(len(queries)), many)
    nth = np.arange(query.size) - np.repeat(np.cumsum(many) - many, many)
    row = order[begin[query] + nth]
    same = (queries[query] == rows[row]).all(axis=1)
    return query[same], row[same]
