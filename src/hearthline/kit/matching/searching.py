# SPDX-License-Identifier: Apache-2.0
"""The inner loops of a search: probe, filter, verify; or read every row.

Hashes are rows of four 64-bit words in one flat array, the first bit of the hash the highest of
the first word. A loop fills the caller's arrays as far as they reach and says at which query it
stopped, with every result of the queries before it: nothing is ever cut off.

Memory, not arithmetic, is what a search waits for. It goes band by band in three stages, each a
few steps behind the one before: ask for the offsets, ask for the entries, look at the entries.
What a stage asked for has come from memory by the time the next one reads it.

Loops read arrays from local names: each reading from a tuple would count references, atomically.
"""

from typing import Any, NamedTuple

import numpy as np

from .compiled import LANES, compiled, lowest, near, ones, prefetch

#: A query whose filter lets more than one in `_BAIL` of all rows through reads every row instead:
#: verifying in random order costs about so much more than reading in order.
_BAIL = 12
_LEAST_WAITING = 2048
_AHEAD = 2  # steps between two stages
_RING = 4  # steps whose entries are noted: a power of two, more than _AHEAD
_BAND = 48  # a waiting entry is its band from this bit on, and its place or row below
_PLACE = (1 << _BAND) - 1
_SEEN = 2048  # rows of this query remembered, a power of two
_LINE = 32  # 16-bit values in a cache line
_MOST_LINES = 8  # of one run are asked for ahead; after that the processor follows by itself
_TILE = 1024  # rows that stay in the fastest memory while several queries pass over them
_TOGETHER = 32  # queries that pass over a tile together


class Tables(NamedTuple):
    """A segment's arrays. Band b is `widths[b]` bits from bit `starts[b]` on.

    Its entries with key k stand from `offsets[tables[b] + k]` up to the next offset, counted from
    entry b * rows: the next band's key in `keys`, the row number in `place_bytes` of `places`.
    """

    rows: Any
    offsets: Any
    keys: Any
    places: Any
    place_bytes: int
    starts: Any
    widths: Any
    tables: Any


class Probes(NamedTuple):
    """One way to look a query up: for band b, the masks from `first[b]` up to `first[b + 1]`.

    `masks[i]` is what the query's key is changed by; `limits[i]` how far an entry's next key may
    be from the query's. `radii[b]` is -1 for a band that is not probed.
    """

    radii: Any
    first: Any
    masks: Any
    limits: Any


class Room(NamedTuple):
    """Where results go: arrays of one length."""

    query: Any
    row: Any
    distance: Any


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
def _distance(rows: Any, row: int, queries: Any, query: int) -> Any:
    at, to = row * 4, query * 4
    return (
        ones(rows[at] ^ queries[to])
        + ones(rows[at + 1] ^ queries[to + 1])
        + ones(rows[at + 2] ^ queries[to + 2])
        + ones(rows[at + 3] ^ queries[to + 3])
    )


@compiled
def _ask_for_offsets(queries: Any, query: int, band: int, tables: Any, probes: Any) -> None:
    offsets, masks = tables.offsets, probes.masks
    key = key_of(queries, query * 4, tables.starts[band], tables.widths[band])
    table = tables.tables[band]
    for probe in range(probes.first[band], probes.first[band + 1]):
        prefetch(offsets, table + (key ^ masks[probe]))


@compiled
def _ask_for_entries(
    queries: Any, query: int, band: int, tables: Any, probes: Any, lines: int, begin: Any, end: Any
) -> None:
    """Note where the entries of each probe lie, and ask for the first lines of them."""
    offsets, keys, masks = tables.offsets, tables.keys, probes.masks
    key = key_of(queries, query * 4, tables.starts[band], tables.widths[band])
    base = np.int64(band) * (tables.rows.size // 4)
    table = tables.tables[band]
    first = probes.first[band]
    for probe in range(probes.first[band + 1] - first):
        bucket = table + (key ^ masks[first + probe])
        begin[probe] = base + np.int64(offsets[bucket])
        end[probe] = base + np.int64(offsets[bucket + 1])
        for line in range(lines):
            prefetch(keys, begin[probe] + line * _LINE)


@compiled
def _filter(
    queries: Any, query: int, band: int, tables: Any, probes: Any,
    begin: Any, end: Any, waiting: Any, count: int,
) -> Any:  # fmt: skip
    """Put the entries whose next key is near on the list: how many wait, or -1 without room."""
    keys, places, limits = tables.keys, tables.places, probes.limits
    place_bytes = tables.place_bytes
    most = waiting.size - LANES
    after = band + 1 if band + 1 < tables.starts.size else 0
    key = np.uint16(key_of(queries, query * 4, tables.starts[after], tables.widths[after]) & 0xFFFF)
    first = probes.first[band]
    for probe in range(probes.first[band + 1] - first):
        at = begin[probe]
        left = end[probe] - at
        # At least once, also for no entries: fewer branches for the processor to guess.
        while True:
            hits = near(keys, at, key, limits[first + probe])
            hits &= np.uint32((np.int64(1) << min(left, np.int64(LANES))) - 1)
            while hits != 0:
                place = at + lowest(hits)
                prefetch(places, place * place_bytes)
                waiting[count] = place | np.int64(band) << _BAND
                hits &= np.uint32(hits - np.uint32(1))
                count += 1
            if count > most:
                return -1
            if left <= LANES:
                break
            at += LANES
            left -= LANES
    return count


@compiled
def _earlier(queries: Any, query: int, row: int, band: int, tables: Any, probes: Any) -> bool:
    """Whether a band before this one finds the same row: then that one reports it."""
    starts, widths, radii = tables.starts, tables.widths, probes.radii
    for other in range(band):
        if radii[other] < 0:
            continue
        after = (other + 1) % starts.size
        mine = key_of(tables.rows, row * 4, starts[other], widths[other])
        theirs = key_of(queries, query * 4, starts[other], widths[other])
        apart = ones(np.uint64(mine ^ theirs))
        if apart > radii[other]:
            continue
        mine = key_of(tables.rows, row * 4, starts[after], widths[after])
        theirs = key_of(queries, query * 4, starts[after], widths[after])
        next_apart = ones(np.uint64((mine ^ theirs) & 0xFFFF))
        if apart + next_apart <= radii[other] + radii[after] + 1:
            return True
    return False


@compiled
def _ask_for_rows(query: int, tables: Any, waiting: Any, start: int, stop: int, seen: Any) -> None:
    """Put the row number in the place of each waiting entry, and ask for the row.

    A row of much the same hash comes by many bands. `seen` forgets some of the rows this query has
    had, and never takes one for another: those it knows become -1.
    """
    places, rows, place_bytes = tables.places, tables.rows, tables.place_bytes
    for item in range(start, stop):
        at = (waiting[item] & _PLACE) * place_bytes
        row = np.int64(places[at]) | np.int64(places[at + 1]) << 8 | np.int64(places[at + 2]) << 16
        if place_bytes == 4:
            row |= np.int64(places[at + 3]) << 24
        had = np.int64(query + 1) << 32 | row
        if seen[row & (_SEEN - 1)] == had:
            waiting[item] = -1
            continue
        seen[row & (_SEEN - 1)] = had
        prefetch(rows, row * 4)
        waiting[item] += row - (waiting[item] & _PLACE)


@compiled
def _verify(
    queries: Any, query: int, radius: int, tables: Any, probes: Any,
    waiting: Any, start: int, stop: int, room: Any, found: int,
) -> Any:  # fmt: skip
    """Compare the waiting rows: the new number of results, -1 if they lack room."""
    rows = tables.rows
    for item in range(start, stop):
        if waiting[item] < 0:
            continue
        row = waiting[item] & _PLACE
        apart = _distance(rows, row, queries, query)
        if apart > radius:
            continue
        if _earlier(queries, query, row, waiting[item] >> _BAND, tables, probes):
            continue
        if found < 0 or found == room.query.size:
            return -1
        room.query[found] = query
        room.row[found] = row
        room.distance[found] = apart
        found += 1
    return found


@compiled
def probe(
    queries: Any, begin_at: int, radius: int, tables: Any, probes: Any, room: Any
) -> tuple[int, int]:
    """Search by the tables from query `begin_at` on: (results, query to go on with)."""
    bands = tables.starts.size
    row_count = tables.rows.size // 4
    widest = np.max(probes.first[1:] - probes.first[:-1])
    begin = np.empty((_RING, widest), np.int64)
    end = np.empty((_RING, widest), np.int64)
    waiting = np.empty(max(row_count // _BAIL, _LEAST_WAITING) + LANES, np.int64)
    seen = np.zeros(_SEEN, np.int64)
    entries = row_count * bands // (tables.offsets.size - bands)
    lines = min(_MOST_LINES, entries // _LINE + 3)
    steps = (queries.size // 4 - begin_at) * bands
    kept = found = passed = fetched = verified = 0
    for step in range(steps + 2 * _AHEAD):
        if step < steps:
            query, band = begin_at + step // bands, step % bands
            _ask_for_offsets(queries, query, band, tables, probes)
        at = step - _AHEAD
        if 0 <= at < steps:
            query, band, turn = begin_at + at // bands, at % bands, at % _RING
            _ask_for_entries(queries, query, band, tables, probes, lines, begin[turn], end[turn])
        at -= _AHEAD
        if at < 0:
            continue
        query, band, turn = begin_at + at // bands, at % bands, at % _RING
        if passed >= 0:
            known = passed
            passed = _filter(queries, query, band, tables, probes, begin[turn], end[turn],
                             waiting, passed)  # fmt: skip
            # What passed a step ago is fetched now, what was fetched a step ago is compared.
            _ask_for_rows(query, tables, waiting, fetched, known, seen)
            found = _verify(queries, query, radius, tables, probes, waiting, verified, fetched,
                            room, found)  # fmt: skip
            verified, fetched = fetched, known
        if band + 1 < bands:
            continue
        if passed < 0:
            found = _read_all(queries, query, radius, tables.rows, room, kept)
        else:
            _ask_for_rows(query, tables, waiting, fetched, passed, seen)
            found = _verify(queries, query, radius, tables, probes, waiting, verified, passed,
                            room, found)  # fmt: skip
        if found < 0:
            return kept, query
        kept, passed, fetched, verified = found, 0, 0, 0
    return found, queries.size // 4


@compiled
def _read_all(queries: Any, query: int, radius: int, rows: Any, room: Any, found: int) -> Any:
    for row in range(rows.size // 4):
        apart = _distance(rows, row, queries, query)
        if apart <= radius:
            if found == room.query.size:
                return -1
            room.query[found] = query
            room.row[found] = row
            room.distance[found] = apart
            found += 1
    return found


@compiled
def scan(queries: Any, begin_at: int, radius: int, rows: Any, room: Any) -> tuple[int, int]:
    """Compare every row with every query from `begin_at` on: (results, query to go on with)."""
    count = queries.size // 4
    row_count = rows.size // 4
    found = 0
    start = begin_at
    while start < count:
        kept = found
        stop = min(count, start + _TOGETHER)
        tile = 0
        while tile < row_count:
            until = min(row_count, tile + _TILE)
            for query in range(start, stop):
                for row in range(tile, until):
                    apart = _distance(rows, row, queries, query)
                    if apart <= radius:
                        if found == room.query.size:
                            return kept, start
                        room.query[found] = query
                        room.row[found] = row
                        room.distance[found] = apart
                        found += 1
            tile = until
        start = stop
    return found, count
