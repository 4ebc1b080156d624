# SPDX-License-Identifier: Apache-2.0
"""A migration step that makes the database itself refuse to change or delete rows."""

from typing import Any

from django.db import migrations

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION hearthline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES_ROW = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH {each} EXECUTE FUNCTION hearthline_append_only()
"""


def append_only(table: str) -> migrations.RunPython:
    """The operation for one table, on SQLite and PostgreSQL alike."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            # No parameters at all, or the driver would read the % as one.
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)
            for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
                statement = _POSTGRES_ROW.format(
                    table=table, verb=verb.lower(), VERB=verb, each=each
                )
                schema_editor.execute(statement)
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(_SQLITE.format(table=table, verb=verb.lower(), VERB=verb))

    def backwards(apps: Any, schema_editor: Any) -> None:
        postgres = schema_editor.connection.vendor == "postgresql"
        for verb in ("update", "delete", *(["truncate"] if postgres else [])):
            on = f" ON {table}" if postgres else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")

    return migrations.RunPython(forwards, backwards)
