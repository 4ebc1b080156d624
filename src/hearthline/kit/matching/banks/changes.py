# SPDX-License-Identifier: Apache-2.0
"""Every write to a ledger: each in one transaction, with its line in the journal.

An addition of many hashes is one line; the entries name the line that added them. A change of the
standing of entries is one line for each, with before and after.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks.entry import Says, What, microseconds, moment_of
from hearthline.kit.matching.banks.ledger import KINDS, NUMBERS, Ledger
from hearthline.kit.matching.banks.refusals import EntryUnknown, SettingRefused

_LONGEST_NAME = 200

ADDED, LISTED, KNOWN = np.uint8(0), np.uint8(1), np.uint8(2)
"""Outcomes of an addition: new; known, and this source is new to it; known from this source."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """Hashes to be added, already checked, in columns of one length.

    `contents` groups the rows of one addition that have the same text, if it is not empty.
    """

    kinds: Sequence[HashKind]
    values: Sequence[bytes]
    categories: Sequence[str]
    metadata: Sequence[str | None]
    contents: Sequence[str]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an addition: for each hash the id of its entry and ADDED, LISTED or KNOWN.

    `change` is its line in the journal, 0 if there was nothing new.
    """

    change: int
    ids: NDArray[np.int64]
    outcomes: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who makes a change and when."""

    by: str
    at: int

    @classmethod
    def of(cls, by: str, at: datetime) -> "Signature":
        """Checks both. Raises SettingRefused, TimeRefused."""
        return cls(checked_name("by", by), microseconds(at))


def checked_name(field: str, text: str) -> str:
    """The name of a person or a source. Raises SettingRefused."""
    if not isinstance(text, str) or not text.strip() or not text.isprintable():
        raise SettingRefused(field, "one line of text is needed")
    if len(text) > _LONGEST_NAME:
        raise SettingRefused(field, f"longer than {_LONGEST_NAME} characters")
    return text.strip()


def add(ledger: Ledger, hashes: Hashes, source: str, signed: Signature) -> Outcome:
    """Adds hashes, in one transaction."""
    count = len(hashes)
    # In the order of the hashes: neighbours fall on the same page of the table by hash.
    order = sorted(range(count), key=hashes.values.__getitem__)
    ids = np.zeros(count, np.int64)
    outcomes = np.zeros(count, np.uint8)
    with ledger.writing() as db:
        source_id = _source(db, source)
        first = _mark(db, "next_entry")
        change = _journal(db, signed, What.ADDED, count=0)
        ids[order] = np.arange(first, first + count)
        inserted = db.executemany(
            "INSERT INTO entry (id, kind, hash, category, metadata, source, added) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            zip(
                range(first, first + count),
                map(NUMBERS.__getitem__, map(hashes.kinds.__getitem__, order)),
                map(hashes.values.__getitem__, order),
                map(hashes.categories.__getitem__, order),
                map(hashes.metadata.__getitem__, order),
                repeat(source_id),
                repeat(change),
            ),
        ).rowcount
        if inserted != count:
            fresh = _column(db, "SELECT id FROM entry WHERE id >= ? ORDER BY id", first)
            outcomes[~np.isin(ids, fresh)] = KNOWN
            _list_known(db, hashes, ids, outcomes, source_id, signed)
        _group(db, hashes, ids, outcomes)
        if not inserted:
            db.execute("DELETE FROM change WHERE sequence = ?", (change,))
            return Outcome(0, ids, outcomes)
        kinds = Counter(hashes.kinds[n] for n in np.flatnonzero(outcomes == ADDED).tolist())
        told = {"source": source, "first": first, "last": first + count - 1, "kinds": kinds}
        db.execute(
            "UPDATE change SET count = ?, after = ? WHERE sequence = ?",
            (inserted, _json(told), change),
        )
        _set_mark(db, "next_entry", first + count)
    return Outcome(change, ids, outcomes)


def remove(
    ledger: Ledger, ids: Sequence[int], signed: Signature, source: str | None = None
) -> list[int]:
    """Removes entries, or only what one source listed; returns the ids of entries now gone."""
    gone = []
    with ledger.writing() as db:
        for row in _existing(db, ids):
            listed = _listings(db, row[0])
            if source is not None and source not in listed.values():
                continue
            if source is None or len(listed) == 1:
                before = _hash_json(row) | {"sources": list(listed.values())}
                _journal(db, signed, What.REMOVED, entry=row[0], before=before)
                for table, column in (("entry", "id"), ("listing", "entry"), ("opinion", "entry")):
                    db.execute(f"DELETE FROM {table} WHERE {column} = ?", (row[0],))  # noqa: S608
                gone.append(row[0])
            else:
                _journal(db, signed, What.UNLISTED, entry=row[0], before={"source": source})
                _unlist(db, row[0], next(one for one, name in listed.items() if name == source))
        _set_mark(db, "standing", _last(db))
    return gone


def pause(ledger: Ledger, ids: Sequence[int], until: int | None, signed: Signature) -> None:
    """Disables entries until a moment, or enables them (None)."""
    what = What.ENABLED if until is None else What.DISABLED
    _set(ledger, ids, "disabled_until", until, what, signed, {})


def dispute(
    ledger: Ledger, ids: Sequence[int], disputed: bool, reason: str, signed: Signature
) -> None:
    """Marks entries as disputed, or takes the mark away."""
    what = What.DISPUTED if disputed else What.SETTLED
    _set(ledger, ids, "disputed", signed.at if disputed else None, what, signed, {"reason": reason})


def note(
    ledger: Ledger,
    ids: Sequence[int],
    signed: Signature,
    *,
    category: str | None = None,
    metadata: str | None = None,
) -> None:
    """Changes the category or the metadata of entries, whichever is given."""
    with ledger.writing() as db:
        for row in _existing(db, ids):
            for column, old, new in (
                ("category", row[3], category),
                ("metadata", row[4], metadata),
            ):
                if new is None or (old or "") == new:
                    continue
                db.execute(f"UPDATE entry SET {column} = ? WHERE id = ?", (new, row[0]))  # noqa: S608
                _journal(db, signed, What.NOTED, row[0], {column: old}, {column: new})


def give_opinion(ledger: Ledger, ids: Sequence[int], says: Says | None, signed: Signature) -> None:
    """Sets what the signer says of entries; None takes the opinion back."""
    with ledger.writing() as db:
        for row in _existing(db, ids):
            key = (row[0], signed.by)
            found = db.execute(
                "SELECT says FROM opinion WHERE entry = ? AND by = ?", key
            ).fetchone()
            before = found[0] if found else None
            if before == says:
                continue
            db.execute("DELETE FROM opinion WHERE entry = ? AND by = ?", key)
            if says is not None:
                db.execute("INSERT INTO opinion VALUES (?, ?, ?, ?)", (*key, says, signed.at))
            _journal(db, signed, What.OPINION, row[0], {"says": before}, {"says": says})


def record(
    ledger: Ledger,
    what: What,
    signed: Signature,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """A line about the bank itself; `settings` are remembered as the last that were journaled."""
    with ledger.writing() as db:
        _journal(db, signed, what, None, before, after)
        if settings is not None:
            _set_mark(db, "settings", _json(settings))


def _list_known(
    db: sqlite3.Connection,
    hashes: Hashes,
    ids: NDArray[np.int64],
    outcomes: NDArray[np.uint8],
    source: int,
    signed: Signature,
) -> None:
    """Finds the entries of hashes known before, and lists them for this source too."""
    known = np.flatnonzero(outcomes == KNOWN)
    if not len(known):
        return
    change = _journal(db, signed, What.LISTED, count=0)
    listed = 0
    for n in known.tolist():
        entry, first_source = db.execute(
            "SELECT id, source FROM entry WHERE hash = ? AND kind = ?",
            (hashes.values[n], NUMBERS[hashes.kinds[n]]),
        ).fetchone()
        ids[n] = entry
        if first_source == source:
            continue
        if db.execute(
            "INSERT INTO listing VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (entry, source, hashes.categories[n], hashes.metadata[n], change),
        ).rowcount:
            outcomes[n] = LISTED
            listed += 1
    if listed:
        name = db.execute("SELECT name FROM source WHERE id = ?", (source,)).fetchone()[0]
        db.execute(
            "UPDATE change SET count = ?, after = ? WHERE sequence = ?",
            (listed, _json({"source": name}), change),
        )
    else:
        db.execute("DELETE FROM change WHERE sequence = ?", (change,))


def _group(
    db: sqlite3.Connection,
    hashes: Hashes,
    ids: NDArray[np.int64],
    outcomes: NDArray[np.uint8],
) -> None:
    """Lets the new hashes of one content share an id; those known keep the content they have."""
    groups: dict[str, list[int]] = {}
    for n, content in enumerate(hashes.contents):
        if content and outcomes[n] == ADDED:
            groups.setdefault(content, []).append(int(ids[n]))
    db.executemany(
        "UPDATE entry SET content = ? WHERE id = ?",
        ((group[0], one) for group in groups.values() if len(group) > 1 for one in group),
    )


def _unlist(db: sqlite3.Connection, entry: int, source: int) -> None:
    """Takes one source of several away; if it was the first, the next takes its place."""
    db.execute("DELETE FROM listing WHERE entry = ? AND source = ?", (entry, source))
    first = db.execute("SELECT source FROM entry WHERE id = ?", (entry,)).fetchone()[0]
    if first != source:
        return
    heir = db.execute(
        "SELECT source, category, metadata FROM listing WHERE entry = ? ORDER BY change LIMIT 1",
        (entry,),
    ).fetchone()
    db.execute("DELETE FROM listing WHERE entry = ? AND source = ?", (entry, heir[0]))
    db.execute(
        "UPDATE entry SET source = ?, category = ?, metadata = ? WHERE id = ?", (*heir, entry)
    )


def _set(
    ledger: Ledger,
    ids: Sequence[int],
    column: str,
    value: int | None,
    what: What,
    signed: Signature,
    more: Mapping[str, Any],
) -> None:
    """Sets one column of standing on entries, and journals those that changed."""
    with ledger.writing() as db:
        for row in _existing(db, ids):
            before = db.execute(f"SELECT {column} FROM entry WHERE id = ?", (row[0],)).fetchone()[0]  # noqa: S608
            if before == value:
                continue
            db.execute(f"UPDATE entry SET {column} = ? WHERE id = ?", (value, row[0]))  # noqa: S608
            told = {column: _shown(before)}, {column: _shown(value), **more}
            _journal(db, signed, what, row[0], *told)
        _set_mark(db, "standing", _last(db))


def _shown(moment: int | None) -> str | None:
    """A moment as the journal tells it."""
    return None if moment is None else moment_of(moment).isoformat().replace("+00:00", "Z")


def _existing(db: sqlite3.Connection, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """Id, kind, hash, category and metadata of entries. Raises EntryUnknown if one is missing."""
    wanted = sorted({int(one) for one in ids})
    rows = db.execute(
        "SELECT id, kind, hash, category, metadata FROM entry "
        "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (_json(wanted),),
    ).fetchall()
    if len(rows) != len(wanted):
        raise EntryUnknown(set(wanted) - {row[0] for row in rows})
    return rows


def _listings(db: sqlite3.Connection, entry: int) -> dict[int, str]:
    return dict(
        db.execute(
            "SELECT source.id, name FROM source WHERE id IN (SELECT source FROM entry "
            "WHERE id = ?1 UNION SELECT source FROM listing WHERE entry = ?1)",
            (entry,),
        ).fetchall()
    )


def _source(db: sqlite3.Connection, name: str) -> int:
    db.execute("INSERT INTO source (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
    return int(db.execute("SELECT id FROM source WHERE name = ?", (name,)).fetchone()[0])


def _mark(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()[0])


def _set_mark(db: sqlite3.Connection, name: str, value: int | str) -> None:
    db.execute("UPDATE mark SET value = ? WHERE name = ?", (value, name))


def _last(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(sequence), 0) FROM change").fetchone()[0])


def _column(db: sqlite3.Connection, statement: str, value: int) -> NDArray[np.int64]:
    return np.array([row[0] for row in db.execute(statement, (value,))], np.int64)


def _journal(
    db: sqlite3.Connection,
    signed: Signature,
    what: What,
    entry: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    count: int = 1,
) -> int:
    cursor = db.execute(
        "INSERT INTO change (at, by, what, count, entry, before, after) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            signed.at,
            signed.by,
            what,
            count,
            entry,
            None if before is None else _json(before),
            None if after is None else _json(after),
        ),
    )
    return int(cursor.lastrowid or 0)


def _hash_json(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "kind": KINDS[row[1]],
        "hash": row[2].hex(),
        "category": row[3],
        "metadata": json.loads(row[4]) if row[4] else {},
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
