# SPDX-License-Identifier: Apache-2.0
"""Urgency: the most urgent of the type and the facts, with its reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.codelists import (
    UnknownCodeError,
    Urgency,
    incident_types,
    stated_facts,
    urgency,
)

TYPES = st.sampled_from([entry.code for entry in incident_types()])
FACTS = st.lists(st.sampled_from([fact.code for fact in stated_facts()]))


def test_without_facts_the_type_decides() -> None:
    assert urgency("csam_url", ()) == Urgency("U3", ("type:csam_url",))


def test_a_fact_raises_the_level_and_is_the_reason() -> None:
    assert urgency("grooming", ["contact_now", "recent"]) == Urgency("U1", ("fact:contact_now",))


def test_a_type_and_a_fact_of_one_level_are_both_reasons() -> None:
    assert urgency("extortion_money", ["threat_deadline"]) == Urgency(
        "U1", ("type:extortion_money", "fact:threat_deadline")
    )


def test_danger_to_life_is_always_first() -> None:
    for kind in incident_types():
        assert urgency(kind.code, ["advice_only", "danger_now"]).level == "U0"


def test_wanting_advice_lowers_nothing() -> None:
    assert urgency("live_abuse", ["advice_only"]).level == "U1"


def test_a_type_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownCodeError, match="'riddle' is not one of grooming"):
        urgency("riddle", ())


def test_a_fact_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownCodeError, match="'sad' is not one of danger_now"):
        urgency("other", ["sad"])


@given(TYPES, FACTS, FACTS)
def test_more_facts_never_make_it_less_urgent(kind: str, some: list[str], more: list[str]) -> None:
    assert urgency(kind, some + more).level <= urgency(kind, some).level


@given(TYPES, FACTS)
def test_order_and_repetition_make_no_difference(kind: str, facts: list[str]) -> None:
    assert urgency(kind, facts) == urgency(kind, [*reversed(facts), *facts])


@given(TYPES, FACTS)
def test_there_is_always_a_reason(kind: str, facts: list[str]) -> None:
    assert urgency(kind, facts).reasons
