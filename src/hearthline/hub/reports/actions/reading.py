# SPDX-License-Identifier: Apache-2.0
"""What the desk does with a report's own words: read them, answer them, reveal who wrote."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.reports.actions.answers import MESSAGE_LIMIT, NothingTold, check_text
from hearthline.hub.reports.actions.coming_back import Letter, open_letters
from hearthline.hub.reports.actions.rules import ReportWithdrawn, lock
from hearthline.hub.reports.models import Message, Report
from hearthline.hub.sealing import actions as sealing


class Named(NamedTuple):
    """One place a report names: as typed, and canonical ("" where it could not be read)."""

    kind: str
    raw: str
    canonical: str


@dataclass(frozen=True)
class ReportText:
    """What a report says. Never the reporter's contact: that is `reveal_contact`."""

    narrative: str
    pointers: tuple[Named, ...]
    messages: tuple[Letter, ...]
    code_word: str


@transaction.atomic
def read_report(*, report: Report, by: User, at: datetime, reason: str = "") -> ReportText:
    """Open what the reporter wrote; letters to the desk count as read. Audited.

    Raises NotAllowed; KeyMissing in a process without the desk's key; KeyDestroyed.
    """
    require(by, Permission.CASES_CASE_READ)
    key = sealing.open_as_desk(report.data_key)
    pointers = tuple(
        Named(pointer.kind, pointer.unseal(key, "raw"), pointer.unseal(key, "canonical"))
        for pointer in report.pointers.all()
    )
    text = ReportText(
        narrative=report.unseal(key, "narrative"),
        pointers=pointers,
        messages=tuple(open_letters(report, key)),
        code_word=report.unseal(key, "code_word"),
    )
    unread = report.messages.filter(author=Message.Author.REPORTER, read_at__isnull=True)
    unread.update(read_at=at)
    record(at=at, actor=by.actor, verb="reports.read", about=report, reason=reason)
    return text


@transaction.atomic
def reveal_contact(*, report: Report, by: User, at: datetime, reason: str) -> str:
    """How the reporter can be reached, "" where no way was given. Audited with its reason.

    Only casework calls it, after two people have agreed. Raises NotAllowed, ReasonNeeded,
    KeyMissing, KeyDestroyed.
    """
    require(by, Permission.CASES_IDENTITY_REQUEST)
    if not reason.strip():
        raise ReasonNeeded
    contact = report.unseal(sealing.open_as_desk(report.data_key), "contact")
    record(at=at, actor=by.actor, verb="reports.reveal_contact", about=report, reason=reason)
    return contact


@transaction.atomic
def answer(*, report: Report, body: str, by: User, at: datetime) -> Message:
    """A letter from the desk, which waits at the receipt.

    Raises NotAllowed, NothingTold, AnswerRefused, FileContentRefused, ReportWithdrawn, KeyMissing,
    KeyDestroyed.
    """
    require(by, Permission.CASES_MESSAGE_SEND)
    if not body.strip():
        raise NothingTold
    check_text("body", body, MESSAGE_LIMIT)
    lock(report)
    if report.withdrawn_at is not None:
        raise ReportWithdrawn
    message = Message(
        report=report, data_key=report.data_key, author=Message.Author.DESK, sent_at=at
    )
    message.seal(sealing.open_as_desk(report.data_key), "body", body.strip())
    message.save(force_insert=True)
    record(at=at, actor=by.actor, verb="reports.answer", about=report)
    return message
