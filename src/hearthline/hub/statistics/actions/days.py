# SPDX-License-Identifier: Apache-2.0
"""How promises were kept, day by day: counted once when a day is over, so that nobody who looks
waits for a million rows to be counted again."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from hearthline.hub.statistics.actions import promised
from hearthline.hub.statistics.actions.clocks import Clock, clocks
from hearthline.hub.statistics.actions.periods import Month, midnight
from hearthline.hub.statistics.actions.promised import Due
from hearthline.hub.statistics.models import PromiseDay

# What the overview looks back on, in days.
LOOK_BACK = 90
# How many days a call counts at most. The worker goes on in its next round.
BATCH = 10


def first_day(at: datetime) -> datetime:
    """The first midnight the overview looks back to."""
    zone = settings.PACK.country.timezone
    return min(
        midnight(at, zone=zone, days_before=LOOK_BACK), Month.last_finished(at, zone=zone).start
    )


def count_days(at: datetime, *, limit: int = BATCH) -> int:
    """Count the oldest days that are over and not counted yet; how many.

    A day stays as it was counted, whatever happens to its cases later. Counts of days that nobody
    looks back on are deleted.
    """
    day, today = first_day(at), midnight(at, zone=settings.PACK.country.timezone)
    PromiseDay.objects.before(day.date()).delete()
    present = {one.day for one in PromiseDay.objects.since(day.date())}
    done = 0
    while day < today and done < limit:
        if day.date() not in present:
            _count(day)
            done += 1
        day += timedelta(days=1)
    return done


def _count(day: datetime) -> None:
    """Twice at the same moment gives the same rows once. Nobody who writes waits for the count."""
    rows = [row for clock in clocks() for row in _of(clock, day)]
    PromiseDay.objects.bulk_create(rows, ignore_conflicts=True)


def _of(clock: Clock, day: datetime) -> list[PromiseDay]:
    end = day + timedelta(days=1)
    due: dict[str, Any] = promised.fell_due(clock, {"day": (day, end)})
    took = promised.took(clock, day, end)
    return [
        PromiseDay(
            day=day.date(),
            promise=clock.code,
            group=group,
            kept=due.get(group, {}).get("day", Due()).kept,
            broken=due.get(group, {}).get("day", Due()).broken,
            minutes={str(taken): number for taken, number in took.get(group, {}).items()},
        )
        for group in promised.groups(clock)
    ]
