# SPDX-License-Identifier: Apache-2.0
"""Kills a writer again and again, and looks each time whether anything it had confirmed is lost.

    python -m hearthline.kit.matching.tests.killing FOLDER TIMES

Change number n is always the same, and carries n as its mark, so what the index must hold after
it can be said without having seen it: the model.
"""

import math
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from hearthline.kit.matching import HashIndex

from .make import hashes, numbered

SEED = 4
MOST = 2  # changes confirmed before a kill
LONGEST = 0.02  # seconds after the last of these
EVERY_MERGE = 9
_KNOWN = hashes(60_000, seed=SEED)

Pairs = set[tuple[int, int]]


def changed(number: int) -> tuple[int, int, bool]:
    """Change `number`: from which hash on, how many, and whether they are removed."""
    chance = random.Random(number)
    many = chance.choice([1, 40, 900, 900, 5000])
    return chance.randrange(len(_KNOWN) - many), many, chance.random() < 0.3


def make_changes(folder: Path, confirm: int, until: float = math.inf) -> None:
    """The writer: change after change, each confirmed by a byte, now and then a merge."""
    index = HashIndex.open(folder, writable=True)
    number = index.mark
    while number < until:
        number += 1
        start, many, removing = changed(number)
        ids = numbered(many, start)
        if removing:
            index.remove(ids, mark=number)
        else:
            index.add(_KNOWN[start : start + many], ids, mark=number)
        os.write(confirm, b".")
        if number % EVERY_MERGE == 0:
            index.merge()
    index.close()


def killed_after(folder: Path, changes: int, seconds: float) -> int:
    """Run the writer in a process of its own, kill it, and say how many changes it confirmed.

    The kill comes so many seconds after so many changes were confirmed, while the next one is made.
    """
    come, confirm = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(come)
            make_changes(folder, confirm)
        finally:
            os._exit(3)
    os.close(confirm)
    seen = sum(len(os.read(come, 1)) for _ in range(changes))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError("The writer ended by itself.")
    with os.fdopen(come, "rb") as confirmed:
        return seen + len(confirmed.read())


def main(folder: Path, times: int) -> str:
    chance = random.Random(SEED)
    model = np.zeros(len(_KNOWN), bool)
    # Once in this process, so that its children need not load the compiled code first.
    with open(os.devnull, "wb") as nowhere:
        make_changes(folder / "first", nowhere.fileno(), until=4 * EVERY_MERGE)
    HashIndex.open(folder, writable=True).close()
    at = 0
    for turn in range(times):
        confirmed = killed_after(folder, chance.randint(0, MOST), chance.uniform(0, LONGEST))
        with HashIndex.open(folder) as index:
            if not at + confirmed <= index.mark <= at + confirmed + 1:
                return f"kill {turn}: {confirmed} confirmed after {at}, found {index.mark}"
            for number in range(at + 1, index.mark + 1):
                start, many, removing = changed(number)
                model[start : start + many] = not removing
            at = index.mark
            held, ids = index.pairs()
            right = np.array_equal(np.sort(ids), np.flatnonzero(model))
            if not right or len(index) != ids.size or not np.array_equal(_KNOWN[ids], held):
                return f"kill {turn}: after change {at} the pairs are not those of the model"
            index.verify()
    return f"nothing lost by {times} kills in {at} changes"


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1]), int(sys.argv[2])))
