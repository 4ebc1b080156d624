# SPDX-License-Identifier: Apache-2.0
import pytest

from hearthline.hub.directory.actions import retire
from hearthline.hub.directory.models import Organisation, helplines_for
from hearthline.hub.directory.tests.make import make_contact, make_line, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(mara, now):
    numbers = iter(range(100, 200))

    def make(name: str, **overrides):
        return make_line(name, by=mara, at=now, number=f"555-0{next(numbers)}", **overrides)

    return make


def names(**asked) -> list[str]:
    return [line.name for line in helplines_for(**asked)]


def test_open_lines_come_first_then_ones_whose_hours_are_not_known(line, now) -> None:
    line("Closed", hours="Sa 10:00-12:00")
    line("Unclear", hours="most evenings")
    line("Open", hours="Mo-Fr 08:00-20:00")
    lines = helplines_for(language="en", child=False, at=now)
    assert [(each.name, each.open_now) for each in lines] == [
        ("Open", True),
        ("Unclear", None),
        ("Closed", False),
    ]


def test_among_open_lines_the_readers_language_comes_first(line, now) -> None:
    line("A line in English")
    line("B line in Chinese", languages=["zh-hans"])
    line("C line, closed", languages=["zh-hans"], hours="Sa 10:00-12:00")
    assert names(language="zh-hant", child=True, at=now) == [
        "B line in Chinese",
        "A line in English",
        "C line, closed",
    ]


def test_a_child_sees_childrens_lines_first(line, now) -> None:
    line("A family line")
    line("B children's line", under_age_only=True)
    assert names(language="en", child=True, at=now) == ["B children's line", "A family line"]


def test_an_adult_sees_them_last(line, now) -> None:
    line("A children's line", under_age_only=True)
    line("B family line, closed", hours="Sa 10:00-12:00")
    assert names(language="en", child=False, at=now) == [
        "B family line, closed",
        "A children's line",
    ]


def test_the_number_is_the_one_in_use(line, mara, now) -> None:
    made = line("A line")
    make_contact(made, by=mara, at=now, scope="help", channel="phone", value="555-0199",
                 verified_on=now.date())  # fmt: skip
    assert [each.number for each in helplines_for(language="en", child=True, at=now)] == [
        "555-0199"
    ]


def test_lines_that_are_not_for_the_public_are_left_out(line, mara, now) -> None:
    line("Internal line", public=False)
    make_line("Line without a number", by=mara, at=now, number="")
    retire(organisation=line("Retired line"), reason="closed", by=mara, at=now)
    make_organisation(by=mara, at=now, kind=Organisation.Kind.SERVICE, public=True)
    assert names(language="en", child=True, at=now) == []


def test_many_lines_cost_two_queries(line, now, django_assert_num_queries) -> None:
    for name in "abcde":
        line(name)
    with django_assert_num_queries(2):
        helplines_for(language="en", child=True, at=now)
