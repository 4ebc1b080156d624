# SPDX-License-Identifier: Apache-2.0
"""What every write to a ledger needs: who signs it, its line in the journal, the marks."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hearthline.kit.matching.banks.entry import What, microseconds
from hearthline.kit.matching.banks.ledger import Ledger
from hearthline.kit.matching.banks.refusals import SettingRefused

_LONGEST_NAME = 200


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


def get_mark(db: sqlite3.Connection, name: str) -> int:
    """A remembered number."""
    return int(db.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()[0])


def set_mark(db: sqlite3.Connection, name: str, value: int | str) -> None:
    """Remembers a value."""
    db.execute("UPDATE mark SET value = ? WHERE name = ?", (value, name))


def last_change(db: sqlite3.Connection) -> int:
    """The number of the last change."""
    return int(db.execute("SELECT coalesce(max(sequence), 0) FROM change").fetchone()[0])


def journal(
    db: sqlite3.Connection,
    signed: Signature,
    what: What,
    entry: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    count: int = 1,
) -> int:
    """Writes a line of the journal and returns its number."""
    cursor = db.execute(
        "INSERT INTO change (at, by, what, count, entry, before, after) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            signed.at,
            signed.by,
            what,
            count,
            entry,
            None if before is None else as_json(before),
            None if after is None else as_json(after),
        ),
    )
    return int(cursor.lastrowid or 0)


def tally(db: sqlite3.Connection, kind: int, category: str, source: int, more: int) -> None:
    """Counts entries that came, or went if `more` is negative."""
    db.execute(
        "INSERT INTO tally VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET count = count + excluded.count",
        (kind, category, source, more),
    )


def as_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


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
        journal(db, signed, what, None, before, after)
        if settings is not None:
            set_mark(db, "settings", as_json(settings))
