# SPDX-License-Identifier: Apache-2.0
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import models, transaction

from hearthline.hub.audit.actions import entry
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.models import Organisation
from hearthline.hub.reports.actions.answers import Answers, NothingTold
from hearthline.hub.reports.actions.drafts import (
    lock_draft,
    open_receipt,
    sealed_receipt,
    trade_for_receipt,
)
from hearthline.hub.reports.actions.pointers import Place, places, pointers
from hearthline.hub.reports.actions.quarantine import words_digest
from hearthline.hub.reports.actions.receipts import fresh
from hearthline.hub.reports.actions.statements import Insertion, insert
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.models import DataKey
from hearthline.kit import sealing as kit
from hearthline.kit.codelists import find, incident_types, urgency

UNSURE = "other"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Submitted:
    """A report that was received, and the sixteen digits that lead its reporter back to it.

    `receipt` is "" for a partner's report that was sent without asking for one.
    """

    report: Report
    receipt: str


@dataclass(frozen=True)
class _Prepared:
    """A receipt ("" for none) and a data key, made before anybody has to wait for them."""

    receipt: str
    row: DataKey
    key: kit.DataKey

    @classmethod
    def without_receipt(cls, at: datetime) -> Self:
        """For the desk alone: no receipt will ever fit."""
        return cls("", *sealing.prepare(at=at))

    @classmethod
    def new(cls, at: datetime) -> Self:
        return cls(kit.new_receipt(), *sealing.prepare(at=at))


def submit(
    *,
    answers: Answers,
    language: str,
    at: datetime,
    draft: uuid.UUID | None = None,
    secret: bytes = b"",
    held_because: str = "",
    channel: str = "web",
    partner: Organisation | None = None,
    with_receipt: bool = True,
    exercise: bool = False,
) -> Submitted:
    """Receive a report. It is on disk, sealed for the desk and for its receipt, when this returns.

    With a reason to hold it (`Report.HeldBecause`) it stands in the quarantine lane.

    Sent from a draft (with the `secret` that opens it), sending twice gives the same report and
    the same receipt. `partner` is the organisation whose program sent it. An `exercise` is marked
    for good, see `start_drill`.

    Raises NothingTold, AnswerRefused, FileContentRefused and DraftGone; then
    nothing is kept and the draft is as it was.
    """
    answers.check()
    if not answers.tells_something:
        raise NothingTold
    named = places(
        addresses=answers.addresses,
        service=answers.service,
        account=answers.account,
        words=answers.words,
    )
    # All of it before the transaction, so that one report keeps no other waiting.
    prepared = _Prepared.new(at) if with_receipt else _Prepared.without_receipt(at)
    report = _report(
        answers, prepared, language=language, draft=draft, channel=channel, at=at,
        partner=partner, exercise=exercise, held_because=held_because,
    )  # fmt: skip
    rows = [Insertion.of(row) for row in _rows(report, prepared, named, at)]
    kept = sealed_receipt(draft, secret, prepared.receipt) if draft else b""
    with transaction.atomic():
        if draft and not trade_for_receipt(draft, kept, at):
            return _sent_before(draft, secret, at)
        insert(rows)
    return Submitted(report, prepared.receipt)


def _sent_before(draft: uuid.UUID, secret: bytes, at: datetime) -> Submitted:
    held = lock_draft(draft, at)
    return Submitted(Report.objects.get(draft=draft), open_receipt(draft=held, secret=secret))


def _report(
    answers: Answers,
    prepared: _Prepared,
    *,
    language: str,
    draft: uuid.UUID | None,
    channel: str,
    at: datetime,
    partner: Organisation | None,
    exercise: bool,
    held_because: str,
) -> Report:
    """The report, sealed and not saved yet."""
    kind = find(incident_types(), answers.kind or UNSURE)
    level, reasons = urgency(kind.code, answers.facts)
    report = Report(
        data_key=prepared.row,
        draft=draft,
        audience=answers.audience,
        channel=channel,
        partner=partner,
        profession=answers.profession,
        child_knows=answers.child_knows,
        language=language,
        received_at=at,
        kind=answers.kind,
        fourc=list(kind.fourc),
        facts=list(dict.fromkeys(answers.facts)),
        age_band=answers.age_band or UNKNOWN,
        sex=answers.sex or UNKNOWN,
        level=level,
        level_reasons=list(reasons),
        safe_contact=answers.safe_contact,
        exercise=exercise,
    )
    if held_because:
        report.lane, report.held_because = Report.Lane.QUARANTINE, held_because
        report.words_digest = words_digest(answers.words) if answers.words.strip() else None
    sealed = {"narrative": answers.words}
    if answers.safe_contact != Report.SafeContact.RECEIPT:
        sealed |= {"contact": answers.contact, "code_word": answers.code_word}
    for field, text in sealed.items():
        if text.strip():
            report.seal(prepared.key, field, text.strip())
    return report


def _rows(
    report: Report, prepared: _Prepared, named: list[Place], at: datetime
) -> Iterator[models.Model]:
    """Everything a new report consists of, in the order in which it is written."""
    yield prepared.row
    yield report
    if prepared.receipt:
        yield fresh(report, prepared.key, prepared.receipt, at)
    yield from pointers(report, prepared.key, named)
    yield Step(report=report, code=Step.Code.RECEIVED, at=at)
    yield entry(
        at,
        Actor.reporter(report.pk),
        "reports.submit",
        report,
        "",
        {
            "audience": report.audience,
            "kind": report.kind,
            "level": report.level,
            "channel": report.channel,
            "lane": report.lane,
        },
    )
