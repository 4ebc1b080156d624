# SPDX-License-Identifier: Apache-2.0
"""Exchanges into banks: which source lists which hash under which keys.

A bank knows each hash once, with the sources that list it; a source may list it under several keys
and takes keys back one by one. So the keys are kept here, beside the state of the exchange, and a
hash leaves the bank when the source's last key for it goes. Bank first, keys after: killed in
between, the page comes again and finds the bank as it left it.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from hearthline.kit.formats.known_hash import HashKind, KnownHash, checked_category
from hearthline.kit.matching.banks import Bank, BankRefused, Library, Says
from hearthline.matcher.exchanges.configuration import Settings
from hearthline.matcher.exchanges.feed import ExchangeFailed, Opinion, Signal, combined

Hash = tuple[HashKind, bytes]
Said = dict[Hash, list[Opinion]]
Rows = dict[tuple[str, HashKind, bytes], Opinion]

_TABLE: Final = """
BEGIN;
CREATE TABLE IF NOT EXISTS listed (
    key TEXT NOT NULL, kind TEXT NOT NULL, hash BLOB NOT NULL, opinion TEXT NOT NULL,
    PRIMARY KEY (key, kind, hash)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS listed_hash ON listed (hash, kind);
COMMIT;
"""
_SAYS: Final = {
    Opinion.CONFIRM: Says.CONFIRM,
    Opinion.DISPUTED: Says.DENY,
    Opinion.DENY: Says.DENY,
    Opinion.UNSTATED: None,
}


class BankReceiver:
    """Gives a bank what one source lists. Raises `ExchangeFailed` where the bank refuses.

    What the source confirms, or says somebody doubts, stands in the bank as the source's opinion.
    What it lists as harmless is not added, and only its opinion is noted where others list it.
    Kinds of hash the bank does not hold are left out. `folder` keeps the keys.
    """

    def __init__(self, bank: Bank, folder: Path, source: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / "listed.sqlite3"
        self._bank = bank
        self._source = source
        self._by = f"exchange {source}"
        with self._opened() as keys:
            keys.begin()

    def add(self, signals: Sequence[Signal], *, at: datetime) -> None:
        """Under each key named, these signals and no others."""
        kinds = self._bank.settings.kinds
        taken = [signal for signal in signals if signal.kind in kinds]
        listed = [signal for signal in taken if signal.opinion is not Opinion.DENY]
        rows = {(s.key, s.kind, bytes.fromhex(s.value)): s.opinion for s in taken}
        self._apply({s.key for s in signals}, rows, listed, at)

    def remove(self, keys: Sequence[str], *, at: datetime) -> None:
        """Nothing under these keys any more."""
        self._apply(set(keys), {}, [], at)

    def _apply(
        self,
        keys: set[str],
        rows: Rows,
        listed: list[Signal],
        at: datetime,
    ) -> None:
        with self._opened() as known:
            before = {one for key in keys for one in known.under(key)}
            now = {(kind, value): known.opinions(kind, value, keys) for _, kind, value in rows}
            for (_, kind, value), opinion in rows.items():
                now[kind, value].append(opinion)
            now |= {one: known.opinions(*one, keys) for one in before - now.keys()}
            try:
                self._bank.add(map(_known, listed), source=self._source, by=self._by, at=at)
                self._take_back(now, at)
                self._say(now, at)
            except BankRefused as refused:
                raise ExchangeFailed("bank", f"the bank {self._bank.name}: {refused}") from refused
            known.write(keys, rows)

    @contextlib.contextmanager
    def _opened(self) -> Iterator["_Keys"]:
        keys = _Keys(self._path)
        try:
            yield keys
        finally:
            keys.close()

    def _take_back(self, hashes: Said, at: datetime) -> None:
        """Hashes that no key lists any more, or lists as harmless only."""
        gone = [one for one, opinions in hashes.items() if set(opinions) <= {Opinion.DENY}]
        ids = self._bank.ids_of(gone)
        if ids:
            self._bank.remove(ids, source=self._source, by=self._by, at=at)

    def _say(self, hashes: Said, at: datetime) -> None:
        """The source's opinion of each hash, from all keys it has for it."""
        said: dict[Says | None, list[Hash]] = {}
        for one, opinions in hashes.items():
            said.setdefault(_SAYS[combined(opinions)], []).append(one)
        for says, these in said.items():
            ids = self._bank.ids_of(these)
            if ids:
                self._bank.give_opinion(ids, says, by=self._by, at=at)


class _Keys:
    """The file that knows which hashes stand under which keys."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._db.execute("PRAGMA synchronous = FULL")

    def begin(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(_TABLE)

    def close(self) -> None:
        self._db.close()

    def under(self, key: str) -> list[Hash]:
        """The hashes under `key`."""
        rows = self._db.execute("SELECT kind, hash FROM listed WHERE key = ?", (key,))
        return [(HashKind(kind), value) for kind, value in rows]

    def opinions(self, kind: HashKind, value: bytes, without: set[str]) -> list[Opinion]:
        """What is said of a hash under other keys than these."""
        rows = self._db.execute(
            "SELECT key, opinion FROM listed WHERE hash = ? AND kind = ?", (value, kind)
        )
        return [Opinion(opinion) for key, opinion in rows if key not in without]

    def write(self, keys: set[str], rows: Rows) -> None:
        """Under these keys, these rows and no others."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("DELETE FROM listed WHERE key = ?", [(key,) for key in keys])
            self._db.executemany(
                "INSERT INTO listed (key, kind, hash, opinion) VALUES (?, ?, ?, ?)",
                [(*row, opinion) for row, opinion in rows.items()],
            )
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def into_banks(library: Library, state: Path) -> Callable[[Settings], BankReceiver]:
    """For `fetch_all`: each exchange into the bank it names, keys beside its state."""

    def receiver_for(settings: Settings) -> BankReceiver:
        try:
            bank = library.bank(settings.bank)
        except BankRefused:
            raise ExchangeFailed(
                "bank", f"there is no bank {settings.bank!r}; create it, or name another"
            ) from None
        return BankReceiver(bank, state / settings.name, settings.name)

    return receiver_for


def _known(signal: Signal) -> KnownHash:
    try:
        category = checked_category(signal.category)
    except ValueError:
        category = ""
    told = {"tags": signal.tags, "reported_by": signal.reported_by, "cases": signal.cases}
    return KnownHash(
        kind=signal.kind,
        value=bytes.fromhex(signal.value),
        category=category,
        content=signal.content or signal.key,
        metadata={name: list(words) for name, words in told.items() if words},
    )
