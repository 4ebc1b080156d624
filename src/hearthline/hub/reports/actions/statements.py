# SPDX-License-Identifier: Apache-2.0
"""The statements of Send, each worked out once.

Django works every statement out anew, which for the rows of one report costs more of the processor
than all of its sealing. The values pass through the same fields; the database checks what it always
checks. Rows are made ready before the transaction, so that one report keeps no other waiting for
more than its writing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
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
    with connection.cursor() as cursor:
        for new in insertions:
            cursor.execute(new.statement, new.values)
            new.row._state.adding, new.row._state.db = False, connection.alias


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
