# SPDX-License-Identifier: Apache-2.0
"""Hashes and drawn pictures, the same ones every time."""

import io
import random
import struct
import zlib

from PIL import Image, ImageDraw


def a_hash(number: int) -> bytes:
    """A PDQ hash; those of two numbers are far apart."""
    return random.Random(number).randbytes(32)


def near(value: bytes, bits: int) -> bytes:
    """The hash with so many of its bits turned."""
    turned = int.from_bytes(value, "big")
    for place in random.Random(7).sample(range(8 * len(value)), bits):
        turned ^= 1 << place
    return turned.to_bytes(len(value), "big")


def a_picture(number: int = 1) -> Image.Image:
    """Coloured shapes with much to see."""
    chance = random.Random(number)
    picture = Image.new("RGB", (256, 192), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = chance.randrange(256), chance.randrange(192)
        size, colour = chance.randrange(8, 70), tuple(chance.randrange(256) for _ in range(3))
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape((x, y, x + size, y + size), fill=colour)
    return picture


def as_file(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def a_file(number: int = 1, kind: str = "PNG") -> bytes:
    return as_file(a_picture(number), kind)


def a_blank_file() -> bytes:
    return as_file(Image.new("RGB", (64, 64), "grey"))


def a_bomb() -> bytes:
    """Few bytes that say they are very many pixels."""
    size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", size), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
