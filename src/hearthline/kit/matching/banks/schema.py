# SPDX-License-Identifier: Apache-2.0
"""The tables of a ledger and how its file is opened.

SQLite in WAL mode with synchronous=FULL: a change that was answered for is on the disk, and many
processes read while one writes. Times are microseconds since 1970 in UTC.
"""

import sqlite3
from pathlib import Path

from hearthline.kit.matching.banks.refusals import LedgerDamaged

APPLICATION = 0x48424E4B  # "HBNK"
VERSION = 1
_WAIT_SECONDS = 30.0

_TABLES = """
CREATE TABLE change (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    entry INTEGER,
    before TEXT,
    after TEXT
);
-- What the indexes have to follow.
CREATE INDEX change_added ON change (sequence) WHERE what = 'added';
CREATE INDEX change_removed ON change (sequence) WHERE what = 'removed';
CREATE INDEX change_of_entry ON change (entry) WHERE entry IS NOT NULL;
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
-- `kind` is the place in the list of HashKind; `content` is null where the entry stands alone;
-- `added` is the change that added it.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    hash BLOB NOT NULL,
    category TEXT NOT NULL,
    content INTEGER,
    source INTEGER NOT NULL REFERENCES source,
    added INTEGER NOT NULL,
    disabled_until INTEGER,
    disputed INTEGER,
    metadata TEXT
);
CREATE UNIQUE INDEX entry_by_hash ON entry (hash, kind);
CREATE INDEX entry_by_content ON entry (content) WHERE content IS NOT NULL;
-- The few that do not simply match, so that readers take them in at once.
CREATE INDEX entry_disabled ON entry (id, disabled_until) WHERE disabled_until IS NOT NULL;
CREATE INDEX entry_disputed ON entry (id) WHERE disputed IS NOT NULL;
-- Who else listed a hash, after its first source.
CREATE TABLE listing (
    entry INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source,
    category TEXT NOT NULL,
    metadata TEXT,
    change INTEGER NOT NULL,
    PRIMARY KEY (entry, source)
) WITHOUT ROWID;
CREATE TABLE opinion (
    entry INTEGER NOT NULL,
    by TEXT NOT NULL,
    says TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (entry, by)
) WITHOUT ROWID;
-- Entries counted by their first source, so that counting need not read them all.
CREATE TABLE tally (
    kind INTEGER NOT NULL,
    category TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES source,
    count INTEGER NOT NULL,
    PRIMARY KEY (kind, category, source)
) WITHOUT ROWID;
-- next_entry: ids are never given twice. standing: the last change of who is disabled or disputed.
-- settings: as journaled last.
CREATE TABLE mark (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO mark VALUES ('next_entry', 1), ('standing', 0), ('settings', NULL);
"""


def create(path: Path) -> None:
    """Makes an empty ledger."""
    connection = _connect(path)
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
            f"{_TABLES} COMMIT;"
        )
    finally:
        connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """An open ledger. Raises LedgerDamaged if it is none, or of a later version."""
    if not path.is_file():
        raise LedgerDamaged(f"{path}: there is no ledger; bring it back from a copy")
    try:
        connection = _connect(path)
    except sqlite3.DatabaseError as fault:
        raise LedgerDamaged(f"{path}: {fault}; bring the ledger back from a copy") from fault
    kind = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if (kind, version) != (APPLICATION, VERSION):
        connection.close()
        raise LedgerDamaged(f"{path}: not a ledger of this version ({VERSION}), but {version}")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -65536")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
