# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.hub.directory.hours import is_open, is_readable

MONDAY = datetime(2026, 10, 5, tzinfo=UTC)


def on(day: int, clock: str) -> datetime:
    """A moment in the week of MONDAY: day 0 is Monday, 6 is Sunday."""
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


@pytest.mark.parametrize(
    ("hours", "day", "clock", "expected"),
    [
        ("24/7", 6, "03:00", True),
        ("Mo-Fr 08:00-20:00", 0, "08:00", True),
        ("Mo-Fr 08:00-20:00", 4, "19:59", True),
        ("Mo-Fr 08:00-20:00", 4, "20:00", False),
        ("Mo-Fr 08:00-20:00", 0, "07:59", False),
        ("Mo-Fr 08:00-20:00", 5, "12:00", False),
        ("mo-su 00:00-24:00", 6, "23:59", True),
        ("09:00-17:00", 6, "10:00", True),
        ("Mo,We 09:00-12:00,14:00-18:00", 2, "15:00", True),
        ("Mo,We 09:00-12:00, 14:00-18:00", 2, "13:00", False),
        ("Mo,We 09:00-12:00", 1, "10:00", False),
        ("Mo-Fr 08:00-20:00, Sa 10:00-14:00", 5, "11:00", True),
        ("Mo-Fr 08:00-20:00; We 09:00-10:00", 2, "12:00", False),
        ("Mo-Fr 08:00-20:00; We off", 2, "09:00", False),
        ("Mo-Fr 08:00-20:00; We off", 3, "09:00", True),
        ("Sa-Mo 10:00-11:00", 6, "10:30", True),
        ("Sa-Mo 10:00-11:00", 1, "10:30", False),
        ("Fr-Sa 20:00-02:00", 6, "01:30", True),
        ("Fr-Sa 20:00-02:00", 4, "01:30", False),
        ("Su 22:00-06:00", 0, "05:00", True),
    ],
)
def test_hours_are_read(hours: str, day: int, clock: str, expected: bool) -> None:
    assert is_open(hours, on(day, clock)) is expected


def test_the_clock_is_the_countrys_own(settings) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"  # eight hours ahead
    assert is_open("Mo-Fr 08:00-20:00", on(0, "00:30")) is True
    assert is_open("Mo-Fr 08:00-20:00", on(0, "12:30")) is False


def test_the_zone_a_moment_is_written_in_changes_nothing() -> None:
    moment = on(0, "09:00").astimezone(timezone(timedelta(hours=9)))
    assert is_open("Mo 08:00-10:00", moment) is True


@pytest.mark.parametrize(
    "hours",
    ["", "sometimes", "Mo-Fr", "Mo-Fr 8-20", "Mo-Fr 08:00-25:00", "Mo-Fr 08:61-20:00",
     "Xx 08:00-20:00", "PH off", "24:00-25:00", "Mo-Fr 08:00-20:00 +", "Mo-Fr 08:00-20:00;"],
)  # fmt: skip
def test_what_cannot_be_read_is_neither_open_nor_closed(hours: str) -> None:
    assert is_open(hours, MONDAY) is None
    assert not is_readable(hours)


@given(st.text(alphabet="Mou-FrSa,;: 0123456789/of", max_size=40))
def test_no_text_breaks_the_reading(hours: str) -> None:
    assert (is_open(hours, MONDAY) is None) is not is_readable(hours)
