# SPDX-License-Identifier: Apache-2.0
"""Putting pairs of hash and id in order, each hash once, and filling the tables of a segment."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiled import compiled
from .searching import key_of

Words = NDArray[np.uint64]
Ids = NDArray[np.uint64]


@dataclass(frozen=True)
class Sorted:
    """Different hashes in order, with their ids.

    `rows` is flat, `words` words a row. A row's lowest id is in `first_ids`; further ids of the
    same hash stand in `extra_rows` (row numbers) and `extra_ids`, ordered by row and id.
    """

    rows: Words
    first_ids: Ids
    extra_rows: NDArray[np.uint32]
    extra_ids: Ids

    @property
    def pairs(self) -> int:
        """How many pairs of hash and id there are."""
        return self.first_ids.size + self.extra_ids.size


def in_order(words: Words, ids: Ids) -> Sorted:
    """Sort pairs by hash, then id; equal pairs become one. `words` has a row for each id."""
    order = _order(words, ids)
    count, width = words.shape
    rows = np.empty(count * width, np.uint64)
    first_ids = np.empty(count, np.uint64)
    extra_rows = np.empty(count, np.uint32)
    extra_ids = np.empty(count, np.uint64)
    kept, more = _collect(words, ids, order, rows, first_ids, extra_rows, extra_ids)
    return Sorted(
        rows[: kept * width],
        first_ids[:kept],
        extra_rows[:more].copy(),
        extra_ids[:more].copy(),
    )


def _order(words: Words, ids: Ids) -> NDArray[np.int64]:
    """The first word settles nearly every place; only where it is shared do the rest count."""
    leading = np.ascontiguousarray(words[:, 0])
    if np.all(leading[1:] > leading[:-1]):
        return np.arange(leading.size)
    order = np.argsort(leading)
    leading = leading[order]
    tied = np.zeros(order.size, bool)
    np.equal(leading[1:], leading[:-1], out=tied[1:])
    tied[:-1] |= tied[1:]
    if tied.any():
        some = order[tied]
        keys = (ids[some], *(words[some, at] for at in range(words.shape[1] - 1, -1, -1)))
        order[tied] = some[np.lexsort(keys)]
    return order


@compiled
def _collect(
    words: Any, ids: Any, order: Any, rows: Any, first_ids: Any, extra_rows: Any, extra_ids: Any
) -> Any:
    width = words.shape[1]
    kept = 0
    more = 0
    last_id = np.uint64(0)
    for at in order:
        same = kept > 0
        if same:
            for word in range(width):
                if rows[(kept - 1) * width + word] != words[at, word]:
                    same = False
                    break
        if not same:
            for word in range(width):
                rows[kept * width + word] = words[at, word]
            first_ids[kept] = ids[at]
            kept += 1
        elif ids[at] != last_id:
            extra_rows[more] = kept - 1
            extra_ids[more] = ids[at]
            more += 1
        last_id = ids[at]
    return kept, more


@compiled
def fill_band(
    rows: Any, start: int, width: int, next_start: int, next_width: int, place_bytes: int,
    offsets: Any, keys: Any, places: Any,
) -> None:  # fmt: skip
    """One table: `offsets` by key, then for each entry the next band's key and its row number.

    A counting sort: rows keep their order within a key. `offsets` comes in as zeros.
    """
    count = rows.size // 4
    for row in range(count):
        offsets[key_of(rows, row * 4, start, width) + 1] += 1
    for key in range(1 << width):
        offsets[key + 1] += offsets[key]
    free = offsets[:-1].copy()
    for row in range(count):
        key = key_of(rows, row * 4, start, width)
        at = np.int64(free[key])
        free[key] += 1
        keys[at] = key_of(rows, row * 4, next_start, next_width) & 0xFFFF
        for byte in range(place_bytes):
            places[at * place_bytes + byte] = (row >> (8 * byte)) & 0xFF


@compiled
def fill_prefixes(rows: Any, words: int, bits: int, offsets: Any) -> None:
    """Where the rows with each value of the first `bits` bits begin. `offsets` comes in zero."""
    shift = np.uint64(64 - bits)
    for row in range(rows.size // words):
        offsets[np.int64(rows[row * words] >> shift) + 1] += 1
    for key in range(1 << bits):
        offsets[key + 1] += offsets[key]


@compiled
def find_rows(rows: Any, words: int, bits: int, offsets: Any, queries: Any, out: Any) -> None:
    """The row equal to each query, or -1: by its first bits, then by halving."""
    shift = np.uint64(64 - bits)
    for query in range(out.size):
        prefix = np.int64(queries[query * words] >> shift)
        low = np.int64(offsets[prefix])
        high = np.int64(offsets[prefix + 1])
        out[query] = -1
        while low < high:
            middle = (low + high) >> 1
            order = 0
            for word in range(words):
                mine = rows[middle * words + word]
                theirs = queries[query * words + word]
                if mine != theirs:
                    order = -1 if mine < theirs else 1
                    break
            if order == 0:
                out[query] = middle
                break
            if order < 0:
                low = middle + 1
            else:
                high = middle


@compiled
def find_extra(extra_rows: Any, extra_ids: Any, rows: Any, ids: Any, found: Any) -> None:
    """Set `found` where a pair of row and id stands among the extra ones, by halving."""
    for query in range(rows.size):
        low, high = 0, extra_rows.size
        while low < high:
            middle = (low + high) >> 1
            row = np.int64(extra_rows[middle])
            if row < rows[query] or (row == rows[query] and extra_ids[middle] < ids[query]):
                low = middle + 1
            else:
                high = middle
        if low < extra_rows.size and np.int64(extra_rows[low]) == rows[query]:
            found[query] |= extra_ids[low] == ids[query]


@compiled
def count_ids(held: Any, wanted: Any, seen: Any, counts: Any) -> None:
    """How often each of the sorted ids `wanted` stands in `held`.

    `seen` is a zeroed bit set, a power of two bytes long, that lets most of `held` pass quickly.
    """
    bits = np.uint64(seen.size - 1)
    spread = np.uint64(0x9E3779B97F4A7C15)
    for each in wanted:
        seen[((each * spread) >> np.uint64(40)) & bits] = 1
    for each in held:
        if seen[((each * spread) >> np.uint64(40)) & bits] == 0:
            continue
        low, high = 0, wanted.size
        while low < high:
            middle = (low + high) >> 1
            if wanted[middle] < each:
                low = middle + 1
            else:
                high = middle
        if low < wanted.size and wanted[low] == each:
            counts[low] += 1
