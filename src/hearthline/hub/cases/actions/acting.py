# SPDX-License-Identifier: Apache-2.0
"""From a confirmed finding to its end. Most of this is called from the rooms above."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions.rules import NotInCase, in_state, lock, require_on
from hearthline.hub.cases.actions.telling import tell_reporters
from hearthline.hub.cases.actions.triage import let_go
from hearthline.hub.cases.models import Case
from hearthline.hub.mail.actions import hold_back
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.codelists import assessment_outcomes


class NotIllegal(Exception):
    """Only a case that was confirmed illegal comes back when its content does."""


@dataclass(frozen=True)
class SubjectAddress:
    """Where it is. `url` is canonical (for an account: `service/account`), `host` may be empty."""

    kind: str
    url: str
    host: str


@transaction.atomic
def subject_address(*, case: Case, actor: Actor, at: datetime, purpose: str) -> SubjectAddress:
    """The address in clear, for a package or a notice; who read it, and what for, is kept."""
    subject = case.subject
    key = sealing.open_as_desk(subject.data_key)
    record(at=at, actor=actor, verb="cases.subject_address", about=case, reason=purpose)
    return SubjectAddress(subject.kind, subject.unseal(key, "address"), subject.unseal(key, "host"))


@transaction.atomic
def clear_for_notice(*, case: Case, at: datetime, actor: Actor) -> None:
    """Police have what they need: the host may be told. Clearing twice is clearing once."""
    in_state(case, [Case.State.CONFIRMED])
    if case.notice_cleared_at is not None:
        return
    case.notice_cleared_at = at
    case.save(update_fields=["notice_cleared_at"])
    record(at=at, actor=actor, verb="cases.clear_for_notice", about=case)


@transaction.atomic
def hold_notice(*, case: Case, until: datetime | None, at: datetime, actor: Actor) -> None:
    """Police ask to wait with the host until a time; None lifts the hold.

    Letters that wait for the mail server are held back with it.
    """
    in_state(case, [Case.State.CONFIRMED])
    case.notice_held_until = until
    case.save(update_fields=["notice_held_until"])
    hold_back(about=case.pk, until=until)
    held = until.isoformat() if until else None
    record(at=at, actor=actor, verb="cases.hold_notice", about=case, until=held)


@transaction.atomic
def conclude(*, case: Case, because: str, at: datetime, actor: Actor, reason: str = "") -> None:
    """The work is done ("removed", …): close, and tell who reported it. Twice is once.

    Whoever asked to close it meanwhile need not be answered: the audit log keeps the asking.
    """
    lock(case)
    if case.state == Case.State.CLOSED:
        return
    in_state(case, [Case.State.CONFIRMED])
    case.state, case.closed_at, case.closed_because = Case.State.CLOSED, at, because
    let_go(case)
    case.forget_closing()
    ended = ["state", "closed_at", "closed_because", "holder", "claim_until"]
    case.save(update_fields=[*ended, *Case.CLOSING])
    record(at=at, actor=actor, verb="cases.conclude", about=case, reason=reason, because=because)
    tell_reporters(case=case, step=Step.Code.CLOSED, at=at)


@transaction.atomic
def reopen(*, case: Case, at: datetime, actor: Actor) -> Case:
    """The content came back. The case in force now: this one again, or the subject's open one.

    Reporters are told either way. Raises NotIllegal. Reopening twice is reopening once.
    """
    lock(case)
    if case.outcome not in [entry.code for entry in assessment_outcomes() if entry.illegal]:
        raise NotIllegal
    if case.state != Case.State.CLOSED:
        return case
    successor = case.subject.cases.open().first()
    if successor is None:
        case.state, case.closed_at, case.closed_because = Case.State.CONFIRMED, None, ""
        case.told = [step for step in case.told if step != Step.Code.CLOSED]
        case.report_count = case.subject.report_count
        opened = ["state", "closed_at", "closed_because", "told", "report_count"]
        case.save(update_fields=opened)
    record(at=at, actor=actor, verb="cases.reopen", about=case, taken_over=bool(successor))
    tell_reporters(case=case, step=Step.Code.BACK_AGAIN, at=at)
    return successor or case


@transaction.atomic
def write_to_reporter(*, case: Case, report: Report, body: str, by: User, at: datetime) -> None:
    """A letter to whoever sent this report; they read it with their receipt."""
    require_on(case, by, Permission.CASES_MESSAGE_SEND)
    refuse_stranger(case, report)
    reports.answer(report=report, body=body, by=by, at=at)
    record(at=at, actor=by.actor, verb="cases.write", about=case, report=report.pk)


def refuse_stranger(case: Case, report: Report) -> None:
    """Raise NotInCase unless the report named this case's subject."""
    if not case.subject.sightings.filter(report=report).exists():
        raise NotInCase
