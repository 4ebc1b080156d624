# SPDX-License-Identifier: Apache-2.0
"""Calendar months as the country's own clocks have them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)


class PeriodRefused(Exception):
    """The text names no month; the message says how to write one."""


class PeriodNotOver(Exception):
    """The month still runs, or has not begun: its counts would change."""


@dataclass(frozen=True)
class Month:
    """A month from `start` up to but not including `end`, both in the country's time zone."""

    name: str
    start: datetime
    end: datetime

    @classmethod
    def read(cls, name: str, *, zone: str) -> Self:
        """The month called `name`, such as "2026-10". Raises `PeriodRefused`."""
        found = _MONTH.fullmatch(name)
        year, month = (int(found[1]), int(found[2])) if found else (0, 0)
        if not (1990 <= year <= 9998 and 1 <= month <= 12):
            raise PeriodRefused(_("Write the month as year and number, such as 2026-10."))
        here = ZoneInfo(zone)
        start = datetime(year, month, 1, tzinfo=here)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=here)
        return cls(name, start, end)

    @classmethod
    def last_finished(cls, at: datetime, *, zone: str) -> Self:
        """The month before the one `at` lies in."""
        here = at.astimezone(ZoneInfo(zone))
        year, month = (here.year, here.month - 1) if here.month > 1 else (here.year - 1, 12)
        return cls.read(f"{year:04}-{month:02}", zone=zone)

    def require_over(self, at: datetime) -> None:
        """Raise `PeriodNotOver` unless the whole month lies before `at`."""
        if at < self.end:
            raise PeriodNotOver(_("This month is not over yet. Its figures can be compiled later."))


def midnight(at: datetime, *, zone: str, days_before: int = 0) -> datetime:
    """The midnight `at`'s day began with, or one so many days earlier, in the time zone."""
    day = at.astimezone(ZoneInfo(zone)).date() - timedelta(days=days_before)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
