# SPDX-License-Identifier: Apache-2.0
"""Small valid files of every kind that is read, and ways to spoil them."""

import io
from functools import cache
from random import Random

import av
import numpy as np
from PIL import Image

from hearthline.kit.hashing.tests.make import deep_png, moving, picture, saved

_SIZE = (24, 36)


@cache
def picture_files() -> tuple[bytes, ...]:
    """One small file for each way of storing a picture."""
    shown = Image.fromarray(picture(*_SIZE))
    seen_through = shown.convert("RGBA")
    seen_through.putalpha(Image.linear_gradient("L").resize(shown.size))
    turned = Image.Exif()
    turned[274] = 6
    frames = moving(3, *_SIZE)
    still = [
        saved(shown, "JPEG", exif=turned),
        saved(shown, "JPEG", progressive=True, subsampling=0),
        saved(shown.convert("L"), "JPEG"),
        saved(shown.convert("CMYK"), "JPEG"),
        saved(shown, "PNG", exif=turned),
        saved(shown.convert("P"), "PNG", transparency=3),
        saved(shown.convert("1"), "PNG"),
        saved(seen_through, "PNG"),
        deep_png(picture(*_SIZE)[:, :, 0]),
        saved(shown, "BMP"),
        saved(shown.convert("P"), "BMP"),
        saved(shown, "WEBP", exif=turned),
        saved(seen_through, "WEBP", lossless=True),
        saved(shown, "AVIF", exif=turned),
        saved(shown, "TIFF"),
        saved(shown.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        saved(shown.convert("1"), "TIFF", compression="group4"),
        saved(shown, "TIFF", compression="jpeg"),
    ]
    return (*still, *(_animated(frames, kind) for kind in ("GIF", "PNG", "WEBP", "AVIF", "TIFF")))


def _animated(frames: list[Image.Image], kind: str) -> bytes:
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


@cache
def video_files() -> tuple[bytes, ...]:
    """One short file for each of some containers and codecs."""
    kinds = [("mp4", "mpeg4"), ("matroska", "libvpx"), ("avi", "mjpeg"), ("mpegts", "mpeg2video")]
    return tuple(_clip(container, codec) for container, codec in kinds)


def _clip(container: str, codec: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=25)
        stream.height, stream.width = 48, 64
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for frame in moving(6, 48, 64):
            shown = av.VideoFrame.from_ndarray(np.asarray(frame), format="rgb24")
            output.mux(stream.encode(shown))
        output.mux(stream.encode(None))
    return file.getvalue()


def spoilt(files: tuple[bytes, ...], random: Random) -> bytes:
    """One of the files with a few mistakes in it."""
    content = bytearray(random.choice(files))
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        if content:
            random.choice(_MISTAKES)(content, random)
    if random.random() < 0.1:
        other = random.choice(files)
        content += other[random.randrange(len(other)) :]
    return bytes(content)


def _place(content: bytearray, random: Random) -> int:
    # Headers decide the most, so half of the mistakes fall into the first bytes.
    return random.randrange(min(len(content), 64) if random.random() < 0.5 else len(content))


def _change(content: bytearray, random: Random) -> None:
    content[_place(content, random)] = random.choice(
        (0, 1, 0x7F, 0x80, 0xFF, random.randrange(256))
    )


def _flip(content: bytearray, random: Random) -> None:
    content[_place(content, random)] ^= 1 << random.randrange(8)


def _overwrite_number(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    width = random.choice((2, 4))
    number = random.choice((0, 1, 2 ** (8 * width) - 1, 2 ** (8 * width - 1), 30_000, 5_000))
    order = "little" if random.random() < 0.5 else "big"
    content[place : place + width] = (number % 2 ** (8 * width)).to_bytes(width, order)


def _cut(content: bytearray, random: Random) -> None:
    del content[_place(content, random) :]


def _leave_out(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    del content[place : place + random.choice((1, 2, 16, 200))]


def _repeat(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    content[place:place] = content[place : place + random.choice((1, 4, 32, 300))]


def _insert(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    content[place:place] = random.randbytes(random.choice((1, 4, 40)))


_MISTAKES = (_change, _change, _flip, _flip, _overwrite_number, _cut, _leave_out, _repeat, _insert)
