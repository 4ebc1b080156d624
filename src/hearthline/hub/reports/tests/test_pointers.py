# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.hub.reports.actions.answers import AnswerRefused
from hearthline.hub.reports.actions.pointers import places
from hearthline.hub.reports.tests.make import many

ADDRESSES = st.sampled_from(
    [
        "https://a.example.org/1",
        "hxxp://b[.]example.org",
        "ftp://c.example.org",
        "see",
        "@kite",
        ",",
    ]
)
PASTED = st.lists(st.one_of(ADDRESSES, st.text(max_size=20)), max_size=8).map(" ".join)


@given(st.lists(PASTED, max_size=4).map("\n".join))
def test_nothing_that_was_pasted_is_lost_and_nothing_makes_a_report_fail(text: str) -> None:
    named = places(addresses=text, service="", account="", words="")
    kept = {place.raw for place in named}
    subjects = [place.subject for place in named if place.subject]
    assert len(set(subjects)) == len(subjects)
    for place in named:
        assert bool(place.canonical) == bool(place.subject) == (not place.refusal)
    # A line may be missing only when each of its places is there already.
    for line in filter(None, map(str.strip, text.splitlines())):
        again = places(addresses=line, service="", account="", words="")
        assert line in kept or all(place.subject in subjects for place in again)


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_account_has_one_name_in_any_case(service: str, account: str) -> None:
    one = places(addresses="", service=service, account=account, words="")
    two = places(addresses="", service=f" {service} ", account=f"{account} ", words="")
    assert [place.subject for place in one] == [place.subject for place in two]


def test_thirty_places_are_taken_at_once_however_often_each_is_named() -> None:
    named = places(addresses=many(30), service="", account="", words=many(30))
    assert len(named) == 30


def test_one_more_is_refused_wherever_it_stands() -> None:
    for more in (
        {"addresses": many(31)},
        {"account": "@kite_99"},
        {"words": "It began at https://first.example.org/1."},
    ):
        told = {"addresses": many(30), "service": "", "account": "", "words": ""} | more
        with pytest.raises(AnswerRefused) as refused:
            places(**told)
        assert (refused.value.field, refused.value.code) == ("addresses", "too_many")
