# SPDX-License-Identifier: Apache-2.0
"""Every change to entries of a ledger, each in one transaction.

A change of how entries stand is one line of the journal for each entry, with before and after.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hearthline.kit.matching.banks.entry import Removed, Says, What, moment_of
from hearthline.kit.matching.banks.journal import (
    Signature,
    as_json,
    journal,
    last_change,
    set_mark,
    tally,
)
from hearthline.kit.matching.banks.ledger import KINDS, Ledger
from hearthline.kit.matching.banks.refusals import EntryUnknown


def remove(
    ledger: Ledger, ids: Sequence[int], signed: Signature, source: str | None = None
) -> Removed:
    """Removes entries, or only what one source listed."""
    gone, unlisted = [], []
    with ledger.writing() as db:
        for row in _existing(db, ids):
            listed = _listings(db, row[0])
            if source is not None and source not in listed.values():
                continue
            if source is None or len(listed) == 1:
                before = _hash_json(row) | {"sources": list(listed.values())}
                journal(db, signed, What.REMOVED, entry=row[0], before=before)
                for table, column in (("entry", "id"), ("listing", "entry"), ("opinion", "entry")):
                    db.execute(f"DELETE FROM {table} WHERE {column} = ?", (row[0],))  # noqa: S608
                tally(db, row[1], row[3], row[5], -1)
                gone.append(row[0])
            else:
                number = next(one for one, name in listed.items() if name == source)
                before, after = _unlist(db, row, number)
                before = {"source": source} | before
                journal(db, signed, What.UNLISTED, row[0], before, after)
                unlisted.append(row[0])
        if gone:
            set_mark(db, "standing", last_change(db))
    return Removed(gone, unlisted)


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
                journal(db, signed, What.NOTED, row[0], {column: old}, {column: new})
                if column == "category":
                    tally(db, row[1], old, row[5], -1)
                    tally(db, row[1], new, row[5], 1)


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
            journal(db, signed, What.OPINION, row[0], {"says": before}, {"says": says})


def _unlist(
    db: sqlite3.Connection, row: tuple[Any, ...], source: int
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Takes one source of several away; if it was the first, the next takes its place.

    Returns what that changes of the entry, before and after.
    """
    entry, kind, _hash, category, metadata, first = row
    db.execute("DELETE FROM listing WHERE entry = ? AND source = ?", (entry, source))
    if first != source:
        return {}, None
    heir = db.execute(
        "SELECT source, category, metadata FROM listing WHERE entry = ? ORDER BY change LIMIT 1",
        (entry,),
    ).fetchone()
    db.execute("DELETE FROM listing WHERE entry = ? AND source = ?", (entry, heir[0]))
    db.execute(
        "UPDATE entry SET source = ?, category = ?, metadata = ? WHERE id = ?", (*heir, entry)
    )
    tally(db, kind, category, first, -1)
    tally(db, kind, heir[1], heir[0], 1)
    return _told(category, metadata), _told(heir[1], heir[2])


def _told(category: str, metadata: str | None) -> dict[str, Any]:
    """The category and the metadata of an entry as the journal tells them."""
    return {"category": category, "metadata": json.loads(metadata) if metadata else {}}


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
            journal(db, signed, what, row[0], *told)
        set_mark(db, "standing", last_change(db))


def _shown(moment: int | None) -> str | None:
    """A moment as the journal tells it."""
    return None if moment is None else moment_of(moment).isoformat().replace("+00:00", "Z")


def _existing(db: sqlite3.Connection, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """Id, kind, hash, category, metadata and first source. Raises EntryUnknown for any missing."""
    wanted = sorted({int(one) for one in ids})
    rows = db.execute(
        "SELECT id, kind, hash, category, metadata, source FROM entry "
        "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (as_json(wanted),),
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


def _hash_json(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "kind": KINDS[row[1]],
        "hash": row[2].hex(),
        **_told(row[3], row[4]),
    }
