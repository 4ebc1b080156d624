# SPDX-License-Identifier: Apache-2.0
"""What other processes do to a bank in the tests: `python working.py FOLDER TASK`."""

import os
import signal
import sys
from pathlib import Path

from hearthline.kit.matching.banks import Library, additions
from hearthline.kit.matching.banks.additions import Hashes
from hearthline.kit.matching.banks.bank import Bank
from hearthline.kit.matching.banks.journal import Signature
from hearthline.kit.matching.banks.tests.make import (
    ADA,
    MD5,
    NOW,
    PDQ,
    SENT,
    digest,
    known,
)


def die_between_ledger_and_index(bank: Bank) -> None:
    """Writes the first half of an addition, and is killed before the second."""
    hashes = Hashes([PDQ, MD5], [digest(1, PDQ), digest(1)], ["", ""], [None, None], ["", ""])
    additions.add(bank._ledger, hashes, "Agency", Signature.of("Ada", NOW))
    os.kill(os.getpid(), signal.SIGKILL)


def add_until_killed(bank: Bank) -> None:
    """Adds one entry after the other and says so each time; every third is removed again."""
    for number in range(1, 100_000):
        added = bank.add([known(number, PDQ), known(number)], **SENT)
        if number % 3 == 0:
            bank.remove(added.ids.tolist(), **ADA)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def add_twenty(bank: Bank) -> None:
    """Adds entries one by one, half of them such as another process adds too."""
    start = int(sys.argv[3])
    for number in range(start, start + 20):
        bank.add([known(number)], source=f"Agency {start}", **ADA)


def answer(library: Library) -> None:
    """Looks every hash up that it is sent, and says in how many banks it was found."""
    for line in sys.stdin:
        [found] = library.lookup(PDQ, [bytes.fromhex(line.strip())], at=NOW)
        sys.stdout.write(f"{len(found.matches)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    opened = Library(Path(sys.argv[1]))
    task = globals()[sys.argv[2]]
    task(opened if task is answer else opened.bank("national"))
