# SPDX-License-Identifier: Apache-2.0
"""The weights by which PDQ makes any side of a picture 64 samples long.

PDQ smooths a picture twice with a running mean (a box filter, done twice) and then takes 64
samples along each side. All of that is linear and separable, so along a side of N pixels it is
one matrix of 64 rows and N columns, which depends on nothing but N. A row of it has a narrow
band of weights, about N / 64 wide, so applying it costs little more than one multiplication a
pixel. The matrix is made once for each N and kept.

Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook,
2019, sections on PDQ's downsampling ("Jarosz filters").
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SAMPLES = 64
"""Samples that are kept along each side."""


class Band(NamedTuple):
    """64 rows of weights along a side; row i holds `weights[i, :length[i]]` from `start[i]` on."""

    start: NDArray[np.int64]  # [64], pixel at which the row begins
    length: NDArray[np.int64]  # [64], pixels under the row
    weights: NDArray[np.float32]  # [64, longest row], zero past the length; a row sums to 1


def window(side: int) -> int:
    """Width in pixels of the running mean along a side of that many pixels."""
    return -(-side // (2 * SAMPLES))


def sampled(side: int) -> NDArray[np.int64]:
    """Shape [64]: the pixels at which the smoothed side is sampled."""
    return ((np.arange(SAMPLES) + 0.5) * side / SAMPLES).astype(np.int64)


@lru_cache(maxsize=512)
def band(side: int, block: int = 1, *, backward: bool = False) -> Band:
    """The weights for a side of `side` pixels.

    `block` is the number of pixels that a reducing decoder has already put into one: the weights
    are those of the ORIGINAL side, added up over each block, so that the samples fall where they
    would have fallen in the whole picture. `backward` is for pixels that are stored last to first.
    """
    low, high = _reach(np.arange(side), side)
    rows = []
    for sample in sampled(side):
        # The second mean looks at pixels [low, high) of the first; each of those looks at its own.
        first, last = low[low[sample]], high[high[sample] - 1]
        row = np.zeros(last - first)
        for pixel in range(low[sample], high[sample]):
            row[low[pixel] - first : high[pixel] - first] += 1.0 / (high[pixel] - low[pixel])
        row /= high[sample] - low[sample]
        rows.append((int(side - last), row[::-1]) if backward else (int(first), row))
    return _packed([_by_block(first, row, block) for first, row in rows])


def _reach(pixels: NDArray[np.int64], side: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pixels [low, high) that the running mean at a pixel takes in; fewer at the ends."""
    width = window(side)
    after = (width + 2) // 2
    low = np.maximum(pixels - (width - after), 0)
    high = np.minimum(pixels + after, side)
    return low, high


def _by_block(first: int, row: NDArray[np.float64], block: int) -> tuple[int, NDArray[np.float64]]:
    start = first // block
    blocks = (first + np.arange(len(row))) // block - start
    return start, np.bincount(blocks, weights=row).astype(np.float64)


def _packed(rows: list[tuple[int, NDArray[np.float64]]]) -> Band:
    length = np.array([len(row) for _, row in rows], dtype=np.int64)
    weights = np.zeros((SAMPLES, int(length.max())), dtype=np.float32)
    for place, (_, row) in enumerate(rows):
        weights[place, : len(row)] = row
    start = np.array([first for first, _ in rows], dtype=np.int64)
    for array in (start, length, weights):
        array.setflags(write=False)  # shared by every caller
    return Band(start, length, weights)
