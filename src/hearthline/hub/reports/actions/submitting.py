# SPDX-License-Identifier: Apache-2.0
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.models import Organisation
from hearthline.hub.reports.actions.answers import Answers, NothingTold
from hearthline.hub.reports.actions.drafts import lock_draft, open_receipt, trade_for_receipt
from hearthline.hub.reports.actions.inserting import insert
from hearthline.hub.reports.actions.pointers import Place, places, pointers
from hearthline.hub.reports.actions.quarantine import hold
from hearthline.hub.reports.actions.receipts import fresh
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
    # Before the transaction, so that one reporter's key keeps no other report waiting.
    prepared = _Prepared.new(at) if with_receipt else _Prepared.without_receipt(at)
    with transaction.atomic():
        if draft and not trade_for_receipt(draft, secret, prepared.receipt, at):
            return _sent_before(draft, secret, at)
        report = _receive(
            answers, named, prepared, language=language, draft=draft, channel=channel, at=at,
            partner=partner, exercise=exercise,
        )  # fmt: skip
        if held_because:
            hold(report, answers.words, held_because)
        record(
            at=at,
            actor=Actor.reporter(report.pk),
            verb="reports.submit",
            about=report,
            audience=report.audience,
            kind=report.kind,
            level=report.level,
            channel=channel,
            lane=report.lane,
        )
    return Submitted(report, prepared.receipt)


def _sent_before(draft: uuid.UUID, secret: bytes, at: datetime) -> Submitted:
    held = lock_draft(draft, at)
    return Submitted(Report.objects.get(draft=draft), open_receipt(draft=held, secret=secret))


def _receive(
    answers: Answers,
    named: list[Place],
    prepared: _Prepared,
    *,
    language: str,
    draft: uuid.UUID | None,
    channel: str,
    at: datetime,
    partner: Organisation | None,
    exercise: bool,
) -> Report:
    key = prepared.key
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
    sealed = {"narrative": answers.words}
    if answers.safe_contact != Report.SafeContact.RECEIPT:
        sealed |= {"contact": answers.contact, "code_word": answers.code_word}
    for field, text in sealed.items():
        if text.strip():
            report.seal(key, field, text.strip())
    insert(
        prepared.row,
        report,
        *([fresh(report, key, prepared.receipt, at)] if prepared.receipt else []),
        *pointers(report, key, named),
        Step(report=report, code=Step.Code.RECEIVED, at=at),
    )
    return report
