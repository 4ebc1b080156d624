# SPDX-License-Identifier: Apache-2.0
"""After the notice: no answer in time, reminders, and when the host's time is over.

A worker that was away writes the latest reminder due, not every one it missed.
"""

from datetime import datetime, timedelta

from django.conf import settings

from hearthline.hub.audit.actions import record
from hearthline.hub.clocks.actions import release
from hearthline.hub.directory.models import Contact
from hearthline.hub.notices.actions.escalation import escalate
from hearthline.hub.notices.actions.posting import (
    WORKER,
    first_message_id,
    next_number,
    post_delivery,
)
from hearthline.hub.notices.actions.wording import reminder_letter
from hearthline.hub.notices.models import Delivery, Notice

# Whoever refused is not reminded; the desk decides what comes next.
_REMINDED = (Notice.State.SENT, Notice.State.NO_RESPONSE, Notice.State.ACKNOWLEDGED)


def go_on(notice: Notice, contact: Contact | None, at: datetime) -> int:
    """After the notice: no answer in time, a reminder, the end of the host's time."""
    clocks = settings.PACK.clocks.notice
    if notice.escalate_at is None or notice.state not in Notice.OPEN:
        release(notice, due_at=None)
        return 0
    started = notice.escalate_at - timedelta(hours=clocks.escalate_hours)
    if at >= notice.escalate_at:
        release(notice, due_at=None)
        return escalate(notice, at)
    if notice.state == Notice.State.SENT and _passed(notice.acknowledge_due_at, at):
        notice.state = Notice.State.NO_RESPONSE
        record(at=at, actor=WORKER, verb="notices.no_response", about=notice)
    fallen_due = sum(at >= started + timedelta(hours=hours) for hours in clocks.reminder_hours)
    written = 0
    if contact and fallen_due > notice.reminders and notice.state in _REMINDED:
        number = next_number(notice, Delivery.Kind.REMINDER)
        letter = reminder_letter(
            notice=notice, contact=contact, first_id=first_message_id(notice), number=number, at=at
        )
        post_delivery(notice, Delivery.Kind.REMINDER, number, contact, letter, at)
        written = 1
    notice.reminders = max(notice.reminders, fallen_due)
    release(notice, due_at=next_moment(notice, started, at))
    return written


def next_moment(notice: Notice, started: datetime, at: datetime) -> datetime | None:
    """The next moment at which something falls due, after `at`."""
    hours = settings.PACK.clocks.notice.reminder_hours
    moments = [notice.acknowledge_due_at, notice.escalate_at]
    moments += [started + timedelta(hours=each) for each in hours]
    return min((moment for moment in moments if moment and moment > at), default=None)


def _passed(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and at >= moment
