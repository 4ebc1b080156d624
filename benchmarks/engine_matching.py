# SPDX-License-Identifier: Apache-2.0
"""Lookups of perceptual hashes beside threatexchange's PDQIndex and FAISS, in one process.

One thread, CPU time, the contenders take turns, medians of the rounds. The hashes are invented.
Peers that are not installed are left out. Settings, from the environment:

    HEARTHLINE_SIZES    how many hashes are known, several with commas between (1000000)
    HEARTHLINE_ROUNDS   how often each contender takes its turn (5)
    HEARTHLINE_PEERS    which peers take part (threatexchange,faiss)
    HEARTHLINE_SKEWED   how many hashes the sets with much alike have; 0 leaves them out (200000)
"""

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.matching import HashIndex
from hearthline.kit.matching.compiled import compiled, prefetch
from hearthline.kit.matching.plan import ball, probes_for

try:
    import faiss
except ImportError:
    faiss = None
try:
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex
except ImportError:
    PDQIndex = None

Hashes = NDArray[np.uint8]
RADIUS = 31
QUERIES = 4000
SEED = 11
SIZES = [int(size) for size in os.environ.get("HEARTHLINE_SIZES", "1000000").split(",")]
ROUNDS = int(os.environ.get("HEARTHLINE_ROUNDS", "5"))
PEERS = os.environ.get("HEARTHLINE_PEERS", "threatexchange,faiss").split(",")
SKEWED = int(os.environ.get("HEARTHLINE_SKEWED", "200000"))


@dataclass
class Contender:
    """`ask(first, last)` answers queries and returns the numbers of those that had a match."""

    name: str
    ask: Callable[[int, int], set[int]]
    turn: int  # how many queries a turn has
    build: float = 0.0  # CPU seconds
    memory: float = 0.0  # MB
    rates: list[float] = field(default_factory=list)
    found: dict[int, bool] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def main() -> None:
    for size in SIZES:
        print(f"\n{size:,} hashes, radius {RADIUS}, one thread, median of {ROUNDS} rounds")
        with tempfile.TemporaryDirectory() as folder:
            compare(size, Path(folder) / "index")
    if SKEWED:
        print(f"\n{SKEWED:,} hashes with much alike, all matches counted")
        for name, make in (("screenshots", screenshots), ("near duplicates", near_duplicates)):
            with tempfile.TemporaryDirectory() as folder:
                compare_skewed(name, make(SKEWED), Path(folder) / "index")


def compare(size: int, folder: Path) -> None:
    known = np.random.default_rng(SEED).integers(0, 256, (size, 32), np.uint8)
    queries, planted = with_planted(known)
    contenders = [ours(known, queries, folder)]
    index = HashIndex.open(folder)
    contenders.append(ours_singly(index, queries))
    if faiss is not None and "faiss" in PEERS:
        contenders.append(faiss_flat(known, queries))
    if PDQIndex is not None and "threatexchange" in PEERS:
        contenders.append(threatexchange(known, queries))
    limit = bare_reads(index, queries)
    del known
    gc.collect()
    limits = []
    for turn in range(ROUNDS):
        for contender in contenders:
            take_turn(contender, turn)
        limits.append(limit())
    print(f"{'':28}{'lookups/s':>11}{'ours is':>9}{'build s':>9}{'memory MB':>11}{'recall':>8}")
    for contender in contenders:
        asked = [number for number in contender.found if number in planted]
        recall = sum(contender.found[number] for number in asked) / max(1, len(asked))
        print(
            f"{contender.name:28}{contender.rate:11,.0f}{contenders[0].rate / contender.rate:8.1f}x"
            f"{contender.build:9.2f}{contender.memory:11,.0f}{recall:8.3f}"
        )
    bare = statistics.median(limits)
    print(f"{'same reads, nothing else':28}{bare:11,.0f}{contenders[0].rate / bare:8.0%}")
    index.close()
    changes(folder, size)


def with_planted(known: Hashes) -> tuple[Hashes, set[int]]:
    """Queries, every second of which lies 0 to 31 bits from a known hash; and which those are."""
    chance = np.random.default_rng(SEED + 1)
    queries = chance.integers(0, 256, (QUERIES, 32), np.uint8)
    planted = range(0, QUERIES, 2)
    for number in planted:
        queries[number] = known[chance.integers(len(known))]
        for bit in chance.choice(256, number // 2 % (RADIUS + 1), replace=False):
            queries[number, bit // 8] ^= np.uint8(1 << (bit % 8))
    return queries, set(planted)


def take_turn(contender: Contender, turn: int) -> None:
    first = turn * contender.turn % QUERIES
    last = min(QUERIES, first + contender.turn)
    start = time.process_time()
    matched = contender.ask(first, last)
    contender.rates.append((last - first) / (time.process_time() - start))
    contender.found |= {number: number in matched for number in range(first, last)}


def ours(known: Hashes, queries: Hashes, folder: Path) -> Contender:
    with tempfile.TemporaryDirectory() as other, HashIndex.open(other, writable=True) as small:
        small.add(known[:9000], np.arange(9000, dtype=np.uint64))  # the loops are compiled here
        small.search(queries[:2], RADIUS)
    start = time.process_time()
    with HashIndex.open(folder, writable=True) as index:
        index.add(known, np.arange(len(known), dtype=np.uint64))
    build = time.process_time() - start
    index = HashIndex.open(folder)

    def ask(first: int, last: int) -> set[int]:
        matches = index.search(queries[first:last], RADIUS)
        return {first + number for number in matches.query.tolist()}

    on_disk = sum(path.stat().st_size for path in folder.iterdir())
    return Contender("hearthline, batch", ask, QUERIES, build, on_disk / 1e6)


def ours_singly(index: HashIndex, queries: Hashes) -> Contender:
    def ask(first: int, last: int) -> set[int]:
        return {
            number
            for number in range(first, last)
            if len(index.search(queries[number : number + 1], RADIUS))
        }

    return Contender("hearthline, one by one", ask, QUERIES // 4)


def faiss_flat(known: Hashes, queries: Hashes) -> Contender:
    faiss.omp_set_num_threads(1)
    before = resident()
    start = time.process_time()
    index = faiss.IndexBinaryFlat(256)
    index.add(known)
    build = time.process_time() - start

    def ask(first: int, last: int) -> set[int]:
        ends, _, _ = index.range_search(queries[first:last], RADIUS + 1)
        return {first + number for number in np.flatnonzero(np.diff(ends)).tolist()}

    turn = max(16, int(2e8 / len(known)))
    return Contender("FAISS BinaryFlat, batch", ask, turn, build, resident() - before)


def threatexchange(known: Hashes, queries: Hashes) -> Contender:
    before = resident()
    text = known.tobytes().hex()
    start = time.process_time()
    index = PDQIndex.build((text[at * 64 : at * 64 + 64], at) for at in range(len(known)))
    build = time.process_time() - start
    del text
    gc.collect()

    def ask(first: int, last: int) -> set[int]:
        return {
            number for number in range(first, last) if index.query(queries[number].tobytes().hex())
        }

    turn = max(32, int(2e8 / len(known)))
    return Contender("threatexchange PDQIndex", ask, turn, build, resident() - before)


def bare_reads(index: HashIndex, queries: Hashes) -> Callable[[], float]:
    """How many queries a second could be, did a search read memory and do nothing else.

    Reads as much of each array as a search does, at random places of the same mapped file, each
    query's asked for while the one before is read: an offset and a run of entries for each probe,
    a row number and a row for each entry that passes the filter.
    """
    segment = index._now.layers[0].segment
    tables = segment.tables
    plan = probes_for(segment.bands, len(index), RADIUS)
    if plan is None:
        return lambda: float("nan")
    loads = np.repeat(len(index) / (1 << tables.widths), np.diff(plan.first))
    lines = max(1, round((2 * loads.mean() + 62) / 64))
    passing = round(
        sum(
            load * ball(16, int(near)) / 65536
            for load, near in zip(loads, plan.limits, strict=True)
        )
    )
    chance = np.random.default_rng(SEED)
    reads = (
        (tables.offsets, chance.integers(0, tables.offsets.size, (QUERIES, loads.size)), 1),
        (
            tables.keys,
            chance.integers(0, tables.keys.size - 32 * lines, (QUERIES, loads.size)),
            lines,
        ),
        (tables.places, chance.integers(0, tables.places.size, (QUERIES, passing)), 1),
        (tables.rows, chance.integers(0, tables.rows.size, (QUERIES, passing)), 1),
    )

    def once() -> float:
        start = time.process_time()
        for array, places, many in reads:
            read_at(array, places, many)
        return QUERIES / (time.process_time() - start)

    once()
    return once


@compiled
def read_at(array: Any, places: Any, lines: int) -> int:
    total = 0
    step = 64 // array.itemsize
    for query in range(places.shape[0] + 1):
        if query < places.shape[0]:
            for run in range(places.shape[1]):
                for line in range(lines):
                    prefetch(array, places[query, run] + step * line)
        if query > 0:
            for run in range(places.shape[1]):
                for line in range(lines):
                    total += np.int64(array[places[query - 1, run] + step * line])
    return total


def changes(folder: Path, size: int) -> None:
    """Wall time of opening, of a change until another reader sees it, and of a merge."""
    fresh = np.random.default_rng(SEED + 2).integers(0, 256, (1000, 32), np.uint8)
    start = time.perf_counter()
    reader = HashIndex.open(folder)
    opened = time.perf_counter() - start
    with HashIndex.open(folder, writable=True) as writer:
        start = time.perf_counter()
        writer.add(fresh, np.arange(size, size + 1000, dtype=np.uint64))
        reader.refresh()
        seen = len(reader.search(fresh, 0)) == 1000
        added = time.perf_counter() - start
        start = time.perf_counter()
        writer.remove(np.arange(1000, dtype=np.uint64))
        reader.refresh()
        gone = len(reader) == size
        removed = time.perf_counter() - start
        start, busy = time.perf_counter(), time.process_time()
        writer.merge()
        merged, busy = time.perf_counter() - start, time.process_time() - busy
    print(
        f"opened in {opened:.3f} s; 1,000 added and {'seen' if seen else 'NOT SEEN'} in "
        f"{added:.3f} s; 1,000 {'removed' if gone else 'NOT REMOVED'} in {removed:.3f} s; merged "
        f"in {merged:.1f} s ({busy:.1f} s of CPU)"
    )


def compare_skewed(name: str, known: Hashes, folder: Path) -> None:
    chance = np.random.default_rng(SEED + 3)
    queries = known[chance.integers(0, len(known), 200)].copy()
    queries[::2] ^= np.packbits(chance.random((100, 256)) < 0.08, axis=1)
    with HashIndex.open(folder, writable=True) as index:
        index.add(known, np.arange(len(known), dtype=np.uint64))
        index.search(queries[:2], RADIUS)
        ours_times, theirs_times, counts = [], [], set()
        flat = None
        if faiss is not None and "faiss" in PEERS:
            faiss.omp_set_num_threads(1)
            flat = faiss.IndexBinaryFlat(256)
            flat.add(known)
        for _ in range(ROUNDS):
            start = time.process_time()
            counts.add(len(index.search(queries, RADIUS)))
            ours_times.append(time.process_time() - start)
            if flat is not None:
                start = time.process_time()
                counts.add(int(flat.range_search(queries, RADIUS + 1)[0][-1]))
                theirs_times.append(time.process_time() - start)
    rate = len(queries) / statistics.median(ours_times)
    line = f"{name:18}{rate:11,.0f} lookups/s, matches {' and '.join(map(str, sorted(counts)))}"
    if theirs_times:
        other = len(queries) / statistics.median(theirs_times)
        line += f"; FAISS BinaryFlat {other:,.0f} lookups/s, ours is {rate / other:.1f}x"
    print(line)


def screenshots(count: int) -> Hashes:
    """Most bits lean one way, as of pages with the same frame around different text."""
    chance = np.random.default_rng(SEED + 4)
    leaning = chance.choice([0.05, 0.3, 0.5, 0.7, 0.95], size=256)
    pieces = range(0, count, 50_000)
    made = [chance.random((min(50_000, count - at), 256), np.float32) < leaning for at in pieces]
    return np.concatenate([np.packbits(piece, axis=1) for piece in made])


def near_duplicates(count: int) -> Hashes:
    """A thousand pictures, each uploaded again and again with 0 to 20 bits changed, or none."""
    chance = np.random.default_rng(SEED + 5)
    sources = chance.integers(0, 256, (1000, 32), np.uint8)
    known = sources[chance.integers(0, 1000, count)]
    for start in range(0, count, 50_000):
        part = known[start : start + 50_000]
        share = chance.choice([0.0, 0.01, 0.04], size=(len(part), 1))
        part ^= np.packbits(chance.random((len(part), 256)) < share, axis=1)
    return known


def resident() -> float:
    """MB of memory this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
