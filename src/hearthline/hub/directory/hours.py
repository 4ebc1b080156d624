# SPDX-License-Identifier: Apache-2.0
"""Opening hours as one line of text, in the small part of the opening_hours notation we use.

The notation is OpenStreetMap's: "24/7", "Mo-Fr 08:00-20:00", "Mo,We 09:00-12:00,14:00-18:00",
"Mo-Fr 08:00-20:00, Sa 10:00-14:00", "Mo-Fr 09:00-17:00; We off", "Fr-Sa 20:00-02:00". A rule after
a semicolon replaces the days it names, as in the original; a rule after a comma adds to them.
"""

import re
from datetime import datetime

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
