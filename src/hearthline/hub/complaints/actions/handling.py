# SPDX-License-Identifier: Apache-2.0
"""Reading and answering a complaint: by somebody who did nothing on the case it is about."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.models import Case, StepBack
from hearthline.hub.complaints.actions.rules import (
    WORDS_LIMIT,
    NothingSaid,
    Text,
    check,
    lock,
    opened,
)
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.notices.models import Notice
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing import actions as sealing

# Looking is not working on a case: whoever handles a complaint has to look.
_LOOKING: Final = ("cases.read", "cases.queue", "reports.read", "complaints.read")


class WorkedOnIt(Exception):
    """The person did something on the case this complaint is about: somebody else handles it."""


class NotTheHandler(Exception):
    """Somebody else took this complaint."""


class WrongStep(Exception):
    """The complaint is not at the step for this."""


@transaction.atomic
def read(*, complaint: Complaint, by: User, at: datetime) -> Text:
    """Open a complaint at the desk. Audited. Raises NotAllowed, WorkedOnIt, KeyDestroyed."""
    require(by, Permission.COMPLAINTS_COMPLAINT_READ)
    refuse_involved(complaint, by)
    text = opened(complaint, sealing.open_as_desk(complaint.data_key))
    record(at=at, actor=by.actor, verb="complaints.read", about=complaint)
    return text


@transaction.atomic
def acknowledge(*, complaint: Complaint, by: User, at: datetime) -> None:
    """Take a complaint: the complainant sees that a person looks into it.

    Raises NotAllowed, WorkedOnIt, WrongStep when somebody took it already.
    """
    require(by, Permission.COMPLAINTS_COMPLAINT_HANDLE)
    refuse_involved(complaint, by)
    lock(complaint)
    if complaint.state != Complaint.State.RECEIVED:
        raise WrongStep
    complaint.state, complaint.handler = Complaint.State.ACKNOWLEDGED, by
    complaint.acknowledged_at = at
    complaint.save(update_fields=["state", "handler", "acknowledged_at"])
    record(at=at, actor=by.actor, verb="complaints.acknowledge", about=complaint)


@transaction.atomic
def answer(
    *, complaint: Complaint, outcome: str, words: str, change: str, by: User, at: datetime
) -> None:
    """Answer a complaint for good, with what we change ("" for nothing). It waits at the receipt.

    Raises NotAllowed, WorkedOnIt, NotTheHandler, WrongStep, NothingSaid, TooLong,
    FileContentRefused, KeyDestroyed.
    """
    require(by, Permission.COMPLAINTS_COMPLAINT_HANDLE)
    refuse_involved(complaint, by)
    for field, text in (("words", words), ("change", change)):
        check(field, text, WORDS_LIMIT)
    if not words.strip():
        raise NothingSaid
    lock(complaint)
    if complaint.state != Complaint.State.ACKNOWLEDGED:
        raise WrongStep
    if complaint.handler != by:
        raise NotTheHandler
    key = sealing.open_as_desk(complaint.data_key)
    complaint.seal(key, "answer", words.strip())
    complaint.seal(key, "change", change.strip())
    complaint.state, complaint.answered_at = Complaint.State.ANSWERED, at
    complaint.outcome = Complaint.Outcome(outcome)
    complaint.retain_until = at + timedelta(days=settings.PACK.retention.complaint_days)
    complaint.save()
    record(
        at=at, actor=by.actor, verb="complaints.answer", about=complaint, outcome=outcome,
        changes=bool(change.strip()), late=at > complaint.answer_due_at,
    )  # fmt: skip


@transaction.atomic
def note_late(*, complaint: Complaint, at: datetime) -> None:
    """Write down that a step of this complaint is late. Each step once."""
    lock(complaint)
    late = []
    if complaint.acknowledged_at is None and complaint.acknowledge_due_at < at:
        complaint.late_unread_at = complaint.late_unread_at or at
        late.append("acknowledge")
    if complaint.answered_at is None and complaint.answer_due_at < at:
        complaint.late_unanswered_at = complaint.late_unanswered_at or at
        late.append("answer")
    complaint.save(update_fields=["late_unread_at", "late_unanswered_at"])
    record(at=at, actor=Actor.worker(), verb="complaints.late", about=complaint, steps=late)


@transaction.atomic
def end_retention(*, complaint: Complaint, at: datetime) -> None:
    """Destroy the complaint's key: its words and its answer can never be read."""
    sealing.destroy(complaint.data_key, at=at)
    record(at=at, actor=Actor.worker(), verb="complaints.end_retention", about=complaint)


def refuse_involved(complaint: Complaint, by: User) -> None:
    """Raise WorkedOnIt when `by` did anything on the case but look at it, as the log says.

    Nor does somebody handle it who reported it themselves, or stepped back from the case.
    """
    if complaint.report is None:
        return
    subjects = Case.objects.of_report(complaint.report).values("subject")
    if StepBack.objects.filter(person=by, subject__in=subjects).exists():
        raise WorkedOnIt
    acts = Entry.objects.of_actor(str(by.actor)).exclude(verb__in=_LOOKING)
    if acts.filter(object_id__in=_records(complaint.report)).exists():
        raise WorkedOnIt


def _records(report: Report) -> list[str]:
    """Every record of the work on a report: itself, its cases, their referrals and notices."""
    cases = Case.objects.of_report(report)
    found = [report.pk, *cases.values_list("pk", flat=True)]
    found += Referral.objects.filter(case__in=cases).values_list("pk", flat=True)
    found += Notice.objects.filter(case__in=cases).values_list("pk", flat=True)
    return [str(each) for each in found]
