# SPDX-License-Identifier: Apache-2.0
"""Whether this installation is prepared, asked before a program starts to serve or to work."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


class NotReady(Exception):
    """Something must be prepared first; the text says what to run."""


def refuse_unprepared() -> None:
    """Raise `NotReady` unless database and page files fit this version."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise NotReady(
            f"The database cannot be opened ({error}). Check DATABASE_URL or HEARTHLINE_HOME, "
            "then run `hearthline setup`."
        ) from None
    if missing or not _page_files().exists():
        raise NotReady(
            "Database or pages are not prepared for this version. Run `hearthline setup`."
        )


def deployed_at() -> datetime | None:
    """When the pages of this installation were last prepared; None before they were."""
    try:
        return datetime.fromtimestamp(_page_files().stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _page_files() -> Path:
    return Path(settings.STATIC_ROOT) / "staticfiles.json"
