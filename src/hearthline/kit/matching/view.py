# SPDX-License-Identifier: Apache-2.0
"""What an index holds at one moment: segments, the ids removed from each, and the newest pairs.

A view never changes: a search goes on over the one it began with while a writer makes the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .changes import Added, Change
from .segment import Segment, among
from .sorting import Ids, Words

SegmentT = TypeVar("SegmentT", bound=Segment)


@dataclass(frozen=True)
class Layer(Generic[SegmentT]):
    """A segment and the sorted ids removed since it was written."""

    segment: SegmentT
    dead: Ids


@dataclass(frozen=True)
class View(Generic[SegmentT]):
    """`tail` are the pairs of the change log: a row of words and an id each."""

    layers: tuple[Layer[SegmentT], ...]
    tail: Words
    tail_ids: Ids
    pairs: int
    mark: int

    def after(self, changes: Iterable[Change]) -> "View[SegmentT]":
        """The view once these changes were made."""
        view = self
        for change in changes:
            view = view._added(change) if isinstance(change, Added) else view._without(change.ids)
            view = replace(view, pairs=view.pairs + change.pairs, mark=change.mark)
        return view

    def holds(self, words: Words, ids: Ids) -> NDArray[np.bool_]:
        """Which of the pairs are here."""
        found = np.zeros(ids.size, bool)
        for layer in self.layers:
            here = layer.segment.holds(words, ids)
            found |= here & ~among(layer.dead, ids)
        if self.tail_ids.size:
            # Most pairs are told apart by a number; only those that share one are compared.
            newest = set(_as_keys(self.tail, self.tail_ids))
            alike = np.isin(_number(words, ids), _number(self.tail, self.tail_ids))
            pairs = _as_keys(words[alike], ids[alike])
            found[alike] |= np.array([pair in newest for pair in pairs], bool)
        return found

    def count(self, ids: Ids) -> NDArray[np.int64]:
        """How many pairs have each of the sorted ids."""
        counts = np.zeros(ids.size, np.int64)
        for layer in self.layers:
            counts += np.where(among(layer.dead, ids), 0, layer.segment.count(ids))
        newest = self.tail_ids[among(ids, self.tail_ids)]
        np.add.at(counts, np.searchsorted(ids, newest), 1)
        return counts

    def _added(self, change: Added) -> "View[SegmentT]":
        return replace(
            self,
            tail=np.concatenate([self.tail, change.words]),
            tail_ids=np.concatenate([self.tail_ids, change.ids]),
        )

    def _without(self, ids: Ids) -> "View[SegmentT]":
        stay = ~np.isin(self.tail_ids, ids)
        layers = tuple(Layer(layer.segment, np.union1d(layer.dead, ids)) for layer in self.layers)
        return replace(self, layers=layers, tail=self.tail[stay], tail_ids=self.tail_ids[stay])


def _as_keys(words: Words, ids: Ids) -> Iterator[tuple[bytes, int]]:
    return ((row.tobytes(), int(each)) for row, each in zip(words, ids, strict=True))


def _number(words: Words, ids: Ids) -> Ids:
    """A number for each pair, the same for equal pairs."""
    number = ids * np.uint64(0x9E3779B97F4A7C15)
    for at in range(words.shape[1]):
        number = (number ^ words[:, at]) * np.uint64(0xD6E8FEB86659FD93)
    return number
