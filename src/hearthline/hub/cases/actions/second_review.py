# SPDX-License-Identifier: Apache-2.0
"""The second reviewer, and the senior where the two see it differently."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.cases.actions.assessment import write_assessment
from hearthline.hub.cases.actions.findings import Finding
from hearthline.hub.cases.actions.rules import in_state, refuse_judges, require_on
from hearthline.hub.cases.actions.telling import tell_reporters
from hearthline.hub.cases.actions.triage import let_go, refuse_other_holder
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.reports.models import Step


@transaction.atomic
def confirm(
    *, case: Case, agrees: bool, finding: Finding | None = None, by: User, at: datetime
) -> Assessment:
    """The second review. Agreement settles the case; disagreement goes to a senior.

    A reviewer who disagrees gives a finding of their own, with a note that says why.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_CONFIRM)
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
    assessment = write_assessment(case, own, Assessment.Stage.SECOND, by, at, first, agrees=agrees)
    case.second_reviewed_at = at
    if agrees:
        _settle(case, own, at)
    else:
        case.state = Case.State.DISAGREED
        let_go(case)
        case.save(update_fields=["state", "second_reviewed_at", "holder", "claim_until"])
    return assessment


@transaction.atomic
def decide(*, case: Case, finding: Finding, by: User, at: datetime) -> Assessment:
    """A senior, who is neither of the two, decides; the note says why."""
    require_on(case, by, Permission.CASES_ASSESSMENT_DECIDE)
    in_state(case, [Case.State.DISAGREED])
    refuse_judges(case, by)
    refuse_other_holder(case, by, at)
    if not finding.note.strip():
        raise ReasonNeeded
    finding.check()
    second = case.assessments.filter(stage=Assessment.Stage.SECOND).latest("at")
    assessment = write_assessment(case, finding, Assessment.Stage.SENIOR, by, at, second)
    case.second_reviewed_at = second.at
    _settle(case, finding, at)
    return assessment


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
    # Support first: whoever is on the child-first track hears of it with the finding.
    if finding.outcome == "harmful" or case.track == Case.Track.CHILD_FIRST:
        tell_reporters(case=case, step=Step.Code.SUPPORT, at=at)
    if not finding.illegal:
        tell_reporters(case=case, step=Step.Code.CLOSED, at=at)
