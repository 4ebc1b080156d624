# SPDX-License-Identifier: Apache-2.0
"""What the floors above tell a report: it was taken up, this step was taken. And its end."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.reports.actions.receipts import forget_fresh
from hearthline.hub.reports.actions.rules import ReportWithdrawn, kept_for, lock
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import end_words

_STATES = {
    Step.Code.IN_REVIEW: Report.State.IN_REVIEW,
    Step.Code.JUDGED: Report.State.JUDGED,
    Step.Code.BACK_AGAIN: Report.State.IN_REVIEW,
    Step.Code.CLOSED: Report.State.CLOSED,
}
_FORWARD: list[str] = [
    Report.State.RECEIVED,
    Report.State.IN_REVIEW,
    Report.State.JUDGED,
    Report.State.CLOSED,
]
# Steps that are taken anew when what was gone is back.
_AGAIN = (Step.Code.HOST_TOLD, Step.Code.REMOVED)


@transaction.atomic
def take(*, report: Report, at: datetime) -> None:
    """The desk has taken the report up. Twice is once. Raises ReportWithdrawn."""
    lock(report)
    if report.withdrawn_at is not None:
        raise ReportWithdrawn
    if report.taken_at is not None:
        return
    report.taken_at = at
    report.first_taken_at = report.first_taken_at or at
    report.save(update_fields=["taken_at", "first_taken_at"])
    record(at=at, actor=Actor.worker(), verb="reports.take", about=report)


@transaction.atomic
def tell(
    *,
    report: Report,
    step: Step.Code,
    at: datetime,
    outcome: str = "",
    child_first: bool = False,
) -> None:
    """Tell the reporter that `step` was taken. Idempotent: each step stands once.

    When content comes back, the steps taken anew get their new time. `outcome` goes with JUDGED.
    CLOSED starts the clock of retention; `child_first` (or such a kind) gives it its shorter run.
    A withdrawn report keeps its state and its clock.
    """
    lock(report)
    moves = report.state != Report.State.WITHDRAWN and _moves(report.state, step)
    changed = _stand(report, step, at, closes_again=moves and step == Step.Code.CLOSED)
    if step == Step.Code.JUDGED and outcome and report.outcome != outcome:
        report.outcome, changed = outcome, True
    if moves:
        report.state, changed = _STATES[step], True
        closed = step == Step.Code.CLOSED
        report.closed_at = at if closed else None
        report.retain_until = at + kept_for(report, child_first=child_first) if closed else None
    if not changed:
        return
    report.save(update_fields=["outcome", "state", "closed_at", "retain_until"])
    record(
        at=at, actor=Actor.worker(), verb="reports.tell", about=report, step=str(step),
        outcome=outcome,
    )  # fmt: skip


@transaction.atomic
def end_retention(*, report: Report, at: datetime) -> None:
    """Destroy the report's key: its words, addresses, letters and contact can never be read."""
    forget_fresh(report)
    if report.exercise:
        end_words(about=[report.pk], at=at)
    sealing.destroy(report.data_key, at=at)
    # Whoever holds the pepper could ask a digest about an address.
    report.pointers.update(digest=b"", host_digest=b"")
    record(at=at, actor=Actor.worker(), verb="reports.end_retention", about=report)


def _moves(state: str, step: Step.Code) -> bool:
    """A report only goes forward, except that content which is back opens it again."""
    to = _STATES.get(step)
    if to is None:
        return False
    return step == Step.Code.BACK_AGAIN or _FORWARD.index(to) > _FORWARD.index(state)


def _stand(report: Report, step: Step.Code, at: datetime, *, closes_again: bool) -> bool:
    """Make the step stand on the reporter's page; False when it stood there already."""
    standing, new = Step.objects.get_or_create(report=report, code=step, defaults={"at": at})
    if new:
        return True
    if step == Step.Code.BACK_AGAIN:
        since = report.steps.filter(code__in=[*_AGAIN, Step.Code.CLOSED], at__gt=standing.at)
    elif step in _AGAIN:
        since = report.steps.filter(code=Step.Code.BACK_AGAIN, at__gt=standing.at)
    else:
        since = report.steps.none()
    if not closes_again and not since.exists():
        return False
    standing.at = at
    standing.save(update_fields=["at"])
    return True
