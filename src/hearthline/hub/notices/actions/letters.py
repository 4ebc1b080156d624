# SPDX-License-Identifier: Apache-2.0
"""Which letter a notice writes next, and when. Every letter is a `Delivery`, once per number.

The clocks run from the moment the host's mail server took the notice: reminders and the end of
the host's time are the country pack's. A worker that was away writes the latest reminder due, not
every one it missed; past the end it escalates.
"""

from datetime import datetime, timedelta
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import subject_address, tell_reporters
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.actions import hold, release
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.mail.actions import post
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.actions.queue import contact_of
from hearthline.hub.notices.actions.wording import (
    escalation_letter,
    notice_letter,
    reminder_letter,
)
from hearthline.hub.notices.models import Delivery, Notice, Watch
from hearthline.hub.reports.models import Step

PURPOSE = "notice"
WORKER = Actor.worker()

# Whoever refused is not reminded; the desk decides what comes next.
_REMINDED = (Notice.State.SENT, Notice.State.NO_RESPONSE, Notice.State.ACKNOWLEDGED)


@transaction.atomic
def write_due(*, notice: Notice, holder: str, at: datetime) -> int:
    """Post what the leased notice has due; the number of letters. Raises `LeaseLost`."""
    notice = hold(notice, holder=holder)
    case = Case.objects.select_for_update().get(pk=notice.case_id)
    contact = _current(notice)
    queued = notice.state == Notice.State.QUEUED
    if case.state != Case.State.CONFIRMED or (queued and contact is None):
        release(notice, due_at=None)
        written = 0
    elif case.notice_held_until is not None and case.notice_held_until > at:
        # Police asked that the host hear nothing for now.
        release(notice, due_at=case.notice_held_until)
        written = 0
    elif queued and contact is not None:
        _post_notice(notice, contact, at)
        release(notice, due_at=None)
        written = 1
    else:
        written = _go_on(notice, contact, at)
    notice.save()
    return written


@transaction.atomic
def note_delivery(*, notice: Notice, at: datetime) -> bool:
    """Note what became of the posted notice: sent, and the clocks run, or nobody took it."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    newest = notice.deliveries.filter(kind=Delivery.Kind.FIRST).last()
    if notice.state != Notice.State.QUEUED or notice.due_at is not None or newest is None:
        return False
    if newest.letter.state == Letter.State.GIVEN_UP:
        # Their mailbox does not take it: a person finds another way, as for an unknown host.
        notice.contact = None
        notice.save()
        record(at=at, actor=WORKER, verb="notices.not_deliverable", about=notice)
        return True
    if newest.letter.sent_at is None:
        return False
    _start_clocks(notice, newest.letter.sent_at)
    notice.save()
    Watch.objects.update_or_create(notice=notice, defaults={"absent": 0, "looks": 0, "due_at": at})
    record(at=at, actor=WORKER, verb="notices.sent", about=notice)
    tell_reporters(case=notice.case, step=Step.Code.HOST_TOLD, at=at)
    return True


def _start_clocks(notice: Notice, started: datetime) -> None:
    clocks = settings.PACK.clocks.notice
    notice.state = Notice.State.SENT
    notice.sent_at = notice.sent_at or started
    notice.acknowledge_due_at = started + timedelta(hours=clocks.acknowledge_hours)
    notice.escalate_at = started + timedelta(hours=clocks.escalate_hours)
    notice.due_at = _next(notice, started, started)


def _go_on(notice: Notice, contact: Contact | None, at: datetime) -> int:
    """After the notice: no answer in time, a reminder, the end of the host's time."""
    clocks = settings.PACK.clocks.notice
    if notice.escalate_at is None or notice.state not in Notice.OPEN:
        release(notice, due_at=None)
        return 0
    started = notice.escalate_at - timedelta(hours=clocks.escalate_hours)
    if at >= notice.escalate_at:
        release(notice, due_at=None)
        return _escalate(notice, at)
    if notice.state == Notice.State.SENT and _passed(notice.acknowledge_due_at, at):
        notice.state = Notice.State.NO_RESPONSE
        record(at=at, actor=WORKER, verb="notices.no_response", about=notice)
    fallen_due = sum(at >= started + timedelta(hours=hours) for hours in clocks.reminder_hours)
    written = 0
    if contact and fallen_due > notice.reminders and notice.state in _REMINDED:
        number = _number(notice, Delivery.Kind.REMINDER)
        letter = reminder_letter(
            notice=notice, contact=contact, first_id=_first_id(notice), number=number, at=at
        )
        _post(notice, Delivery.Kind.REMINDER, number, contact, letter, at)
        written = 1
    notice.reminders = max(notice.reminders, fallen_due)
    release(notice, due_at=_next(notice, started, at))
    return written


def _escalate(notice: Notice, at: datetime) -> int:
    """The host's lawyers and the regulator hear; without either, the manager's lane has it."""
    if notice.state == Notice.State.ESCALATED:
        return 0
    notice.state = Notice.State.ESCALATED
    record(at=at, actor=WORKER, verb="notices.escalate", about=notice)
    contacts = [_lawyers(notice.host), *_regulators()]
    written = 0
    for contact in filter(None, contacts):
        number = _number(notice, Delivery.Kind.ESCALATION)
        letter = escalation_letter(
            notice=notice, contact=contact, first_id=_first_id(notice), number=number, at=at
        )
        _post(notice, Delivery.Kind.ESCALATION, number, contact, letter, at)
        written += 1
    return written


def _post_notice(notice: Notice, contact: Contact, at: datetime) -> None:
    address = subject_address(case=notice.case, actor=WORKER, at=at, purpose="notice: letter")
    number = _number(notice, Delivery.Kind.FIRST)
    letter = notice_letter(notice=notice, contact=contact, address=address, number=number, at=at)
    _post(notice, Delivery.Kind.FIRST, number, contact, letter, at)


def _post(
    notice: Notice,
    kind: Delivery.Kind,
    number: int,
    contact: Contact,
    message: EmailMessage,
    at: datetime,
) -> None:
    letter = post(recipient=contact.value, message=message, purpose=PURPOSE, at=at)
    Delivery.objects.create(notice=notice, kind=kind, number=number, letter=letter, queued_at=at)
    record(
        at=at,
        actor=WORKER,
        verb="notices.write",
        about=notice,
        kind=kind.value,
        number=number,
        letter=letter.pk,
    )


def _current(notice: Notice) -> Contact | None:
    """The contact, or what the directory has put in its place since."""
    contact, host = notice.contact, notice.host
    if contact is None or host is None or contact.superseded_at is None:
        return contact
    notice.contact = contact_of(host)
    return notice.contact


def _next(notice: Notice, started: datetime, at: datetime) -> datetime | None:
    """The next moment at which something falls due, after `at`."""
    hours = settings.PACK.clocks.notice.reminder_hours
    moments = [notice.acknowledge_due_at, notice.escalate_at]
    moments += [started + timedelta(hours=each) for each in hours]
    return min((moment for moment in moments if moment and moment > at), default=None)


def _number(notice: Notice, kind: Delivery.Kind) -> int:
    return notice.deliveries.filter(kind=kind).count() + 1


def _first_id(notice: Notice) -> str:
    newest = notice.deliveries.filter(kind=Delivery.Kind.FIRST).select_related("letter").last()
    return newest.letter.message_id if newest else ""


def _lawyers(host: Organisation | None) -> Contact | None:
    if host is None:
        return None
    mailboxes = host.contacts.current().filter(channel=Contact.Channel.EMAIL)
    return mailboxes.filter(scope=Contact.Scope.LEGAL).first()


def _regulators() -> list[Contact]:
    """The mailboxes of the country's regulators, one each."""
    home = [settings.PACK.country.code, ""]
    regulators = Organisation.objects.current().filter(
        kind=Organisation.Kind.REGULATOR, country__in=home
    )
    found = (regulator.contact(Contact.Channel.EMAIL) for regulator in regulators)
    return [contact for contact in found if contact is not None]


def _passed(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and at >= moment
