# SPDX-License-Identifier: Apache-2.0
"""The statements of Send, each worked out once.

Django works every statement out anew, which for the rows of one report costs more of the processor
than all of its sealing. The values pass through the same fields; the database checks what it always
checks. Rows are made ready before the transaction, so that one report keeps no other waiting for
more than its writing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.db import connection, models


@dataclass(frozen=True, slots=True)
class Insertion:
    """A new row, with the statement that writes it and its values."""

    row: models.Model
    statement: str
    values: list[Any]

    @classmethod
    def of(cls, row: models.Model) -> "Insertion":
        statement, fields = _insertion(type(row), connection.vendor)
        values = [
            field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields
        ]
        return cls(row, statement, values)


def insert(insertions: Iterable[Insertion]) -> None:
    """Write new rows, in this order. Numbers that the database gives are not read back."""
    with _line() as execute:
        for new in insertions:
            execute(new.statement, new.values)
            new.row._state.adding, new.row._state.db = False, connection.alias


@contextmanager
def _line() -> Iterator[Callable[[str, list[Any]], Any]]:
    """What takes one statement after the other.

    PostgreSQL is given all of them before it is asked how they went, and keeps their plans. An
    error of any is raised at the end of the block, as Django raises it.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor.execute
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    psycopg: Any = connection.Database  # type: ignore[attr-defined]  # the driver's module
    with connection.wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:
        yield partial(cursor.execute, prepare=True)


def as_stored(model: type[models.Model], field: str, value: object) -> Any:
    """A value as a statement of one's own must give it to this kind of database."""
    (column,) = (one for one in model._meta.concrete_fields if one.name == field)
    return column.get_db_prep_value(value, connection)


@lru_cache
def _insertion(
    model: type[models.Model], vendor: str
) -> "tuple[str, list[models.Field[Any, Any]]]":
    """The statement and the fields it takes, for each kind of database."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField | models.BigAutoField)
    ]
    name = connection.ops.quote_name
    columns = ", ".join(name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})", fields  # noqa: S608  # our names
