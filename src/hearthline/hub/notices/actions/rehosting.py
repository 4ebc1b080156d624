# SPDX-License-Identifier: Apache-2.0
"""Who hosts it is looked up again while a notice is open; a change parks it for a person."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import SubjectAddress
from hearthline.hub.hosting import actions as hosting
from hearthline.hub.notices.models import Notice

WORKER = Actor.worker()


def ask_who_hosts(*, address: SubjectAddress, exercise: bool, at: datetime) -> None:
    """Have the host looked up unless that was done lately. Nobody is asked for an exercise."""
    if exercise or not settings.HOSTING_LOOKUPS or not address.host:
        return
    try:
        hosting.ask(host=address.host, at=at)
    except hosting.NotAHost:
        return  # nothing a register knows


@transaction.atomic
def park_for_host(*, notice: Notice, at: datetime) -> bool:
    """The host changed while the notice was open: a person says who is told. Twice is once."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if not Notice.objects.host_changed().filter(pk=notice.pk).exists():
        return False
    notice.waits_for = Notice.Waits.HOST_CHANGED
    notice.save(update_fields=["waits_for"])
    record(at=at, actor=WORKER, verb="notices.host_changed", about=notice)
    return True
