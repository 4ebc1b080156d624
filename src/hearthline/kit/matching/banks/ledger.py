# SPDX-License-Identifier: Apache-2.0
"""The ledger of a bank: every entry, opinion and change. It is the truth; indexes follow it.

Reads here, writes in `changes`. Whoever wants to know whether anything changed asks `version()`,
which costs some microseconds and touches no table.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks import schema
from hearthline.kit.matching.banks.entry import (
    Change,
    Entry,
    Opinion,
    Says,
    What,
    moment_of,
)
from hearthline.kit.matching.banks.refusals import (
    BankBusy,
    BankRefused,
    EntryUnknown,
    LedgerDamaged,
    LedgerUnwritable,
)

KINDS = tuple(HashKind)
NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_PAGE = 10_000

_ENTRY = (
    "SELECT entry.id, entry.kind, hash, category, content, source.name, change.at, change.by, "
    "disabled_until, disputed, metadata FROM entry "
    "JOIN source ON source.id = entry.source JOIN change ON change.sequence = entry.added "
)
_AMONG = "WHERE entry.id IN (SELECT value FROM json_each(?))"
# The changes of an entry. Additions tell the ids they gave out, also those removed since; an id
# that was given to a hash known before is no entry.
_ABOUT = (
    "SELECT sequence FROM change WHERE entry = ?1 "
    "UNION SELECT change FROM listing WHERE entry = ?1 "
    "UNION SELECT sequence FROM change WHERE what = 'added' "
    "AND ?1 BETWEEN after ->> 'first' AND after ->> 'last' AND EXISTS "
    "(SELECT 1 FROM entry WHERE id = ?1 UNION ALL SELECT 1 FROM change WHERE entry = ?1)"
)
_OF_CONTENTS = "WHERE content IN (SELECT value FROM json_each(?)) ORDER BY entry.id"


@dataclass(frozen=True, slots=True)
class Standing:
    """The entries that do not simply match, by id in ascending order, and until when."""

    disabled: NDArray[np.uint64]
    until: NDArray[np.int64]
    disputed: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Batch:
    """One addition: its change, the ids it gave out, and how many hashes of which kind."""

    sequence: int
    first: int
    last: int
    kinds: Mapping[str, int]


class Ledger:
    """An open ledger. Threads may share it; processes open their own."""

    def __init__(self, path: Path) -> None:
        self._reading = schema.connect(path)
        try:
            # A connection of its own, so that nobody's reading waits for a long import.
            self._writing = schema.connect(path)
        except BaseException:
            self._reading.close()
            raise
        self._reads, self._writes = threading.Lock(), threading.Lock()

    def close(self) -> None:
        """Lets go of the file."""
        with self._reads, self._writes:
            self._reading.close()
            self._writing.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, written whole or not at all. Raises BankBusy, LedgerUnwritable."""
        with self._writes:
            try:
                self._writing.execute("BEGIN IMMEDIATE")
                yield self._writing
                self._writing.execute("COMMIT")
            except sqlite3.DatabaseError as fault:
                raise _refusal(fault) from fault
            finally:
                if self._writing.in_transaction:
                    self._writing.execute("ROLLBACK")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query. Raises LedgerDamaged, LedgerUnwritable."""
        with self._reads:
            try:
                return self._reading.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as fault:
                raise _refusal(fault) from fault
            except OverflowError:
                return []  # No number in a ledger is that large.

    def version(self) -> int:
        """Differs from what it was whenever anybody, in any process, changed the ledger."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def mark(self, name: str) -> Any:
        """A remembered value: `next_entry`, `standing`, `settings`."""
        return self.rows("SELECT value FROM mark WHERE name = ?", (name,))[0][0]

    def sequence(self) -> int:
        """The number of the last change."""
        return int(self.rows("SELECT coalesce(max(sequence), 0) FROM change")[0][0])

    def batches(self, after: int) -> list[Batch]:
        """Additions behind a change, the oldest first."""
        rows = self.rows(
            "SELECT sequence, after FROM change WHERE what = 'added' AND sequence > ? "
            "ORDER BY sequence",
            (after,),
        )
        told = [(row[0], json.loads(row[1])) for row in rows]
        return [Batch(one, it["first"], it["last"], it["kinds"]) for one, it in told]

    def hashes(self, kind: HashKind, after: int, upto: int) -> tuple[list[int], bytes]:
        """Ids and hashes of a kind with `after` < id <= `upto`, the hashes one behind another."""
        rows = self.rows(
            "SELECT id, hash FROM entry WHERE id > ? AND id <= ? AND kind = ? ORDER BY id",
            (after, upto, NUMBERS[kind]),
        )
        return [row[0] for row in rows], b"".join(row[1] for row in rows)

    def removed(self, after: int) -> list[int]:
        """Ids of the entries removed behind a change."""
        rows = self.rows(
            "SELECT entry FROM change WHERE what = 'removed' AND sequence > ?", (after,)
        )
        return [row[0] for row in rows]

    def count(self, kind: HashKind) -> int:
        """How many entries of a kind there are."""
        return int(self.rows("SELECT count(*) FROM entry WHERE kind = ?", (NUMBERS[kind],))[0][0])

    def check(self) -> list[str]:
        """What is wrong with the file, or with its counts; nothing if it is sound."""
        problems = [row[0] for row in self.rows("PRAGMA quick_check") if row[0] != "ok"]
        by = "kind, category, source"
        counted = f"SELECT {by}, count(*) FROM entry GROUP BY {by}"  # noqa: S608
        told = f"SELECT {by}, count FROM tally WHERE count != 0"  # noqa: S608
        # One statement sees one moment: others may be adding.
        differing = f"SELECT 1 FROM ({counted} EXCEPT {told}) UNION ALL "  # noqa: S608
        differing += f"SELECT 1 FROM ({told} EXCEPT {counted}) LIMIT 1"  # noqa: S608
        if self.rows(differing):
            problems.append("the counts are not those of the entries")
        return problems

    def standing(self) -> Standing:
        """Who is disabled or disputed now."""
        disabled = self.rows(
            "SELECT id, disabled_until FROM entry WHERE disabled_until IS NOT NULL ORDER BY id"
        )
        disputed = self.rows("SELECT id FROM entry WHERE disputed IS NOT NULL ORDER BY id")
        return Standing(
            np.array([row[0] for row in disabled], np.uint64),
            np.array([row[1] for row in disabled], np.int64),
            np.array([row[0] for row in disputed], np.uint64),
        )

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """The entries with these ids, in this order. Raises EntryUnknown."""
        found = {entry.id: entry for entry in self._by_id(ids)}
        missing = {int(one) for one in ids} - found.keys()
        if missing:
            raise EntryUnknown(missing)
        return [found[int(one)] for one in ids]

    def known(self, ids: Sequence[int]) -> list[Entry]:
        """Those of the entries that still exist."""
        return self._by_id(ids)

    def find(self, kind: HashKind, value: bytes) -> Entry | None:
        """The entry of a hash, or None."""
        found = self.rows(_ENTRY + "WHERE hash = ? AND kind = ?", (value, NUMBERS[kind]))
        return self._opened(found)[0] if found else None

    def content(self, content: int) -> list[Entry]:
        """The hashes of one content. Raises EntryUnknown if nothing is left of it."""
        found = self.rows(
            _ENTRY + "WHERE content = ? OR (entry.id = ? AND content IS NULL) ORDER BY entry.id",
            (content, content),
        )
        if not found:
            raise EntryUnknown([content])
        return self._opened(found)

    def all(self, kind: HashKind | None = None) -> Iterator[Entry]:
        """Every entry by ascending id, page by page, so that writers need not wait."""
        last = 0
        where = "WHERE entry.id > ? " + ("" if kind is None else f"AND kind = {NUMBERS[kind]} ")
        while page := self.rows(_ENTRY + where + f"ORDER BY entry.id LIMIT {_PAGE}", (last,)):
            yield from self._opened(page)
            last = page[-1][0]

    def contents(self) -> Iterator[list[Entry]]:
        """Every content with its hashes, page by page, by the id of the first hash left of it."""
        last = 0
        first = "(content IS NULL OR entry.id = (SELECT min(id) FROM entry AS one "
        first += "WHERE one.content = entry.content))"
        statement = f"{_ENTRY} WHERE entry.id > ? AND {first} ORDER BY entry.id LIMIT {_PAGE}"
        while page := self.rows(statement, (last,)):
            heads = self._opened(page)
            shared = json.dumps([row[4] for row in page if row[4] is not None])
            members: dict[int, list[Entry]] = {}
            for entry in self._opened(self.rows(_ENTRY + _OF_CONTENTS, (shared,))):
                members.setdefault(entry.content, []).append(entry)
            for head in heads:
                yield members.get(head.content, [head])
            last = page[-1][0]

    def ids_of(self, hashes: Iterable[tuple[HashKind, bytes]]) -> list[int]:
        """The ids of those of the hashes that have an entry."""
        statement = "SELECT id FROM entry WHERE hash = ? AND kind = ?"
        found = (self.rows(statement, (value, NUMBERS[kind])) for kind, value in hashes)
        return [rows[0][0] for rows in found if rows]

    def journal(self, after: int = 0, *, entry: int | None = None) -> Iterator[Change]:
        """Changes behind a sequence number, the oldest first; of one entry if it is named."""
        where: str = ""
        values: tuple[int, ...] = ()
        if entry is not None:
            where, values = f"sequence IN ({_ABOUT}) AND", (entry,)
        columns = "sequence, at, by, what, count, entry, before, after"
        statement = f"SELECT {columns} FROM change WHERE {where} sequence > ? "  # noqa: S608
        while page := self.rows(f"{statement} ORDER BY sequence LIMIT {_PAGE}", (*values, after)):
            for row in page:
                yield Change(
                    row[0],
                    moment_of(row[1]),
                    row[2],
                    What(row[3]),
                    row[4],
                    row[5],
                    None if row[6] is None else json.loads(row[6]),
                    None if row[7] is None else json.loads(row[7]),
                )
            after = page[-1][0]

    def opinions(self, entry: int) -> list[Opinion]:
        """Who says what of an entry."""
        rows = self.rows("SELECT by, says, at FROM opinion WHERE entry = ? ORDER BY at", (entry,))
        return [Opinion(entry, row[0], Says(row[1]), moment_of(row[2])) for row in rows]

    def opinions_counted(self) -> list[tuple[str, int]]:
        """How many opinions say what."""
        return self.rows("SELECT says, count(*) FROM opinion GROUP BY says ORDER BY says")

    def counts(self) -> list[tuple[HashKind, str, str, int]]:
        """Entries by kind, category and first source, without reading them."""
        rows = self.rows(
            "SELECT kind, category, name, count FROM tally JOIN source ON source.id = source "
            "WHERE count > 0"
        )
        return [(KINDS[row[0]], row[1], row[2], row[3]) for row in rows]

    def _by_id(self, ids: Sequence[int]) -> list[Entry]:
        wanted = json.dumps([int(one) for one in ids])
        return self._opened(self.rows(_ENTRY + _AMONG, (wanted,)))

    def _opened(self, rows: Sequence[Any]) -> list[Entry]:
        """Rows of `_ENTRY` with their further sources and opinions, two queries for all."""
        ids = json.dumps([row[0] for row in rows])
        sources: dict[int, list[str]] = {}
        said: dict[int, dict[str, int]] = {}
        for entry, name in self.rows(
            "SELECT entry, name FROM listing JOIN source ON source.id = source "
            "WHERE entry IN (SELECT value FROM json_each(?)) ORDER BY entry, change",
            (ids,),
        ):
            sources.setdefault(entry, []).append(name)
        for entry, says, count in self.rows(
            "SELECT entry, says, count(*) FROM opinion "
            "WHERE entry IN (SELECT value FROM json_each(?)) GROUP BY entry, says",
            (ids,),
        ):
            said.setdefault(entry, {})[says] = count
        return [
            Entry(
                id=row[0],
                kind=KINDS[row[1]],
                value=row[2],
                category=row[3],
                content=row[4] or row[0],
                sources=(row[5], *sources.get(row[0], ())),
                added_at=moment_of(row[6]),
                added_by=row[7],
                disabled_until=None if row[8] is None else moment_of(row[8]),
                disputed=row[9] is not None,
                confirmations=said.get(row[0], {}).get(Says.CONFIRM, 0),
                denials=said.get(row[0], {}).get(Says.DENY, 0),
                metadata=json.loads(row[10]) if row[10] else {},
            )
            for row in rows
        ]


def _refusal(fault: sqlite3.DatabaseError) -> BankRefused:
    """The refusal that says what to do about a fault of the database."""
    if isinstance(fault, sqlite3.ProgrammingError):
        return BankRefused(f"the ledger: {fault}; open the bank again")
    code = fault.sqlite_errorcode & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BankBusy(f"the ledger: {fault}; try again")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LedgerDamaged(f"the ledger: {fault}; bring it back from a copy")
    return LedgerUnwritable(f"the ledger: {fault}; look at the disk and its permissions")
