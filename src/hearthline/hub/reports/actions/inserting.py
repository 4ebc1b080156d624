# SPDX-License-Identifier: Apache-2.0
"""The rows of a new report, written quickly.

Django works out every INSERT anew, which for the rows of one report costs more of the processor
than all of its sealing. Here it is worked out once for each table. The values pass through the
same fields; the database checks what it always checks.
"""

from functools import lru_cache
from typing import Any

from django.db import connection, models


def insert(*rows: models.Model) -> None:
    """Insert new rows, in this order. Numbers that the database gives are not read back."""
    with connection.cursor() as cursor:
        for row in rows:
            statement, fields = _insertion(type(row), connection.vendor)
            values = [
                field.get_db_prep_save(field.pre_save(row, add=True), connection)
                for field in fields
            ]  # fmt: skip
            cursor.execute(statement, values)
            row._state.adding, row._state.db = False, connection.alias


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
