# SPDX-License-Identifier: Apache-2.0
"""A scan of a folder of photographs, beside a plain loop of Pillow, pdqhash and PDQIndex.

    python -m benchmarks.engine_scanning

Needs `pdqhash`, `threatexchange` and `scikit-image` beside the engine; Daft and Ray are measured
where they are installed. Each contender is a process of its own over the same files and the same
bank; they take turns, and the median of the rounds is told. Wall time counts all, start-up too.
CPU time is told for those that are one process.

HEARTHLINE_BENCH_FILES (2000), _BANK (200000 hashes), _ROUNDS (3), _SIDE (of pictures, 1024),
_RUNNERS (all, or of: loop, one, shown, pool, daft, ray). Those of one process are given every n-th
file, _SAMPLE (500) of them: a file costs them the same wherever it stands.
"""

import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image
from skimage import data

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.hashing import hash_picture
from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning import Place, Scanner, Task, Wanted, Work

FILES = int(os.environ.get("HEARTHLINE_BENCH_FILES", "2000"))
BANK = int(os.environ.get("HEARTHLINE_BENCH_BANK", "200000"))
SAMPLE = int(os.environ.get("HEARTHLINE_BENCH_SAMPLE", "500"))
ROUNDS = int(os.environ.get("HEARTHLINE_BENCH_ROUNDS", "3"))
SIDE = int(os.environ.get("HEARTHLINE_BENCH_SIDE", "1024"))
SAMPLES = (
    "chelsea",
    "coffee",
    "rocket",
    "coins",
    "page",
    "text",
    "moon",
    "brick",
    "grass",
    "gravel",
)
DISTINCT = 120
PLANTED = 40
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make_pictures(folder: Path) -> list[Path]:
    """FILES photographs, of which DISTINCT differ, without people."""
    random = np.random.default_rng(5)
    folder.mkdir()
    originals = [Image.fromarray(getattr(data, name)()).convert("RGB") for name in SAMPLES]
    encoded = []
    for number in range(min(DISTINCT, FILES)):
        picture = originals[number % len(originals)]
        width, height = picture.size
        left, top = (int(random.integers(0, size // 4)) for size in (width, height))
        window = picture.crop((left, top, left + width * 3 // 4, top + height * 3 // 4))
        large = np.asarray(window.resize((SIDE, SIDE * 25 // 32)), dtype=np.int16)
        # What a camera adds: without it an enlarged picture would decode too easily.
        noisy = large + random.normal(0, 6, large.shape).astype(np.int16)
        path = folder / f"original-{number:04}.jpg"
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(path, quality=85)
        encoded.append(path)
    for number in range(len(encoded), FILES):
        shutil.copyfile(encoded[number % len(encoded)], folder / f"copy-{number:06}.jpg")
    return encoded


def make_bank(folder: Path, pictures: list[Path]) -> None:
    """BANK hashes, of which a few are those of pictures."""
    random = np.random.default_rng(9)
    hashes = random.integers(0, 256, (BANK, 32), dtype=np.uint8)
    for place, path in enumerate(pictures[:PLANTED]):
        hashes[place] = np.frombuffer(hash_picture(path).pdq.bits, np.uint8)
    np.save(folder / "hashes.npy", hashes)
    with Library(folder / "library") as library:
        bank = library.create_bank("known", by="benchmark", at=NOW)
        bank.add_array(HashKind.PDQ, hashes, source="benchmark", by="benchmark", at=NOW)


def sampled(folder: Path) -> list[Path]:
    """SAMPLE of the files, evenly over all."""
    paths = sorted((folder / "pictures").iterdir())
    return paths[:: max(1, len(paths) // SAMPLE)][:SAMPLE]


def loop(folder: Path) -> int:
    """What a script does: decode, hash, look up, one file after the other."""
    pdqhash = importlib.import_module("pdqhash")
    index_type = importlib.import_module("threatexchange.signal_type.pdq.pdq_index").PDQIndex
    hashes = np.load(folder / "hashes.npy")
    index = index_type.build([(row.tobytes().hex(), place) for place, row in enumerate(hashes)])
    paths = sampled(folder)
    begun = _ready()
    matches = 0
    for path in paths:
        with Image.open(path) as picture:
            bits, _quality = pdqhash.compute(np.asarray(picture.convert("RGB")))
        matches += bool(index.query(np.packbits(bits).tobytes().hex()))
    _told(begun, len(paths))
    return matches


def one(folder: Path, *, dihedral: bool = True) -> int:
    """Our scanner in one process."""
    wanted = Wanted(kinds=(HashKind.PDQ,), dihedral=dihedral)
    scanner = Scanner(Task(str(folder / "library"), None, wanted, Place(), NOW))
    names = tuple(map(str, sampled(folder)))
    scanner.scan(Work(0, names[:4]))
    begun = _ready()
    done = scanner.scan(Work(0, names))
    _told(begun, len(names))
    return done.counts.get("matches", 0)


def scan(folder: Path, *options: str) -> int:
    """The command, as it is called."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "hearthline.cli", "scan", str(folder / "pictures")]
    command += ["--library", str(folder / "library"), "--out", str(out), "--quiet", *options]
    begun = _ready()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    _told(begun, FILES, cpu=False)
    return (out / "matches.jsonl").read_bytes().count(b"\n")


CONTENDERS: dict[str, tuple[str, Callable[[Path], int]]] = {
    "loop": ("Pillow + pdqhash + PDQIndex, a loop", loop),
    "one": ("ours, one process", one),
    "shown": ("ours, one process, not turned or mirrored", lambda at: one(at, dihedral=False)),
    "pool": ("ours, pool of processes", lambda at: scan(at)),
    "daft": ("ours, Daft on this machine", lambda at: scan(at, "--runner", "daft")),
    "ray": ("ours, Daft on a Ray of this machine", lambda at: scan(at, "--cluster", "local")),
}
_NEEDS = {"loop": "threatexchange", "daft": "daft", "ray": "ray"}


def _ready() -> tuple[float, float]:
    """Where the measurement begins: everything is imported, and indexes are open."""
    return time.perf_counter(), _cpu()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _told(begun: tuple[float, float], files: int, *, cpu: bool = True) -> None:
    wall, used = time.perf_counter() - begun[0], _cpu() - begun[1]
    print(f"{wall / files} {used / files if cpu else 0}", flush=True)


def measure(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Wall and CPU seconds a file of every contender in every round; they take turns."""
    asked = os.environ.get("HEARTHLINE_BENCH_RUNNERS", ",".join(CONTENDERS)).split(",")
    there = [name for name in asked if name not in _NEEDS or importlib.util.find_spec(_NEEDS[name])]
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in there}
    found: dict[str, Any] = {}
    for _ in range(ROUNDS):
        for name in there:
            command = [sys.executable, "-m", "benchmarks.engine_scanning", name, str(folder)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            wall, used, matches = told.split()
            times[name].append((float(wall), float(used)))
            found[name] = int(matches)
    print(f"files with matches, of all or of the sample: {found}")
    return times


def main() -> None:
    if len(sys.argv) == 3:
        print(CONTENDERS[sys.argv[1]][1](Path(sys.argv[2])))
        return
    with tempfile.TemporaryDirectory(prefix="scanning-") as name:
        folder = Path(name)
        make_bank(folder, make_pictures(folder / "pictures"))
        load = os.getloadavg()[0]
        times = measure(folder)
    print(f"{FILES} files, {BANK} hashes, {os.cpu_count()} cores, load before {load:.1f}")
    first = median(wall for wall, _ in times[next(iter(times))])
    cpu = median(used for _, used in times[next(iter(times))])
    print(f"{'':45} {'files/s':>8} {'x':>6} {'CPU ms':>8} {'x CPU':>6}")
    for name, rounds in times.items():
        wall, used = (median(each[place] for each in rounds) for place in (0, 1))
        told = f"{used * 1000:8.2f} {cpu / used:6.1f}" if used else ""
        print(f"{CONTENDERS[name][0]:45} {1 / wall:8.0f} {first / wall:6.1f} {told}")


if __name__ == "__main__":
    main()
