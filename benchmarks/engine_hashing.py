# SPDX-License-Identifier: Apache-2.0
"""JPEG files to PDQ hashes: ours beside Pillow with pdqhash, and beside the decoder alone.

CPU time of one thread, decoding included; the ways take turns within each round, and the median
round counts. `limit` is the decoder we use without any hashing: no way that decodes with it can
be faster. Environment: PICTURES_SMALL, PICTURES_LARGE (how many), ROUNDS.
"""

import io
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import pdqhash
import simplejpeg
from PIL import Image

from benchmarks.engine_pictures import jpegs
from hearthline.kit.hashing import Pdq, hash_picture

SMALL = int(os.environ.get("PICTURES_SMALL", "56"))
LARGE = int(os.environ.get("PICTURES_LARGE", "14"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))


def pillow_pdqhash(content: bytes) -> Pdq:
    bits, quality = pdqhash.compute(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))
    return Pdq(np.packbits(bits.astype(np.uint8)).tobytes(), quality)


def exact(content: bytes) -> Pdq:
    return hash_picture(content).pdq


def reduced(content: bytes) -> Pdq:
    return hash_picture(content, exact=False).pdq


def limit_exact(content: bytes) -> None:
    simplejpeg.decode_jpeg(content)


def limit_reduced(content: bytes) -> None:
    height, width, _, _ = simplejpeg.decode_jpeg_header(content)
    block = max(each for each in (1, 2, 4, 8) if each == 1 or min(height, width) >= 512 * each)
    simplejpeg.decode_jpeg(
        content, "GRAY", min_height=-(-height // block), min_width=-(-width // block)
    )


WAYS: dict[str, Callable[[bytes], Pdq | None]] = {
    "Pillow + pdqhash": pillow_pdqhash,
    "ours, exact": exact,
    "ours, reduced": reduced,
    "limit of exact": limit_exact,
    "limit of reduced": limit_reduced,
}


def main() -> None:
    for megapixels, count in ((0.82, SMALL), (7.4, LARGE)):
        files = jpegs(count, megapixels)
        kilobytes = statistics.mean(len(file) for file in files) / 1000
        print(f"\n{count} JPEG files of {megapixels} megapixels, {kilobytes:.0f} kB on average")
        print(f"{'way':20}{'ms each':>9}{'each s':>9}{'ratio':>8}{'bits off: mean':>16}{'most':>6}")
        times = timed(files)
        known = [pillow_pdqhash(file) for file in files]
        for name, way in WAYS.items():
            seconds = times[name] / count
            line = f"{name:20}{seconds * 1e3:9.2f}{1 / seconds:9.0f}"
            line += f"{times['Pillow + pdqhash'] / times[name]:8.1f}"
            if not name.startswith("limit"):
                off = [hash_.distance(way(file)) for hash_, file in zip(known, files, strict=True)]
                line += f"{statistics.mean(off):16.2f}{max(off):6}"
            print(line)


def timed(files: list[bytes]) -> dict[str, float]:
    """CPU seconds of each way for all files: the median of the rounds."""
    rounds: dict[str, list[float]] = {name: [] for name in WAYS}
    for way in WAYS.values():
        way(files[0])  # compiled, and its weights made
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            began = time.process_time()
            for file in files:
                way(file)
            rounds[name].append(time.process_time() - began)
    return {name: statistics.median(each) for name, each in rounds.items()}


if __name__ == "__main__":
    main()
