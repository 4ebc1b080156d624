# SPDX-License-Identifier: Apache-2.0
"""The human judgement, the second reviewer, and the senior where the two see it differently."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.findings import Finding
from hearthline.hub.cases.actions.rules import in_state, refuse_judges
from hearthline.hub.cases.actions.telling import tell_reporters
from hearthline.hub.cases.actions.triage import NotHolder, let_go, refuse_other_holder
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.reports.models import Step
from hearthline.hub.sealing import actions as sealing


@transaction.atomic
def assess(*, case: Case, finding: Finding, by: User, at: datetime) -> Assessment:
    """The first judgement, by whoever holds the case. Every finding waits for a second person.

    A claim that ran out while the holder was writing does no harm as long as nobody took over.
    """
    require(by, Permission.CASES_ASSESSMENT_MAKE)
    in_state(case, [Case.State.IN_ASSESSMENT])
    if case.holder_id != by.pk:
        raise NotHolder
    finding.check()
    assessment = _write(case, finding, Assessment.Stage.FIRST, by, at)
    case.state = Case.State.AWAITING_SECOND
    case.track = finding.track
    case.second_due_at = at + settings.PACK.clocks.second_review
    let_go(case)
    case.save(update_fields=["state", "track", "second_due_at", "holder", "claim_until"])
    return assessment


@transaction.atomic
def confirm(
    *, case: Case, agrees: bool, finding: Finding | None = None, by: User, at: datetime
) -> Assessment:
    """The second review. Agreement settles the case; disagreement goes to a senior.

    A reviewer who disagrees gives a finding of their own, with a note that says why.
    """
    require(by, Permission.CASES_ASSESSMENT_CONFIRM)
    in_state(case, [Case.State.AWAITING_SECOND])
    refuse_judges(case, by)
    refuse_other_holder(case, by, at)
    first = case.assessments.filter(stage=Assessment.Stage.FIRST).latest("at")
    if agrees:
        own = Finding.of(first, note=finding.note if finding else "")
    elif finding is None or not finding.note.strip():
        raise ReasonNeeded
    else:
        own = finding
    own.check()
    assessment = _write(case, own, Assessment.Stage.SECOND, by, at, first, agrees=agrees)
    if agrees:
        _settle(case, own, at)
    else:
        case.state = Case.State.DISAGREED
        let_go(case)
        case.save(update_fields=["state", "holder", "claim_until"])
    return assessment


@transaction.atomic
def decide(*, case: Case, finding: Finding, by: User, at: datetime) -> Assessment:
    """A senior, who is neither of the two, decides; the note says why."""
    require(by, Permission.CASES_ASSESSMENT_DECIDE)
    in_state(case, [Case.State.DISAGREED])
    refuse_judges(case, by)
    refuse_other_holder(case, by, at)
    if not finding.note.strip():
        raise ReasonNeeded
    finding.check()
    second = case.assessments.filter(stage=Assessment.Stage.SECOND).latest("at")
    assessment = _write(case, finding, Assessment.Stage.SENIOR, by, at, second)
    _settle(case, finding, at)
    return assessment


def _write(
    case: Case,
    finding: Finding,
    stage: Assessment.Stage,
    by: User,
    at: datetime,
    supersedes: Assessment | None = None,
    agrees: bool | None = None,
) -> Assessment:
    subject = case.subject
    assessment = Assessment(
        data_key=subject.data_key,
        case=case,
        by=by,
        at=at,
        stage=stage,
        supersedes=supersedes,
        agrees=agrees,
        outcome=finding.outcome,
        incident_type=finding.incident_type,
        fourc=list(finding.fourc),
        age_band=finding.age_band,
        sex=finding.sex,
        self_generated=finding.self_generated,
        peer=finding.peer,
        legal_basis=finding.legal_basis if finding.illegal else "",
    )
    if finding.note.strip():
        key = sealing.open_as_desk(subject.data_key)
        assessment.seal(key, "note", finding.note.strip())
    assessment.save(force_insert=True)
    record(
        at=at,
        actor=by.actor,
        verb=f"cases.{_VERBS[stage]}",
        about=case,
        assessment=assessment.pk,
        outcome=finding.outcome,
        incident_type=finding.incident_type,
        legal_basis=assessment.legal_basis,
        agrees=agrees,
    )
    return assessment


_VERBS = {
    Assessment.Stage.FIRST: "assess",
    Assessment.Stage.SECOND: "confirm",
    Assessment.Stage.SENIOR: "decide",
}


def _settle(case: Case, finding: Finding, at: datetime) -> None:
    """Two people agree, or a senior decided: act on it, or close, and tell who reported it."""
    case.outcome = finding.outcome
    case.kind = finding.incident_type
    case.track = finding.track
    let_go(case)
    if finding.illegal:
        case.state, case.confirmed_at = Case.State.CONFIRMED, at
        # Nothing of a child-first case goes to police by itself, so the host may hear at once.
        if case.track == Case.Track.CHILD_FIRST:
            case.notice_cleared_at = at
    else:
        case.state, case.closed_at = Case.State.CLOSED, at
        case.closed_because = finding.outcome
    case.save()
    tell_reporters(case=case, step=Step.Code.JUDGED, at=at)
    if finding.outcome == "harmful":
        tell_reporters(case=case, step=Step.Code.SUPPORT, at=at)
    if not finding.illegal:
        tell_reporters(case=case, step=Step.Code.CLOSED, at=at)
