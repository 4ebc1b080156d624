# SPDX-License-Identifier: Apache-2.0
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import connection, models, transaction

from hearthline.hub.audit import checkpoints
from hearthline.hub.audit.keys import signing_key
from hearthline.hub.audit.models import Actor, Checkpoint, Entry, Leaf
from hearthline.kit import ledger

Plain = str | int | bool | None | list[str]


class ReasonNeeded(Exception):
    """The act needs a reason, and none was given."""


def record(
    *,
    at: datetime,
    actor: Actor,
    verb: str,
    about: models.Model,
    reason: str = "",
    **detail: Plain | uuid.UUID,
) -> Entry:
    """Write one entry, in the caller's transaction: the act and its entry stand or fall together.

    `verb` is `<room>.<act>` such as "cases.assess". `detail` holds codes and numbers of records,
    never a person's data.
    """
    made = entry(at, actor, verb, about, reason, detail)
    made.save(force_insert=True)
    return made


def record_each(
    *,
    at: datetime,
    actor: Actor,
    verb: str,
    about: Iterable[models.Model],
    reason: str = "",
    **detail: Plain | uuid.UUID,
) -> None:
    """Write the same entry about each of many rows, in the caller's transaction."""
    entries = [entry(at, actor, verb, row, reason, detail) for row in about]
    Entry.objects.bulk_create(entries, batch_size=500)


def entry(
    at: datetime,
    actor: Actor,
    verb: str,
    about: models.Model,
    reason: str,
    detail: Mapping[str, Plain | uuid.UUID],
) -> Entry:
    """What `record` writes, not saved yet: for a writer that saves it with the act's own rows."""
    plain = {k: str(v) if isinstance(v, uuid.UUID) else v for k, v in detail.items()}
    return Entry(
        at=at,
        actor=str(actor),
        roles=actor.roles,
        verb=verb,
        object_type=about._meta.label_lower,
        object_id=str(about.pk),
        reason=reason[:500],
        detail=json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )


@transaction.atomic
def extend_log(*, at: datetime, limit: int = 2_000) -> Checkpoint | None:
    """Make up to `limit` unlogged entries leaves and sign a checkpoint over all leaves.

    None when there is nothing to log. Runs in the worker, which alone holds the signing key.
    """
    _wait_for_open_entries()
    entries = list(Entry.objects.unlogged()[:limit])
    if not entries:
        return None
    key = signing_key(settings.AUDIT_PRIVATE_KEY)
    last = Checkpoint.objects.newest()
    frontier = ledger.Frontier.from_bytes(bytes(last.frontier)) if last else ledger.Frontier.empty()
    before = checkpoints.Link.to(last.size, last.note) if last else checkpoints.NONE_BEFORE
    leaves = []
    for entry in entries:
        leaf = ledger.leaf_hash(entry.leaf_bytes())
        leaves.append(Leaf(index=frontier.size, entry=entry, hash=leaf))
        frontier.append(leaf)
    Leaf.objects.bulk_create(leaves, batch_size=500)
    return Checkpoint.objects.create(
        size=frontier.size,
        signed_at=at,
        root=frontier.root(),
        frontier=frontier.to_bytes(),
        note=checkpoints.sign(frontier, after=before, at=at, key=key),
    )


def _wait_for_open_entries() -> None:
    """Wait until every entry that has an id is committed or gone, and let no other begin.

    PostgreSQL gives ids before it commits, so an entry may appear below ids that are visible
    already. An INSERT takes its lock on the table before its id, so whoever holds this lock sees
    every id given so far. It also keeps a second worker out. On SQLite the IMMEDIATE transaction
    has done both.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute(
                f"LOCK TABLE {connection.ops.quote_name(Entry._meta.db_table)} "
                "IN SHARE ROW EXCLUSIVE MODE"
            )
