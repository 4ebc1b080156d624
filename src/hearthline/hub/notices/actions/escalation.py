# SPDX-License-Identifier: Apache-2.0
"""The end of the host's time: the ladder of the country pack, one step after another.

Each step is due only while the content is there, as far as the last look could tell. What is told
is an `Escalation`, append-only; so is what was passed over, with its reason. A step that is passed
over costs no time: the next one waits for whoever was told last. Without anybody to tell, the
manager's lane has the notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from hearthline.hub.audit.actions import record
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.notices.actions.door import link_for
from hearthline.hub.notices.actions.posting import (
    WORKER,
    first_message_id,
    next_number,
    post_delivery,
)
from hearthline.hub.notices.actions.timing import deadline, leaves
from hearthline.hub.notices.actions.wording import escalation_letter
from hearthline.hub.notices.models import Delivery, Escalation, Notice, Watch
from hearthline.kit.packs import LadderStep
from hearthline.kit.urls import Verdict

_SIGNS = (Verdict.ABSENT.value, Verdict.UNREACHABLE.value)


@dataclass
class Climb:
    """One round of a notice up the ladder: what was done before, letters now, what waits."""

    notice: Notice
    began: datetime
    at: datetime
    taken: list[Escalation]
    written: int = 0
    waits: list[datetime] = field(default_factory=list)

    @classmethod
    def of(cls, notice: Notice, at: datetime) -> "Climb":
        began = notice.started_at or at
        taken = notice.escalations.filter(began=began).select_related("contact")
        return cls(notice, began, at, list(taken))

    @property
    def told(self) -> list[Escalation]:
        return [row for row in self.taken if not row.skipped]

    def due(self, step: LadderStep) -> datetime:
        """When the step falls due, counted from whoever was told last."""
        ran_out = self.notice.escalate_at or self.at
        newest = max((row.at for row in self.told), default=ran_out)
        return deadline(newest, step.wait_hours) if step.wait_hours else ran_out

    def has(self, position: int, contact: Contact | None) -> bool:
        contact_id = contact.pk if contact else None
        return any(row.position == position and row.contact_id == contact_id for row in self.taken)

    def knows(self, contact: Contact) -> bool:
        """Whether this mailbox has an escalation of this round, by whichever step."""
        letters = self.notice.deliveries.filter(
            kind=Delivery.Kind.ESCALATION, queued_at__gte=self.notice.escalate_at or self.at
        )
        return contact.value in {one.carrier_addressee for one in letters.select_related("letter")}

    def note(self, position: int, who: str, contact: Contact | None, skipped: str = "") -> None:
        row = Escalation.objects.create(
            notice=self.notice,
            began=self.began,
            position=position,
            who=who,
            contact=contact,
            skipped=skipped,
            at=self.at,
        )
        self.taken.append(row)
        record(
            at=self.at,
            actor=WORKER,
            verb="notices.ladder",
            about=self.notice,
            position=position,
            who=who,
            reason=skipped or "told",
        )


def escalate(notice: Notice, at: datetime) -> tuple[int, datetime | None]:
    """Take the steps that are due: the letters written now, and when to come back (None: never).

    The state changes on time. Each letter waits for its reader's next open minute, unless the
    notice is urgent.
    """
    _mark(notice, at)
    climb = Climb.of(notice, at)
    for position, step in enumerate(settings.PACK.clocks.notice.ladder):
        if _never_told(step, notice):
            continue
        if climb.waits and step.wait_hours:
            break  # it counts from a letter that is still to be written
        due = climb.due(step)
        if due > at:
            climb.waits.append(due)
            break
        if not _done(climb, position, step):
            _take(climb, position, step)
    return climb.written, min(climb.waits, default=None)


def _mark(notice: Notice, at: datetime) -> None:
    if notice.state != Notice.State.ESCALATED:
        notice.state = Notice.State.ESCALATED
        record(at=at, actor=WORKER, verb="notices.escalate", about=notice)


def _done(climb: Climb, position: int, step: LadderStep) -> bool:
    """Whether the step needs nothing more. What was passed over stays so."""
    if climb.has(position, None):
        return True
    contacts = contacts_of(step, climb.notice)
    return bool(contacts) and all(climb.has(position, one) for one in contacts)


def _take(climb: Climb, position: int, step: LadderStep) -> None:
    notice, at = climb.notice, climb.at
    contacts = contacts_of(step, notice)
    if not contacts:
        if not any(row.position == position for row in climb.taken):
            climb.note(position, step.who, None, Escalation.Skipped.NO_CONTACT)
        return
    going = _when_to_look_again(notice, at)
    for contact in contacts:
        if climb.has(position, contact):
            continue
        if climb.knows(contact):
            climb.note(position, step.who, contact, Escalation.Skipped.TOLD_ALREADY)
            continue
        leave = going or leaves(notice, contact, at)
        if leave > at:
            climb.waits.append(leave)
            continue
        _tell([climb, *_fellows(climb, position, step, contact)], position, step, contact)


def _tell(climbs: Sequence[Climb], position: int, step: LadderStep, contact: Contact) -> None:
    """One letter about all of them. Those that come along keep their own clocks and rows."""
    leader = climbs[0]
    notices = [one.notice for one in climbs]
    message = escalation_letter(
        notices=notices,
        contact=contact,
        who=step.who,
        told=[(row.who, row.at) for row in leader.told],
        first_id=first_message_id(leader.notice),
        number=next_number(leader.notice, Delivery.Kind.ESCALATION),
        at=leader.at,
        link=link_for(contact=contact, notices=notices, at=leader.at),
    )
    post_delivery(notices, Delivery.Kind.ESCALATION, contact, message, leader.at)
    for one in climbs:
        one.note(position, step.who, contact)
        if one is not leader:
            _mark(one.notice, leader.at)
            one.notice.save()
    leader.written += 1


def _fellows(climb: Climb, position: int, step: LadderStep, contact: Contact) -> list[Climb]:
    """Other notices of the same first letter that this step is due for too.

    The urgent one goes alone, and nothing joins that police hold back.
    """
    notice, at = climb.notice, climb.at
    if notice.is_urgent:
        return []
    others = Notice.objects.select_for_update(of=("self",)).sent_with(notice, at)
    found: list[Climb] = []
    over = others.filter(escalate_at__lte=at, state__in=Notice.OPEN).select_related("case", "host")
    for one in over.exclude(state=Notice.State.QUEUED).order_by("queued_at", "pk"):
        if len(found) + 1 >= settings.PACK.clocks.notice.group_largest:
            break
        other = Climb.of(one, at)
        same = one.host_id == notice.host_id and contact in contacts_of(step, one)
        free = not (other.has(position, contact) or other.has(position, None))
        quiet = one.is_urgent or one.waits_for or _when_to_look_again(one, at)
        if same and free and not quiet and other.due(step) <= at and not other.knows(contact):
            found.append(other)
    return found


def _when_to_look_again(notice: Notice, at: datetime) -> datetime | None:
    """Looks say it is going: no step is taken until they agree. None while it is there."""
    watch = Watch.objects.filter(notice=notice).first()
    if watch is None or not watch.absent:
        return None
    last = notice.checks.last()
    if last is None or last.verdict not in _SIGNS:
        return None
    soon = at + timedelta(minutes=settings.PACK.clocks.notice.recheck_minutes)
    return max(watch.due_at or soon, soon)


def _never_told(step: LadderStep, notice: Notice) -> bool:
    """The owner of a site may be anybody, also a child or whoever shared what a child made."""
    child_first = notice.case.track == Case.Track.CHILD_FIRST
    return child_first and step.who == "site_owner"


def contacts_of(step: LadderStep, notice: Notice) -> list[Contact]:
    """The mailboxes of one step. A host, a site owner, a network and a registrar have one each."""
    if _never_told(step, notice):
        return []
    if step.kind == "regulator":
        return _regulators()
    scope = step.scope or (Contact.Scope.LEGAL if step.who == "host" else step.who)
    if notice.host is None:
        return []
    mailboxes = notice.host.contacts.usable().filter(channel=Contact.Channel.EMAIL)
    return list(mailboxes.filter(scope=scope)[:1])


def _regulators() -> list[Contact]:
    """The mailboxes of the country's regulators, one each."""
    home = [settings.PACK.country.code, ""]
    regulators = Organisation.objects.current().filter(
        kind=Organisation.Kind.REGULATOR, country__in=home
    )
    found = (regulator.contact(Contact.Channel.EMAIL) for regulator in regulators)
    return [contact for contact in found if contact is not None]
