# SPDX-License-Identifier: Apache-2.0
"""Profiles as data: five bands without a gap, hours, allow-lists; a bad file is named."""

from datetime import datetime
from pathlib import Path

import pytest

from hearthline.kit.family import Profile, ProfilesWrong, read_profiles
from hearthline.kit.family.profiles import SHIPPED

SHIPPED_PROFILES = read_profiles()
MONDAY, FRIDAY = 23, 27  # days of November 2026


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001  the device's own clock


def test_five_bands_reach_from_birth_to_eighteen_without_a_gap() -> None:
    bands = [(each.from_years, each.before_years) for each in SHIPPED_PROFILES]
    assert bands == [(0, 3), (3, 8), (8, 12), (12, 16), (16, 18)]


def test_every_profile_says_where_it_comes_from_and_that_nobody_checked_it() -> None:
    assert all(each.source and each.verified is False for each in SHIPPED_PROFILES)


def test_only_the_youngest_have_an_allow_list() -> None:
    assert [each.code for each in SHIPPED_PROFILES if each.allow_only] == ["0_3", "3_8"]
    assert all(name.endswith(".example.org") for each in SHIPPED_PROFILES for name in each.allow)


def profile(code: str) -> Profile:
    return next(each for each in SHIPPED_PROFILES if each.code == code)


@pytest.mark.parametrize(
    ("code", "when", "is_open"),
    [
        ("0_3", at(MONDAY, 7, 59), False),
        ("0_3", at(MONDAY, 8), True),
        ("0_3", at(MONDAY, 17, 59), True),
        ("0_3", at(MONDAY, 18), False),
        ("12_16", at(MONDAY, 21, 45), False),
        ("12_16", at(FRIDAY, 21, 45), True),
        ("12_16", at(FRIDAY, 22), False),
        ("16_18", at(MONDAY, 0), True),
        ("16_18", at(MONDAY, 23, 59), True),
    ],
)
def test_the_web_is_open_within_the_hours_of_a_day(
    code: str, when: datetime, is_open: bool
) -> None:
    assert profile(code).is_open(when) is is_open


@pytest.mark.parametrize(
    ("found", "put", "fault"),
    [
        ('code = "0_3"', 'code = "0_3', "invalid|Illegal|expected|Expected|newline"),
        ("[[profile]]", "[[nothing]]", "there is no profile"),
        ('code = "3_8"', 'code = "0_3"', "stands twice"),
        ("before_years = 3", "before_years = 2", "3_8 must begin where 0_3 ends"),
        ("before_years = 3", "before_years = 0", "before_years must be above"),
        ("before_years = 18", "before_years = 19", "less than or equal to 18"),
        ("allow = []", 'allow = ["school.example.org"]', "exactly when allow_only"),
        ('"songs.example.org"', '"https://songs.example.org/"', "pattern"),
        ('"songs.example.org"', '"songs"', "pattern"),
        ('opens = "08:00"', 'opens = "8:00"', "HH:MM"),
        ('opens = "08:00"', 'opens = "19:00"', "closes must be after opens"),
        ('"mon", "tue"', '"monday", "tue"', "mon"),
        ("allow_only = false", "allow_only = false\nscreen_minutes = 60", "screen_minutes"),
        ("verified = false", "", "verified"),
    ],
)
def test_a_file_that_is_not_in_order_is_refused_by_name(
    tmp_path: Path, found: str, put: str, fault: str
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert found in text
    wrong = tmp_path / "mine.toml"
    wrong.write_text(text.replace(found, put), encoding="utf-8")
    with pytest.raises(ProfilesWrong, match=f"(?s)mine.toml.*({fault})"):
        read_profiles(wrong)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ProfilesWrong, match=r"none\.toml"):
        read_profiles(tmp_path / "none.toml")
