# SPDX-License-Identifier: Apache-2.0
"""XARF notices: what is sent, what is never sent, and what is read."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from hearthline.kit.codelists import UnknownCodeError, assessment_outcomes, incident_types
from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.xarf import Party, is_test, notice, read

HOTLINE = Party("Hearth Hotline", "notices@hotline.example.org", "hotline.example.org")
SHA256 = "ab" * 32


def make(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "report_id": UUID("6f1c2a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b"),
        "at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "reporter": HOTLINE,
        "sender": HOTLINE,
        "url": "https://pictures.example.org/page?id=1",
        "domain": "pictures.example.org",
        "outcome": "baseline",
        "incident_type": "csam_url",
        "hashes": {"sha256": SHA256},
        "test": False,
    }
    return notice(**{**values, **changes})


def test_a_baseline_notice_says_what_was_assessed() -> None:
    document = make()
    assert document["category"] == "content"
    assert document["type"] == "csam"
    assert document["classification"] == "baseline"
    assert document["detection_method"] == "manual_review"
    assert document["hash_values"] == {"sha256": SHA256}
    assert document["timestamp"] == "2026-11-02T09:30:00Z"
    assert document["source_identifier"] == "pictures.example.org"
    assert "tags" not in document


def test_a_test_notice_is_marked() -> None:
    assert make(test=True)["tags"] == ["lifecycle:test"]
    assert is_test(make(test=True))
    assert not is_test(make())


def test_what_only_national_law_forbids_is_never_given_a_classification() -> None:
    document = make(outcome="national")
    assert document["type"] == "csem"
    assert document["exploitation_type"] == "distribution"
    assert "classification" not in document
    assert "hash_values" not in document


@pytest.mark.parametrize(
    ("incident_type", "exploitation"),
    [
        ("grooming", "grooming"),
        ("extortion_sexual", "sextortion"),
        ("extortion_money", "sextortion"),
        ("trafficking", "trafficking"),
        ("synthetic", "distribution"),
    ],
)
def test_exploitation_follows_the_kind_of_report(incident_type: str, exploitation: str) -> None:
    document = make(outcome="national", incident_type=incident_type)
    assert document["exploitation_type"] == exploitation


def test_no_peer_or_self_generated_case_is_labelled_exploitation() -> None:
    for kind in incident_types():
        if kind.child_first:
            with pytest.raises(FormatRefused, match="plain words"):
                make(outcome="national", incident_type=kind.code)


def test_no_outcome_that_is_not_illegal_becomes_a_notice() -> None:
    for outcome in assessment_outcomes():
        if not outcome.illegal:
            with pytest.raises(FormatRefused, match="outcome"):
                make(outcome=outcome.code)


def test_a_zone_is_needed_and_turned_into_utc() -> None:
    there = timezone(timedelta(hours=8))
    document = make(at=datetime(2026, 11, 2, 17, 30, tzinfo=there))
    assert document["timestamp"] == "2026-11-02T09:30:00Z"
    with pytest.raises(FormatRefused, match="at: a time without a time zone"):
        make(at=datetime(2026, 11, 2, 9, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "ftp://files.example.org/"}, "url"),
        ({"url": "https://a b.example.org/"}, "url"),
        ({"domain": "Pictures.Example.org"}, "domain"),
        ({"hashes": {"sha256": "short"}}, "hash_values"),
        ({"hashes": {"crc32": "00"}}, "hashes.crc32"),
        ({"sender": Party("Hearth", "not an address", "hotline.example.org")}, "sender"),
    ],
)
def test_a_value_the_schema_refuses_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FormatRefused) as refusal:
        make(**changes)
    assert field in refusal.value.field


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownCodeError):
        make(incident_type="riddle")


def test_a_notice_is_read_back_from_its_json() -> None:
    document = make()
    assert read(json.dumps(document)) == document
    assert read(json.dumps(document).encode()) == document


def test_a_notice_from_elsewhere_may_state_its_confidence() -> None:
    document = {**make(), "confidence": 0.85}
    assert read(json.dumps(document)) == document


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"evidence": []}, "evidence"),
        ({"evidence": [{"content_type": "image/png", "payload": "AAAA"}]}, "evidence"),
        ({"screenshot_url": "https://example.org/s"}, "screenshot_url"),
        ({"_internal": {"ticket": "1"}}, "_internal"),
        ({"_internal_note": "x"}, "_internal_note"),
        ({"hash_values": {"sha256": SHA256, "_internal": "x"}}, "hash_values._internal"),
        ({"extra": [{"evidence": 1}]}, "extra[0].evidence"),
        ({"description": "data:image/png;base64,AAAA"}, "description"),
        ({"description": "x" * 5000}, "description"),
        ({"unheard_of": "x"}, "unheard_of"),
        ({"xarf_version": "3"}, "xarf_version"),
        ({"category": "messaging", "type": "spam"}, "category"),
        ({"type": "phishing"}, "type"),
        ({"classification": "C9"}, "classification"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"timestamp": "2026-11-02T09:30:00"}, "timestamp"),
        ({"url": None}, "url"),
    ],
)
def test_what_breaks_a_rule_is_not_read(change: dict[str, Any], field: str) -> None:
    with pytest.raises(FormatRefused) as refusal:
        read(json.dumps({**make(), **change}))
    assert field in refusal.value.field


def test_what_is_missing_is_named() -> None:
    document = make()
    del document["classification"]
    with pytest.raises(FormatRefused, match="classification"):
        read(document)


@pytest.mark.parametrize("text", ["[]", "nonsense", "{}", '{"Version": "3"}', b"\xff"])
def test_what_is_no_notice_is_refused(text: str | bytes) -> None:
    with pytest.raises(FormatRefused):
        read(text)
