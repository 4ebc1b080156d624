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

import numba
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
    width = window(side)
    # Two means look at up to 2 * width - 1 pixels, which touch no more blocks than this.
    weights = np.zeros((SAMPLES, (2 * width + block - 3) // block + 1))
    start, length = np.zeros((2, SAMPLES), dtype=np.int64)
    _add_means(sampled(side), side, width, block, backward, start, length, weights)
    packed = Band(start, length, weights[:, : length.max()].astype(np.float32))
    for array in packed:
        array.setflags(write=False)  # shared by every caller
    return packed


@numba.njit(cache=True, nogil=True)
def _add_means(  # type: ignore[no-untyped-def]
    centres, side, width, block, backward, start, length, weights
):
    """The mean at each centre of the means around it; both take in fewer pixels at the ends."""
    after = (width + 2) // 2
    before = width - after
    for row in range(len(centres)):
        low, high = max(centres[row] - before, 0), min(centres[row] + after, side)
        first, last = max(low - before, 0), min(high - 1 + after, side) - 1
        if backward:
            first, last = side - 1 - last, side - 1 - first
        start[row], length[row] = first // block, last // block - first // block + 1
        for middle in range(low, high):
            begin, end = max(middle - before, 0), min(middle + after, side)
            for pixel in range(begin, end):
                place = (side - 1 - pixel if backward else pixel) // block - start[row]
                weights[row, place] += 1.0 / ((high - low) * (end - begin))
