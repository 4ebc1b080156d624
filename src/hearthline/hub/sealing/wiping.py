# SPDX-License-Identifier: Apache-2.0
"""After a key is destroyed: its bytes leave the database's own files, as far as we can reach.

SQLite: `secure_delete` (a setting of every connection) writes zeros over what is deleted, and
emptying the write-ahead log ends its copy of the old page. PostgreSQL: VACUUM frees the old row
versions for reuse, which is not the same as zeros, and archived WAL keeps them; the operator's
guide says so.
"""

from datetime import datetime

from django.db import connection

from hearthline.hub.sealing.models import DataKey, Words


def wipe(*, at: datetime) -> int:
    """Clear what destroyed keys left behind; how many keys. 0 also when it has to wait.

    Only outside a transaction. What another reader keeps from being cleared stays due.
    """
    unwiped = list(DataKey.objects.unwiped().values_list("pk", flat=True)[:5_000])
    if not unwiped or connection.in_atomic_block:
        return 0
    cleared = _vacuum() if connection.vendor == "postgresql" else _empty_the_log()
    if not cleared:
        return 0
    done = 0
    for start in range(0, len(unwiped), 500):
        done += DataKey.objects.filter(pk__in=unwiped[start : start + 500]).update(wiped_at=at)
    return done


def _empty_the_log() -> bool:
    """Whether SQLite could write its whole log into the file and cut it to nothing."""
    with connection.cursor() as cursor:
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _vacuum() -> bool:
    with connection.cursor() as cursor:
        for table in (DataKey, Words):
            cursor.execute(f"VACUUM {connection.ops.quote_name(table._meta.db_table)}")
    return True
