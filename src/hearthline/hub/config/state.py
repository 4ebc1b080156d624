# SPDX-License-Identifier: Apache-2.0
"""How the installation is, in numbers that say nothing about anybody.

Read by `hearthline doctor` and by the page for Prometheus. Counts stop at LIMIT, so that asking
costs the same at a million rows as at a hundred.
"""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Min

from hearthline.hub.audit.models import Checkpoint, Entry
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.models import DueRow
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.models import Notice, Post, Watch
from hearthline.hub.reports.models import FreshReceipt, Report
from hearthline.kit.codelists import urgency_levels

LIMIT = 100_000


@dataclass(frozen=True)
class Work:
    """Rows of one ledger that are due, and how many seconds the first of them has waited."""

    ledger: str
    due: int
    oldest_seconds: float


@dataclass(frozen=True)
class State:
    """`waiting` are reports nobody took up; `open` and `late` count cases by urgency level.

    `checkpoint_seconds` is the age of the last signed checkpoint, None before the first.
    """

    work: tuple[Work, ...]
    waiting: int
    open: dict[str, int]
    late: int
    unlogged: int
    checkpoint_seconds: float | None


def state(at: datetime) -> State:
    """The numbers at `at`. One bounded query or two for each."""
    newest = Checkpoint.objects.newest()
    cases = Case.objects.real()
    opened = cases.open()
    return State(
        work=tuple(_work(model, at) for model in _ledgers()),
        waiting=Report.objects.real().awaiting_triage().order_by()[:LIMIT].count(),
        open={
            level.code: opened.filter(level=level.code).order_by()[:LIMIT].count()
            for level in urgency_levels()
        },
        late=cases.breached(at).order_by()[:LIMIT].count(),
        unlogged=Entry.objects.unlogged().order_by()[:LIMIT].count(),
        checkpoint_seconds=(at - newest.signed_at).total_seconds() if newest else None,
    )


# Where a ledger says of its rows that they belong to an exercise.
_MARKS: dict[type[DueRow], str] = {
    FreshReceipt: "report__exercise",
    Letter: "exercise",
    Notice: "case__exercise",
    Post: "notice__case__exercise",
    Watch: "notice__case__exercise",
}


def _ledgers() -> list[type[DueRow]]:
    """Every ledger whose rows fall due."""
    return [model for model in apps.get_models() if issubclass(model, DueRow)]


def _work(model: type[DueRow], at: datetime) -> Work:
    due = model._default_manager.filter(due_at__lte=at)
    if mark := _MARKS.get(model):
        due = due.filter(**{mark: False})
    first = due.aggregate(first=Min("due_at"))["first"]
    waited = (at - first).total_seconds() if first else 0.0
    return Work(model._meta.label_lower, due.order_by()[:LIMIT].count(), waited)
