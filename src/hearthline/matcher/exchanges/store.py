# SPDX-License-Identifier: Apache-2.0
"""The state of one exchange: a folder with one SQLite file, a lock and the quarantine.

A page's changes go to the receiver first; then, in one durable transaction, its checkpoint and what
is known of its entries are written. Killed in between, the next fetch gives the receiver the same
page again, which changes nothing. SQLite rather than a file that is renamed, because the checkpoint
and the list of known entries must never disagree.
"""

import contextlib
import fcntl
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    ExchangeFailed,
    Gap,
    Malformed,
    Page,
    Receiver,
    Rejected,
    Signal,
    Unread,
)
from hearthline.matcher.exchanges.quarantine import Kept, Quarantine

MOST_REJECTED: Final = 200
MOST_GAPS: Final = 200
BATCH: Final = 500

_TABLES: Final = """
BEGIN;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, digest BLOB NOT NULL, round INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gaps (
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (start, "end")
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejected (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, key TEXT NOT NULL, reason TEXT NOT NULL
);
COMMIT;
"""


class Busy(ExchangeFailed):
    """Another process is fetching this exchange."""


@dataclass(frozen=True, slots=True)
class Status:
    """How an exchange stands, for people and programs. Times are aware; counts are since the
    state folder was made: pages, added, changed, removed, rejected, filtered, and
    `unsupported:<kind>`."""

    checkpoint: Checkpoint | None
    entries: int
    counts: dict[str, int]
    last_attempt: datetime | None
    last_success: datetime | None
    problem: str
    problem_code: str
    not_before: datetime | None
    gaps: tuple[Gap, ...]
    rejected: tuple[Rejected, ...]
    quarantined: tuple[Kept, ...]


UNTOUCHED: Final = Status(None, 0, {}, None, None, "", "", None, (), (), ())
"""Of an exchange that was never fetched."""


class Store:
    """Open it with the exchange's own folder; it is made if it is missing.

    Raises OSError or sqlite3.Error where the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self.quarantine = Quarantine(folder / "quarantine")
        self._db = sqlite3.connect(
            folder / "state.sqlite3", timeout=30, isolation_level=None, check_same_thread=False
        )
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_TABLES)
        except sqlite3.Error:
            self._db.close()
            raise

    def close(self) -> None:
        self._db.close()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this exchange for one fetch. The lock goes with the process, however it ends.

        Raises `Busy`.
        """
        with open(self._folder / "lock", "w", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Busy("busy", "another process is fetching this exchange") from None
            yield

    def checkpoint(self) -> Checkpoint | None:
        """Where the last page that was kept leads; None before the first."""
        found: Checkpoint | None = self._fact("checkpoint", None)
        return found

    def begin(self, *, at: datetime, anew: bool) -> None:
        """Note an attempt; `anew` begins a full round from no checkpoint."""
        with self._transaction():
            self._set(last_attempt=at.isoformat())
            if anew:
                self._begin_full_round()

    def restart(self) -> None:
        """Let the next fetch take everything anew and give all of it to the receiver again, such
        as after the receiver was restored from an older backup."""
        with self._transaction():
            self._begin_full_round()
            self._db.execute("UPDATE entries SET digest = x''")

    def apply(
        self, page: Page, receiver: Receiver, *, at: datetime, keep_place: bool = False
    ) -> None:
        """Give `page` to `receiver`, then remember it. `keep_place` leaves the checkpoint alone,
        for a stretch that is read again."""
        entries: dict[str, list[Signal]] = {}
        for signal in page.updates:
            entries.setdefault(signal.key, []).append(signal)
        digests = {key: _digest(signals) for key, signals in entries.items()}
        held = self._held([*digests, *page.removals])
        fresh = [
            s for key, signals in entries.items() if held.get(key) != digests[key] for s in signals
        ]
        if page.removals:
            receiver.remove(page.removals, at=at)
        if fresh:
            receiver.add(fresh, at=at)
        with self._transaction():
            self._remember(page, digests, held, at)
            if not keep_place:
                self._set(checkpoint=page.checkpoint)
        for unread in page.unread:
            self.quarantine.keep(unread, at=at)

    def gaps(self) -> list[Gap]:
        """Stretches still to be read, the least often tried first."""
        rows = self._db.execute('SELECT start, "end", reason FROM gaps ORDER BY tries, start')
        return [Gap(*row) for row in rows]

    def close_gap(self, gap: Gap) -> None:
        """`gap` has been read."""
        with self._transaction():
            self._db.execute('DELETE FROM gaps WHERE start = ? AND "end" = ?', (gap.start, gap.end))

    def gap_stays(self, gap: Gap) -> None:
        """`gap` was asked for in vain."""
        with self._transaction():
            self._db.execute(
                'UPDATE gaps SET tries = tries + 1 WHERE start = ? AND "end" = ?',
                (gap.start, gap.end),
            )

    def succeed(self, receiver: Receiver, *, at: datetime, most_removed: float) -> None:
        """The source was read to its end. After a full round, what it no longer lists is removed.

        Raises `ExchangeFailed` instead of removing more than the share `most_removed` of at least
        100 entries: a list that shrinks like that is more often broken than true. With open gaps
        nothing is removed, because what is missing may stand there.
        """
        if self._fact("full_round", False) and not self.gaps():
            self._sweep(receiver, at, most_removed)
        with self._transaction():
            self._set(last_success=at.isoformat(), problem=["", ""], not_before=None)
            if not self.gaps():
                self._set(full_round=False)

    def fail(self, failure: ExchangeFailed, *, at: datetime) -> None:
        """Note why a fetch ended early, and until when the source wants to be left alone."""
        until = (at + failure.wait).isoformat() if failure.wait else None
        if isinstance(failure, Malformed) and failure.raw:
            self.quarantine.keep(Unread(failure.raw, str(failure)), at=at)
        with self._transaction():
            self._set(last_attempt=at.isoformat())
            self._set(problem=[failure.code, str(failure)], not_before=until)

    def status(self) -> Status:
        """How the exchange stands."""
        code, text = self._fact("problem", ["", ""])
        rows = self._db.execute("SELECT reason, key FROM rejected ORDER BY id DESC")
        return Status(
            checkpoint=self.checkpoint(),
            entries=self._db.execute("SELECT count(*) FROM entries").fetchone()[0],
            counts=dict(self._db.execute("SELECT name, value FROM counts ORDER BY name")),
            last_attempt=self._time("last_attempt"),
            last_success=self._time("last_success"),
            problem=text,
            problem_code=code,
            not_before=self._time("not_before"),
            gaps=tuple(self.gaps()),
            rejected=tuple(Rejected(*row) for row in rows),
            quarantined=tuple(self.quarantine.kept()),
        )

    def _begin_full_round(self) -> None:
        self._set(round=self._fact("round", 0) + 1, full_round=True, checkpoint=None)
        self._db.execute("DELETE FROM gaps")

    def _held(self, keys: Sequence[str]) -> dict[str, bytes]:
        """What is known of `keys`: their digests."""
        held: dict[str, bytes] = {}
        for batch in _batches(keys):
            marks = ",".join("?" * len(batch))
            rows = self._db.execute(
                f"SELECT key, digest FROM entries WHERE key IN ({marks})",  # noqa: S608 marks only
                batch,
            )
            held.update(rows)
        return held

    def _remember(
        self, page: Page, digests: dict[str, bytes], held: dict[str, bytes], at: datetime
    ) -> None:
        turn = self._fact("round", 0)
        self._db.executemany(
            "INSERT INTO entries (key, digest, round) VALUES (?, ?, ?) ON CONFLICT (key) "
            "DO UPDATE SET digest = excluded.digest, round = excluded.round",
            [(key, digest, turn) for key, digest in digests.items()],
        )
        self._db.executemany("DELETE FROM entries WHERE key = ?", [(key,) for key in page.removals])
        # An entry that came broken is still listed: the full round must not take it away.
        self._db.executemany(
            "UPDATE entries SET round = ? WHERE key = ?",
            [(turn, one.key) for one in page.rejected if one.key],
        )
        self._note_rejected(page.rejected, at)
        self._note_gaps(page.gaps, at)
        self._count("pages", 1)
        self._count("added", len(digests.keys() - held.keys()))
        self._count(
            "changed", sum(held.get(key, digest) != digest for key, digest in digests.items())
        )
        self._count("removed", len(held.keys() & set(page.removals)))
        self._count("rejected", len(page.rejected))
        self._count("filtered", page.filtered)
        self._count("unread", len(page.unread))
        for kind, number in page.unsupported.items():
            self._count(f"unsupported:{kind}", number)

    def _note_rejected(self, rejected: Sequence[Rejected], at: datetime) -> None:
        self._db.executemany(
            "INSERT INTO rejected (at, key, reason) VALUES (?, ?, ?)",
            [(at.isoformat(), one.key[:300], one.reason) for one in rejected[-MOST_REJECTED:]],
        )
        self._db.execute(
            "DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - ?", (MOST_REJECTED,)
        )

    def _note_gaps(self, gaps: Sequence[Gap], at: datetime) -> None:
        self._db.executemany(
            'INSERT OR IGNORE INTO gaps (start, "end", reason, since) VALUES (?, ?, ?, ?)',
            [(gap.start, gap.end, gap.reason, at.isoformat()) for gap in gaps],
        )
        number, start, end = self._db.execute(
            'SELECT count(*), min(start), max("end") FROM gaps'
        ).fetchone()
        if number > MOST_GAPS:
            # Reading too much again is harmless; a list of gaps without bound is not.
            self._db.execute("DELETE FROM gaps")
            self._note_gaps([Gap(start, end, f"{number} gaps in a row")], at)

    def _sweep(self, receiver: Receiver, at: datetime, most_removed: float) -> None:
        turn = self._fact("round", 0)
        total, gone = self._db.execute(
            "SELECT count(*), coalesce(sum(round < ?), 0) FROM entries", (turn,)
        ).fetchone()
        if total >= 100 and gone > total * most_removed:
            raise ExchangeFailed(
                "shrunk",
                f"the source no longer lists {gone} of {total} entries; nothing was removed. "
                "If that is right, raise `most_removed` for one fetch",
            )
        while keys := [
            key
            for (key,) in self._db.execute(
                "SELECT key FROM entries WHERE round < ? LIMIT ?", (turn, BATCH)
            )
        ]:
            receiver.remove(keys, at=at)
            with self._transaction():
                self._db.executemany("DELETE FROM entries WHERE key = ?", [(k,) for k in keys])
                self._count("removed", len(keys))

    def _count(self, name: str, number: int) -> None:
        if number:
            self._db.execute(
                "INSERT INTO counts (name, value) VALUES (?, ?) ON CONFLICT (name) "
                "DO UPDATE SET value = value + excluded.value",
                (name, number),
            )

    def _fact(self, name: str, otherwise: Any) -> Any:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return otherwise if row is None else json.loads(row[0])

    def _time(self, name: str) -> datetime | None:
        text = self._fact(name, None)
        return None if text is None else datetime.fromisoformat(text)

    def _set(self, **values: Any) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)",
            [(name, json.dumps(value)) for name, value in values.items()],
        )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _digest(signals: Sequence[Signal]) -> bytes:
    """Tells whether an entry is as it was, so that nothing is written again for no reason."""
    lines = sorted(
        json.dumps(
            [s.kind, s.value, s.tags, s.opinion, s.reported_by, s.cases, s.category, s.content]
        )
        for s in signals
    )
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).digest()


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
