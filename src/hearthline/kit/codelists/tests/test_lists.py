# SPDX-License-Identifier: Apache-2.0
"""The lists as published: complete, consistent, and worded for those who read them."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit import codelists
from hearthline.kit.codelists import (
    Entry,
    RemovalService,
    UnknownCodeError,
    age_bands,
    assessment_outcomes,
    channels,
    find,
    fourc,
    host_refusals,
    incident_types,
    list_names,
    police_outcomes,
    removal_services,
    reporter_kinds,
    routes,
    sexes,
    source_strings,
    stated_facts,
    urgency_levels,
)

READERS = {
    "age_bands": age_bands,
    "assessment_outcomes": assessment_outcomes,
    "channels": channels,
    "fourc": fourc,
    "host_refusals": host_refusals,
    "incident_types": incident_types,
    "police_outcomes": police_outcomes,
    "removal_services": removal_services,
    "reporter_kinds": reporter_kinds,
    "routes": routes,
    "sexes": sexes,
    "stated_facts": stated_facts,
    "urgency_levels": urgency_levels,
}


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[.!?]\s*", text) if part]


def test_every_file_in_the_folder_has_a_reader() -> None:
    assert set(list_names()) == set(READERS)


@pytest.mark.parametrize("name", READERS)
def test_codes_are_unique_and_every_entry_says_where_it_comes_from(name: str) -> None:
    entries: tuple[Entry, ...] = READERS[name]()
    assert len({entry.code for entry in entries}) == len(entries)
    assert all(entry.source and entry.label for entry in entries)
    assert all(isinstance(entry.verified, bool) for entry in entries)


def test_a_verified_entry_names_a_published_source() -> None:
    verified = [entry for read in READERS.values() for entry in read() if entry.verified]
    assert verified
    assert not [entry.code for entry in verified if "Hearthline proposal" in entry.source]


def test_the_4cs_are_four_dimensions_by_three_natures() -> None:
    cells = {(cell.dimension, cell.nature) for cell in fourc()}
    assert len(fourc()) == len(cells) == 12
    assert all(cell.code == f"4C.{cell.dimension}.{cell.nature}" for cell in fourc())


def test_the_incident_types_are_the_nineteen_of_the_register() -> None:
    assert {entry.code for entry in incident_types()} == {
        "csam_url", "grooming", "extortion_sexual", "extortion_money", "live_abuse", "ncii_peer",
        "self_generated", "synthetic", "trafficking", "unwanted_sexual", "cyberbullying",
        "hate_violence", "self_harm", "challenge", "impersonation", "fraud", "privacy",
        "extremism", "other",
    }  # fmt: skip


def test_every_cell_of_the_4cs_but_pure_opinion_content_is_met_by_some_incident_type() -> None:
    met = {cell for entry in incident_types() for cell in entry.fourc}
    assert {cell.code for cell in fourc()} - met == {"4C.content.val"}


def test_only_the_unsure_type_has_no_4c_cell() -> None:
    assert [entry.code for entry in incident_types() if not entry.fourc] == ["other"]


def test_peer_and_self_generated_cases_put_support_before_police() -> None:
    child_first = {entry.code for entry in incident_types() if entry.child_first}
    assert {"self_generated", "ncii_peer", "cyberbullying"} <= child_first
    for entry in incident_types():
        if entry.child_first:
            assert "police" not in entry.routes
            assert "helpline" in entry.routes


def test_what_only_a_desk_can_know_is_not_asked_of_the_public() -> None:
    hidden = {fact.code for fact in stated_facts() if not fact.shown_to_public}
    assert hidden == {"unseen_content"}
    assert find(stated_facts(), "known_content").shown_to_children is False


def test_illegal_means_baseline_or_national() -> None:
    assert [entry.code for entry in assessment_outcomes() if entry.illegal] == [
        "baseline",
        "national",
    ]


def test_no_removal_service_is_claimed_to_be_checked_or_linked_behind_an_account() -> None:
    for service in removal_services():
        assert not service.verified
        assert service.free
        assert bool(service.website) != service.account_first


def test_a_link_behind_an_account_is_refused() -> None:
    open_to_all = find(removal_services(), "take_it_down")
    with pytest.raises(ValueError, match="account first"):
        RemovalService(**{**open_to_all.model_dump(), "account_first": True})


def test_children_everywhere_have_one_that_never_sees_the_picture() -> None:
    anywhere = [one for one in removal_services() if not one.countries]
    assert [one.code for one in anywhere if one.for_pictures == "under_18"] == ["take_it_down"]
    assert all(one.on_own_device for one in anywhere)
    assert [one.code for one in removal_services() if one.for_pictures == "adult"] == ["stopncii"]


def test_a_child_of_a_peer_case_is_not_told_of_the_law() -> None:
    for entry in assessment_outcomes():
        told = entry.sentence_child_first or entry.sentence_child
        if entry.illegal:
            assert "law" not in told
            assert "You did nothing wrong." in told


def test_age_bands_leave_no_gap_and_end_childhood_at_eighteen() -> None:
    known = [band for band in age_bands() if band.code != "unknown"]
    for younger, older in pairwise(known):
        assert younger.to_years is not None
        assert older.from_years == younger.to_years + 1
    assert find(age_bands(), "adult").from_years == 18


CHILD_STRINGS = [
    string for string in source_strings()
    if string.field in {"label_child", "sentence_child", "sentence_child_first"}
    or (string.list_name == "incident_types" and string.field == "example")
]  # fmt: skip


@pytest.mark.parametrize("string", CHILD_STRINGS, ids=lambda s: f"{s.list_name}.{s.code}.{s.field}")
def test_a_childs_sentence_has_fewer_than_twelve_plain_words(
    string: codelists.SourceString,
) -> None:
    for sentence in sentences(string.text):
        assert len(sentence.split()) < 12, sentence
    hard = {"incident", "victim", "submit", "sexual", "abuse", "csam", "grooming", "extortion"}
    assert not hard & set(re.findall(r"[a-z]+", string.text.lower()))


def test_no_wording_blames_a_child() -> None:
    blaming = re.compile(
        r"\b(you|I|child) (sent|shared|allowed|let|agreed|failed|should have)\b"
        r"|\b(promiscuous|provoked|(?<!non-)consensual|child porn\w*|paedophile)\b",
        re.IGNORECASE,
    )
    assert not [string for string in source_strings() if blaming.search(string.text)]


def test_every_spoken_string_is_listed_for_translation() -> None:
    listed = {(string.list_name, string.text) for string in source_strings()}
    for name, read in READERS.items():
        for entry in read():
            for field in ("label", "label_child", "label_public", "sentence", "meaning"):
                text = getattr(entry, field, None)
                assert text is None or (name, text) in listed


@given(st.text(max_size=12))
def test_an_unknown_code_is_refused_with_the_choices(code: str) -> None:
    if code in {entry.code for entry in sexes()}:
        return
    with pytest.raises(UnknownCodeError, match="female"):
        find(sexes(), code)


def test_entries_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        routes()[0].label = "Elsewhere"
