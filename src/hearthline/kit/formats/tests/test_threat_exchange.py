# SPDX-License-Identifier: Apache-2.0
"""Feeds of indicators in the shape of ThreatExchange. All hashes are invented."""

import io
import json
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.formats import FormatRefused, threat_exchange
from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem

A16, A32 = "ab" * 16, "ab" * 32
ITEM = {"indicator": A32, "type": "HASH_PDQ"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
KNOWN = st.sampled_from(list(HashKind)).flatmap(
    lambda kind: st.builds(
        KnownHash,
        kind=st.just(kind),
        value=st.binary(min_size=kind.width, max_size=kind.width),
        metadata=st.fixed_dictionaries(
            {}, optional={"id": TEXT, "status": TEXT, "tags": st.lists(TEXT, min_size=1)}
        ),
        withdrawn=st.booleans(),
    )
)


def read(content: Any) -> list[KnownHash | RefusedItem]:
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return list(threat_exchange.read(io.BytesIO(content)))


def test_a_page_is_read() -> None:
    item = ITEM | {"id": "7", "status": "MALICIOUS", "tags": ["a", "b"], "owner": {"id": 3}}
    assert read({"data": [item], "paging": {"next": "x"}}) == [
        KnownHash(
            HashKind.PDQ,
            bytes.fromhex(A32),
            metadata={"id": "7", "status": "MALICIOUS", "tags": ["a", "b"], "owner": "3"},
        )
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"data": [ITEM, ITEM]},
        [ITEM, ITEM],
        b"\n".join([json.dumps(ITEM).encode()] * 2),
        b"\n".join([json.dumps({"data": [ITEM]}).encode()] * 2),
    ],
)
def test_pages_arrays_and_lines_are_all_read(content: Any) -> None:
    assert read(content) == [KnownHash(HashKind.PDQ, bytes.fromhex(A32))] * 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("HASH_MD5", HashKind.MD5),
        ("HASH_VIDEO_MD5", HashKind.MD5),
        ("hash_md5", HashKind.MD5),
    ],
)
def test_types_are_read_by_name(name: str, kind: HashKind) -> None:
    [one] = read([{"indicator": A16, "type": name}])
    assert isinstance(one, KnownHash)
    assert one.kind == kind


def test_the_indicator_may_be_an_object() -> None:
    assert read([{"indicator": ITEM}]) == [KnownHash(HashKind.PDQ, bytes.fromhex(A32))]


@pytest.mark.parametrize("tags", [["a", "b"], "a, b", {"data": [{"text": "a"}, {"text": "b"}]}])
def test_tags_are_read_in_every_spelling(tags: Any) -> None:
    [one] = read([ITEM | {"tags": tags}])
    assert isinstance(one, KnownHash)
    assert one.metadata == {"tags": ["a", "b"]}


def test_a_hash_can_be_taken_back() -> None:
    [one] = read([ITEM | {"should_delete": True}])
    assert isinstance(one, KnownHash)
    assert one.withdrawn


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (7, "not an object"),
        ({}, "no type"),
        ({"indicator": A32, "type": "HASH_TMK"}, "HASH_TMK"),
        ({"indicator": A16, "type": "HASH_PDQ"}, "32 digits, pdq has 64"),
        ({"indicator": None, "type": "HASH_PDQ"}, "empty"),
        ({"indicator": "xyz", "type": "HASH_PDQ"}, "not hexadecimal"),
    ],
)
def test_a_malformed_item_is_told_and_the_rest_goes_on(item: Any, reason: str) -> None:
    first, problem, last = read({"data": [ITEM, item, ITEM]})
    assert isinstance(problem, RefusedItem)
    assert problem.place == "data[1]"
    assert reason in problem.reason
    assert first == last


def test_broken_json_costs_its_own_item() -> None:
    content = json.dumps({"data": [ITEM, ITEM | {"id": "X"}, ITEM]}).encode()
    found = read(content.replace(b'"X"', b"X"))
    assert [type(one) for one in found] == [KnownHash, RefusedItem, KnownHash]


def test_a_line_without_an_indicator_is_told() -> None:
    line = json.dumps(ITEM).encode()
    for lines in ([line.replace(b"indicator", b"x"), line], [line, b"{}"]):
        found = read(b"\n".join(lines))
        assert sorted(type(one).__name__ for one in found) == ["KnownHash", "RefusedItem"]


def test_a_cut_page_tells_so() -> None:
    found = read(json.dumps({"data": [ITEM, ITEM]}).encode()[:-20])
    assert [type(one) for one in found] == [KnownHash, RefusedItem]


@pytest.mark.parametrize("content", [b"", b"{}", b"12", b'{"error": "x"}', b"<html>"])
def test_what_is_no_feed_is_refused(content: bytes) -> None:
    with pytest.raises(FormatRefused):
        read(content)


@settings(max_examples=40)
@given(st.lists(KNOWN, max_size=6))
def test_what_is_written_is_read_back(written: list[KnownHash]) -> None:
    out = io.BytesIO()
    assert threat_exchange.write(out, written) == len(written)
    assert read(out.getvalue()) == written


@given(st.binary())
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    for whole in (content, json.dumps([ITEM]).encode().replace(b"PDQ", content)):
        with suppress(FormatRefused):
            read(whole)


def test_an_object_with_members_without_end_takes_no_room() -> None:
    class Long(io.BytesIO):
        pieces = iter([b"{", *(b'"%d": "%s",' % (n, b"x" * 50_000) for n in range(400))])
        last = iter([json.dumps(ITEM).encode()[1:]])

        def read(self, _size: int | None = -1) -> bytes:
            return next(self.pieces, None) or next(self.last, b"")

    tracemalloc.start()
    try:
        [found] = threat_exchange.read(Long())
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(found, KnownHash)
    assert peak < 2_000_000
