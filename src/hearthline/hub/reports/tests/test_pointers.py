# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from hearthline.hub.reports.actions.pointers import places

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
