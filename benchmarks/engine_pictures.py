# SPDX-License-Identifier: Apache-2.0
"""Harmless pictures for the engine's measurements: samples without people, cut and saved anew."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image
from skimage import data

NAMES = (
    "chelsea", "coffee", "rocket", "coins", "page", "text", "moon", "brick", "grass", "gravel",
    "hubble_deep_field", "retina", "immunohistochemistry", "clock",
)  # fmt: skip


def windows(count: int, megapixels: float, seed: int = 1) -> Iterator[Image.Image]:
    """Windows into the samples, each brought to about that many million pixels, with fine grain.

    Enlarging makes a picture smoother than a camera's, so grain is added until a file is about as
    long as a photograph's: content and entropy are like those of uploads, though invented.
    """
    chance = np.random.default_rng(seed)
    for number in range(count):
        stored = getattr(data, NAMES[number % len(NAMES)])()
        whole = np.asarray(Image.fromarray(stored).convert("RGB"))
        height, width = whole.shape[:2]
        share = chance.uniform(0.7, 1)
        top, left = chance.uniform(0, 1 - share, 2)
        part = whole[int(top * height) :, int(left * width) :]
        part = part[: int(share * height), : int(share * width)]
        scale = (megapixels * 1e6 / (part.shape[0] * part.shape[1])) ** 0.5
        size = (round(part.shape[1] * scale), round(part.shape[0] * scale))
        large = np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BICUBIC))
        grain = chance.normal(0, 2.5, (*large.shape[:2], 1)) if scale > 2 else 0
        yield Image.fromarray((large + grain).clip(0, 255).astype(np.uint8))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpegs(count: int, megapixels: float, quality: int = 85) -> list[bytes]:
    return [saved(image, "JPEG", quality=quality) for image in windows(count, megapixels)]
