# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.models import Case
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.notices.models import Notice
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.actions.receipts import find as find_report
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit import sealing as kit
from hearthline.kit.urls import refuse_file_content

WORDS_LIMIT: Final = 5_000
CONTACT_LIMIT: Final = 254
# Looking is not working on a case: whoever handles a complaint has to look.
_LOOKING: Final = ("cases.read", "cases.queue", "reports.read", "complaints.read")


class NothingSaid(Exception):
    """There are no words to answer."""


class TooLong(ValueError):
    """A text is longer than is kept; the text names the field."""


class ComplaintUnknown(LookupError):
    """No complaint has this receipt."""


class WorkedOnIt(Exception):
    """The person did something on the case this complaint is about: somebody else handles it."""


class NotTheHandler(Exception):
    """Somebody else took this complaint."""


class WrongStep(Exception):
    """The complaint is not at the step for this."""


@dataclass(frozen=True)
class Told:
    """What a complainant wrote. `report_receipt` is of the report it is about, "" without one."""

    about: str
    words: str
    report_receipt: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Complained:
    """A complaint that was received, and the receipt that leads to its answer."""

    complaint: Complaint
    receipt: str


@dataclass(frozen=True)
class Text:
    """A complaint opened. The answer and the change are "" until it is answered."""

    words: str
    contact: str
    answer: str
    change: str


def complain(*, told: Told, language: str, at: datetime, receipt: str = "") -> Complained:
    """Receive a complaint, sealed for the desk and for its own receipt.

    With a `receipt` made before (see `public`), sending the same words twice is one complaint.
    Raises NothingSaid, TooLong, FileContentRefused, ValueError on an unknown `about`, and, of the
    report's receipt, ReceiptMistyped and ReceiptUnknown; then nothing is kept.
    """
    about = Complaint.About(told.about)
    _check("words", told.words, WORDS_LIMIT)
    _check("contact", told.contact, CONTACT_LIMIT)
    if not told.words.strip():
        raise NothingSaid
    report = find_report(told.report_receipt).report if told.report_receipt else None
    # Slow on purpose, so before the transaction.
    receipt = receipt or kit.new_receipt()
    keys = sealing.lasting_keys(receipt)
    before = Complaint.objects.of_receipt(keys.digest)
    if before is not None:
        if before.unseal(sealing.open_with_receipt(before.data_key, keys), "words") == told.words:
            return Complained(before, receipt)
        receipt = kit.new_receipt()
        keys = sealing.lasting_keys(receipt)
    row, key = sealing.prepare(at=at)
    row.wrapped_receipt = keys.wrap(key, row=row.row)
    clocks = settings.PACK.clocks.complaint
    complaint = Complaint(
        data_key=row,
        receipt_digest=keys.digest,
        about=about,
        report=report,
        language=language,
        received_at=at,
        acknowledge_due_at=at + timedelta(days=clocks.acknowledge_days),
        answer_due_at=at + timedelta(days=clocks.answer_days),
    )
    complaint.seal(key, "words", told.words)
    if told.contact.strip():
        complaint.seal(key, "contact", told.contact.strip())
    with transaction.atomic():
        row.save(force_insert=True)
        complaint.save(force_insert=True)
        record(
            at=at, actor=_complainant(complaint), verb="complaints.complain", about=complaint,
            kind=complaint.about, report=str(report.pk) if report else None,
        )  # fmt: skip
    return Complained(complaint, receipt)


def come_back(*, receipt: str, at: datetime) -> tuple[Complaint, Text | None]:
    """The complaint of a receipt, opened; no text once it was deleted.

    Raises ReceiptMistyped, ComplaintUnknown.
    """
    keys = sealing.lasting_keys(receipt)
    complaint = Complaint.objects.of_receipt(keys.digest)
    if complaint is None:
        raise ComplaintUnknown
    text = None
    if complaint.data_key.destroyed_at is None:
        text = _text(complaint, sealing.open_with_receipt(complaint.data_key, keys))
    record(at=at, actor=_complainant(complaint), verb="complaints.come_back", about=complaint)
    return complaint, text


@transaction.atomic
def read(*, complaint: Complaint, by: User, at: datetime) -> Text:
    """Open a complaint at the desk. Audited. Raises NotAllowed, WorkedOnIt, KeyDestroyed."""
    require(by, Permission.COMPLAINTS_COMPLAINT_READ)
    refuse_involved(complaint, by)
    text = _text(complaint, sealing.open_as_desk(complaint.data_key))
    record(at=at, actor=by.actor, verb="complaints.read", about=complaint)
    return text


@transaction.atomic
def acknowledge(*, complaint: Complaint, by: User, at: datetime) -> None:
    """Take a complaint: the complainant sees that a person looks into it.

    Raises NotAllowed, WorkedOnIt, WrongStep when somebody took it already.
    """
    require(by, Permission.COMPLAINTS_COMPLAINT_HANDLE)
    refuse_involved(complaint, by)
    _lock(complaint)
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
        _check(field, text, WORDS_LIMIT)
    if not words.strip():
        raise NothingSaid
    _lock(complaint)
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
    _lock(complaint)
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
    """Raise WorkedOnIt when `by` did anything on the case but look at it, as the log says."""
    if complaint.report is None:
        return
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


def _text(complaint: Complaint, key: kit.DataKey) -> Text:
    fields = ("words", "contact", "answer", "change")
    return Text(*(complaint.unseal(key, field) for field in fields))


def _check(field: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise TooLong(field)
    refuse_file_content(text)


def _lock(complaint: Complaint) -> None:
    rows = Complaint.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    complaint.refresh_from_db(from_queryset=rows)


def _complainant(complaint: Complaint) -> Actor:
    return Actor("complainant", str(complaint.pk))
