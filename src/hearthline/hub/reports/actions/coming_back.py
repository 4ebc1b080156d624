# SPDX-License-Identifier: Apache-2.0
"""What a reporter does with the receipt: read what happened, write, add something, withdraw."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.reports.actions.answers import (
    LIMITS,
    MESSAGE_LIMIT,
    NothingTold,
    check_text,
)
from hearthline.hub.reports.actions.pointers import add_pointers, places
from hearthline.hub.reports.actions.receipts import Found, find
from hearthline.hub.reports.actions.rules import ReportWithdrawn, kept_for, lock
from hearthline.hub.reports.models import Message, Report, Step
from hearthline.hub.sealing import actions as sealing
from hearthline.kit import sealing as kit


class ReportGone(Exception):
    """The report's time to be kept is over: what was written has been deleted."""


class AlreadyWithdrawn(Exception):
    """The report was withdrawn before."""


class AlreadyClosed(Exception):
    """The work on the report is done; there is nothing left to withdraw."""


@dataclass(frozen=True)
class Letter:
    """One opened message."""

    author: str
    body: str
    sent_at: datetime

    @property
    def mine(self) -> bool:
        """Whether the reporter wrote it."""
        return self.author == Message.Author.REPORTER


@dataclass(frozen=True)
class ReporterView:
    """What a reporter sees of their report. `gone` once what was written has been deleted.

    What they first told is not in it: a receipt found by somebody else must not tell the story.
    """

    report: Report
    steps: tuple[Step, ...]
    messages: tuple[Letter, ...]
    gone: bool


def recognise(*, receipt: str) -> None:
    """Return quietly when a report has this receipt. Raises ReceiptMistyped, ReceiptUnknown.

    Opens nothing, so nothing is recorded.
    """
    find(receipt)


def come_back(*, receipt: str, at: datetime) -> ReporterView:
    """The report behind `receipt`, its steps and letters. Raises ReceiptMistyped, ReceiptUnknown.

    Letters from the desk count as read from now on.
    """
    found = find(receipt)
    report = found.report
    letters: tuple[Letter, ...] = ()
    with transaction.atomic():
        lock(report)
        gone = report.data_key.destroyed_at is not None
        if not gone:
            letters = tuple(open_letters(report, found.open()))
            unread = report.messages.filter(author=Message.Author.DESK, read_at__isnull=True)
            unread.update(read_at=at)
        record(at=at, actor=Actor.reporter(report.pk), verb="reports.come_back", about=report)
        return ReporterView(report, tuple(report.steps.all()), letters, gone)


def write(*, receipt: str, body: str, at: datetime) -> Message:
    """A letter from the reporter to the desk.

    Raises ReceiptMistyped, ReceiptUnknown, ReportGone, ReportWithdrawn, NothingTold,
    AnswerRefused, FileContentRefused.
    """
    if not body.strip():
        raise NothingTold
    check_text("body", body, MESSAGE_LIMIT)
    found = find(receipt)
    with transaction.atomic():
        report, key = _open(found)
        message = _post(report, key, body, at)
        record(at=at, actor=Actor.reporter(report.pk), verb="reports.write", about=report)
    return message


def add(*, receipt: str, at: datetime, words: str = "", addresses: str = "") -> Report:
    """Something more about the same matter: words as a letter, addresses as places.

    New places send the report through triage again, even when its work was closed. Raises what
    `write` raises; AnswerRefused("addresses", "too_many") also for too many places at once or in
    all, and then nothing is kept.
    """
    if not (words.strip() or addresses.strip()):
        raise NothingTold
    check_text("words", words, MESSAGE_LIMIT)
    check_text("addresses", addresses, LIMITS["addresses"])
    text = "\n\n".join(part for part in (words.strip(), addresses.strip()) if part)
    named = places(addresses=addresses, service="", account="", words=words)
    found = find(receipt)
    with transaction.atomic():
        report, key = _open(found)
        _post(report, key, text, at)
        new_places = add_pointers(report, key, named)
        if new_places:
            _wait_again(report)
        record(
            at=at, actor=Actor.reporter(report.pk), verb="reports.add", about=report,
            places=new_places,
        )  # fmt: skip
    return report


def withdraw(*, receipt: str, at: datetime) -> Report:
    """The reporter takes the report back. What has already happened stays as it is.

    A report the desk has not taken up yet is never seen there. Raises ReceiptMistyped,
    ReceiptUnknown, AlreadyWithdrawn, AlreadyClosed.
    """
    report = find(receipt).report
    with transaction.atomic():
        _withdraw(report, at)
    return report


def open_letters(report: Report, key: kit.DataKey) -> list[Letter]:
    """Every letter of the report, oldest first."""
    return [
        Letter(message.author, message.unseal(key, "body"), message.sent_at)
        for message in report.messages.all()
    ]


def _open(found: Found) -> tuple[Report, kit.DataKey]:
    """The report and its key, for writing."""
    report = found.report
    lock(report)
    if report.withdrawn_at is not None:
        raise ReportWithdrawn
    try:
        return report, found.open()
    except sealing.KeyDestroyed:
        raise ReportGone from None


def _withdraw(report: Report, at: datetime) -> None:
    lock(report)
    if report.withdrawn_at is not None:
        raise AlreadyWithdrawn
    if report.state == Report.State.CLOSED:
        raise AlreadyClosed
    report.withdrawn_at, report.state = at, Report.State.WITHDRAWN
    report.retain_until = at + kept_for(report)
    report.save(update_fields=["withdrawn_at", "state", "retain_until"])
    Step.objects.create(report=report, code=Step.Code.WITHDRAWN, at=at)
    record(
        at=at, actor=Actor.reporter(report.pk), verb="reports.withdraw", about=report,
        taken=report.first_taken_at is not None,
    )  # fmt: skip


def _post(report: Report, key: kit.DataKey, body: str, at: datetime) -> Message:
    message = Message(
        report=report, data_key=report.data_key, author=Message.Author.REPORTER, sent_at=at
    )
    message.seal(key, "body", body.strip())
    message.save(force_insert=True)
    return message


def _wait_again(report: Report) -> None:
    report.taken_at = None
    if report.state == Report.State.CLOSED:
        report.state, report.closed_at, report.retain_until = Report.State.RECEIVED, None, None
    report.save(update_fields=["taken_at", "state", "closed_at", "retain_until"])
