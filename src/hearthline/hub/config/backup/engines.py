# SPDX-License-Identifier: Apache-2.0
"""The database as a file without its keys, and back: SQLite by its own backup, PostgreSQL by its
clients."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction

from hearthline.hub.config.backup.folder import BackupRefused
from hearthline.hub.reports.models import FreshReceipt
from hearthline.hub.sealing.models import DataKey

KEYS = DataKey._meta.db_table
ALIAS = "snapshot"
# A receipt in its first seconds holds its report's key too, wrapped quickly.
FRESH = FreshReceipt._meta.db_table
_BLANK = (
    f"UPDATE {KEYS} SET wrapped_desk = x'', wrapped_receipt = NULL",  # noqa: S608  # our table
    f"UPDATE {FRESH} SET wrapped_key = x''",  # noqa: S608  # the worker wraps it for good
)

# Writes the data of the moment to a path, without the wrapped keys.
Save = Callable[[Path], None]


@contextmanager
def moment(work: Path) -> Iterator[tuple[str, Save]]:
    """One moment of the database: the name of the connection that reads it, and how to save it."""
    if connection.in_atomic_block:
        raise BackupRefused("a backup is made outside any transaction.")
    if connection.vendor == "postgresql":
        with _postgres_moment() as save:
            yield "default", save
    else:
        with _sqlite_moment(work) as save:
            yield ALIAS, save


@contextmanager
def _sqlite_moment(work: Path) -> Iterator[Save]:
    """SQLite's online backup: a copy of one moment, while others go on writing."""
    copy = work / "moment.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    connections.databases[ALIAS] = {**connections.databases["default"], "NAME": str(copy)}
    connections.databases[ALIAS]["OPTIONS"] = {}

    def save(path: Path) -> None:
        connections[ALIAS].close()
        with closing(sqlite3.connect(copy, isolation_level=None)) as own:
            own.execute("PRAGMA secure_delete=ON")
            for blank in _BLANK:
                own.execute(blank)
            # A fresh file: no free page with an old key in it comes along.
            own.execute("VACUUM INTO ?", (str(path),))

    try:
        yield save
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS]


@contextmanager
def _postgres_moment() -> Iterator[Save]:
    """A snapshot shared with pg_dump, so that counts, keys and data are of one moment."""
    dump = _client("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()

        def save(path: Path) -> None:
            _run(
                [dump, "--format=custom", "--no-owner", "--no-privileges",
                 f"--snapshot={snapshot}", f"--exclude-table-data=*.{KEYS}",
                 f"--exclude-table-data=*.{FRESH}", f"--file={path}"]
            )  # fmt: skip

        yield save


def refuse_filled() -> None:
    """Raise BackupRefused unless the PostgreSQL database to restore into is empty."""
    if connection.introspection.table_names():
        raise BackupRefused("the database DATABASE_URL names is not empty. Create a new one.")


def restore_postgres(path: Path, fill: Callable[[], int]) -> int:
    """Load the data, let `fill` put the keys in between, then constraints and triggers."""
    restore = _client("pg_restore")
    base = [restore, "--exit-on-error", "--no-owner", "--no-privileges"]
    base.append(f"--dbname={connection.settings_dict['NAME']}")
    for section in ("pre-data", "data"):
        _run([*base, f"--section={section}", str(path)])
    living = fill()
    connection.close()
    _run([*base, "--section=post-data", str(path)])
    return living


def _client(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            f"{name} is not on this machine. Install PostgreSQL's client (Debian and Ubuntu: "
            "postgresql-client), of the server's version or newer."
        )
    return found


def _run(command: list[str]) -> None:
    """A client of PostgreSQL; the password goes by the environment, never by an argument."""
    given = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    names["PGDATABASE"] = "NAME"
    stated = {name: str(given.get(key) or "") for name, key in names.items()}
    environment = {**os.environ, **{name: value for name, value in stated.items() if value}}
    done = subprocess.run(  # noqa: S603  # PostgreSQL's own client, found on the path
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupRefused(f"{Path(command[0]).name} failed: {said[-1] if said else 'no word'}")
