# SPDX-License-Identifier: Apache-2.0
"""The inner loops of a search: probe, filter, verify; or read every row.

Hashes are rows of four 64-bit words in one flat array, the first bit of the hash the highest of
the first word. A loop fills the caller's result arrays as far as they reach and says at which
query it stopped, with every result of the queries before it: nothing is ever cut off.
"""

from typing import Any

import numpy as np

from .compiled import LANES, compiled, lowest, near, ones, prefetch

#: A query whose filter lets more than one in `_BAIL` of all rows through reads every row instead:
#: verifying in random order costs about so much more than reading in order.
_BAIL = 12
_LEAST_WAITING = 2048
_LINE = 32  # 16-bit values in a cache line
_MOST_LINES = 8  # of one run are asked for ahead; after that the processor follows by itself
_TILE = 1024  # rows that stay in the fastest memory while several queries pass over them
_TOGETHER = 32  # queries that pass over a tile together


@compiled
def key_of(words: Any, base: int, start: int, width: int) -> Any:
    """The bits `start` to `start + width` of the hash whose words begin at `base`."""
    word = base + (start >> 6)
    room = 64 - (start & 63)
    only = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    if width <= room:
        return np.int64((words[word] >> np.uint64(room - width)) & only)
    low = np.uint64(width - room)
    high = words[word] << low
    return np.int64((high | (words[word + 1] >> (np.uint64(64) - low))) & only)


@compiled
def distance_of(rows: Any, row: int, queries: Any, query: int) -> Any:
    """In how many bits a row differs from a query."""
    at, to = row * 4, query * 4
    return (
        ones(rows[at] ^ queries[to])
        + ones(rows[at + 1] ^ queries[to + 1])
        + ones(rows[at + 2] ^ queries[to + 2])
        + ones(rows[at + 3] ^ queries[to + 3])
    )


@compiled
def _prepare(
    queries: Any, query: int, starts: Any, widths: Any, tables: Any, offsets: Any, keys: Any,
    first: Any, masks: Any, rows: int, begin: Any, end: Any,
) -> None:  # fmt: skip
    """Note where the entries of every probe lie, and ask for the first lines of them."""
    for band in range(starts.size):
        if first[band] == first[band + 1]:
            continue
        key = key_of(queries, query * 4, starts[band], widths[band])
        table = tables[band]
        base = np.int64(band) * rows
        for probe in range(first[band], first[band + 1]):
            bucket = table + (key ^ masks[probe])
            come = base + np.int64(offsets[bucket])
            gone = base + np.int64(offsets[bucket + 1])
            begin[probe] = come
            end[probe] = gone
            last = min(gone, come + _LINE * _MOST_LINES)
            while come < last:
                prefetch(keys, come)
                come += _LINE


@compiled
def _earlier(
    rows: Any, row: int, queries: Any, query: int, band: int, starts: Any, widths: Any, radii: Any
) -> bool:
    """Whether a band before this one finds the same row: then that one reports it."""
    count = starts.size
    for other in range(band):
        if radii[other] < 0:
            continue
        after = (other + 1) % count
        mine = key_of(rows, row * 4, starts[other], widths[other])
        theirs = key_of(queries, query * 4, starts[other], widths[other])
        apart = ones(np.uint64(mine ^ theirs))
        if apart > radii[other]:
            continue
        mine = key_of(rows, row * 4, starts[after], widths[after])
        theirs = key_of(queries, query * 4, starts[after], widths[after])
        next_apart = ones(np.uint64((mine ^ theirs) & 0xFFFF))
        if apart + next_apart <= radii[other] + radii[after] + 1:
            return True
    return False


@compiled
def _filter(
    queries: Any, query: int, starts: Any, widths: Any, keys: Any, places: Any, place_bytes: int,
    first: Any, limits: Any, begin: Any, end: Any, waiting: Any,
) -> Any:  # fmt: skip
    """Collect the entries whose next key is near: how many, or -1 if they lack room."""
    most = waiting.size - LANES
    count = 0
    for band in range(starts.size):
        after = band + 1 if band + 1 < starts.size else 0
        key = np.uint16(key_of(queries, query * 4, starts[after], widths[after]) & 0xFFFF)
        for probe in range(first[band], first[band + 1]):
            last = end[probe]
            for at in range(begin[probe], last, LANES):
                hits = near(keys, at, key, limits[probe])
                if last - at < LANES:
                    hits &= np.uint32((np.int64(1) << (last - at)) - 1)
                while hits != 0:
                    waiting[count] = at + lowest(hits)
                    prefetch(places, waiting[count] * place_bytes)
                    hits &= np.uint32(hits - np.uint32(1))
                    count += 1
                if count > most:
                    return -1
    return count


@compiled
def _verify(
    waiting: Any, count: int, places: Any, place_bytes: int, rows: Any,
    queries: Any, query: int, starts: Any, widths: Any, radii: Any, radius: int,
    found: int, out_query: Any, out_row: Any, out_distance: Any,
) -> Any:  # fmt: skip
    """Compare the waiting entries' whole hashes: the new number of results, -1 if they lack room.

    The row numbers were asked for by the filter; all rows are asked for before the first is read.
    """
    row_of = np.empty(count, np.int64)
    for item in range(count):
        at = waiting[item] * place_bytes
        row = np.int64(places[at]) | np.int64(places[at + 1]) << 8 | np.int64(places[at + 2]) << 16
        if place_bytes == 4:
            row |= np.int64(places[at + 3]) << 24
        row_of[item] = row
        prefetch(rows, row * 4)
    for item in range(count):
        row = row_of[item]
        apart = distance_of(rows, row, queries, query)
        if apart > radius:
            continue
        band = waiting[item] // (rows.size // 4)
        if _earlier(rows, row, queries, query, band, starts, widths, radii):
            continue
        if found == out_query.size:
            return -1
        out_query[found] = query
        out_row[found] = row
        out_distance[found] = apart
        found += 1
    return found


@compiled
def probe(
    queries: Any, begin_at: int, radius: int,
    rows: Any, offsets: Any, keys: Any, places: Any, place_bytes: int,
    starts: Any, widths: Any, tables: Any,
    radii: Any, first: Any, masks: Any, limits: Any,
    out_query: Any, out_row: Any, out_distance: Any,
) -> Any:  # fmt: skip
    """Search by the tables from query `begin_at` on: (results, query to go on with)."""
    count = queries.size // 4
    row_count = rows.size // 4
    begin = np.empty((2, masks.size), np.int64)
    end = np.empty((2, masks.size), np.int64)
    waiting = np.empty(max(row_count // _BAIL, _LEAST_WAITING) + LANES, np.int64)
    found = 0
    for step in range(begin_at, count + 1):
        # A query's entries are on their way from memory while the one before is looked at.
        if step < count:
            _prepare(queries, step, starts, widths, tables, offsets, keys, first, masks,
                     row_count, begin[step & 1], end[step & 1])  # fmt: skip
        if step == begin_at:
            continue
        query = step - 1
        passed = _filter(queries, query, starts, widths, keys, places, place_bytes, first, limits,
                         begin[query & 1], end[query & 1], waiting)  # fmt: skip
        if passed < 0:
            now = _read_all(rows, queries, query, radius, found, out_query, out_row, out_distance)
        else:
            now = _verify(waiting, passed, places, place_bytes, rows, queries, query, starts,
                          widths, radii, radius, found, out_query, out_row,
                          out_distance)  # fmt: skip
        if now < 0:
            return found, query
        found = now
    return found, count


@compiled
def _read_all(
    rows: Any, queries: Any, query: int, radius: int, found: int,
    out_query: Any, out_row: Any, out_distance: Any,
) -> Any:  # fmt: skip
    for row in range(rows.size // 4):
        apart = distance_of(rows, row, queries, query)
        if apart <= radius:
            if found == out_query.size:
                return -1
            out_query[found] = query
            out_row[found] = row
            out_distance[found] = apart
            found += 1
    return found


@compiled
def scan(
    queries: Any, begin_at: int, radius: int, rows: Any,
    out_query: Any, out_row: Any, out_distance: Any,
) -> Any:  # fmt: skip
    """Compare every row with every query from `begin_at` on: (results, query to go on with)."""
    count = queries.size // 4
    row_count = rows.size // 4
    found = 0
    for start in range(begin_at, count, _TOGETHER):
        kept = found
        stop = min(count, start + _TOGETHER)
        for tile in range(0, row_count, _TILE):
            until = min(row_count, tile + _TILE)
            for query in range(start, stop):
                for row in range(tile, until):
                    apart = distance_of(rows, row, queries, query)
                    if apart <= radius:
                        if found == out_query.size:
                            return kept, start
                        out_query[found] = query
                        out_row[found] = row
                        out_distance[found] = apart
                        found += 1
    return found, count
