# SPDX-License-Identifier: Apache-2.0
"""What publisher and readers send: differences add up, and nothing broken or old is taken."""

import base64
import json
import time
import tracemalloc
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import ListFault, ListRefused, Prefixes
from hearthline.kit.urls.prefix_messages import Coding, apply, delta, read_search, search
from hearthline.kit.urls.prefixes import build, version_of

VALUES = st.sets(st.integers(0, 0xFFFF_FFFF), max_size=50)


def prefixes(values: set[int], serial: int) -> Prefixes:
    ascending = array("I", sorted(values))
    return Prefixes(ascending, version_of(serial, ascending))


OLD, NEW = prefixes({5, 10, 4_000_000_000}, 1), prefixes({5, 11, 77}, 2)


@given(VALUES, VALUES, st.sampled_from(Coding))
def test_a_difference_makes_the_old_list_the_new_one(
    before: set[int], after: set[int], coding: Coding
) -> None:
    old, new = prefixes(before, 1), prefixes(after, 2)
    assert apply(old, delta(old, new, coding=coding)) == new
    assert apply(None, delta(None, new, coding=coding)) == new
    assert apply(old, delta(None, new, coding=coding)) == new


def test_the_answer_has_the_published_shape() -> None:
    answer = json.loads(delta(OLD, NEW, name="national", wait_seconds=300))
    assert answer == {
        "name": "national",
        "version": base64.b64encode(NEW.version).decode(),
        "partialUpdate": True,
        "minimumWaitDuration": "300s",
        "sha256Checksum": base64.b64encode(NEW.checksum).decode(),
        "additionsFourBytes": {
            "firstValue": 11,
            "riceParameter": 5,
            "entriesCount": 1,
            "encodedData": answer["additionsFourBytes"]["encodedData"],
        },
        "compressedRemovals": {
            "firstValue": 1,
            "riceParameter": 3,
            "entriesCount": 1,
            "encodedData": "Ag==",
        },
    }


def test_the_same_lists_give_the_same_bytes() -> None:
    assert delta(OLD, NEW) == delta(prefixes({10, 5, 4_000_000_000}, 1), NEW)


def test_the_version_that_is_held_already_changes_nothing() -> None:
    assert apply(NEW, delta(None, NEW)) is NEW


def test_an_older_list_is_refused_however_it_is_sent() -> None:
    for answer in (delta(None, OLD), delta(NEW, OLD)):
        with pytest.raises(ListRefused) as refused:
            apply(NEW, answer)
        assert refused.value.code is ListFault.ROLLED_BACK


def test_another_list_under_the_same_serial_is_refused() -> None:
    with pytest.raises(ListRefused) as refused:
        apply(NEW, delta(None, prefixes({1}, 2)))
    assert refused.value.code is ListFault.ROLLED_BACK


def test_a_difference_from_another_list_is_refused_by_its_checksum() -> None:
    for held in (None, prefixes({5, 9}, 1), prefixes({6, 9, 12}, 1)):
        with pytest.raises(ListRefused) as refused:
            apply(held, delta(OLD, NEW))
        assert refused.value.code is ListFault.CHECKSUM


def changed(**fields: object) -> bytes:
    return json.dumps(json.loads(delta(OLD, NEW)) | fields).encode()


RICE = json.loads(delta(OLD, NEW))["additionsFourBytes"]
RAW = json.loads(delta(OLD, NEW, coding=Coding.RAW))["rawAdditions"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"version": 7}',
        b"{}",
        changed(version="AAAA"),
        changed(version="not base64"),
        changed(sha256Checksum=None),
        changed(partialUpdate="yes"),
        changed(additionsFourBytes="AAAA"),
        changed(additionsFourBytes=RICE | {"firstValue": "11"}),
        changed(additionsFourBytes=RICE | {"firstValue": -1}),
        changed(additionsFourBytes=RICE | {"riceParameter": 99}),
        changed(additionsFourBytes=RICE | {"entriesCount": 2**40}),
        changed(additionsFourBytes=RICE | {"encodedData": ""}),
        changed(additionsFourBytes=RICE | {"encodedData": 3}),
        changed(rawAdditions=RAW),  # both codings at once
        changed(additionsFourBytes=None, rawAdditions=RAW | {"prefixSize": 5}),
        changed(additionsFourBytes=None, rawAdditions={"rawHashes": "AAA="}),
        changed(additionsFourBytes=None, rawAdditions={"rawHashes": "AAAACwAAAAs="}),
        changed(additionsFourBytes=None, rawAdditions={"rawHashes": "AAAABQ=="}),  # held already
    ],
)
def test_a_broken_answer_is_refused_by_name(answer: bytes) -> None:
    with pytest.raises(ListRefused) as refused:
        apply(OLD, answer)
    assert refused.value.code in (ListFault.NOT_READABLE, ListFault.CHECKSUM)
    assert len(OLD) == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"[" + b"0," * 10_000_000 + b"0]",
        b"[" * 20_000_000,
        b'{"version":' + b"1" * 20_000_000 + b"}",
        b'{"additionsFourBytes":{"entriesCount":16777216,"riceParameter":2,"encodedData":"AAAA"}}',
    ],
    ids=["many parts", "deep", "a long number", "entries that are not there"],
)
def test_a_hostile_answer_costs_little(answer: bytes) -> None:
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(ListRefused):
        apply(OLD, answer)
    seconds = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 5
    assert peak < 4 * len(answer) + 1_000_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = st.sampled_from(sorted([*json.loads(delta(OLD, NEW)), "rawAdditions", "rawRemovals"]))
INNER = st.sampled_from([*RICE, *RAW, "rawIndices"])


@given(st.dictionaries(FIELDS, JSON | st.dictionaries(INNER, JSON), max_size=4))
def test_any_answer_is_a_list_or_a_refusal(fields: dict[str, Any]) -> None:
    for read in (lambda answer: apply(OLD, answer), read_search):
        try:
            read(changed(**fields))
        except ListRefused:
            continue


@given(st.binary(max_size=60))
def test_any_bytes_are_a_list_or_a_refusal(answer: bytes) -> None:
    with pytest.raises(ListRefused):
        apply(OLD, answer)


ONE, TWO = b"\1\2\3\4" + bytes(28), b"\1\2\3\5" + bytes(28)
LIST = build({ONE: "host", TWO: "url"}, serial=1)


def test_a_search_answers_the_full_hashes_with_their_scopes() -> None:
    found = read_search(search(LIST, [b"\1\2\3\4", b"\xff" * 4], cache_seconds=300))
    assert found.hashes == {ONE: "host"}
    assert found.seconds == 300


def test_a_search_never_answers_more_than_was_asked_for() -> None:
    assert ONE not in read_search(search(LIST, [b"\1\2\3\5"], cache_seconds=1)).hashes
    assert read_search(search(LIST, [], cache_seconds=1)).hashes == {}


@pytest.mark.parametrize(
    "asked", [[b"\1\2\3"], [b"\1\2\3\4\5"], [n.to_bytes(4, "big") for n in range(1001)]]
)
def test_a_search_for_too_little_or_too_much_is_refused(asked: list[bytes]) -> None:
    with pytest.raises(ValueError, match="at most 1000 prefixes of 4 bytes"):
        search(LIST, asked, cache_seconds=1)


FULL = base64.b64encode(ONE).decode()


@pytest.mark.parametrize(
    "answer",
    [
        {"fullHashes": 5},
        {"fullHashes": [5]},
        {"fullHashes": [{"fullHash": FULL}]},
        {"fullHashes": [{"fullHash": FULL, "fullHashDetails": []}]},
        {"fullHashes": [{"fullHash": FULL, "fullHashDetails": [{"scope": "street"}]}]},
        {"fullHashes": [{"fullHash": "AAAA", "fullHashDetails": [{"scope": "url"}]}]},
        {"cacheDuration": 5},
        {"cacheDuration": "soon"},
    ],
)
def test_a_broken_answer_to_a_search_is_refused(answer: object) -> None:
    with pytest.raises(ListRefused):
        read_search(json.dumps(answer).encode())


def test_an_answer_is_never_kept_for_more_than_a_day() -> None:
    assert read_search(b'{"cacheDuration": "999999999999s"}').seconds == 86_400
