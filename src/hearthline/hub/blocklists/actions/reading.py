# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.blocklists.actions.rules import require_entry
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.sealing import actions as sealing


@transaction.atomic
def read_entry(*, entry: Entry, by: User, at: datetime) -> str:
    """What is blocked, in clear; "" once it was forgotten. Who read it is kept."""
    require_entry(entry, by, Permission.BLOCKLISTS_ENTRY_READ)
    record(at=at, actor=by.actor, verb="blocklists.read", about=entry)
    if entry.ended_at is not None:
        return ""
    return entry.unseal(sealing.open_as_desk(entry.data_key), "address")
