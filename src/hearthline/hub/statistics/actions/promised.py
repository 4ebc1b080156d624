# SPDX-License-Identifier: Apache-2.0
"""One clock, counted by the database: what runs, what fell due and how long it took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, F, Min, Q, Value
from django.db.models.expressions import Combinable

from hearthline.hub.statistics.actions.clocks import Clock
from hearthline.hub.statistics.actions.waits import Lengths, lengths
from hearthline.kit import codelists

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Due:
    """Of what fell due in some time: how many were done in time, how many not."""

    kept: int = 0
    broken: int = 0

    def __add__(self, other: "Due") -> "Due":
        return Due(self.kept + other.kept, self.broken + other.broken)


@dataclass(frozen=True)
class Running:
    number: int = 0
    breached: int = 0
    # When the oldest began.
    since: datetime | None = None


def groups(clock: Clock) -> list[str]:
    """What a clock is counted apart by; "" alone where it is not."""
    return [one.code for one in codelists.urgency_levels()] if clock.group else [""]


def running(clock: Clock, at: datetime) -> dict[str, Running]:
    """What runs now, by group."""
    rows = clock.running.order_by().annotate(place=_place(clock)).values_list("place")
    counted = rows.annotate(
        number=Count("pk"), breached=Count("pk", filter=Q(due__lt=at)), since=Min("begun")
    )
    return {place: Running(*found) for place, *found in counted}


def fell_due(clock: Clock, spans: Mapping[str, Span]) -> dict[str, dict[str, Due]]:
    """What fell due in each span, as it stands now: by group, then by the span's name."""
    kept, broken = Q(done__lte=F("due")), Q(done__gt=F("due")) | Q(done__isnull=True) & ~clock.ended
    # Not the rows' numbers, which an index over times does not hold.
    one, counts = Value(1), dict[str, Any]()
    for name, (start, end) in spans.items():
        inside = Q(due__gte=start, due__lt=end)
        counts[f"{name}_kept"] = Count(one, filter=inside & kept)
        counts[f"{name}_broken"] = Count(one, filter=inside & broken)
    first, last = min(start for start, _ in spans.values()), max(end for _, end in spans.values())
    rows = clock.fell_due(first, last).order_by().annotate(place=_place(clock)).values("place")
    return {
        row["place"]: {n: Due(row[f"{n}_kept"], row[f"{n}_broken"]) for n in spans}
        for row in rows.annotate(**counts)
    }


def took(clock: Clock, start: datetime, end: datetime) -> dict[str, Lengths]:
    """How many took how many minutes, of what was done in the time; by group."""
    return lengths(clock.finished(start, end), "begun", "done", by=clock.group)


def _place(clock: Clock) -> Combinable:
    return F(clock.group) if clock.group else Value("", output_field=CharField())
