# SPDX-License-Identifier: Apache-2.0
"""What was seen at an address ends with the case that was about it."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.clocks.actions import release
from hearthline.hub.notices.actions.door import forget_copy
from hearthline.hub.notices.models import Check, Notice, Post, Watch
from hearthline.hub.sealing.actions import destroy


@transaction.atomic
def end_looks(*, notice: Notice, at: datetime) -> int:
    """Destroy the keys of what was seen and sent for a notice whose case has ended; how many."""
    rows = [
        *Check.objects.filter(notice=notice, data_key__destroyed_at__isnull=True),
        *Post.objects.filter(notice=notice, data_key__destroyed_at__isnull=True),
    ]
    for row in rows:
        destroy(row.data_key, at=at)
    for copy in notice.copies.select_related("data_key"):
        forget_copy(copy=copy, at=at)
    for watch in Watch.objects.filter(notice=notice, due_at__isnull=False):
        release(watch, due_at=None)
        watch.save()
    notice.ended_at = at
    notice.save(update_fields=["ended_at"])
    record(at=at, actor=Actor.worker(), verb="notices.end_retention", about=notice, looks=len(rows))
    return len(rows)
