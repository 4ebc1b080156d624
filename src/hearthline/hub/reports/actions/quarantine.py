# SPDX-License-Identifier: Apache-2.0
"""Reports held apart: how one gets there, comes out again, or ends there with many others."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hearthline.hub.audit.actions import record, record_each
from hearthline.hub.audit.models import Actor
from hearthline.hub.reports.actions.rules import leads_with_help, lock, retention
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing import actions as sealing


class NotHeld(Exception):
    """The report is not held any more: it was released, closed or withdrawn."""


def words_digest(words: str) -> bytes:
    """A keyed digest by which the same words are the same, whatever their case and spaces."""
    plain = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    return sealing.digest(plain, purpose="held words")


@transaction.atomic
def release(*, report: Report, actor: Actor, at: datetime, because: str) -> None:
    """Let a held report go on its way as if it had never been held. Raises NotHeld.

    `because` is a code for the audit log. The clock of its first look runs from when it came.
    """
    _held(report)
    _wait_again(report)
    report.lane, report.words_digest = Report.Lane.MAIN, None
    report.save(update_fields=["lane", "words_digest", *_WAITING])
    record(at=at, actor=actor, verb="reports.release", about=report, because=because)


@transaction.atomic
def hold_again(*, report: Report, at: datetime) -> None:
    """A report that was closed in a flood waits in the lane again: its sender wrote, in another.

    Raises NotHeld.
    """
    _held(report)
    _wait_again(report)
    report.save(update_fields=_WAITING)
    record(at=at, actor=Actor.reporter(report.pk), verb="reports.hold_again", about=report)


_WAITING = ("state", "closed_at", "retain_until", "taken_at")


def _held(report: Report) -> None:
    lock(report)
    if not report.is_held or report.withdrawn_at is not None:
        raise NotHeld


def _wait_again(report: Report) -> None:
    """Nobody has dealt with it, also where it was closed with others. Does not save."""
    report.state, report.closed_at, report.retain_until = Report.State.RECEIVED, None, None
    report.taken_at = None


@transaction.atomic
def close_as_flood(*, reports: Sequence[Report], actor: Actor, at: datetime, reason: str) -> int:
    """Close held reports together, an audit entry for each. How many were still held.

    Nobody judged them, so no step is told: the reporter's page says that we could not look at each
    one, and a letter by its receipt brings a report back.
    """
    rows = Report.objects.held().filter(pk__in=[report.pk for report in reports])
    held = list(rows.only("pk", "kind"))
    for child_first in (False, True):
        ended = [report.pk for report in held if leads_with_help(report.kind) == child_first]
        Report.objects.filter(pk__in=ended).update(
            state=Report.State.CLOSED,
            taken_at=at,
            closed_at=at,
            retain_until=at + retention("", child_first=child_first),
            words_digest=None,
        )
    record_each(at=at, actor=actor, verb="reports.close_as_flood", about=held, reason=reason)
    return len(held)
