# SPDX-License-Identifier: Apache-2.0
"""Receivers: one in memory that counts what it is given, one in a file that outlives a kill."""

import json
import os
import signal
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hearthline.matcher.exchanges import Signal


class Bank:
    """What stands under each key, and how often anything was given."""

    def __init__(self) -> None:
        self.entries: dict[str, list[Signal]] = {}
        self.added = 0
        self.removed: list[str] = []

    def add(self, signals: Sequence[Signal], *, at: datetime) -> None:
        given: dict[str, list[Signal]] = {}
        for one in signals:
            given.setdefault(one.key, []).append(one)
        self.entries |= given
        self.added += len(given)

    def remove(self, keys: Sequence[str], *, at: datetime) -> None:
        for key in keys:
            self.entries.pop(key, None)
            self.removed.append(key)

    @property
    def values(self) -> list[str]:
        return sorted(s.value for signals in self.entries.values() for s in signals)


class KilledBank:
    """A bank in a file. The process dies by SIGKILL when it has been given `lives` pages: right
    before the last is kept (`early`), or right after, before the exchange can know."""

    def __init__(self, path: Path, lives: int, *, early: bool = False) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("CREATE TABLE IF NOT EXISTS entries (key PRIMARY KEY, hashes, times)")
        self._lives, self._early = lives, early

    def add(self, signals: Sequence[Signal], *, at: datetime) -> None:
        self._lives -= 1
        if not self._lives and self._early:
            os.kill(os.getpid(), signal.SIGKILL)
        self._db.execute("BEGIN")
        for one in signals:
            self._db.execute(
                "INSERT INTO entries VALUES (?, ?, 1) ON CONFLICT (key) "
                "DO UPDATE SET hashes = excluded.hashes, times = times + 1",
                (one.key, json.dumps([one.value])),
            )
        self._db.execute("COMMIT")
        if not self._lives:
            os.kill(os.getpid(), signal.SIGKILL)

    def remove(self, keys: Sequence[str], *, at: datetime) -> None:
        self._db.executemany("DELETE FROM entries WHERE key = ?", [(key,) for key in keys])
