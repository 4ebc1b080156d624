# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON: one spelling for one value, and a strict reader."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.canonical import LARGEST_INTEGER, canonical_json, read_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert canonical_json({"b": [1, True, None], "a": "né"}) == (
        '{"a":"né","b":[1,true,null]}'.encode()
    )


def test_the_sorting_example_of_rfc_8785() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = canonical_json(dict.fromkeys(names, 0)).decode()
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(written)) == ordered


def test_the_string_example_of_rfc_8785() -> None:
    value = '\u20ac$\u000f\nA\'B"\\\\"/'
    assert canonical_json(value) == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, 0.5]}, r"\$\.a\[1\]"),
        ({"a": 2**53}, r"\$\.a"),
        ({1: "a"}, r"\$"),
        ("\ud800", r"\$"),
        ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, r"\$\.a"),
        (b"bytes", r"\$"),
    ],
)
def test_what_has_no_single_spelling_is_refused(value: object, place: str) -> None:
    with pytest.raises(FormatRefused, match=place):
        canonical_json(value)


@pytest.mark.parametrize(
    "document",
    [
        "", "{", '{"a":1,"a":2}', "[NaN]", "[1.5]", "[1e3]", b"\xff\xfe", '"\\ud800"',
        "[" * 100 + "]" * 100, "[" * 100_000, "[9007199254740992]",
    ],
    ids=lambda document: str(document)[:20],
)  # fmt: skip
def test_a_careless_document_is_refused(document: bytes | str) -> None:
    with pytest.raises(FormatRefused):
        read_json(document)


def test_fractions_are_read_only_where_a_format_has_them() -> None:
    assert read_json('{"confidence":0.85}', fractions=True) == {"confidence": 0.85}
    with pytest.raises(FormatRefused, match=r"0\.85 is not whole"):
        read_json('{"confidence":0.85}')
    with pytest.raises(FormatRefused):
        read_json("NaN", fractions=True)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert read_json(canonical_json(value)) == value


@given(VALUES)
def test_writing_is_stable(value: object) -> None:
    written = canonical_json(value)
    assert canonical_json(read_json(written)) == written


@given(st.dictionaries(TEXT, st.integers(0, 9), min_size=1), st.randoms())
def test_the_order_of_keys_makes_no_difference(value: dict[str, int], shuffle: object) -> None:
    items = list(value.items())
    shuffle.shuffle(items)  # type: ignore[attr-defined]
    assert canonical_json(dict(items)) == canonical_json(value)
