# SPDX-License-Identifier: Apache-2.0
"""The same picture stored in other ways: how many are still known, by our hashes and by a peer's.

Each picture is banked from its PNG file by the hasher under test, stored again in every way, and
looked up by that same hasher; it is known if any of its hashes is within 31 bits. The peer is
threatexchange, which is left out where it is not installed. `looked up` also asks for the turned,
mirrored and negative hashes that cost ours nothing. Environment: PICTURES (how many).
"""

import os
import statistics
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from benchmarks.engine_pictures import saved, windows
from hearthline.kit.hashing import NotHashable, Pdq, hash_picture
from hearthline.kit.hashing.tests.make import deep_png

try:
    from threatexchange.signal_type.pdq.signal import PdqSignal
except ImportError:
    PdqSignal = None

PICTURES = int(os.environ.get("PICTURES", "42"))
RADIUS = 31


def turned(image: Image.Image, orientation: int) -> bytes:
    """Stored turned, with the EXIF tag that turns it upright again, as a telephone does it."""
    exif = Image.Exif()
    exif[274] = orientation
    back = {6: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_180}[orientation]
    return saved(image.transpose(back), "JPEG", quality=85, exif=exif)


def in_alpha(image: Image.Image) -> bytes:
    shape = Image.new("RGBA", image.size, "white")
    shape.putalpha(image.convert("L"))
    return saved(shape, "PNG")


def moving(image: Image.Image) -> bytes:
    others = [ImageOps.mirror(image), ImageOps.flip(image)]
    return saved(image, "GIF", save_all=True, append_images=others)


def later(image: Image.Image) -> bytes:
    """An animation that begins with something else."""
    first = Image.linear_gradient("L").resize(image.size).convert("RGB")
    return saved(first, "GIF", save_all=True, append_images=[image, first])


def bordered(image: Image.Image) -> bytes:
    return saved(ImageOps.expand(image, image.width // 10, "black"), "JPEG", quality=85)


def broken_off(image: Image.Image) -> bytes:
    content = saved(image, "JPEG", quality=85)
    return content[: len(content) * 9 // 10]


WAYS: dict[str, Callable[[Image.Image], bytes]] = {
    "JPEG, quality 50": lambda image: saved(image, "JPEG", quality=50),
    "WebP": lambda image: saved(image, "WEBP", quality=75),
    "AVIF": lambda image: saved(image, "AVIF", quality=60, speed=10),
    "TIFF": lambda image: saved(image, "TIFF", compression="tiff_lzw"),
    "BMP": lambda image: saved(image, "BMP"),
    "grey JPEG": lambda image: saved(image.convert("L"), "JPEG", quality=85),
    "PNG-8": lambda image: saved(image.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"),
    "GIF": lambda image: saved(image, "GIF"),
    "GIF, animated": moving,
    "GIF, later frame": later,
    "JPEG, CMYK": lambda image: saved(image.convert("CMYK"), "JPEG", quality=85),
    "PNG, 16 bits": lambda image: deep_png(np.asarray(image)),
    "PNG, grey 16 bits": lambda image: deep_png(np.asarray(image.convert("L"))),
    "PNG, 1 bit": lambda image: saved(image.convert("1"), "PNG"),
    "only in the alpha": in_alpha,
    "JPEG, EXIF turned 90": lambda image: turned(image, 6),
    "JPEG, EXIF turned 180": lambda image: turned(image, 3),
    "turned 90": lambda image: saved(image.transpose(Image.Transpose.ROTATE_90), "PNG"),
    "mirrored": lambda image: saved(ImageOps.mirror(image), "PNG"),
    "negative": lambda image: saved(ImageOps.invert(image), "PNG"),
    "black border of 10 %": bordered,
    "JPEG, last tenth lost": broken_off,
}


def ours(content: bytes) -> list[Pdq]:
    hashes = hash_picture(content, trim=True)
    return [hashes.pdq, *(each.pdq for each in hashes.extra)]


def ours_looked_up(content: bytes) -> list[Pdq]:
    return list(hash_picture(content, trim=True).queries(negative=True))


def theirs(content: bytes) -> list[Pdq]:
    text = PdqSignal.hash_from_bytes(content)
    return [Pdq.from_hex(text)] if text else []


def main() -> None:
    hashers = {"ours": (ours, ours), "ours, looked up": (ours, ours_looked_up)}
    if PdqSignal is not None:
        hashers = {"threatexchange": (theirs, theirs), **hashers}
    images = [each for each in windows(PICTURES, 0.3) if hash_picture(saved(each, "BMP")).is_good]
    print(f"{len(images)} pictures of good quality: how many are known within {RADIUS} bits,")
    print("and the median distance in bits")
    print(f"{'stored as':24}" + "".join(f"{name:>22}" for name in hashers))
    banked = {
        name: [bank(saved(image, "PNG"))[0] for image in images]
        for name, (bank, _) in hashers.items()
    }
    for way, store in WAYS.items():
        files = [store(image) for image in images]
        line = f"{way:24}"
        for name, (_, look) in hashers.items():
            near = [
                nearest(known, look, file) for known, file in zip(banked[name], files, strict=True)
            ]
            share = sum(distance <= RADIUS for distance in near) / len(near)
            line += f"{share:14.0%}{statistics.median(near):8.0f}"
        print(line)


def nearest(known: Pdq, look: Callable[[bytes], list[Pdq]], content: bytes) -> int:
    """Bits to the nearest of the hashes; 256 where there is none."""
    try:
        return min((known.distance(each) for each in look(content)), default=256)
    except NotHashable:
        return 256
    except OSError:  # what the peer raises
        return 256


if __name__ == "__main__":
    main()
