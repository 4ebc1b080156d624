# SPDX-License-Identifier: Apache-2.0
"""Reading is an act: a case is opened through here, and who read it is kept."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.own_reports import find_own_report
from hearthline.hub.cases.actions.queueing import defanged
from hearthline.hub.cases.actions.rules import SteppedBack, lock, require_on
from hearthline.hub.cases.models import Assessment, Case, Sighting
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.sealing import SealBroken

REPORTS = 20


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
    """A case, opened. `subject` is the whole address, defanged.

    Once the case has ended, the address and the notes are gone, and `subject` is empty.
    """

    case: Case
    subject: str
    host: str
    reported: list[Reported]
    unshown: int
    earlier: list[Case]
    findings: list[Noted] = field(default_factory=list)


def read_case(*, case: Case, by: User, at: datetime, whole: bool = False) -> CaseText:
    """Open a case with the words of its newest reports, or of all of them when `whole`.

    Raises SteppedBack, also when this very look finds that one of the reports is `by`'s own.
    """
    require_on(case, by, Permission.CASES_CASE_READ)
    # Before the transaction of the reading, which ends with nothing kept.
    if find_own_report(case=case, by=by, at=at):
        raise SteppedBack
    return _read(case, by, at, whole)


@transaction.atomic
def _read(case: Case, by: User, at: datetime, whole: bool) -> CaseText:
    lock(case)
    record(at=at, actor=by.actor, verb="cases.read", about=case)
    # A manager's look is not casework: what is new stays new until somebody who can act reads it.
    if case.news_at is not None and by.has(Permission.CASES_CASE_CLAIM):
        case.news_at = None
        case.save(update_fields=["news_at"])
    subject = case.subject
    key = None if subject.ended else sealing.open_as_desk(subject.data_key)
    sightings = subject.sightings.select_related("report__data_key").order_by("-at", "-id")
    shown = list(sightings if whole else sightings[:REPORTS])
    return CaseText(
        case=case,
        subject=defanged(subject, subject.unseal(key, "address")) if key else "",
        host=subject.unseal(key, "host") if key else "",
        reported=[_reported(sighting, by, at) for sighting in shown],
        unshown=sightings.count() - len(shown),
        earlier=list(subject.cases.exclude(pk=case.pk).order_by("-opened_at")),
        findings=[
            Noted(assessment, assessment.unseal(key, "note") if key else "")
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
