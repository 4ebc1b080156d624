# SPDX-License-Identifier: Apache-2.0
"""How the promises of the country's policy are kept now: counts and ages, never a case or a name.

What runs is read from the ledgers. Days that are over were counted once, each by itself (see
`actions/days.py`), and are added up here; only what no day's count covers yet is counted now. What
would speak of too few cases is left out.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.notices.models import Notice
from hearthline.hub.statistics.actions import promised
from hearthline.hub.statistics.actions.clocks import Clock, clocks
from hearthline.hub.statistics.actions.days import LOOK_BACK
from hearthline.hub.statistics.actions.periods import Month, midnight
from hearthline.hub.statistics.actions.promised import Due, Running
from hearthline.hub.statistics.labels import length
from hearthline.hub.statistics.models import PromiseDay
from hearthline.kit import disclosure


@dataclass(frozen=True)
class Span:
    """What fell due in some time: how many, and the share kept in whole per cent.

    `share` is None where too few fell due to say.
    """

    due: int
    share: int | None


@dataclass(frozen=True)
class Kept:
    """One promise now. Minutes are None where too few were done in the last 90 days."""

    title: str
    group: str
    running: int
    breached: int
    # Age of the oldest that still runs, in minutes.
    oldest: int | None
    # None where the ledger does not keep when each fell due.
    month: Span | None = None
    days_30: Span | None = None
    days_90: Span | None = None
    median: int | None = None
    ninetieth: int | None = None

    @property
    def lengths(self) -> tuple[str, str, str]:
        """Age of the oldest, median and 90th percentile as people say them; empty for None."""
        oldest, half, most = (
            "" if minutes is None else length(minutes)
            for minutes in (self.oldest, self.median, self.ninetieth)
        )
        return oldest, half, most


def promises(at: datetime) -> list[Kept]:
    """Every promise, in the order of the work; the first look once for each urgency level."""
    spans = _spans(at)
    counted = _Counted(at, spans)
    return [*(row for clock in clocks() for row in _rows(clock, counted, at)), _reminders(at)]


def _spans(at: datetime) -> dict[str, promised.Span]:
    """Whole days, so that they add up; the last ends now."""
    zone = settings.PACK.country.timezone
    month = Month.last_finished(at, zone=zone)
    return {
        "month": (month.start, month.end),
        "days_30": (midnight(at, zone=zone, days_before=30), at),
        "days_90": (midnight(at, zone=zone, days_before=LOOK_BACK), at),
    }


class _Counted:
    """The days counted already, and from when on nothing is: that part is counted now."""

    def __init__(self, at: datetime, spans: Mapping[str, promised.Span]) -> None:
        self.at, self.spans = at, spans
        first = min(start for start, _end in spans.values())
        days = list(PromiseDay.objects.since(first.date()))
        present = {one.day for one in days}
        day, today = first, midnight(at, zone=settings.PACK.country.timezone)
        while day < today and day.date() in present:
            day += timedelta(days=1)
        self.live_from = day
        self.days = [one for one in days if one.day < day.date()]

    def due(self, clock: Clock) -> dict[str, dict[str, Due]]:
        """By group and span."""
        live = {
            name: (max(start, self.live_from), end)
            for name, (start, end) in self.spans.items()
            if end > self.live_from
        }
        found = promised.fell_due(clock, live)
        for one in self._of(clock):
            spans = found.setdefault(one.group, {})
            for name, (start, end) in self.spans.items():
                if start.date() <= one.day < end.date():
                    spans[name] = spans.get(name, Due()) + Due(one.kept, one.broken)
        return found

    def took(self, clock: Clock) -> dict[str, Counter[int]]:
        """Minutes, by group, of what was done in the last 90 days."""
        start, end = self.spans["days_90"]
        live = promised.took(clock, max(start, self.live_from), end)
        found = {group: Counter(minutes) for group, minutes in live.items()}
        for one in self._of(clock):
            if one.day >= start.date():
                found.setdefault(one.group, Counter()).update(one.lengths)
        return found

    def _of(self, clock: Clock) -> list[PromiseDay]:
        return [one for one in self.days if one.promise == clock.code]


def _rows(clock: Clock, counted: _Counted, at: datetime) -> list[Kept]:
    runs, due, took = promised.running(clock, at), counted.due(clock), counted.took(clock)
    return [
        _row(clock, group, runs.get(group, Running()), due.get(group, {}), took.get(group, {}), at)
        for group in promised.groups(clock)
    ]


def _row(
    clock: Clock,
    group: str,
    runs: Running,
    due: Mapping[str, Due],
    took: Mapping[int, int],
    at: datetime,
) -> Kept:
    return Kept(
        title=str(clock.title),
        group=group,
        running=runs.number,
        breached=runs.breached,
        oldest=_age(runs.since, at),
        month=_span(due.get("month", Due())),
        days_30=_span(due.get("days_30", Due())),
        days_90=_span(due.get("days_90", Due())),
        median=_quantile(took, 0.5),
        ninetieth=_quantile(took, 0.9),
    )


def _reminders(at: datetime) -> Kept:
    """Notices whose next reminder or escalation is to be written; when they were is not kept."""
    waiting = (
        Notice.objects.real()
        .open()
        .filter(
            state__in=[Notice.State.SENT, Notice.State.NO_RESPONSE],
            due_at__isnull=False,
            removed_at__isnull=True,
            ended_at__isnull=True,
        )
    )
    found = waiting.aggregate(
        running=Count("pk"), breached=Count("pk", filter=Q(due_at__lt=at)), oldest=Min("sent_at")
    )
    return Kept(
        title=str(_("Reminder to a hosting company")),
        group="",
        running=found["running"],
        breached=found["breached"],
        oldest=_age(found["oldest"], at),
    )


def _age(begun: datetime | None, at: datetime) -> int | None:
    return None if begun is None else max(0, int((at - begun).total_seconds()) // 60)


def _span(found: Due) -> Span:
    due = found.kept + found.broken
    enough = due >= settings.PACK.statistics.threshold
    # Rounded down: a promise broken once is never called kept in full.
    return Span(due, 100 * found.kept // due if enough else None)


def _quantile(took: Mapping[int, int], q: float) -> int | None:
    found = disclosure.publishable_quantile(took, q, settings.PACK.statistics.threshold)
    return None if found is None else round(found)
