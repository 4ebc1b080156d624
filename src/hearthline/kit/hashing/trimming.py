# SPDX-License-Identifier: Apache-2.0
"""Even borders: a picture shown within a frame, or a film within black bars.

A border of a twentieth of the side is enough for a hash to be no longer known, so the picture
within it is hashed as well. Lines are taken away from each side while all of their pixels are
nearly alike.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

EVEN = 24
"""How far apart, of 255, the pixels of an even line may be: compression blurs edges into it."""

_AT_ONCE = 32  # lines looked at in one go
_LEAST_LEFT = 64  # pixels of a side that must be left
_LEAST_SHARE = 4  # and the part of it: a quarter


def trimmed(pixels: NDArray[Any]) -> NDArray[Any] | None:
    """A view of pixels [height, width(, channels)] without their even border; None if it has none.

    None as well where next to nothing would be left: such a picture is mostly even.
    """
    height, width = pixels.shape[:2]
    across = pixels.swapaxes(0, 1)
    top, bottom = _even_lines(pixels), _even_lines(pixels[::-1])
    left, right = _even_lines(across), _even_lines(across[::-1])
    kept_height, kept_width = height - top - bottom, width - left - right
    if (kept_height, kept_width) == (height, width):
        return None
    if kept_height < max(height // _LEAST_SHARE, _LEAST_LEFT):
        return None
    if kept_width < max(width // _LEAST_SHARE, _LEAST_LEFT):
        return None
    return pixels[top : height - bottom, left : width - right]


def _even_lines(lines: NDArray[Any]) -> int:
    """How many of the first lines are even, each by itself."""
    start, some = 0, lines[:1]  # most pictures have no border: their first line says so
    while len(some):
        spread = np.ptp(some, axis=1).reshape(len(some), -1).max(axis=1)
        uneven = np.flatnonzero(spread > EVEN)
        if uneven.size:
            return start + int(uneven[0])
        start += len(some)
        some = lines[start : start + _AT_ONCE]
    return start
