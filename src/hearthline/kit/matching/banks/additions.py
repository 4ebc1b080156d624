# SPDX-License-Identifier: Apache-2.0
"""Adds hashes to a ledger: as many as come, in one transaction and one line of the journal.

The entries name the line that added them, so a million of them need no million lines.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks.entry import ADDED, KNOWN, LISTED, What
from hearthline.kit.matching.banks.journal import (
    Signature,
    as_json,
    get_mark,
    journal,
    set_mark,
    tally,
)
from hearthline.kit.matching.banks.ledger import NUMBERS, Ledger


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


def add(ledger: Ledger, hashes: Hashes, source: str, signed: Signature) -> Outcome:
    """Adds hashes, in one transaction."""
    count = len(hashes)
    # In the order of the hashes: neighbours fall on the same page of the table by hash.
    order = sorted(range(count), key=hashes.values.__getitem__)
    ids = np.zeros(count, np.int64)
    outcomes = np.zeros(count, np.uint8)
    with ledger.writing() as db:
        source_id = _source(db, source)
        first = get_mark(db, "next_entry")
        change = journal(db, signed, What.ADDED, count=0)
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
        kinds = _counted(db, hashes, outcomes, source_id)
        told = {"source": source, "first": first, "last": first + count - 1, "kinds": kinds}
        db.execute(
            "UPDATE change SET count = ?, after = ? WHERE sequence = ?",
            (inserted, as_json(told), change),
        )
        set_mark(db, "next_entry", first + count)
    return Outcome(change, ids, outcomes)


def _counted(
    db: sqlite3.Connection, hashes: Hashes, outcomes: NDArray[np.uint8], source: int
) -> dict[HashKind, int]:
    """Adds what is new to the tally, and counts it by kind."""
    new = np.flatnonzero(outcomes == ADDED).tolist()
    both = Counter((hashes.kinds[n], hashes.categories[n]) for n in new)
    kinds: Counter[HashKind] = Counter()
    for (kind, category), count in both.items():
        tally(db, NUMBERS[kind], category, source, count)
        kinds[kind] += count
    return dict(kinds)


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
    change = journal(db, signed, What.LISTED, count=0)
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
            (listed, as_json({"source": name}), change),
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


def _source(db: sqlite3.Connection, name: str) -> int:
    db.execute("INSERT INTO source (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
    return int(db.execute("SELECT id FROM source WHERE name = ?", (name,)).fetchone()[0])


def _column(db: sqlite3.Connection, statement: str, value: int) -> NDArray[np.int64]:
    return np.array([row[0] for row in db.execute(statement, (value,))], np.int64)
