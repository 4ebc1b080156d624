# SPDX-License-Identifier: Apache-2.0
"""Which bits a table is keyed by, and how far around a query each table is probed.

A band is a run of the hash's bits; each band has a table of all hashes by the value of these bits.
Bands never overlap. For a query within distance T of a hash, with radii r_b and

    sum over the bands of (r_b + 1)  >=  T + 1,

there is a band b with d_b <= r_b and d_b + d_next <= r_b + r_next + 1, where d_b is the distance
within band b and `next` the band after it, the first one after the last (docs/matching.md has the
proof). Probing every key within r_b of the query's, and keeping only entries that also pass the
second test, therefore finds every hash within T. A radius of -1 leaves a table alone.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb, log2

import numpy as np

from .searching import Probes

HASH_BITS = 256
DESIGN_RADIUS = 31
LARGEST_RADIUS = 64
#: Only the low bits of the next band are kept beside an entry: a distance over fewer bits is a
#: lower bound, so the test only lets more entries through.
NEXT_BITS = 16

# What one step costs, in nanoseconds, on a server of 2024. Only their ratios matter, and only for
# speed: every plan is exact.
PROBE = 7.0
ENTRY = 0.12
SURVIVOR = 25.0
ROW = 1.3

_MOST_PROBES = 200_000


@dataclass(frozen=True)
class Band:
    """`width` bits of the hash, from bit `start` on, counted from the most significant."""

    start: int
    width: int


@lru_cache(maxsize=256)
def bands_for(rows: int) -> tuple[Band, ...]:
    """The bands for a segment of `rows` different hashes: none where reading all is cheaper."""
    best: tuple[Band, ...] = ()
    least = rows * ROW
    for count in range(8, 33):
        # A table with far more keys than rows costs room and gains nothing.
        widest = max(8, min(24, round(log2(max(rows, 2)))))
        bands = _even(count, min(HASH_BITS // count, widest))
        cost = cost_of(bands, radii_for(bands, rows, DESIGN_RADIUS), rows)
        if cost < least:
            best, least = bands, cost
    return best


@lru_cache(maxsize=1024)
def probes_for(bands: tuple[Band, ...], rows: int, radius: int) -> Probes | None:
    """How to find all within `radius`; None where reading every row is cheaper than probing."""
    if not bands:
        return None
    radii = radii_for(bands, rows, radius)
    probes = sum(ball(band.width, reach) for band, reach in zip(bands, radii, strict=True))
    if probes > _MOST_PROBES or cost_of(bands, radii, rows) >= rows * ROW:
        return None
    return probes_of(bands, radii)


def probes_of(bands: tuple[Band, ...], radii: tuple[int, ...]) -> Probes:
    """The masks and limits of these radii, band by band, nearest keys first."""
    first = [0]
    masks: list[int] = []
    limits: list[int] = []
    for number, (band, reach) in enumerate(zip(bands, radii, strict=True)):
        limit = reach + radii[(number + 1) % len(radii)] + 1
        for changed in range(min(reach, band.width, limit) + 1):
            flips = combinations(range(band.width), changed)
            around = [sum(1 << bit for bit in bits) for bits in flips]
            masks += around
            limits += [limit - changed] * len(around)
        first.append(len(masks))
    return Probes(
        np.array(radii, np.int64),
        np.array(first, np.int64),
        np.array(masks, np.int64),
        np.array(limits, np.uint16),
    )


def radii_for(bands: tuple[Band, ...], rows: int, radius: int) -> tuple[int, ...]:
    """The cheapest radii that are exact for `radius`: the next step always where it costs least.

    A further step in one band costs more than the one before it, so taking the cheapest step each
    time gives the least sum.
    """
    radii = [-1] * len(bands)
    for _ in range(radius + 1):
        number = min(
            range(len(bands)), key=lambda at: _step_cost(bands[at].width, radii[at] + 1, rows)
        )
        radii[number] += 1
    return tuple(radii)


def cost_of(bands: tuple[Band, ...], radii: tuple[int, ...], rows: int) -> float:
    """Nanoseconds expected for one query over `rows` hashes with evenly spread bits."""
    total = 0.0
    for number, (band, reach) in enumerate(zip(bands, radii, strict=True)):
        after = (number + 1) % len(bands)
        limit = reach + radii[after] + 1
        seen = min(bands[after].width, NEXT_BITS)
        load = rows / (1 << band.width)
        for changed in range(min(reach, band.width) + 1):
            probes = comb(band.width, changed)
            pass_on = ball(seen, limit - changed) / (1 << seen)
            total += probes * (PROBE + load * (ENTRY + SURVIVOR * pass_on))
    return total


def ball(width: int, radius: int) -> int:
    """How many keys of `width` bits lie within `radius` of one key; none for -1."""
    return sum(comb(width, changed) for changed in range(min(radius, width) + 1))


def _step_cost(width: int, reach: int, rows: int) -> float:
    if reach > width:
        return float("inf")
    return comb(width, reach) * (PROBE + rows / (1 << width) * ENTRY)


def _even(count: int, width: int) -> tuple[Band, ...]:
    """`count` bands of `width` bits; bits left over widen the first ones, up to 24 bits."""
    spare = HASH_BITS - count * width if width == HASH_BITS // count and width < 24 else 0
    bands: list[Band] = []
    start = 0
    for number in range(count):
        wide = width + (1 if number < spare else 0)
        bands.append(Band(start, wide))
        start += wide
    return tuple(bands)
