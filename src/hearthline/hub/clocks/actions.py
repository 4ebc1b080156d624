# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, models, transaction

from hearthline.hub.clocks.models import DueRow

Row = TypeVar("Row", bound=DueRow)

LEASE = timedelta(minutes=5)


class LeaseLost(Exception):
    """Another worker holds the row now; what this one did must not be written."""


@transaction.atomic
def lease(due: "models.QuerySet[Row]", *, holder: str, at: datetime, limit: int = 50) -> list[Row]:
    """Take up to `limit` due rows for `holder` until `at` + LEASE.

    `due` is a QuerySet already narrowed by `.due(at)`. On PostgreSQL several workers share the
    rows by SKIP LOCKED; on SQLite the IMMEDIATE transaction makes them take turns.
    """
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    rows = list(due[:limit])
    for row in rows:
        row.lease_until, row.lease_by, row.attempts = at + LEASE, holder, row.attempts + 1
    _save(rows)
    return rows


def hold(row: Row, *, holder: str) -> Row:
    """The row again, locked for this transaction, if `holder` still has its lease."""
    queryset = type(row)._default_manager.all()
    if connection.features.has_select_for_update:
        queryset = queryset.select_for_update()
    fresh = queryset.get(pk=row.pk)
    if fresh.lease_by != holder:
        raise LeaseLost
    return fresh


def release(row: DueRow, *, due_at: datetime | None) -> None:
    """Give the row back, due again at `due_at` or not at all. The caller saves the row."""
    row.due_at, row.lease_until, row.lease_by = due_at, None, ""
    row.attempts = 0


def retry_at(row: DueRow, *, at: datetime) -> datetime:
    """When a failed row is tried again: 1, 2, 4 … minutes, at most an hour."""
    return at + timedelta(minutes=min(60, 2 ** min(row.attempts - 1, 6)))


def _save(rows: Iterable[DueRow]) -> None:
    for row in rows:
        row.save(update_fields=["lease_until", "lease_by", "attempts"])
