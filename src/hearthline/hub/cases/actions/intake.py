# SPDX-License-Identifier: Apache-2.0
"""Taking up what was reported: reports become sightings of subjects, subjects become cases."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions.own_reports import keep_apart, staff_who_wrote
from hearthline.hub.cases.actions.rules import lock
from hearthline.hub.cases.actions.telling import catch_up
from hearthline.hub.cases.models import Case, Sighting, Subject
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Pointer, Report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.codelists import UnknownCodeError, find, incident_types
from hearthline.kit.sealing import SealBroken
from hearthline.kit.urls import AddressRefused, canonicalise


class ExerciseMixed(Exception):
    """An exercise and a real report would share a subject. Their digests keep them apart."""


@dataclass(frozen=True)
class _Named:
    """A subject as one report names it."""

    kind: str
    digest: bytes
    host_digest: bytes = b""
    address: str = ""
    host: str = ""


def pull(*, at: datetime, limit: int = 200) -> list[Case]:
    """Take up at most `limit` reports that wait, most urgent first, and letters nobody has read.

    Each report is taken up in a transaction of its own, once, whoever else pulls meanwhile. Needs
    the desk's private key, because each address is sealed again under its subject's own key.
    """
    touched: list[Case] = []
    waiting = Report.objects.awaiting_triage().values_list("pk", flat=True)
    for pk in list(waiting[:limit]):
        touched += _take_up(pk, at)
    wrote = list(Case.objects.with_unread_letters().values_list("pk", flat=True)[:limit])
    if wrote:
        Case.objects.filter(pk__in=wrote, news_at__isnull=True).update(news_at=at)
    return touched


def take_up(*, report: Report, at: datetime) -> list[Case]:
    """Take up this one report now, if it still waits."""
    return _take_up(report.pk, at)


@transaction.atomic
def _take_up(pk: uuid.UUID, at: datetime) -> list[Case]:
    waiting = Report.objects.filter(pk=pk, taken_at__isnull=True, withdrawn_at__isnull=True)
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    report = waiting.first()
    if report is None:
        return []
    sighted = [_sight(named, report, at) for named in _names(report)]
    wrote = staff_who_wrote(report)
    if wrote:
        subjects = Subject.objects.filter(sightings__report=report)
        keep_apart(report=report, people=wrote, subjects=subjects, at=at)
    reports.take(report=report, at=at)
    return [case for case in sighted if case is not None]


def _names(report: Report) -> list[_Named]:
    """What the report points at; its own words where it points at nothing that can be read.

    What could not be read as a place stays in the report, under the report's key: it may be a
    person's words. A report that no longer opens is still a case: somebody has to see it.
    """
    words = _Named(Subject.Kind.WORDS, sealing.digest(str(report.pk), purpose="words"))
    pointers = [pointer for pointer in report.pointers.all() if pointer.canonical]
    if not pointers:
        return [words]
    try:
        key = sealing.open_as_desk(report.data_key)
        named = [_name(pointer, pointer.unseal(key, "canonical")) for pointer in pointers]
    except (SealBroken, sealing.KeyDestroyed):
        return [words]
    return list({each.digest: each for each in named}.values())


def _name(pointer: Pointer, address: str) -> _Named:
    """An account's address is `service/account`; a service that is a site has a host to tell."""
    place = address if pointer.kind == Pointer.Kind.URL else address.partition("/")[0]
    return _Named(
        pointer.kind, bytes(pointer.digest), bytes(pointer.host_digest), address, _host(place)
    )


def _host(address: str) -> str:
    try:
        return canonicalise(address).host
    except AddressRefused:
        return ""


def _sight(named: _Named, report: Report, at: datetime) -> Case | None:
    """The case this sighting opens or joins; None when the report named the subject before.

    A report to which its sender added a place is taken up again, and only the place is new.
    """
    subject = _subject(named, report, at)
    _, first_time = Sighting.objects.get_or_create(
        subject=subject, report=report, defaults={"at": report.received_at}
    )
    if not first_time:
        return None
    subject.report_count += 1
    subject.first_seen = min(subject.first_seen, report.received_at)
    subject.last_seen = max(subject.last_seen, report.received_at)
    subject.save(update_fields=["report_count", "first_seen", "last_seen"])
    if subject.cases.exclude(exercise=report.exercise).exists():
        raise ExerciseMixed
    case = subject.cases.open().first()
    if case is None:
        return _open(subject, report, at)
    lock(case)
    _join(case, report, at)
    return case


def _subject(named: _Named, report: Report, at: datetime) -> Subject:
    """The subject of this digest, locked; made now when it is not known yet."""
    subject = Subject.objects.filter(digest=named.digest).first()
    if subject is None:
        try:
            with transaction.atomic():
                return _new_subject(named, report, at)
        except IntegrityError:
            subject = Subject.objects.get(digest=named.digest)
    lock(subject)
    if bytes(subject.digest) != named.digest:  # it ended while we waited: this one has no past
        return _new_subject(named, report, at)
    return subject


def _new_subject(named: _Named, report: Report, at: datetime) -> Subject:
    row, key = sealing.mint(at=at)
    subject = Subject(
        data_key=row,
        kind=named.kind,
        digest=named.digest,
        host_digest=named.host_digest,
        first_seen=report.received_at,
        last_seen=report.received_at,
    )
    if named.address:
        subject.seal(key, "address", named.address)
    if named.host:
        subject.seal(key, "host", named.host)
    subject.save(force_insert=True)
    return subject


def _open(subject: Subject, report: Report, at: datetime) -> Case:
    kind = report.kind or "other"
    case = Case.objects.create(
        subject=subject,
        kind=kind,
        track=Case.Track.CHILD_FIRST if child_first(kind) else Case.Track.STANDARD,
        level=report.level,
        level_reasons=report.level_reasons,
        opened_at=report.received_at,
        review_due_at=due(report.received_at, report.level),
        language=report.language,
        report_count=subject.report_count,
        host_digest=subject.host_digest,
        exercise=report.exercise,
    )
    record(
        at=at,
        actor=Actor.worker(),
        verb="cases.open",
        about=case,
        report=report.pk,
        level=case.level,
        assessed_before=subject.cases.exclude(pk=case.pk).exists(),
    )
    return case


def _join(case: Case, report: Report, at: datetime) -> None:
    """The report joins work that is going on; a more urgent one makes the case more urgent."""
    before = case.level
    if report.level < case.level:
        case.level, case.level_reasons = report.level, report.level_reasons
        if case.first_reviewed_at is None:
            case.review_due_at = min(case.review_due_at, due(report.received_at, report.level))
    elif report.level == case.level:
        both = [*case.level_reasons, *report.level_reasons]
        case.level_reasons = list(dict.fromkeys(both))
    if case.first_reviewed_at is not None:
        case.news_at = case.news_at or report.received_at
    case.report_count = case.subject.report_count
    joined = ["level", "level_reasons", "review_due_at", "news_at", "report_count"]
    case.save(update_fields=joined)
    record(
        at=at,
        actor=Actor.worker(),
        verb="cases.join",
        about=case,
        report=report.pk,
        before=before,
        level=case.level,
    )
    catch_up(case=case, report=report, at=at)


def due(since: datetime, level: str) -> datetime:
    """When a first look is due, by the clock of the country pack."""
    return since + settings.PACK.clocks.first_review.of(level)


def child_first(kind: str) -> bool:
    """Peer and self-generated kinds: help leads, not criminal law."""
    try:
        return find(incident_types(), kind).child_first
    except UnknownCodeError:
        return False
