# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Entry, EntryQuerySet


@transaction.atomic
def read_log(*, by: User, at: datetime, filters: list[str]) -> EntryQuerySet:
    """The audit log, newest first. Reading it is an entry itself: which filters, never their text.

    The page that is read begins with that entry.
    """
    require(by, Permission.AUDIT_LOG_READ)
    record(at=at, actor=by.actor, verb="audit.read", about=by, filters=sorted(filters))
    return Entry.objects.newest_first()
