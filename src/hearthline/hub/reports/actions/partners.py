# SPDX-License-Identifier: Apache-2.0
"""Reports from partners' programs: many at once, each by itself, and the same request only once."""

import hmac
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Self

from django.conf import settings
from django.db import connection, transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.directory.actions import require_scope
from hearthline.hub.directory.models import PartnerKey
from hearthline.hub.reports.actions.answers import AnswerRefused, Answers, NothingTold
from hearthline.hub.reports.actions.submitting import submit
from hearthline.hub.reports.models import PartnerAnswer, Report, Step
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.sealing import DataKey
from hearthline.kit.urls import FileContentRefused

CHANNEL: Final = "api"
BATCH_LIMIT: Final = 1_000
# Reports written in one transaction: on SQLite everybody else waits meanwhile. A receipt is slow
# to make on purpose, so fewer then.
_TOGETHER: Final = 20
_TOGETHER_WITH_RECEIPTS: Final = 2
_TABLE = PartnerAnswer._meta.db_table


class OtherBody(Exception):
    """The same Idempotency-Key came with another body."""


class NotYours(LookupError):
    """No report of this number was sent by this organisation."""


@dataclass(frozen=True)
class Refusal:
    """Why one report was not taken: `code`, and for each field what is wrong with it."""

    code: str
    fields: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Item:
    """One report as it was sent; `refusal` when it was not even readable."""

    answers: Answers | None = None
    language: str = ""
    with_receipt: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Taken:
    """What became of one item: a report's number and time, or a refusal."""

    report: str = ""
    received_at: str = ""
    receipt: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Once:
    """A request that must not count twice: by whose key, under which name, with which body.

    `secret` opens what was answered. It is made from what the program sends each time, so nothing
    here can open it between two requests.
    """

    digest: bytes
    body_digest: bytes
    secret: bytes

    @classmethod
    def of(cls, *, key: PartnerKey, text: str, name: str, body: bytes) -> Self:
        """`text` is the key as it was shown, `name` the Idempotency-Key, `body` the raw bytes."""
        return cls(
            digest=sealing.digest(f"{key.pk} {name}", purpose="idempotency key"),
            body_digest=sha256(body).digest(),
            secret=hmac.new(text.encode(), b"idempotency:" + name.encode(), sha256).digest(),
        )


def take_in(
    *, key: PartnerKey, items: Sequence[Item], at: datetime, once: Once | None = None
) -> list[Taken]:
    """Receive each item by itself and say in order what became of it.

    What cannot be taken is refused alone. Whatever interrupts, what was taken stays taken, and
    the same request (`once`) goes on after it. Raises ScopeMissing and OtherBody.
    """
    require_scope(key, PartnerKey.Scope.WRITE)
    asked_for_receipts = any(item.with_receipt for item in items)
    together = _TOGETHER_WITH_RECEIPTS if asked_for_receipts else _TOGETHER
    done: list[Taken] = []
    while len(done) < len(items):
        with transaction.atomic():
            answer = _held(once, at) if once else None
            if answer and once:
                done = _results(answer, once)
            before = len(done)
            done += [_take(item, key, at) for item in items[before : before + together]]
            if answer and once and len(done) > before:
                _keep(answer, once, done)
    return done


@transaction.atomic
def partner_status(
    *, key: PartnerKey, report: uuid.UUID, at: datetime
) -> tuple[Report, list[Step]]:
    """A report that this organisation's own program sent, and the steps taken. Audited.

    Nothing of what it says. Raises ScopeMissing, NotYours.
    """
    require_scope(key, PartnerKey.Scope.READ)
    found = Report.objects.sent_by(key.organisation).filter(pk=report).first()
    if found is None:
        raise NotYours
    record(at=at, actor=key.actor, verb="reports.partner_status", about=found)
    return found, list(found.steps.all())


def _take(item: Item, key: PartnerKey, at: datetime) -> Taken:
    if item.refusal or item.answers is None:
        return Taken(refusal=item.refusal or Refusal("unreadable"))
    try:
        sent = submit(
            answers=item.answers,
            language=item.language,
            channel=CHANNEL,
            partner=key.organisation,
            with_receipt=item.with_receipt,
            at=at,
        )
    except NothingTold:
        return Taken(refusal=Refusal("nothing_told"))
    except FileContentRefused:
        return Taken(refusal=Refusal("file_content"))
    except AnswerRefused as refused:
        return Taken(refusal=Refusal("answer_refused", [(refused.field, refused.code)]))
    record(at=at, actor=key.actor, verb="reports.partner_sent", about=sent.report)
    return Taken(str(sent.report.pk), at.isoformat(), sent.receipt)


def _held(once: Once, at: datetime) -> PartnerAnswer:
    """The row of this request, held for this transaction. SQLite locks as a whole."""
    PartnerAnswer.objects.outlived(at).filter(digest=once.digest).delete()
    until = at + timedelta(hours=settings.PACK.partners.answers_hours)
    made, new = PartnerAnswer.objects.get_or_create(
        digest=once.digest, defaults={"body_digest": once.body_digest, "expires_at": until}
    )
    if new:
        return made
    rows = PartnerAnswer.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    row = rows.get(pk=made.pk)
    if not hmac.compare_digest(bytes(row.body_digest), once.body_digest):
        raise OtherBody
    return row


def _results(answer: PartnerAnswer, once: Once) -> list[Taken]:
    if not answer.results:
        return []
    opened = DataKey(once.secret).open_text(
        bytes(answer.results), table=_TABLE, row=once.digest.hex(), field="results"
    )
    return [
        Taken(**{**one, "refusal": Refusal(**one["refusal"]) if one["refusal"] else None})
        for one in json.loads(opened)
    ]


def _keep(answer: PartnerAnswer, once: Once, done: list[Taken]) -> None:
    text = json.dumps([asdict(one) for one in done], separators=(",", ":"))
    answer.results = DataKey(once.secret).seal(
        text, table=_TABLE, row=once.digest.hex(), field="results"
    )
    answer.save(update_fields=["results"])
