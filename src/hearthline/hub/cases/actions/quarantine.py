# SPDX-License-Identifier: Apache-2.0
"""The quarantine lane: held reports are read, released, or closed together by two people.

A held report has no case: it costs the desk nothing, joins nobody's case and makes none more
urgent, until somebody releases it. Then it is taken up like every other.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions.own_reports import wrote
from hearthline.hub.cases.actions.queueing import read_page
from hearthline.hub.cases.actions.rules import AlreadyRequested, SamePerson, SteppedBack, lock
from hearthline.hub.cases.models import FloodClosing, paged
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Pointer, Report, ReportQuerySet
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.urls import refuse_file_content

# The most urgent first, then the longest waiting.
ORDER = ("level", "received_at", "id")
# More than these are shown as "999+": counting on would read all of a flood for a number.
MOST = 1_000
# What is alike is looked for among the newest.
SAMPLE = 1_000
BATCH = 1_000
_TRICKLE = "urgent"


class NothingAlike(LookupError):
    """No held report fits any more: they were released, closed or withdrawn meanwhile."""


class OnlyUrgent(ValueError):
    """All that are alike say they are urgent, and it was not asked to close such ones."""


@dataclass(frozen=True)
class Alike:
    """What held reports have in common: keyed digests of words and host, and the minute."""

    words: bytes | None = None
    host: bytes | None = None
    minute: datetime | None = None

    def __bool__(self) -> bool:
        return any((self.words, self.host, self.minute))

    @classmethod
    def like(cls, report: Report, by: str) -> "Alike":
        """Like this report by its "words", its "host" or the "minute" it came in."""
        if by == "words" and report.words_digest:
            return cls(words=bytes(report.words_digest))
        if by == "minute":
            return cls(minute=report.received_at.replace(second=0, microsecond=0))
        host = _hosts([report.pk]).get(report.pk)
        return cls(host=host) if by == "host" and host else cls()


@dataclass(frozen=True)
class Group:
    """Held reports with one thing in common: an example of them, by what, and how many."""

    example: Report
    by: str
    count: int


@dataclass(frozen=True)
class Held:
    """One page of the lane as somebody sees it now. Counts end at `MOST`.

    `following` and `preceding` are the reports beside which the next and the last page begin.
    """

    rows: list[Report]
    count: int
    urgent: int
    groups: list[Group]
    waiting: list[FloodClosing]
    following: uuid.UUID | None = None
    preceding: uuid.UUID | None = None


def held_counts() -> tuple[int, int]:
    """How many reports are held, and how many of them are urgent; each at most `MOST`."""
    held = Report.objects.held()
    return _count(held), _count(held.urgent())


@transaction.atomic
def open_held(
    *,
    by: User,
    at: datetime,
    alike: Alike | None = None,
    after: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
) -> Held:
    """One page of the quarantine lane, beside a report that stood on the page before or after.

    The first page where there is nothing beside it any more.
    """
    require(by, Permission.CASES_QUEUE_READ)
    held = Report.objects.held()
    shown = held.alike(words=alike.words, host=alike.host, minute=alike.minute) if alike else held
    page = read_page(paged(shown, ORDER, after=after, before=before), after, before)
    if not page.rows and (after or before):
        page = read_page(paged(shown, ORDER), None, None)
    record(at=at, actor=by.actor, verb="cases.held", about=by, count=len(page.rows))
    return Held(
        rows=page.rows,
        count=_count(shown),
        urgent=_count(shown.urgent()),
        groups=[] if alike else _groups(),
        waiting=list(FloodClosing.objects.waiting().select_related("asked_by")),
        following=page.following,
        preceding=page.preceding,
    )


@transaction.atomic
def read_held(*, report: Report, by: User, at: datetime) -> reports.ReportText:
    """One held report in its reporter's words. Raises SteppedBack when they are `by`'s own."""
    require(by, Permission.CASES_CASE_READ)
    _refuse_own(report, by)
    return reports.read_report(report=report, by=by, at=at)


def release_held(*, report: Report, by: User, at: datetime) -> None:
    """Let one report go to the main queue. Raises NotHeld, and SteppedBack on one's own."""
    require(by, Permission.CASES_CASE_CLAIM)
    _refuse_own(report, by)
    reports.release(report=report, actor=by.actor, at=at, because="desk")


@transaction.atomic
def release_alike(*, alike: Alike, by: User, at: datetime) -> int:
    """Let up to a thousand that are alike go to the main queue; how many. Raises NothingAlike."""
    require(by, Permission.CASES_CASE_CLAIM)
    found = Report.objects.held().alike(words=alike.words, host=alike.host, minute=alike.minute)
    released = list(found[:BATCH])
    if not alike or not released:
        raise NothingAlike
    for report in released:
        reports.release(report=report, actor=by.actor, at=at, because="desk")
    record(at=at, actor=by.actor, verb="cases.release_held", about=by, count=len(released))
    return len(released)


@transaction.atomic
def ask_to_close_flood(
    *, alike: Alike, reason: str, by: User, at: datetime, with_urgent: bool = False
) -> FloodClosing:
    """Ask to close held reports that are alike. Nothing is closed before a second person agrees.

    Raises NothingAlike, OnlyUrgent, ReasonNeeded, FileContentRefused and AlreadyRequested.
    """
    require(by, Permission.CASES_ASSESSMENT_MAKE)
    refuse_file_content(reason)
    if not reason.strip():
        raise ReasonNeeded
    closing = FloodClosing(
        words_digest=alike.words,
        host_digest=alike.host,
        minute=alike.minute,
        with_urgent=with_urgent,
        asked_by=by,
        asked_at=at,
    )
    if not alike:
        raise NothingAlike
    if not closing.reports().exists():
        closing.with_urgent = True
        raise OnlyUrgent if closing.reports().exists() else NothingAlike
    same = FloodClosing.objects.waiting().filter(
        words_digest=alike.words, host_digest=alike.host, minute=alike.minute
    )
    if same.exists():
        raise AlreadyRequested
    # Once for all: every report's entry holds the same token.
    closing.reason = seal_words(reason.strip()[:500], about=closing.pk, at=at)
    closing.save(force_insert=True)
    record(
        at=at, actor=by.actor, verb="cases.ask_to_close_flood", about=closing,
        reason=closing.reason, with_urgent=with_urgent, count=closing.reports().count(),
    )  # fmt: skip
    return closing


@transaction.atomic
def agree_to_close_flood(*, closing: FloodClosing, by: User, at: datetime) -> None:
    """The second person agrees. The worker closes them, a thousand at a time.

    Raises SamePerson and NothingAlike, also where it was settled before.
    """
    require(by, Permission.CASES_ASSESSMENT_CONFIRM)
    _waits(closing)
    if closing.asked_by_id == by.pk:
        raise SamePerson
    closing.agreed_by, closing.agreed_at = by, at
    closing.save(update_fields=["agreed_by", "agreed_at"])
    record(
        at=at, actor=by.actor, verb="cases.agree_to_close_flood", about=closing,
        reason=closing.reason, count=closing.reports().count(),
    )  # fmt: skip
    _close_some(closing, at)


@transaction.atomic
def keep_held(*, closing: FloodClosing, by: User, at: datetime) -> None:
    """The second person does not agree, or whoever asked takes it back. Raises NothingAlike."""
    require(by, Permission.CASES_ASSESSMENT_CONFIRM)
    _waits(closing)
    closing.kept_at = at
    closing.save(update_fields=["kept_at"])
    record(at=at, actor=by.actor, verb="cases.keep_held", about=closing)


def close_agreed(*, at: datetime) -> int:
    """Carry out what was agreed, a thousand reports for each closing; how many."""
    done = 0
    for closing in FloodClosing.objects.under_way():
        with transaction.atomic():
            lock(closing)
            if closing.done_at is None:
                done += _close_some(closing, at)
    return done


def let_one_urgent_through(*, at: datetime) -> int:
    """Release the next urgent report that is held, as often as the country pack allows in an hour.

    So that a real one waits for a time and not for ever, though nobody opens the lane; and so
    seldom that junk which calls itself urgent delays nobody in the Urgent lane. Words that few
    others sent come first: a person's are their own, a flood's repeat.
    """
    pause = timedelta(hours=1) / settings.PACK.flood.urgent_per_hour
    worker = Actor.worker()
    before = Entry.objects.of_actor(str(worker)).of_verb("reports.release")
    if before.filter(at__gt=at - pause).exists():
        return 0
    report = Report.objects.held().urgent().rarest()
    if report is None:
        return 0
    try:
        reports.release(report=report, actor=worker, at=at, because=_TRICKLE)
    except reports.NotHeld:
        return 0
    return 1


def count_of(closing: FloodClosing) -> int:
    """How many reports a closing would end now, at most `MOST`."""
    return _count(closing.reports())


def _refuse_own(report: Report, by: User) -> None:
    """Nobody handles what they reported themselves, held or not."""
    if wrote(report, by):
        raise SteppedBack


def _waits(closing: FloodClosing) -> None:
    lock(closing)
    if closing.settled_at is not None:
        raise NothingAlike


def _close_some(closing: FloodClosing, at: datetime) -> int:
    """Close the next thousand, inside the caller's transaction; the last ones end the closing."""
    actor = closing.agreed_by.actor if closing.agreed_by else Actor.worker()
    batch = list(closing.reports().order_by().only("pk")[:BATCH])
    closed = reports.close_as_flood(reports=batch, actor=actor, at=at, reason=closing.reason)
    closing.closed += closed
    if len(batch) < BATCH:
        closing.done_at = at
        record(
            at=at, actor=actor, verb="cases.close_flood", about=closing, reason=closing.reason,
            count=closing.closed,
        )  # fmt: skip
    closing.save(update_fields=["closed", "done_at"])
    return closed


def _groups() -> list[Group]:
    """What the newest held reports have most in common, each thing that at least two share."""
    plain = ("pk", "level", "received_at", "words_digest")
    newest = list(Report.objects.held().order_by("-received_at").only(*plain)[:SAMPLE])
    hosts = _hosts([report.pk for report in newest])
    common: Counter[tuple[str, object]] = Counter()
    examples: dict[tuple[str, object], Report] = {}
    for report in newest:
        alike = {
            "words": bytes(report.words_digest) if report.words_digest else None,
            "host": hosts.get(report.pk),
            "minute": report.received_at.replace(second=0, microsecond=0),
        }
        for by, what in alike.items():
            if what:
                common[by, what] += 1
                examples.setdefault((by, what), report)
    found = []
    for by in ("words", "host", "minute"):
        most = [key for key, count in common.most_common() if key[0] == by and count > 1][:3]
        found += [Group(examples[key], by, _count(_alike(examples[key], by))) for key in most]
    return found


def _alike(report: Report, by: str) -> ReportQuerySet:
    alike = Alike.like(report, by)
    return Report.objects.held().alike(words=alike.words, host=alike.host, minute=alike.minute)


def _hosts(numbers: list[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """The host's keyed digest for each report that names one."""
    found: dict[uuid.UUID, bytes] = {}
    for start in range(0, len(numbers), 500):
        named = Pointer.objects.filter(report__in=numbers[start : start + 500])
        rows = named.exclude(host_digest=b"").values_list("report", "host_digest")
        found |= {report: bytes(host) for report, host in rows}
    return found


def _count(rows: ReportQuerySet) -> int:
    return rows.order_by()[:MOST].count()
