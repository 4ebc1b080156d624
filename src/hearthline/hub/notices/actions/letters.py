# SPDX-License-Identifier: Apache-2.0
"""Which letter a notice writes next, and when. Every letter is a `Delivery`, once per number.

The clocks run from the moment the host's mail server took the notice: reminders and the end of
the host's time are the country pack's.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions import subject_address, tell_reporters
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.actions import hold, release
from hearthline.hub.directory.models import Contact
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.actions.posting import WORKER, next_number, post_delivery
from hearthline.hub.notices.actions.queue import contact_of
from hearthline.hub.notices.actions.reminders import go_on, next_moment
from hearthline.hub.notices.actions.wording import notice_letter
from hearthline.hub.notices.models import Delivery, Notice, Watch
from hearthline.hub.reports.models import Step


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
        written = go_on(notice, contact, at)
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
    notice.due_at = next_moment(notice, started, started)


def _post_notice(notice: Notice, contact: Contact, at: datetime) -> None:
    address = subject_address(case=notice.case, actor=WORKER, at=at, purpose="notice: letter")
    number = next_number(notice, Delivery.Kind.FIRST)
    letter = notice_letter(notice=notice, contact=contact, address=address, number=number, at=at)
    post_delivery(notice, Delivery.Kind.FIRST, number, contact, letter, at)


def _current(notice: Notice) -> Contact | None:
    """The contact, or what the directory has put in its place since."""
    contact, host = notice.contact, notice.host
    if contact is None or host is None or contact.superseded_at is None:
        return contact
    notice.contact = contact_of(host)
    return notice.contact
