# SPDX-License-Identifier: Apache-2.0
"""A migration step that makes the database itself refuse to change one column of a row."""

from typing import Any

from django.db import migrations

_SQLITE = """
CREATE TRIGGER {table}_{column}_stays BEFORE UPDATE OF {column} ON {table}
WHEN OLD.{column} IS NOT NEW.{column}
BEGIN SELECT RAISE(ABORT, '{table}.{column} never changes'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION hearthline_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%.% never changes', TG_TABLE_NAME, TG_ARGV[0]; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_{column}_stays BEFORE UPDATE OF {column} ON {table}
FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})
EXECUTE FUNCTION hearthline_never_changes('{column}')
"""


def never_changes(table: str, column: str) -> migrations.RunPython:
    """The operation for one column, on SQLite and PostgreSQL alike."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        statement = _SQLITE
        if schema_editor.connection.vendor == "postgresql":
            # No parameters at all, or the driver would read the % as one.
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)
            statement = _POSTGRES
        schema_editor.execute(statement.format(table=table, column=column))

    def backwards(apps: Any, schema_editor: Any) -> None:
        postgres = schema_editor.connection.vendor == "postgresql"
        on = f" ON {table}" if postgres else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{column}_stays{on}")

    return migrations.RunPython(forwards, backwards)
