# SPDX-License-Identifier: Apache-2.0
"""Content that was confirmed and stands at a new address now.

The new address is a subject of its own, child of the first, with a case of its own. Whoever says
it moved affirms by that, having looked, that it is the same content: the finding in force becomes
their first assessment. A second person affirms it, or disagrees, in the second review as ever.
Police hear of the new address before its host does, and a hold in force covers it too.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.acting import NotIllegal
from hearthline.hub.cases.actions.assessment import write_assessment
from hearthline.hub.cases.actions.findings import Finding
from hearthline.hub.cases.actions.rules import lock, require_on
from hearthline.hub.cases.models import Assessment, Case, Sighting, StepBack, Subject
from hearthline.hub.reports.actions import purpose
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.codelists import assessment_outcomes
from hearthline.kit.urls import AddressRefused, canonicalise, find_addresses, subject_key


class NotANewAddress(ValueError):
    """What was given is no one address, or the address the content was at before."""


@dataclass(frozen=True)
class Moved:
    """The case of the new address. `judged_apart`: it is known already and goes its own way."""

    case: Case
    judged_apart: bool


@transaction.atomic
def say_moved(*, case: Case, address: str, by: User, at: datetime) -> Moved:
    """The content of `case` stands at `address`; `by` has looked and affirms it is the same.

    An address with a case open keeps that case and its own judgement, and only joins the chain.
    Raises NotANewAddress, NotIllegal, and what `require_on` raises.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_MAKE)
    lock(case)
    if case.outcome not in [entry.code for entry in assessment_outcomes() if entry.illegal]:
        raise NotIllegal
    subject = _subject_at(address, case.subject, at)
    _join_chain(subject, case.subject)
    known = subject.cases.open().first()
    if known is None:
        found = case.assessments.latest("at", "pk")
        known, apart = _open_beside(case, subject, at), False
        note = _("The same content as in case %(reference)s, at a new address.")
        finding = Finding.of(found, note=note % {"reference": case.reference})
        finding.check()
        write_assessment(known, finding, Assessment.Stage.FIRST, by, at)
    else:
        apart = True
    record(at=at, actor=by.actor, verb="cases.moved", about=case, to=known.pk, judged_apart=apart)
    return Moved(known, apart)


def chain(subject: Subject) -> list[Subject]:
    """Every address the content was at, the first one first, this one among them."""
    first, seen = subject, {subject.pk}
    while first.moved_from is not None and first.moved_from.pk not in seen:
        first = first.moved_from
        seen.add(first.pk)
    found, next_ones = [], [first]
    while next_ones:
        found += next_ones
        later = Subject.objects.filter(moved_from__in=[one.pk for one in next_ones])
        next_ones = [one for one in later.order_by("first_seen", "pk") if one not in found]
    return found


def _subject_at(address: str, parent: Subject, at: datetime) -> Subject:
    """The subject of one address, locked; made now when it is not known yet."""
    try:
        named = [one.canonical for one in find_addresses(address.strip())]
        page = (named[0] if len(named) == 1 else None) or canonicalise(address.strip())
    except AddressRefused as refused:
        raise NotANewAddress from refused
    if len(named) > 1:
        raise NotANewAddress
    practice = parent.cases.filter(exercise=True).exists()
    digest = sealing.digest(subject_key(page), purpose=purpose("subject", exercise=practice))
    if digest == bytes(parent.digest):
        raise NotANewAddress
    subject = Subject.objects.filter(digest=digest).first()
    if subject is not None:
        lock(subject)
        return subject
    row, key = sealing.mint(at=at)
    subject = Subject(data_key=row, kind=Subject.Kind.URL, digest=digest, first_seen=at)
    subject.last_seen = at
    subject.host_digest = sealing.digest(page.host, purpose=purpose("host", exercise=practice))
    subject.seal(key, "address", page.url)
    subject.seal(key, "host", page.host)
    subject.save(force_insert=True)
    return subject


def _join_chain(subject: Subject, parent: Subject) -> None:
    """Its past is the parent's: reports, and who has nothing to do with them.

    An address that is in a chain already keeps its place, so that no chain runs in a circle.
    """
    if subject.moved_from_id is None and subject not in chain(parent):
        subject.moved_from = parent
    for sighting in parent.sightings.all():
        Sighting.objects.get_or_create(
            subject=subject, report_id=sighting.report_id, defaults={"at": sighting.at}
        )
    for apart in StepBack.objects.filter(subject=parent):
        StepBack.objects.get_or_create(
            subject=subject,
            person_id=apart.person_id,
            defaults={"at": apart.at, "own_report": apart.own_report},
        )
    subject.report_count = subject.sightings.count()
    subject.save(update_fields=["moved_from", "report_count"])


def _open_beside(case: Case, subject: Subject, at: datetime) -> Case:
    """A case for the new address that waits for the second person."""
    held = case.notice_held_until
    return Case.objects.create(
        subject=subject,
        kind=case.kind,
        track=case.track,
        level=case.level,
        level_reasons=case.level_reasons,
        language=case.language,
        report_count=subject.report_count,
        host_digest=subject.host_digest,
        exercise=case.exercise,
        opened_at=at,
        review_due_at=at,
        first_reviewed_at=at,
        state=Case.State.AWAITING_SECOND,
        second_due_at=at + settings.PACK.clocks.second_review,
        # What police asked for the content holds wherever it stands.
        notice_held_until=held if held is not None and held > at else None,
    )
