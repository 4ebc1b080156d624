# SPDX-License-Identifier: Apache-2.0
"""After the notice: no answer in time, reminders, and when the host's time is over.

A worker that was away writes the latest reminder due, not every one it missed. What was sent in
one letter and is unanswered is reminded of in one letter. States change on time; letters that are
not urgent wait for the contact's next open minute. An endpoint is not reminded: its host's
mailbox is, where it has one. Where the pack says so, the host is reminded further, such as daily,
for as long as the content is there, also while others are told.
"""

from datetime import datetime

from django.conf import settings

from hearthline.hub.audit.actions import record
from hearthline.hub.clocks.actions import release
from hearthline.hub.directory.models import Contact
from hearthline.hub.notices.actions.door import link_for
from hearthline.hub.notices.actions.escalation import escalate
from hearthline.hub.notices.actions.posting import (
    WORKER,
    first_message_id,
    next_number,
    post_delivery,
)
from hearthline.hub.notices.actions.queue import mailbox_of
from hearthline.hub.notices.actions.timing import deadline, leaves
from hearthline.hub.notices.actions.wording import reminder_letter
from hearthline.hub.notices.models import Answer, Delivery, Notice

# Whoever refused is not reminded; the desk decides what comes next.
_REMINDED = (Notice.State.SENT, Notice.State.NO_RESPONSE, Notice.State.ACKNOWLEDGED)


def go_on(notice: Notice, contact: Contact | None, at: datetime) -> int:
    """After the notice: no answer in time, a reminder, the end of the host's time."""
    started = notice.started_at
    if notice.escalate_at is None or started is None or notice.state not in Notice.OPEN:
        release(notice, due_at=None)
        return 0
    if notice.waits_for == Notice.Waits.HOST_CHANGED:
        release(notice, due_at=None)  # a person says who is told now
        return 0
    _note_silence(notice, at)
    written, waits_until = 0, None
    if at >= notice.escalate_at:
        written, waits_until = escalate(notice, at)
    reminded, leave = _remind_if_due(notice, contact, started, at)
    _wait(notice, at, min((one for one in (waits_until, leave) if one), default=None))
    return written + reminded


def _remind_if_due(
    notice: Notice, contact: Contact | None, started: datetime, at: datetime
) -> tuple[int, datetime | None]:
    """A reminder, now or when the host's mailbox is read again."""
    written, waits_until = 0, None
    if contact and contact.channel != Contact.Channel.EMAIL:
        contact = mailbox_of(notice.host) if notice.host else None
    if contact and _reminder_due(notice, started, at):
        waits_until = leaves(notice, contact, at)
        if waits_until <= at:
            waits_until, written = None, _remind([notice, *_fellows(notice, at)], contact, at)
    elif not contact:
        notice.reminders = max(notice.reminders, _fallen_due(notice, started, at))
    return written, waits_until


def next_moment(notice: Notice, at: datetime) -> datetime | None:
    """The next moment at which something falls due, after `at`."""
    started = notice.started_at
    moments = [notice.acknowledge_due_at, notice.escalate_at]
    if started is not None:
        hours = settings.PACK.clocks.notice.reminder_hours
        moments += [deadline(started, each) for each in hours]
        if _hears_on(notice):
            moments.append(_further(started, _fallen_due(notice, started, at) + 1))
    return min((moment for moment in moments if moment and moment > at), default=None)


def _remind(notices: list[Notice], contact: Contact, at: datetime) -> int:
    """One reminder for all of them; those that came along are settled here."""
    leader = notices[0]
    message = reminder_letter(
        notices=notices,
        contact=contact,
        first_id=first_message_id(leader),
        number=next_number(leader, Delivery.Kind.REMINDER),
        at=at,
        link=link_for(contact=contact, notices=notices, at=at),
    )
    post_delivery(notices, Delivery.Kind.REMINDER, contact, message, at)
    for one in notices:
        started = one.started_at or at
        one.reminders = max(one.reminders, _fallen_due(one, started, at))
        if one is not leader:
            if one.state != Notice.State.ESCALATED:
                _wait(one, at, None)
            one.save()  # one that others hear of keeps its own turn on the ladder
    return 1


def _fellows(notice: Notice, at: datetime) -> list[Notice]:
    """Notices of the same letter that a reminder is due for too. The urgent one goes alone."""
    if notice.is_urgent:
        return []
    others = Notice.objects.select_for_update(of=("self",)).sent_with(notice, at)
    found = []
    for one in others.select_related("case").order_by("queued_at", "pk"):
        started = one.started_at
        if one.is_urgent or started is None or one.escalate_at is None:
            continue
        if at >= one.escalate_at and one.state != Notice.State.ESCALATED:
            continue
        if _reminder_due(one, started, at):
            _note_silence(one, at)
            found.append(one)
    return found


def _note_silence(notice: Notice, at: datetime) -> None:
    due = notice.acknowledge_due_at
    if notice.state == Notice.State.SENT and due is not None and at >= due:
        notice.state = Notice.State.NO_RESPONSE
        record(at=at, actor=WORKER, verb="notices.no_response", about=notice)


def _reminder_due(notice: Notice, started: datetime, at: datetime) -> bool:
    if notice.state == Notice.State.ESCALATED:
        reminded = _hears_on(notice)
    else:
        reminded = notice.state in _REMINDED
    return reminded and _fallen_due(notice, started, at) > notice.reminders


def _fallen_due(notice: Notice, started: datetime, at: datetime) -> int:
    """How many reminders have fallen due: the pack's listed ones, then the further ones."""
    hours = settings.PACK.clocks.notice.reminder_hours
    number = sum(at >= deadline(started, each) for each in hours)
    if number == len(hours) and _hears_on(notice):
        number = max(number, notice.reminders)
        while at >= _further(started, number + 1):
            number += 1
    return number


def _further(started: datetime, number: int) -> datetime:
    """When the further reminder of this number falls due; the listed ones are counted too."""
    clocks = settings.PACK.clocks.notice
    listed = len(clocks.reminder_hours)
    hours = max(clocks.reminder_hours) + max(number - listed, 1) * clocks.renotice_hours
    return deadline(started, hours)


def _hears_on(notice: Notice) -> bool:
    """Whether the host is reminded beyond the listed times. Whoever refused is not."""
    if not settings.PACK.clocks.notice.renotice_hours or notice.waits_for:
        return False
    began = notice.started_at
    refused = notice.answers.filter(code=Answer.Code.REFUSED)
    return not refused.filter(at__gte=began).exists() if began else False


def _wait(notice: Notice, at: datetime, waits_until: datetime | None) -> None:
    """Due again at the next moment, or when the letter that waits may go."""
    moments = [moment for moment in (next_moment(notice, at), waits_until) if moment]
    release(notice, due_at=min(moments, default=None))
