# SPDX-License-Identifier: Apache-2.0
"""Invented hashes, and the plain way of searching them."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.matching import Matches

Hashes = NDArray[np.uint8]
#: (query, id, distance)
Found = set[tuple[int, int, int]]


def hashes(count: int, *, seed: int = 1, width: int = 32) -> Hashes:
    """Hashes whose bits are evenly spread."""
    return np.random.default_rng(seed).integers(0, 256, (count, width), np.uint8)


def numbered(count: int, start: int = 0) -> NDArray[np.uint64]:
    """Ids in a row."""
    return np.arange(start, start + count, dtype=np.uint64)


def turned(source: Hashes, flips: Iterable[int], *, seed: int = 2) -> Hashes:
    """Each hash with so many of its bits turned over."""
    chance = np.random.default_rng(seed)
    result = source.copy()
    for row, count in zip(result, flips, strict=True):
        for bit in chance.choice(row.size * 8, count, replace=False):
            row[bit // 8] ^= np.uint8(1 << (bit % 8))
    return result


def screenshots(count: int, *, seed: int = 3) -> Hashes:
    """Hashes with most bits leaning one way, as of pictures that are much alike."""
    chance = np.random.default_rng(seed)
    leaning = chance.choice([0.04, 0.5, 0.96], size=256, p=[0.4, 0.2, 0.4])
    return np.packbits(chance.random((count, 256)) < leaning, axis=1)


def compared(known: Hashes, ids: NDArray[np.uint64], queries: Hashes, radius: int) -> Found:
    """What a search must find: every pair compared with every query."""
    found: Found = set()
    for number, query in enumerate(queries):
        apart = np.bitwise_count(known ^ query).sum(axis=1)
        found |= {(number, int(ids[at]), int(apart[at])) for at in np.flatnonzero(apart <= radius)}
    return found


def listed(matches: Matches) -> list[tuple[int, int, int]]:
    """Matches as (query, id, distance), in the order they came."""
    columns = (matches.query.tolist(), matches.id.tolist(), matches.distance.tolist())
    return list(zip(*columns, strict=True))


def open_files(folder: Path) -> int:
    """How many files in a folder this process has open."""
    names = []
    for handle in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):
            names.append(os.readlink(f"/proc/self/fd/{handle}"))
    return sum(name.startswith(f"{folder}/") for name in names)
