# SPDX-License-Identifier: Apache-2.0
"""One number for an item among all banks, as clients of HMA know it.

There, a content id stands alone; here, each bank counts its own. So each bank gets a number for
good, and an item is known by both: the first bank's items are 1, 2, 3 …
"""

import json
import os
from pathlib import Path

from hearthline.matcher.keys import held, write_private

FILE = "numbers.json"
_SHIFT = 40  # 2**40 items a bank and 2**13 banks fit the whole numbers that JSON readers keep
MOST_BANKS = 1 << 13


class Numbering:
    """The numbers of banks, by the name of their folder, which never changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._numbers: dict[str, int] = {}

    def number(self, folder: str, item: int) -> int:
        """The number of an item of the bank in `folder`."""
        bank = self._numbers.get(folder)
        if bank is None:
            bank = self._given(folder)
        return bank << _SHIFT | item

    def item(self, folder: str, number: int) -> int | None:
        """The bank's own id of an item, or None if the number is another bank's."""
        item = number & ((1 << _SHIFT) - 1)
        return item if number >= 0 and self.number(folder, item) == number else None

    def _given(self, folder: str) -> int:
        with held(self._path.with_suffix(".lock")):
            self._look()
            if folder not in self._numbers:
                if len(self._numbers) >= MOST_BANKS:
                    raise OverflowError(f"more than {MOST_BANKS} banks were made")
                fresh = self._numbers | {folder: len(self._numbers)}
                write_private(self._path, json.dumps(fresh, indent=1).encode())
                self._look()
        return self._numbers[folder]

    def _look(self) -> None:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            return
        seen = (status.st_ino, status.st_mtime_ns)
        if seen != self._seen:
            self._numbers, self._seen = json.loads(self._path.read_bytes()), seen
