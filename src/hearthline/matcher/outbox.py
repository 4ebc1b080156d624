# SPDX-License-Identifier: Apache-2.0
"""What was matched and who has still to be told: one SQLite file, written before the answer.

A match is kept as banks and entries, never as what was asked for. Messages leave the file when
they were taken, so a kill at any moment sends one twice at most, under the same id.
"""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FILE = "outbox.sqlite3"

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)
"""Before each further attempt, about two days in all; then a message is given up."""

_TABLES = """
BEGIN;
CREATE TABLE IF NOT EXISTS found (id TEXT PRIMARY KEY, at REAL NOT NULL, what TEXT NOT NULL)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS found_at ON found (at);
CREATE TABLE IF NOT EXISTS message (
    found TEXT NOT NULL, hook TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL, problem TEXT NOT NULL DEFAULT '', PRIMARY KEY (found, hook)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS message_hook ON message (hook, due);
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one receiver: `found` names it, `at` is when it was found."""

    found: str
    hook: str
    attempts: int
    at: datetime


class Outbox:
    """The file. Threads may share it."""

    def __init__(self, path: Path) -> None:
        # Before SQLite makes it: what SQLite puts beside it gets the same mode.
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_TABLES)
        self._one = threading.Lock()

    def close(self) -> None:
        """Lets go of the file."""
        with self._one:
            self._db.close()

    def put(self, found: str, what: Mapping[str, Any], hooks: Sequence[str], at: datetime) -> None:
        """Keeps a match, with a message for each receiver. On the disk when it returns."""
        with self._one, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "INSERT INTO found VALUES (?, ?, ?)", (found, at.timestamp(), json.dumps(what))
            )
            self._db.executemany(
                "INSERT INTO message (found, hook, due) VALUES (?, ?, ?)",
                [(found, hook, at.timestamp()) for hook in hooks],
            )

    def found(self, found: str) -> dict[str, Any] | None:
        """What was matched, or None."""
        with self._one:
            row = self._db.execute("SELECT what FROM found WHERE id = ?", (found,)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def hooks(self) -> list[str]:
        """The receivers that have still to be told of something."""
        with self._one:
            return [hook for (hook,) in self._db.execute("SELECT DISTINCT hook FROM message")]

    def due(self, at: datetime, hook: str, most: int = 100) -> list[Message]:
        """Messages to a receiver whose time has come, those that wait longest first."""
        with self._one:
            rows = self._db.execute(
                "SELECT message.found, hook, attempts, found.at FROM message "
                "JOIN found ON found.id = message.found "
                "WHERE hook = ? AND due <= ? ORDER BY due LIMIT ?",
                (hook, at.timestamp(), most),
            ).fetchall()
        return [
            Message(name, hook, attempts, datetime.fromtimestamp(when, at.tzinfo))
            for name, hook, attempts, when in rows
        ]

    def waiting(self) -> int:
        """How many messages have not been taken yet."""
        with self._one:
            return int(self._db.execute("SELECT COUNT(*) FROM message").fetchone()[0])

    def done(self, message: Message) -> None:
        """It was taken, or is given up."""
        with self._one:
            self._db.execute(
                "DELETE FROM message WHERE found = ? AND hook = ?", (message.found, message.hook)
            )

    def failed(self, message: Message, problem: str, at: datetime) -> bool:
        """It was not taken: it is tried again later, or given up, which is answered by False."""
        if message.attempts >= len(PAUSES):
            self.done(message)
            return False
        with self._one:
            self._db.execute(
                "UPDATE message SET attempts = attempts + 1, due = ?, problem = ? "
                "WHERE found = ? AND hook = ?",
                (
                    (at + PAUSES[message.attempts]).timestamp(),
                    problem,
                    message.found,
                    message.hook,
                ),
            )
        return True

    def away(self, hook: str, problem: str, at: datetime) -> int:
        """Nobody answers for a receiver: all that is due for it is tried later; or given up, and
        how many messages were is returned."""
        now = at.timestamp()
        with self._one, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for attempts, pause in enumerate(PAUSES):
                self._db.execute(
                    "UPDATE message SET attempts = attempts + 1, due = ?, problem = ? "
                    "WHERE hook = ? AND due <= ? AND attempts = ?",
                    ((at + pause).timestamp(), problem, hook, now, attempts),
                )
            return self._db.execute(
                "DELETE FROM message WHERE hook = ? AND due <= ?", (hook, now)
            ).rowcount

    def drop(self, hook: str) -> None:
        """A receiver is to be told nothing more."""
        with self._one:
            self._db.execute("DELETE FROM message WHERE hook = ?", (hook,))

    def forget(self, before: datetime) -> None:
        """Removes matches of long ago of which nobody has still to be told."""
        with self._one:
            self._db.execute(
                "DELETE FROM found WHERE at < ? AND id NOT IN (SELECT found FROM message)",
                (before.timestamp(),),
            )
