# SPDX-License-Identifier: Apache-2.0
"""Complaining, and coming back to read the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.complaints.actions.rules import (
    CONTACT_LIMIT,
    WORDS_LIMIT,
    NothingSaid,
    Text,
    check,
    opened,
)
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.reports.actions.receipts import find as find_report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit import sealing as kit


class ComplaintUnknown(LookupError):
    """No complaint has this receipt."""


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


def complain(*, told: Told, language: str, at: datetime, receipt: str = "") -> Complained:
    """Receive a complaint, sealed for the desk and for its own receipt.

    With a `receipt` made before (see `public`), sending the same words twice is one complaint.
    Raises NothingSaid, TooLong, FileContentRefused, ValueError on an unknown `about`, and, of the
    report's receipt, ReceiptMistyped and ReceiptUnknown; then nothing is kept.
    """
    about = Complaint.About(told.about)
    check("words", told.words, WORDS_LIMIT)
    check("contact", told.contact, CONTACT_LIMIT)
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
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            complaint.save(force_insert=True)
            record(
                at=at, actor=_complainant(complaint), verb="complaints.complain", about=complaint,
                kind=complaint.about, report=str(report.pk) if report else None,
            )  # fmt: skip
    except IntegrityError:
        if Complaint.objects.of_receipt(keys.digest) is None:
            raise
        # Sent twice in one moment, and the other one was quicker.
        return complain(told=told, language=language, at=at, receipt=receipt)
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
        text = opened(complaint, sealing.open_with_receipt(complaint.data_key, keys))
    record(at=at, actor=_complainant(complaint), verb="complaints.come_back", about=complaint)
    return complaint, text


def _complainant(complaint: Complaint) -> Actor:
    return Actor("complainant", str(complaint.pk))
