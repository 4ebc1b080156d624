# SPDX-License-Identifier: Apache-2.0
"""PDQ, the 256-bit perceptual hash: pixels to hash, bit for bit as the reference does.

A picture's luma is smoothed and sampled to 64 x 64, its 16 x 16 lowest frequencies (without the
constant one) are taken, and each bit says whether a frequency is above the median of all.
Quality, 0 to 100, says how much there was to see: below 50 a hash is of little use for matching.

The fast way rounds differently from the reference, which matters only where a frequency lies so
near the median, or quality so near a step, that rounding decides. Such pictures are recognised
and done again in the reference's own order of sums, so the hash is the same bits either way.

Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.hashing import kernels
from hearthline.kit.hashing.kernels import Floats
from hearthline.kit.hashing.weights import SAMPLES, band, sampled, window

BITS = 256
FREQUENCIES = 16
SMALLEST_SIDE = 5
"""A picture with a shorter side has no hash: all bits are 0, and so is its quality."""

GOOD_QUALITY = 50
"""Hashes of lower quality match by accident; the field drops them from banks."""

_MIDDLE = [BITS // 2 - 1, BITS // 2]  # places of the middle two of 256 in order

_MIXES = {  # what each channel counts for in luma
    1: np.ones(1, dtype=np.float32),
    3: np.array([0.299, 0.587, 0.114], dtype=np.float32),
    4: np.array([0.299, 0.587, 0.114, 0], dtype=np.float32),  # the last is padding
}
_SCALE = float(np.float32(np.sqrt(2 / SAMPLES)))  # the reference keeps this factor as 32 bits
_COSINES = (
    _SCALE
    * np.cos(
        np.pi / (2 * SAMPLES) * np.outer(np.arange(1, FREQUENCIES + 1), 2 * np.arange(SAMPLES) + 1)
    )
).astype(np.float32)
# Mirroring a picture turns the sign of its odd frequencies; place 0 holds frequency 1.
_DOWN = np.where(np.arange(FREQUENCIES) % 2, 1, -1).astype(np.float32)[:, None]
_RIGHT = _DOWN.T
_ONES = np.ones((1, 1), dtype=np.float32)

# How far the fast way may be from the reference in a difference of two frequencies, and in a step
# between samples, for a side of up to 1000 pixels; it grows with the root of the side, because the
# reference lets the rounding of its running sums add up, and where a short side is sampled over and
# over, because then errors do not cancel. The first is twice the largest that was ever seen, in
# thousands of pictures of every shape; the second is over the usual one, as it only guards quality,
# which is a rough measure.
_FREQUENCY_DOUBT = 0.004
_STEP_DOUBT = 0.0002


@dataclass(frozen=True, slots=True)
class Pdq:
    """A hash: `bits`, 32 bytes in the order in which the field writes PDQ, and quality 0-100."""

    bits: bytes
    quality: int

    def __post_init__(self) -> None:
        if len(self.bits) * 8 != BITS:
            raise ValueError(f"a PDQ hash has 32 bytes, this has {len(self.bits)}")

    @classmethod
    def from_hex(cls, text: str, *, quality: int = 100) -> Self:
        """Read 64 hexadecimal digits; ValueError on anything else."""
        try:
            return cls(bytes.fromhex(text), quality)
        except ValueError:
            raise ValueError("a PDQ hash is written as 64 hexadecimal digits") from None

    @property
    def hex(self) -> str:
        return self.bits.hex()

    def complement(self) -> Self:
        """The hash of the picture's negative."""
        return type(self)(bytes(byte ^ 0xFF for byte in self.bits), self.quality)

    def distance(self, other: "Pdq") -> int:
        """How many of the 256 bits differ."""
        return (int.from_bytes(self.bits) ^ int.from_bytes(other.bits)).bit_count()


Eight = tuple[Pdq, ...]
"""The hashes of a picture as it is, turned and mirrored, in the order of `Spectrum.dihedral`."""


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The [16, 16] lowest frequencies of a picture, from which all its hashes follow."""

    frequencies: Floats
    quality: int

    def pdq(self) -> Pdq:
        return _thresholded(self.frequencies, self.quality)

    def in_doubt(self, nearness: float) -> int:
        """How many bits could turn if no frequency changed by more than `nearness`."""
        below, above = np.partition(self.frequencies.ravel(), _MIDDLE)[_MIDDLE]
        distances = np.abs(self.frequencies - (below + above) / 2)
        return int(np.count_nonzero(distances < nearness))

    def dihedral(self) -> Eight:
        """The hashes of the picture as it is, turned and mirrored.

        In order: as it is, turned counter-clockwise by 90, 180 and 270 degrees, flipped top to
        bottom, flipped left to right, mirrored in the main and in the other diagonal. Mirroring
        changes the sign of every other frequency, and a diagonal swaps rows and columns.
        """
        plain, across = self.frequencies, self.frequencies.T
        both = _DOWN * _RIGHT
        turned = (plain, across * _DOWN, plain * both, across * _RIGHT)
        mirrored = (plain * _DOWN, plain * _RIGHT, across, across * both)
        return tuple(_thresholded(each, self.quality) for each in turned + mirrored)


def hash_luma(luma: NDArray[Any]) -> Pdq:
    """The hash of luma [height, width], values 0 to 255 as uint8 or float32."""
    return spectrum(luma).pdq()


def hash_rgb(rgb: NDArray[np.uint8]) -> Pdq:
    """The hash of pixels [height, width, 3], red, green and blue as uint8."""
    return spectrum(rgb).pdq()


def dihedral(pixels: NDArray[Any]) -> Eight:
    """The eight hashes of luma or of pixels; `Spectrum.dihedral` tells their order."""
    return spectrum(pixels, eight=True).dihedral()


def spectrum(pixels: NDArray[Any], *, eight: bool = False) -> Spectrum:
    """The frequencies of luma [height, width] or of pixels [height, width, 3 or 4].

    Pixels are uint8; luma may be float32. A fourth byte is padding and counts for nothing. A view
    that turns or mirrors stored pixels is hashed without moving them. ValueError on any other
    shape or type.

    The hash that follows is the reference's, bit for bit; the seven turned and mirrored ones are
    so only if `eight` is asked for, and otherwise may be a bit off where a frequency touches the
    median. Quality is the reference's; a difference of one is possible and was never seen.
    """
    pixels = _checked(pixels)
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        return Spectrum(np.zeros((FREQUENCIES, FREQUENCIES), dtype=np.float32), 0)
    if (height, width) == (SAMPLES, SAMPLES):
        return _spectrum(_luma(pixels))  # nothing to smooth
    samples = _samples(pixels, height, width)
    fast = _spectrum(samples)
    doubt = max(max(height, width) / 1000, 1) ** 0.5 * max(128 / min(height, width), 1)
    sure = _quality_is_sure(samples, _STEP_DOUBT * doubt)
    if sure and _bits_are_sure(fast.frequencies, _FREQUENCY_DOUBT * doubt, eight=eight):
        return fast
    return _spectrum(_samples_in_reference_order(_luma(pixels)))


def reduced_spectrum(pixels: NDArray[Any], *, height: int, width: int, block: int) -> Spectrum:
    """The frequencies of a picture of `height` x `width` of which a decoder gave a smaller one.

    Each of the `pixels` [rows, columns(, channels)] is the mean of `block` x `block` pixels of
    the picture. The hash is near the exact one, within 4 bits on the pictures it was tried on.
    """
    return _spectrum(_samples(_checked(pixels), height, width, block))


def _checked(pixels: NDArray[Any]) -> NDArray[Any]:
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in _MIXES or 0 in pixels.shape:
        raise ValueError(f"no picture has the shape {pixels.shape}")
    if pixels.dtype != np.uint8 and not (pixels.dtype == np.float32 and pixels.shape[2] == 1):
        raise ValueError(f"pixels are uint8, or float32 luma, not {pixels.dtype}")
    return pixels


def _samples(pixels: NDArray[Any], height: int, width: int, block: int = 1) -> Floats:
    """The fast way. Pixels may be a turned or mirrored view: the weights are turned instead."""
    across = abs(pixels.strides[0]) < abs(pixels.strides[1])
    if across:
        pixels, height, width = pixels.swapaxes(0, 1), width, height
    up, left = pixels.strides[0] < 0, pixels.strides[1] < 0
    pixels = pixels[:: -1 if up else 1, :: -1 if left else 1]
    down, right = band(height, block, backward=up), band(width, block, backward=left)
    mix = _MIXES[pixels.shape[2]]
    samples = kernels.sample(np.ascontiguousarray(pixels), mix, down, right)
    return np.ascontiguousarray(samples.T) if across else samples


def _luma(pixels: NDArray[Any]) -> Floats:
    if pixels.shape[2] > 1:
        return kernels.luma(pixels)
    luma: Floats = pixels[:, :, 0].astype(np.float32, order="C")
    return luma


def _samples_in_reference_order(luma: Floats) -> Floats:
    height, width = luma.shape
    for _ in range(2):
        luma = kernels.smooth(luma, window(height), window(width))
    samples: Floats = np.ascontiguousarray(luma[sampled(height)][:, sampled(width)])
    return samples


def _spectrum(samples: Floats) -> Spectrum:
    return Spectrum(kernels.transform(samples, _COSINES), _quality(_steps(samples)))


def _steps(samples: Floats) -> Floats:
    """How far each sample is from the one below and the one beside it, in hundredths of 255."""
    down = samples[:-1] - samples[1:]
    right = samples[:, :-1] - samples[:, 1:]
    steps: Floats = np.concatenate([down.ravel(), right.ravel()])
    hundredths: Floats = np.abs(steps * np.float32(100) / np.float32(255))
    return hundredths


def _quality(steps: Floats) -> int:
    return min(int(steps.astype(np.int64).sum()) // 90, 100)


def _quality_is_sure(samples: Floats, doubt: float) -> bool:
    steps = _steps(samples)
    return _quality(np.maximum(steps - doubt, 0)) == _quality(steps + doubt)


def _bits_are_sure(frequencies: Floats, doubt: float, *, eight: bool) -> bool:
    """Whether the 128 frequencies that are above the median stand clear of the rest."""
    signs = [_ONES, _DOWN, _RIGHT, _DOWN * _RIGHT] if eight else [_ONES]
    for sign in signs:
        below, above = np.partition((frequencies * sign).ravel(), _MIDDLE)[_MIDDLE]
        if above - below <= doubt:
            return False
    return True


def _thresholded(frequencies: Floats, quality: int) -> Pdq:
    flat = frequencies.ravel()
    median = np.partition(flat, _MIDDLE[0])[_MIDDLE[0]]  # the lower of the middle two
    return Pdq(np.packbits((flat > median)[::-1]).tobytes(), quality)
