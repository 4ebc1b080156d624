# SPDX-License-Identifier: Apache-2.0
import json
import uuid
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, models, transaction

from hearthline.hub.audit.models import Actor, Checkpoint, Entry, Leaf
from hearthline.kit import ledger
from hearthline.kit.sealing import secret_from_text

ORIGIN = "hearthline/audit"

Plain = str | int | bool | None | list[str]

# Any number will do as long as nothing else uses it: it names the log for PostgreSQL's locks.
_LOG_LOCK = 0x48_45_41_52_54


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
    plain = {k: str(v) if isinstance(v, uuid.UUID) else v for k, v in detail.items()}
    return Entry.objects.create(
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
def extend_log(*, at: datetime, limit: int = 10_000) -> Checkpoint | None:
    """Make unlogged entries leaves and sign a checkpoint over them; None when there are none.

    Runs in the worker, which alone holds the signing key. Two workers cannot extend at once:
    the lock orders them, and the leaf index is the primary key.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOG_LOCK])
    entries = list(Entry.objects.unlogged()[:limit])
    if not entries:
        return None
    last = Checkpoint.objects.newest()
    frontier = ledger.Frontier.from_bytes(bytes(last.frontier)) if last else ledger.Frontier.empty()
    leaves = []
    for entry in entries:
        leaf = ledger.leaf_hash(entry.leaf_bytes())
        leaves.append(Leaf(index=frontier.size, entry=entry, hash=leaf))
        frontier.append(leaf)
    Leaf.objects.bulk_create(leaves, batch_size=500)
    checkpoint = ledger.Checkpoint(origin=origin(), size=frontier.size, root=frontier.root())
    key = signing_key(settings.AUDIT_PRIVATE_KEY)
    return Checkpoint.objects.create(
        size=frontier.size,
        signed_at=at,
        root=frontier.root(),
        frontier=frontier.to_bytes(),
        note=checkpoint.sign(key, name=origin()),
    )


def signing_key(text: str) -> Ed25519PrivateKey:
    """The log's Ed25519 key from its setting; raises `KeyRefused` naming the setting."""
    raw = secret_from_text(text, name="HEARTHLINE_AUDIT_PRIVATE_KEY")
    return Ed25519PrivateKey.from_private_bytes(raw)


def origin() -> str:
    """The log's name in its checkpoints, and the name of the key that signs them."""
    return ORIGIN
