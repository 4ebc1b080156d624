# SPDX-License-Identifier: Apache-2.0
"""The first judgement, and the row that any judgement is written to."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.findings import Finding
from hearthline.hub.cases.actions.rules import in_state, require_on
from hearthline.hub.cases.actions.triage import NotHolder, let_go
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.sealing import actions as sealing

_VERBS = {
    Assessment.Stage.FIRST: "assess",
    Assessment.Stage.SECOND: "confirm",
    Assessment.Stage.SENIOR: "decide",
}


@transaction.atomic
def assess(*, case: Case, finding: Finding, by: User, at: datetime) -> Assessment:
    """The first judgement, by whoever holds the case. Every finding waits for a second person.

    A claim that ran out while the holder was writing does no harm as long as nobody took over.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_MAKE)
    in_state(case, [Case.State.IN_ASSESSMENT])
    if case.holder_id != by.pk:
        raise NotHolder
    finding.check()
    assessment = write_assessment(case, finding, Assessment.Stage.FIRST, by, at)
    case.state = Case.State.AWAITING_SECOND
    case.track = finding.track
    case.second_due_at = at + settings.PACK.clocks.second_review
    case.second_reviewed_at = None
    let_go(case)
    clocks = ["second_due_at", "second_reviewed_at"]
    case.save(update_fields=["state", "track", *clocks, "holder", "claim_until"])
    return assessment


def write_assessment(
    case: Case,
    finding: Finding,
    stage: Assessment.Stage,
    by: User,
    at: datetime,
    supersedes: Assessment | None = None,
    agrees: bool | None = None,
) -> Assessment:
    """Write one judgement; its note is sealed under the subject's key. Audited."""
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
