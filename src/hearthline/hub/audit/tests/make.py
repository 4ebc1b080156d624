# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models

from hearthline.hub.audit.actions import extend_log, record
from hearthline.hub.audit.keys import ORIGIN, signing_key
from hearthline.hub.audit.models import Actor, Entry
from hearthline.kit import ledger


def public_key_text() -> str:
    """The verifier key of the key this process signs with."""
    key = signing_key(settings.AUDIT_PRIVATE_KEY)
    return ledger.verifier_key(ORIGIN, key.public_key())


def make_entries(count: int, *, about: models.Model, at: datetime) -> list[Entry]:
    """Entries a minute apart, each with words of its own."""
    return [
        record(
            at=at + timedelta(minutes=number),
            actor=Actor.worker(),
            verb=f"cases.step_{number}",
            about=about,
            reason=f"reason {number}",
            number=number,
        )
        for number in range(count)
    ]


def make_log(*sizes: int, about: models.Model, at: datetime) -> None:
    """A log of as many checkpoints as `sizes`, each over so many more entries."""
    for number, size in enumerate(sizes):
        make_entries(size, about=about, at=at + timedelta(hours=number))
        extend_log(at=at + timedelta(hours=number + 1))


def open_tables() -> None:
    """Do what only somebody with the database itself in hands can do: drop the triggers."""
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_leaf", "audit_checkpoint"):
            for verb in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")


def alter(row: models.Model, **columns: object) -> None:
    """Change a row behind the application's back, whatever type the values have."""
    changes = ", ".join(f"{_quoted(name)} = %s" for name in columns)
    sql = "UPDATE {table} SET {changes} WHERE {key} = %s".replace("{changes}", changes)
    _execute(row, sql, *columns.values())


def remove(row: models.Model) -> None:
    """Delete a row behind the application's back."""
    _execute(row, "DELETE FROM {table} WHERE {key} = %s")


def _execute(row: models.Model, sql: str, *values: object) -> None:
    sql = sql.format(table=row._meta.db_table, key=_quoted(row._meta.pk.column))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(sql, [*values, row.pk])
        assert cursor.rowcount == 1


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
