# SPDX-License-Identifier: Apache-2.0
"""A fixed small cast of harmless pictures: drawn shapes, and samples without people."""

import io
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from skimage import data


def picture(height: int, width: int) -> np.ndarray:
    """Drawn shapes [height, width, 3] on a slope of colours, alike on no axis."""
    y, x = np.mgrid[0:height, 0:width]
    slope = np.stack([x * 200 // width, y * 150 // height, (x + y) * 90 // (width + height)], 2)
    image = Image.fromarray(slope.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 8, height // 6, width // 2, height // 2), fill=(230, 220, 40))
    draw.rectangle((width * 5 // 9, height // 5, width * 8 // 9, height // 3), fill=(20, 160, 90))
    corners = [(width // 3, height * 6 // 7), (width * 6 // 7, height // 2), (width - 1, height)]
    draw.polygon(corners, fill=(240, 240, 250))
    draw.line((0, height * 2 // 3, width * 2 // 5, height), fill=(90, 0, 140), width=3)
    return np.asarray(image)


PHOTOGRAPHS = ("chelsea", "coffee", "coins", "page", "brick", "checkerboard", "clock")


@cache
def _photograph(name: str) -> Image.Image:
    return Image.fromarray(getattr(data, name)()).convert("RGB")


def sample(name: str, size: tuple[int, int]) -> np.ndarray:
    """One of the photographs, [height, width, 3] of `size`."""
    height, width = size
    return np.asarray(_photograph(name).resize((width, height), Image.Resampling.BICUBIC))


def samples(size: tuple[int, int]) -> Iterator[np.ndarray]:
    """Pictures [height, width, 3] of `size`: cat, cup, coins, print, wall, squares, shapes."""
    for name in PHOTOGRAPHS:
        yield sample(name, size)
    yield picture(*size)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of an image file, as Pillow writes it."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def deep_png(pixels: np.ndarray) -> bytes:
    """A PNG file of 16 bits a channel, grey [h, w] or colour [h, w, 3], from pixels of 8 bits."""
    height, width = pixels.shape[:2]
    rows = (pixels.astype(np.uint16) * 257).astype(">u2").reshape(height, -1)
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    header = struct.pack(">IIBBBBB", width, height, 16, 0 if pixels.ndim == 2 else 2, 0, 0, 0)
    return png_of((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG file of chunks, each given as its name and its content."""
    file = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        check = struct.pack(">I", zlib.crc32(name + content))
        file += struct.pack(">I", len(content)) + name + content + check
    return file


def moving(frames: int, height: int = 120, width: int = 160) -> list[Image.Image]:
    """Drawn pictures that have little in common with each other."""
    return [
        Image.fromarray(np.roll(picture(height, width), (place * 31, place * 47), (0, 1)))
        for place in range(frames)
    ]
