# SPDX-License-Identifier: Apache-2.0
"""What happened to one content wherever it stood: told, answered, gone, back, moved on."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.actions.rules import require_on
from hearthline.hub.cases.models import Case, Subject
from hearthline.hub.notices.models import Delivery, Notice


@dataclass(frozen=True)
class Event:
    """One thing that happened. `kind`: first, reminder, escalation, answer, gone or back."""

    at: datetime
    kind: str
    # A recipient's name, or the answer's and its source.
    who: str = ""
    what: str = ""


@dataclass(frozen=True)
class Place:
    """One address the content was at, and what happened there, the oldest first."""

    subject: Subject
    case: Case
    notice: Notice | None
    address: str
    events: list[Event] = field(default_factory=list)
    next_look: datetime | None = None


@transaction.atomic
def removal_history(*, notice: Notice, by: User, at: datetime) -> list[Place]:
    """Every address of the content, the first one first. Reading the addresses is audited.

    An address whose case has ended is empty; one that this person stepped back from is left out.
    Raises SteppedBack, as of the case itself.
    """
    require_on(notice.case, by, Permission.NOTICES_NOTICE_READ)
    record(at=at, actor=by.actor, verb="notices.read_history", about=notice)
    found = []
    for subject in cases.chain(notice.case.subject):
        case = subject.cases.open_to(by).order_by("opened_at", "pk").last()
        if case is None:
            continue
        here = Notice.objects.filter(case__subject=subject).order_by("queued_at", "pk")
        address = ""
        if case.ended_at is None:
            address = cases.subject_address(
                case=case, actor=by.actor, at=at, purpose="notice: history"
            ).url
        events = [event for one in here for event in _events(one)]
        events += [
            Event(row.at, "gone" if row.gone else "back") for row in subject.availability.all()
        ]
        last = here.last()
        watch = getattr(last, "watch", None)
        found.append(
            Place(
                subject=subject,
                case=case,
                notice=last,
                address=address,
                events=sorted(events, key=lambda event: event.at),
                next_look=watch.due_at if watch else None,
            )
        )
    return found


def _events(notice: Notice) -> list[Event]:
    sent = notice.deliveries.select_related("letter", "post", "contact__organisation")
    letters = [
        Event(one.carrier.sent_at, one.kind, _named(one), one.get_kind_display())
        for one in sent
        if one.carrier.sent_at is not None
    ]
    answers = notice.answers.select_related("by", "contact__organisation", "key__organisation")
    return letters + [
        Event(one.at, "answer", one.source, one.get_code_display()) for one in answers
    ]


def _named(delivery: Delivery) -> str:
    return delivery.contact.organisation.name if delivery.contact else delivery.carrier.recipient
