# SPDX-License-Identifier: Apache-2.0
"""A flood of junk reports in the ledger, for a test of modest size and a full-sized benchmark."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models

from hearthline.hub.audit.actions import record_each
from hearthline.hub.audit.models import Actor
from hearthline.hub.reports.actions import Answers, submit
from hearthline.hub.reports.models import Pointer, Report, Step
from hearthline.hub.reports.public.flood import Door
from hearthline.hub.sealing.models import DataKey

Row = TypeVar("Row", bound=models.Model)

PART = 2_000
# Every tenth calls itself urgent.
URGENT = {"kind": "extortion_money", "facts": ["threat_deadline"]}
CALM: dict[str, Any] = {"kind": "csam_url", "facts": []}


def flood(count: int, *, through_submit: int, at: datetime) -> int:
    """That many junk reports of four texts, as a door under flood receives them; how many it held.

    The first `through_submit` go through `submit`, with the answer of a real door; the rest are
    rows of the same shape. They come within ten minutes from one network, before `at`.
    """
    door = Door()
    since = at - timedelta(minutes=10)
    held = []
    for number in range(through_submit):
        because = door.receive(b"one network", since, proven=False)
        sent = _send(number, since + timedelta(milliseconds=number), because)
        if because:
            held.append(sent)
    patterns = held[-40:]
    rest = range(count - through_submit)
    for start in range(0, len(rest), PART):
        part = rest[start : start + PART]
        _copy(patterns, [since + timedelta(minutes=10) * (n / count) for n in part])
    return Report.objects.held().count()


def _send(number: int, at: datetime, because: str) -> Report:
    told = URGENT if number % 10 == 0 else CALM
    answers = Answers(
        audience="public",
        words=f"Junk of kind {number % 4}, the same again and again.",
        addresses=f"https://junk-{number % 3}.example.org/{number}",
        **told,
    )
    return submit(answers=answers, language="en", at=at, held_because=because).report


def _copy(patterns: Sequence[Report], times: Sequence[datetime]) -> None:
    """Rows of the same shape and size as the patterns', each under a data key of its own."""
    pairs = [(patterns[n % len(patterns)], at) for n, at in enumerate(times)]
    keys = [_like(each.data_key, id=uuid.uuid4()) for each, _at in pairs]
    DataKey.objects.bulk_create(keys, batch_size=500)
    reports = [
        _like(each, id=uuid.uuid4(), data_key_id=key.pk, receipt_digest=secrets.token_bytes(32),
              received_at=at, draft=None)
        for (each, at), key in zip(pairs, keys, strict=True)
    ]  # fmt: skip
    Report.objects.bulk_create(reports, batch_size=500)
    named = {each.pk: list(each.pointers.all()) for each in patterns}
    Pointer.objects.bulk_create(
        [
            _like(pointer, id=uuid.uuid4(), report_id=report.pk, data_key_id=report.data_key_id,
                  digest=secrets.token_bytes(32))
            for (each, _at), report in zip(pairs, reports, strict=True)
            for pointer in named[each.pk]
        ],
        batch_size=500,
    )  # fmt: skip
    Step.objects.bulk_create(
        [Step(report=report, code=Step.Code.RECEIVED, at=report.received_at) for report in reports],
        batch_size=500,
    )
    record_each(
        at=times[0], actor=Actor.worker(), verb="reports.submit", about=reports, lane="quarantine"
    )


def _like(row: Row, **changed: Any) -> Row:
    same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**(same | changed))
