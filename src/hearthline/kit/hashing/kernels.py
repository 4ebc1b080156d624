# SPDX-License-Identifier: Apache-2.0
"""The inner loops, compiled: pixels to 64 x 64 samples to 16 x 16 coefficients.

There are two ways to the samples. `sample` applies the banded weights, about one multiplication
a byte, and differs from the reference only by rounding. `smooth` is the running mean itself, every
sum rounded to a 32-bit float in the order in which the reference rounds it, and is only
needed where that rounding decides a bit.
"""

from typing import cast

import numba
import numpy as np
from numpy.typing import NDArray

from hearthline.kit.hashing.weights import SAMPLES, Band

Floats = NDArray[np.float32]


def sample(pixels: NDArray[np.uint8] | Floats, mix: Floats, down: Band, across: Band) -> Floats:
    """Weigh `pixels` [height, width, channels] into [64, 64] samples of luma.

    `mix` [channels] is what each channel counts for in luma.
    """
    height, width, channels = pixels.shape
    lines = np.empty((SAMPLES, width * channels), dtype=np.float32)
    _weigh_rows(pixels.reshape(height, width * channels), *down, lines)
    samples = np.empty((SAMPLES, SAMPLES), dtype=np.float32)
    _weigh_columns(lines, mix, *across, samples)
    return samples


def luma(pixels: NDArray[np.uint8]) -> Floats:
    """Luma [height, width] of pixels [height, width, 3 or 4], rounded once, as the reference."""
    mixed = np.empty(pixels.shape[:2], dtype=np.float32)
    _mix(np.ascontiguousarray(pixels), mixed)
    return mixed


def smooth(values: Floats, height: int, width: int) -> Floats:
    """The running mean of `width` pixels along each row, then of `height` down each column."""
    across, both = np.empty_like(values), np.empty_like(values)
    _smooth_across(values, across, width)
    _smooth_down(across, both, height)
    return both


def transform(samples: Floats, cosines: Floats) -> Floats:
    """The [16, 16] low frequencies of [64, 64] samples: cosines . samples . cosines transposed.

    Each sum is taken in order of its index and rounded at every step, as the reference does.
    """
    return cast("Floats", _transform(samples, cosines))


# Whole rows are added up before columns, so that the long loops run along memory, and channels
# are mixed last, when only 64 rows are left: colour then costs no more than a wider picture.
@numba.njit(cache=True, nogil=True)
def _weigh_rows(rows, start, length, weights, lines):  # type: ignore[no-untyped-def]
    for place in range(lines.shape[0]):
        line = lines[place]
        line[:] = 0
        row = start[place]
        done = 0
        # Four rows at a time: each pass over the line costs a load and a store of it.
        while done + 4 <= length[place]:
            w0, w1 = weights[place, done], weights[place, done + 1]
            w2, w3 = weights[place, done + 2], weights[place, done + 3]
            r0, r1, r2, r3 = rows[row], rows[row + 1], rows[row + 2], rows[row + 3]
            for x in range(line.shape[0]):
                line[x] += (w0 * np.float32(r0[x]) + w1 * np.float32(r1[x])) + (
                    w2 * np.float32(r2[x]) + w3 * np.float32(r3[x])
                )
            row += 4
            done += 4
        while done < length[place]:
            weight = weights[place, done]
            last = rows[row]
            for x in range(line.shape[0]):
                line[x] += weight * np.float32(last[x])
            row += 1
            done += 1


@numba.njit(cache=True, nogil=True)
def _weigh_columns(lines, mix, start, length, weights, samples):  # type: ignore[no-untyped-def]
    channels = mix.shape[0]
    for y in range(samples.shape[0]):
        for x in range(samples.shape[1]):
            luma = np.float32(0)
            for channel in range(channels):
                total = np.float32(0)
                place = start[x] * channels + channel
                for done in range(length[x]):
                    total += weights[x, done] * lines[y, place]
                    place += channels
                luma += mix[channel] * total
            samples[y, x] = luma


@numba.njit(cache=True, nogil=True)
def _mix(pixels, mixed):  # type: ignore[no-untyped-def]
    for y in range(mixed.shape[0]):
        for x in range(mixed.shape[1]):
            red, green, blue = pixels[y, x, 0], pixels[y, x, 1], pixels[y, x, 2]
            mixed[y, x] = np.float32(red * 0.299 + green * 0.587 + blue * 0.114)


@numba.njit(cache=True, nogil=True)
def _smooth_down(values, smooth, width):  # type: ignore[no-untyped-def]
    height, across = values.shape
    total = np.zeros(across, dtype=np.float32)
    after = (width + 2) // 2
    for y in range(1 - after, height):
        enters, leaves = y + after - 1, y + after - 1 - width
        if enters < height:
            for x in range(across):
                total[x] += values[enters, x]
        if leaves >= 0:
            for x in range(across):
                total[x] -= values[leaves, x]
        if y >= 0:
            under = np.float32(min(enters, height - 1) - max(leaves, -1))
            for x in range(across):
                smooth[y, x] = total[x] / under


# A running sum waits for itself at every step, so 16 rows go side by side, turned for the while.
@numba.njit(cache=True, nogil=True)
def _smooth_across(values, smooth, width):  # type: ignore[no-untyped-def]
    height, across = values.shape
    strip = np.zeros((across, 16), dtype=np.float32)
    turned = np.empty((across, 16), dtype=np.float32)
    for top in range(0, height, 16):
        rows = min(16, height - top)
        for row in range(rows):
            for x in range(across):
                strip[x, row] = values[top + row, x]
        _smooth_down(strip, turned, width)
        for row in range(rows):
            for x in range(across):
                smooth[top + row, x] = turned[x, row]


@numba.njit(cache=True, nogil=True)
def _transform(samples, cosines):  # type: ignore[no-untyped-def]
    kept, size = cosines.shape
    half = np.zeros((kept, size), dtype=np.float32)
    for i in range(kept):
        for k in range(size):
            for j in range(size):
                half[i, j] += cosines[i, k] * samples[k, j]
    coefficients = np.zeros((kept, kept), dtype=np.float32)
    for i in range(kept):
        for j in range(kept):
            total = np.float32(0)
            for k in range(size):
                total += half[i, k] * cosines[j, k]
            coefficients[i, j] = total
    return coefficients
