# SPDX-License-Identifier: Apache-2.0
"""The next open minute, by a clock that may go forward and back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.hub.directory.hours import next_open

PARIS = ZoneInfo("Europe/Paris")
OFFICE = "Mo-Fr 09:00-17:00"
MONDAY = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)


def paris(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "at", "opens"),
    [
        (OFFICE, paris(2026, 10, 5, 10), paris(2026, 10, 5, 10)),
        (OFFICE, paris(2026, 10, 5, 8, 59), paris(2026, 10, 5, 9)),
        (OFFICE, paris(2026, 10, 5, 17), paris(2026, 10, 6, 9)),
        (OFFICE, paris(2026, 10, 2, 18), paris(2026, 10, 5, 9)),
        # Clocks go forward on 29 March 2026 and back on 25 October: nine stays nine.
        (OFFICE, paris(2026, 3, 27, 18), paris(2026, 3, 30, 9)),
        (OFFICE, paris(2026, 10, 23, 18), paris(2026, 10, 26, 9)),
        # 02:30 does not come that night; half past three does.
        ("Su 02:30-06:00", paris(2026, 3, 28, 12), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 02:30 comes twice that night; the first is meant by "from", the second by "until".
        ("Su 02:30-06:00", paris(2026, 10, 24, 12), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Su 01:00-02:30", datetime(2026, 10, 25, 1, 20, tzinfo=UTC),
         datetime(2026, 10, 25, 1, 20, tzinfo=UTC)),
        # Yesterday's late shift is still on.
        ("Fr 20:00-02:00", paris(2026, 10, 3, 1), paris(2026, 10, 3, 1)),
        ("24/7", paris(2026, 10, 4, 3), paris(2026, 10, 4, 3)),
        ("off", paris(2026, 10, 4, 3), paris(2026, 10, 4, 3)),
        ("", paris(2026, 10, 4, 3), paris(2026, 10, 5, 0)),
        ("whenever", paris(2026, 10, 4, 3), paris(2026, 10, 5, 0)),
    ],
)  # fmt: skip
def test_the_next_open_minute(hours, at, opens):
    assert next_open(hours, at, zone=PARIS, weekend=["sa", "su"]) == opens


def test_a_holiday_is_closed_whatever_the_hours():
    monday = paris(2026, 10, 5, 10)
    holidays = [date(2026, 10, 5), date(2026, 10, 6)]
    assert next_open(OFFICE, monday, zone=PARIS, holidays=holidays) == paris(2026, 10, 7, 9)
    assert next_open("24/7", monday, zone=PARIS, holidays=holidays) == monday


@given(
    at=st.datetimes(MONDAY, MONDAY + timedelta(days=700)).map(
        lambda naive: naive.replace(tzinfo=UTC)
    ),
    zone=st.sampled_from(["Europe/Paris", "Africa/Lagos", "America/New_York", "Asia/Kathmandu"]),
)
def test_it_is_never_before_and_never_more_than_a_weekend_away(at, zone):
    opens = next_open(OFFICE, at, zone=ZoneInfo(zone))
    assert at <= opens <= at + timedelta(days=2, hours=17)
    local = opens.astimezone(ZoneInfo(zone))
    assert local.weekday() < 5
    assert 9 <= local.hour < 17
    assert next_open(OFFICE, opens, zone=ZoneInfo(zone)) == opens
