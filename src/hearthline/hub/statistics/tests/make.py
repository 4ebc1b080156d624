# SPDX-License-Identifier: Apache-2.0
"""Plain builders: rows of the ledgers as far as they are counted. Sealed fields stay empty."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Assessment, Case, Subject
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.directory.models import Organisation
from hearthline.hub.notices.models import Answer, Notice
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.models import DataKey
from hearthline.kit.codelists import (
    Entry,
    age_bands,
    assessment_outcomes,
    channels,
    find,
    host_refusals,
    incident_types,
    sexes,
)

SEPTEMBER = datetime(2026, 9, 10, 12, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, 0, 0, tzinfo=UTC)


def make_key() -> DataKey:
    return DataKey.objects.create(wrapped_desk=b"sealed", made_at=SEPTEMBER)


def make_reports(number: int, *, received_at: datetime = SEPTEMBER, **fields: Any) -> None:
    """So many reports alike, with the 4C cells that go with their kind."""
    kind = fields.setdefault("kind", "cyberbullying")
    fields.setdefault("fourc", list(find(incident_types(), kind).fourc) if kind else [])
    fields = {"audience": "public", "language": "en", "level": "U3", **fields}
    key = make_key()
    Report.objects.bulk_create(
        Report(
            data_key=key, receipt_digest=uuid.uuid4().bytes * 2, received_at=received_at, **fields
        )
        for _ in range(number)
    )


def make_case(*, opened_at: datetime = SEPTEMBER, review_after: int = 60, **fields: Any) -> Case:
    """A case whose clock for the first look runs out `review_after` minutes after its report."""
    subject = Subject.objects.create(
        data_key=make_key(),
        kind="url",
        digest=uuid.uuid4().bytes * 2,
        first_seen=opened_at,
        last_seen=opened_at,
    )
    fields = {
        "kind": "csam_url",
        "level": "U3",
        "review_due_at": opened_at + timedelta(minutes=review_after),
        **fields,
    }
    return Case.objects.create(subject=subject, opened_at=opened_at, **fields)


def make_assessment(
    case: Case,
    *,
    by: User,
    at: datetime = SEPTEMBER,
    stage: str = Assessment.Stage.SECOND,
    agrees: bool | None = True,
    outcome: str = "not_illegal",
) -> Assessment:
    """One judgement, and the case's time of the second review as the desk keeps it."""
    if stage != Assessment.Stage.SENIOR:
        case.second_reviewed_at = at if stage == Assessment.Stage.SECOND else None
        case.save(update_fields=["second_reviewed_at"])
    return Assessment.objects.create(
        data_key=case.subject.data_key,
        case=case,
        by=by,
        at=at,
        stage=stage,
        agrees=agrees,
        outcome=outcome,
        incident_type=case.kind,
    )


def make_findings(outcomes: dict[str, int], *, by: User, at: datetime = SEPTEMBER) -> None:
    """So many settled findings of each outcome, one a case."""
    for outcome, number in outcomes.items():
        for _ in range(number):
            make_assessment(make_case(first_reviewed_at=None), by=by, at=at, outcome=outcome)


def make_unit() -> Organisation:
    return Organisation.objects.create(
        name="Police unit", kind="police", source="invented", verified_on=SEPTEMBER.date()
    )


def make_referral(case: Case, unit: Organisation, **fields: Any) -> Referral:
    fields = {
        "channel": "door",
        "package": b"sealed",
        "package_sha256": b"0" * 32,
        "prepared_at": case.opened_at,
        "police_due_at": case.opened_at + timedelta(hours=12),
        **fields,
    }
    return Referral.objects.create(case=case, unit=unit, **fields)


def make_notice(case: Case, **fields: Any) -> Notice:
    return Notice.objects.create(case=case, queued_at=case.opened_at, **fields)


def make_refusals(number: int, reason: str, *, by: User, at: datetime = SEPTEMBER) -> None:
    """So many notices, each refused for one reason."""
    for _ in range(number):
        notice = make_notice(make_case())
        Answer.objects.create(notice=notice, code="refused", refusal=reason, by=by, at=at)


def make_complaints(number: int, about: str = "slow", **fields: Any) -> None:
    """So many complaints alike; `fields` say how they were answered."""
    fields = {"received_at": SEPTEMBER, "language": "en", "words": b"sealed", **fields}
    due = SEPTEMBER + timedelta(days=20)
    key = make_key()
    Complaint.objects.bulk_create(
        Complaint(
            data_key=key, receipt_digest=uuid.uuid4().bytes * 2, about=about,
            acknowledge_due_at=due, answer_due_at=due, **fields,
        )
        for _ in range(number)
    )  # fmt: skip


def make_full_month(*, by: User) -> None:
    """A busy September in which every breakdown shows every code, and some are withheld."""
    kinds = [kind.code for kind in incident_types()]
    for place, kind in enumerate(kinds):
        make_reports(
            3 if kind == "grooming" else 100 + place,
            kind=kind,
            channel=pick(channels(), place),
            age_band=pick(age_bands(), place),
            sex=pick(sexes(), place),
            audience=("child", "public", "professional")[place % 3],
            language=("en", "zh-hans", "ar", "es", "fr", "ru")[place % 6],
        )
    make_findings({entry.code: 12 for entry in assessment_outcomes()}, by=by)
    unit = make_unit()
    for place in range(12):
        case = make_case(first_reviewed_at=SEPTEMBER + timedelta(minutes=50 * place))
        make_referral(case, unit, with_police_at=SEPTEMBER + timedelta(hours=place))
        make_notice(
            case,
            sent_at=SEPTEMBER + timedelta(hours=place + 2),
            removed_at=SEPTEMBER + timedelta(days=place),
            acknowledge_due_at=SEPTEMBER + timedelta(days=1),
        )
    for reason in host_refusals():
        make_refusals(1, reason.code, by=by)
    answered = {"handler": by, "answered_at": SEPTEMBER, "state": "answered"}
    for about in Complaint.About.values:
        make_complaints(6, about, outcome="partly", **answered)


def pick(entries: tuple[Entry, ...], place: int) -> str:
    return entries[place % len(entries)].code
