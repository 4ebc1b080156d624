# SPDX-License-Identifier: Apache-2.0
"""Which letter a notice writes next, and when. Every letter is a `Delivery`, once per number.

What waits to go to the same contact goes in one letter; each notice keeps its own clock, state
and answers. A letter that was written is never written again because another notice came. The
clocks run from the moment the host's mail server, or its endpoint, took the notice.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions import SubjectAddress, subject_address, tell_reporters
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.actions import hold, release
from hearthline.hub.directory.models import Contact
from hearthline.hub.mail.actions import REPEAT_HEADER
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.actions.door import link_for
from hearthline.hub.notices.actions.posting import (
    WORKER,
    next_number,
    post_delivery,
    post_document,
)
from hearthline.hub.notices.actions.queue import contact_of, mailbox_of
from hearthline.hub.notices.actions.reminders import go_on, next_moment
from hearthline.hub.notices.actions.timing import deadline, leaves
from hearthline.hub.notices.actions.wording import machine_part, notice_letter
from hearthline.hub.notices.models import Delivery, Notice, Watch
from hearthline.hub.reports.models import Step

log = logging.getLogger(__name__)

Named = tuple[Notice, SubjectAddress]


@transaction.atomic
def write_due(*, notice: Notice, holder: str, at: datetime) -> int:
    """Post what the leased notice has due; the number of letters. Raises `LeaseLost`."""
    notice = hold(notice, holder=holder)
    case = Case.objects.select_for_update().get(pk=notice.case_id)
    contact = _current(notice)
    queued = notice.state == Notice.State.QUEUED
    written = 0
    if case.state != Case.State.CONFIRMED or (queued and contact is None):
        release(notice, due_at=None)
    elif case.notice_held_until is not None and case.notice_held_until > at:
        # Police asked that the host hear nothing for now.
        release(notice, due_at=case.notice_held_until)
    elif queued and contact is not None:
        written = _first(notice, contact, at)
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
    if newest.carrier.state == Letter.State.GIVEN_UP:
        # A mailbox is tried after an endpoint; after a mailbox a person finds another way.
        notice.contact = mailbox_of(notice.host) if newest.post and notice.host else None
        notice.due_at = at if notice.contact else None
        notice.save()
        record(at=at, actor=WORKER, verb="notices.not_deliverable", about=notice)
        return True
    if newest.carrier.sent_at is None:
        return False
    _start_clocks(notice, newest.carrier.sent_at)
    notice.save()
    Watch.objects.update_or_create(notice=notice, defaults={"absent": 0, "looks": 0, "due_at": at})
    record(at=at, actor=WORKER, verb="notices.sent", about=notice)
    tell_reporters(case=notice.case, step=Step.Code.HOST_TOLD, at=at)
    return True


def _start_clocks(notice: Notice, started: datetime) -> None:
    clocks = settings.PACK.clocks.notice
    notice.state = Notice.State.SENT
    notice.sent_at = notice.sent_at or started
    notice.clocks_from = started
    notice.acknowledge_due_at = deadline(started, clocks.acknowledge_hours)
    notice.escalate_at = deadline(started, clocks.escalate_hours)
    notice.due_at = next_moment(notice, started)


def _first(notice: Notice, contact: Contact, at: datetime) -> int:
    """The first letter, now or at the contact's next open minute."""
    leave = leaves(notice, contact, at)
    if leave > at:
        release(notice, due_at=leave)
        return 0
    address = subject_address(case=notice.case, actor=WORKER, at=at, purpose="notice: letter")
    if contact.channel == Contact.Channel.POST:
        document = machine_part(notice, address)
        if document is not None:
            post_document(notice, contact, document, at)
            release(notice, due_at=None)
            return 1
        # A program cannot read plain words, so their mailbox gets them, or a person writes.
        notice.contact = mailbox_of(notice.host) if notice.host else None
        release(notice, due_at=at if notice.contact else None)
        return 0
    named = [(notice, address), *_joining(notice, at)]
    message = notice_letter(
        named=named,
        contact=contact,
        number=next_number(notice, Delivery.Kind.FIRST),
        at=at,
        headers=_repeat_mark(notice),
        link=link_for(contact=contact, notices=[one for one, _ in named], at=at),
    )
    post_delivery([one for one, _ in named], Delivery.Kind.FIRST, contact, message, at)
    for one, _address in named:
        release(one, due_at=None)
        one.save()
    return 1


def _joining(notice: Notice, at: datetime) -> list[Named]:
    """Notices that go in the same letter. What is urgent goes alone: nothing may hide it."""
    if notice.is_urgent:
        return []
    waiting = Notice.objects.select_for_update(of=("self",)).travelling_with(notice, at)
    joining: list[Named] = []
    for one in waiting.select_related("case__subject").order_by("queued_at", "pk"):
        if len(joining) + 1 >= settings.PACK.clocks.notice.group_largest:
            break
        if one.is_urgent or _repeat_mark(one):
            continue
        try:
            with transaction.atomic():
                address = subject_address(
                    case=one.case, actor=WORKER, at=at, purpose="notice: letter"
                )
        except OperationalError:
            raise
        except Exception:
            # Its trouble is its own: it is tried by itself, and this letter goes without it.
            log.exception("notice %s cannot join a letter", one.pk)
            continue
        joining.append((one, address))
    return joining


def _repeat_mark(notice: Notice) -> dict[str, str]:
    """A header for a letter after a post that may have come: it may be a second copy."""
    newest = notice.deliveries.filter(kind=Delivery.Kind.FIRST).last()
    if newest is None or newest.post is None or not newest.post.maybe_arrived:
        return {}
    return {REPEAT_HEADER: f"possible duplicate of {newest.post.message_id}"}


def _current(notice: Notice) -> Contact | None:
    """The contact, or what the directory has put in its place since."""
    contact, host = notice.contact, notice.host
    if contact is None or host is None:
        return contact
    if contact.superseded_at is not None or contact.parked_at is not None:
        notice.contact = contact_of(host)
    return notice.contact
