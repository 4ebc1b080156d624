# SPDX-License-Identifier: Apache-2.0
"""Spoil files of every kind for some minutes and hash them: nothing but NotHashable may come out.

    python tools/fuzz_hashing.py --minutes 10 [--seed 1]

The work is done in a child process, so that a crash of a decoder is seen too. Each file follows
from its number alone: `--only NUMBER` does one again. Exit code 1 if anything was found.
"""

import argparse
import multiprocessing
import resource
import time
import traceback
from collections import Counter
from multiprocessing.sharedctypes import Synchronized
from random import Random

from hearthline.kit.hashing import Limits, NotHashable, hash_picture
from hearthline.kit.hashing.tests.mutate import picture_files, spoilt, video_files
from hearthline.kit.hashing.video import VideoLimits, hash_video

SLOW = 5.0  # seconds of CPU time for one small file
MEMORY = 8 * 1024**3
PICTURES = Limits(pixels=16_000_000, animation_pixels=64_000_000)
VIDEOS = VideoLimits(pixels=16_000_000, decoded=2_000)


def one(number: int) -> str:
    """Hash the file of that number; say how it ended."""
    random = Random(number)  # noqa: S311
    try:
        if number % 8 == 0:
            hash_video(spoilt(video_files(), random), limits=VIDEOS)
        else:
            content = spoilt(picture_files(), random)
            if hash_picture(content, exact=bool(number % 2), limits=PICTURES).damaged:
                return "hashed, damaged"
    except NotHashable as refusal:
        return refusal.code
    return "hashed"


def child(
    start: int, until: float, at: "Synchronized[int]", results: "multiprocessing.Queue"
) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    counts: Counter[str] = Counter()
    found = []
    slowest = (0.0, 0)
    number = start
    while time.monotonic() < until:
        at.value = number
        began = time.process_time()
        try:
            counts[one(number)] += 1
        except Exception:
            found.append((number, traceback.format_exc()))
        slowest = max(slowest, (time.process_time() - began, number))
        number += 1
    results.put((counts, found, slowest))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", type=int)
    options = asked.parse_args()
    if options.only is not None:
        print(one(options.only))
        return 0
    until = time.monotonic() + options.minutes * 60
    at = multiprocessing.Value("q", options.seed * 1_000_000_000)
    bad = False
    while time.monotonic() < until:
        results: multiprocessing.Queue = multiprocessing.Queue()
        worker = multiprocessing.Process(target=child, args=(at.value, until, at, results))
        worker.start()
        worker.join()
        if worker.exitcode:
            print(f"file {at.value} ended the process with {worker.exitcode}")
            at.value += 1
            bad = True
            continue
        counts, found, (seconds, number) = results.get()
        print(f"{sum(counts.values()) + len(found)} files: {dict(counts)}")
        print(f"the slowest, file {number}, took {seconds:.2f} s")
        for number, trace in found:
            print(f"file {number}:\n{trace}")
        bad |= bool(found) or seconds > SLOW
    return int(bad)


if __name__ == "__main__":
    raise SystemExit(main())
