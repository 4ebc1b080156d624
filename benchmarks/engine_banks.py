# SPDX-License-Identifier: Apache-2.0
"""What a bank costs beyond its index: taking lists in, and looking up with states and shares.

One thread, CPU time; the ways take turns, medians of the rounds. The hashes are invented.
Settings, from the environment:

    HEARTHLINE_SIZES    how many hashes a bank has, several with commas between (1000000)
    HEARTHLINE_ITEMS    how many items a list in a file has (200000)
    HEARTHLINE_ROUNDS   how often each way takes its turn (3)
"""

import io
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats import hash_csv, threat_exchange, vics
from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem
from hearthline.kit.matching.banks import Bank, Library, take_in

SIZES = [int(size) for size in os.environ.get("HEARTHLINE_SIZES", "1000000").split(",")]
ITEMS = int(os.environ.get("HEARTHLINE_ITEMS", "200000"))
ROUNDS = int(os.environ.get("HEARTHLINE_ROUNDS", "3"))
BATCH = 200_000
QUERIES = 10_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIGNED = {"by": "benchmark", "at": NOW}

Items = Iterator[KnownHash | RefusedItem]


def main() -> None:
    for size in SIZES:
        for kind in (HashKind.PDQ, HashKind.MD5):
            measure_bank(kind, size)
    measure_lists()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nmost memory the process had: {peak:,.0f} MB")


def measure_bank(kind: HashKind, size: int) -> None:
    """Fills a bank from an array, then looks up through the library and in the bare index."""
    known = invented(kind, size)
    with tempfile.TemporaryDirectory() as folder, Library(folder) as library:
        bank = library.create_bank("known", **SIGNED)
        bank.add_array(kind, known[:10], source="warm-up", **SIGNED)
        begun, wall = time.process_time(), time.perf_counter()
        for start in range(0, size, BATCH):
            bank.add_array(kind, known[start : start + BATCH], source="list", **SIGNED)
        bank.merge()
        spent, waited = time.process_time() - begun, time.perf_counter() - wall
        print(f"\n{size:,} {kind} hashes, one thread, median of {ROUNDS} rounds")
        print(f"  taken in        {size / spent:>12,.0f} /s CPU   {size / waited:>12,.0f} /s wall")
        print(f"  on disk         {on_disk(Path(folder)) / size:>12,.0f} bytes a hash")
        measure_lookups(library, bank, kind, known)
        begun, wall = time.process_time(), time.perf_counter()
        bank.add_array(kind, invented(kind, 1000, seed=2), source="list", **SIGNED)
        assert library.lookup(kind, invented(kind, 1, seed=2), at=NOW)[0].matches
        spent, waited = time.process_time() - begun, time.perf_counter() - wall
        print(f"  1,000 more      {spent:>12.3f} s CPU    {waited:>12.3f} s wall, visible")


def measure_lookups(library: Library, bank: Bank, kind: HashKind, known: NDArray[np.uint8]) -> None:
    queries = invented(kind, QUERIES, seed=3)
    queries[::10] = known[: len(queries[::10])]
    single = queries[: QUERIES // 10]
    ways: dict[str, Callable[[], int]] = {
        "batch, library": lambda: len(library.lookup(kind, queries, at=NOW)),
        "batch, index": lambda: len(queries) if bank.matches(kind, queries) else 0,
        "single, library": lambda: sum(
            len(library.lookup(kind, row[None], at=NOW)) for row in single
        ),
        "single, index": lambda: len([bank.matches(kind, row[None]) for row in single]),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, way in ways.items():
            begun = time.process_time()
            done = way()
            rates[name].append(done / (time.process_time() - begun))
    for name, found in rates.items():
        print(f"  {name:<15} {statistics.median(found[1:]):>12,.0f} /s CPU")


def measure_lists() -> None:
    """Takes the same hashes in from each kind of file."""
    rows = [row.tobytes().hex() for row in invented(HashKind.MD5, ITEMS)]
    items = [KnownHash(HashKind.MD5, bytes.fromhex(row), "a") for row in rows]
    documents: dict[str, tuple[bytes, Callable[[io.BytesIO], Items]]] = {
        "one a line": ("\n".join(rows).encode(), hash_csv.read),
        "CSV": (written(hash_csv.write, items), hash_csv.read),
        "feed": (written(threat_exchange.write, items), threat_exchange.read),
        "VICS JSON": (vics_document(rows), vics.known_hashes),
    }
    print(f"\nlists of {ITEMS:,} items, median of {ROUNDS} rounds")
    print(f"  {'':<15} {'read /s':>12} {'read MB/s':>12} {'into bank /s':>14}")
    for name, (content, read) in documents.items():
        reading, taking = [], []
        for _ in range(ROUNDS):
            begun = time.process_time()
            count = sum(1 for _ in read(io.BytesIO(content)))
            reading.append(time.process_time() - begun)
            with tempfile.TemporaryDirectory() as folder, Library(folder) as library:
                bank = library.create_bank("known", **SIGNED)
                begun = time.process_time()
                report = take_in(bank, read(io.BytesIO(content)), source="list", **SIGNED)
                taking.append(time.process_time() - begun)
            assert report.new == count == ITEMS
        read_in, taken_in = statistics.median(reading), statistics.median(taking)
        speed = len(content) / 1e6 / read_in
        print(f"  {name:<15} {ITEMS / read_in:>12,.0f} {speed:>12.1f} {ITEMS / taken_in:>14,.0f}")


def invented(kind: HashKind, count: int, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, kind.width), np.uint8)


def written(write: Callable[[io.BytesIO, list[KnownHash]], int], items: list[KnownHash]) -> bytes:
    out = io.BytesIO()
    write(out, items)
    return out.getvalue()


def vics_document(rows: list[str]) -> bytes:
    """Media with as many fields as forensic tools write."""
    media = [
        {
            "MediaID": number,
            "Category": 1,
            "MD5": row.upper(),
            "PhotoDNA": "0," * 143 + "0",
            "MediaSize": 12345,
            "MimeType": "image/jpeg",
            "RelativeFilePath": f"files\\{number}.jpg",
            "VictimIdentified": "false",
            "DateUpdated": "/Date(1500000000000)/",
            "MediaFiles": [{"FileName": f"{number}.jpg", "FilePath": "C:\\x", "Written": None}],
        }
        for number, row in enumerate(rows, start=1)
    ]
    context = "http://example.org/DataModels/2.0.xml/US/$metadata#Media"
    return json.dumps({"@odata.context": context, "value": media}).encode()


def on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
