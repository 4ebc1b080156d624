# SPDX-License-Identifier: Apache-2.0
"""Opening hours as one line of text, in the small part of the opening_hours notation we use.

The notation is OpenStreetMap's: "24/7", "Mo-Fr 08:00-20:00", "Mo,We 09:00-12:00,14:00-18:00",
"Mo-Fr 08:00-20:00, Sa 10:00-14:00", "Mo-Fr 09:00-17:00; We off", "Fr-Sa 20:00-02:00". A rule after
a semicolon replaces the days it names, as in the original; a rule after a comma adds to them.
"""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_DAY = f"(?:{'|'.join(_DAYS)})"
_RANGE = rf"{_DAY}(?:-{_DAY})?"
_SPAN = r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(
    rf"(?:(?P<days>{_RANGE}(?:,\s*{_RANGE})*)\s+)?"
    rf"(?P<times>24/7|off|closed|{_SPAN}(?:,\s*{_SPAN})*)"
)
_BETWEEN = re.compile(r"\s*([;,])\s*")
_DAY_LENGTH = 24 * 60
_YEAR = 367

Span = tuple[int, int]
Week = list[list[Span]]


def is_open(hours: str, at: datetime) -> bool | None:
    """Whether a line with these hours is open at `at`, by the country's own clock.

    None when the text cannot be read: then a page says neither "open" nor "closed".
    """
    week = _week(hours)
    if week is None:
        return None
    local = at.astimezone(timezone.get_default_timezone())
    minute, today = local.hour * 60 + local.minute, local.weekday()
    # Yesterday's late shift may still be on.
    late = minute + _DAY_LENGTH
    return any(start <= minute < end for start, end in week[today]) or any(
        start <= late < end for start, end in week[today - 1]
    )


def next_open(
    hours: str,
    at: datetime,
    *,
    zone: ZoneInfo,
    weekend: Collection[str] = (),
    holidays: Collection[date] = (),
) -> datetime:
    """The first minute from `at` on that somebody is there, by the clock of `zone`.

    `hours` say it where they are stated; where not, every day is open but those of `weekend`
    ("sa", "su"). `holidays` are closed whatever the hours, unless they are "24/7". Hours that are
    never open in a year hold nothing back.
    """
    week = _week(hours) if hours else None
    if week is None:
        week = [[] if day in weekend else [(0, _DAY_LENGTH)] for day in _DAYS]
    if hours.strip() == "24/7":
        return at
    today = at.astimezone(zone).date()
    for number in range(-1, _YEAR):
        day = today + timedelta(days=number)
        if day in holidays:
            continue
        spans = ((_moment(day, a, zone), _moment(day, b, zone, late=True)) for a, b in
                 sorted(week[day.weekday()]))  # fmt: skip
        for start, end in spans:
            if end > at:
                return max(start, at)
    return at


def _moment(day: date, minute: int, zone: ZoneInfo, *, late: bool = False) -> datetime:
    """A minute of a local day. Of an hour that comes twice, the first is meant, or the `late`.

    An hour that does not come, when clocks go forward, is the one after it.
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    return local.replace(tzinfo=zone, fold=int(late)).astimezone(UTC)


def in_words(hours: str) -> str:
    """The hours with the days in the reader's language; as they are where they cannot be read."""
    if not is_readable(hours):
        return hours
    text = re.sub(_DAY, lambda day: str(WEEKDAYS_ABBR[_DAYS.index(day[0])]), hours.lower())
    return re.sub("off|closed", lambda _found: gettext("closed"), text)


def is_readable(hours: str) -> bool:
    """Whether `is_open` can answer for this text."""
    return _week(hours) is not None


def _week(hours: str) -> Week | None:
    """Seven days of spans in minutes from midnight; an end past 24:00 is in the next day."""
    text, position, replaces = hours.strip().lower(), 0, True
    week: Week = [[] for _ in _DAYS]
    while True:
        rule = _RULE.match(text, position)
        spans = _spans(rule["times"]) if rule else None
        if rule is None or spans is None:
            return None
        for day in _days(rule["days"]):
            week[day] = spans if replaces else week[day] + spans
        position = rule.end()
        if position == len(text):
            return week
        between = _BETWEEN.match(text, position)
        if between is None:
            return None
        replaces, position = between[1] == ";", between.end()


def _days(text: str | None) -> list[int]:
    if text is None:
        return list(range(len(_DAYS)))
    days: list[int] = []
    for part in re.split(r",\s*", text):
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return days


def _spans(text: str) -> list[Span] | None:
    if text in {"off", "closed"}:
        return []
    if text == "24/7":
        return [(0, _DAY_LENGTH)]
    spans = []
    for part in re.split(r",\s*", text):
        start, end = (_minutes(clock) for clock in part.split("-"))
        if start is None or end is None or start == _DAY_LENGTH:
            return None
        spans.append((start, end if end > start else end + _DAY_LENGTH))
    return spans


def _minutes(clock: str) -> int | None:
    hour, minute = int(clock[:2]), int(clock[3:])
    minutes = hour * 60 + minute
    return minutes if minute < 60 and minutes <= _DAY_LENGTH else None
