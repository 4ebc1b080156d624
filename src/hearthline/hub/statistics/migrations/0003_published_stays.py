# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.db import migrations

from hearthline.hub.audit.append_only import append_only

# A published release may only be marked as withdrawn; nothing else of it changes, ever.
_COLUMNS = (
    "period, revision, threshold, compiled_at, compiled_by_id, published_at, published_by_id, "
    "reason, note, final, carried"
)
_SQLITE = (
    f"""
CREATE TRIGGER statistics_release_no_update BEFORE UPDATE OF {_COLUMNS} ON statistics_release
WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a published release is never edited'); END
""",
    """
CREATE TRIGGER statistics_release_no_delete BEFORE DELETE ON statistics_release
WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a published release is never deleted'); END
""",
)
_POSTGRES = (
    f"""
CREATE TRIGGER statistics_release_no_update BEFORE UPDATE OF {_COLUMNS} ON statistics_release
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION hearthline_append_only()
""",
    """
CREATE TRIGGER statistics_release_no_delete BEFORE DELETE ON statistics_release
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION hearthline_append_only()
""",
)


def forwards(apps: Any, schema_editor: Any) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for statement in _POSTGRES if postgres else _SQLITE:
        schema_editor.execute(statement)


def backwards(apps: Any, schema_editor: Any) -> None:
    on = " ON statistics_release" if schema_editor.connection.vendor == "postgresql" else ""
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS statistics_release_no_{verb}{on}")


class Migration(migrations.Migration):
    dependencies = [("statistics", "0002_corrections")]
    operations = [
        append_only("statistics_observation"),
        append_only("statistics_publishedfile"),
        migrations.RunPython(forwards, backwards),
    ]
