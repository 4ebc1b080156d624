# SPDX-License-Identifier: Apache-2.0
"""Reading is an act: the queue and a case are opened through here, and who read is kept."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.intake import pull
from hearthline.hub.cases.actions.rules import lock
from hearthline.hub.cases.models import Assessment, Case, Lane, Sighting, Subject
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.sealing import SealBroken
from hearthline.kit.urls import defang, mask_secrets, shorten_middle

ROWS = 40
SORTS = {
    "urgency": ("level", "review_due_at", "opened_at"),
    "reports": ("-subject__report_count", "level", "opened_at"),
    "age": ("opened_at",),
    "clock": ("review_due_at", "opened_at"),
}
WIDTH = 34
REPORTS = 20


@dataclass(frozen=True)
class Row:
    """A line of the queue. `subject` is defanged and short, its secrets masked, its scheme left
    out: a page is one subject over http and https."""

    case: Case
    subject: str
    holder: User | None


@dataclass(frozen=True)
class Queue:
    """One lane as somebody sees it now, and how much lies in each."""

    lane: Lane
    sort: str
    counts: dict[str, int]
    page: Page[Case]
    rows: list[Row]


@dataclass(frozen=True)
class Reported:
    """One report in a case. `text` is None when its key was destroyed or it does not open."""

    sighting: Sighting
    report: Report
    text: reports.ReportText | None
    broken: bool = False


@dataclass(frozen=True)
class Noted:
    """An assessment with its note in clear."""

    assessment: Assessment
    note: str


@dataclass(frozen=True)
class CaseText:
    """A case, opened. `subject` is the whole address, defanged."""

    case: Case
    subject: str
    host: str
    reported: list[Reported]
    unshown: int
    earlier: list[Case]
    findings: list[Noted] = field(default_factory=list)


def open_queue(*, lane: str, by: User, at: datetime, page: int = 1, sort: str = "") -> Queue:
    """Take up new reports, then read one page of a lane; "" is the lane that needs a look first.

    Subjects are places, not people; that they were opened is still kept, once per view.
    """
    require(by, Permission.CASES_QUEUE_READ)
    # A few, so that nobody waits for a page because many wrote; the worker takes up the rest.
    pull(at=at, limit=20)
    counts = Case.objects.lane_counts(by, at)
    if lane not in Lane.values:
        lane = Lane.URGENT if counts[Lane.URGENT] else Lane.NEW
    sort = sort if sort in SORTS else "urgency"
    cases = Case.objects.in_lane(lane, by, at).order_by(*SORTS[sort])
    cases = cases.select_related("subject__data_key", "holder")
    shown = Paginator(cases, ROWS).get_page(page)
    rows = [Row(case, _short(case.subject), case.holder_at(at)) for case in shown]
    record(at=at, actor=by.actor, verb="cases.queue", about=by, lane=str(lane), count=len(rows))
    return Queue(Lane(lane), sort, counts, shown, rows)


@transaction.atomic
def read_case(*, case: Case, by: User, at: datetime, whole: bool = False) -> CaseText:
    """Open a case with the words of its newest reports, or of all of them when `whole`."""
    require(by, Permission.CASES_CASE_READ)
    lock(case)
    record(at=at, actor=by.actor, verb="cases.read", about=case)
    # A manager's look is not casework: what is new stays new until somebody who can act reads it.
    if case.news_at is not None and by.has(Permission.CASES_CASE_CLAIM):
        case.news_at = None
        case.save(update_fields=["news_at"])
    subject = case.subject
    key = sealing.open_as_desk(subject.data_key)
    sightings = subject.sightings.select_related("report__data_key").order_by("-at", "-id")
    shown = list(sightings if whole else sightings[:REPORTS])
    return CaseText(
        case=case,
        subject=_defanged(subject, subject.unseal(key, "address")),
        host=subject.unseal(key, "host"),
        reported=[_reported(sighting, by, at) for sighting in shown],
        unshown=sightings.count() - len(shown),
        earlier=list(subject.cases.exclude(pk=case.pk).order_by("-opened_at")),
        findings=[
            Noted(assessment, assessment.unseal(key, "note"))
            for assessment in case.assessments.select_related("by")
        ],
    )


def _reported(sighting: Sighting, by: User, at: datetime) -> Reported:
    report = sighting.report
    if report.data_key.destroyed_at is not None:
        return Reported(sighting, report, None)
    try:
        text = reports.read_report(report=report, by=by, at=at)
    except SealBroken:
        return Reported(sighting, report, None, broken=True)
    return Reported(sighting, report, text)


def _short(subject: Subject) -> str:
    if not subject.address:
        return ""
    address = subject.unseal(sealing.open_as_desk(subject.data_key), "address")
    shown = _defanged(subject, mask_secrets(address))
    return shorten_middle(shown.partition("://")[2] or shown, WIDTH)


def _defanged(subject: Subject, address: str) -> str:
    return defang(address) if subject.kind == Subject.Kind.URL else address
