# SPDX-License-Identifier: Apache-2.0
"""A large document piece by piece; a broken piece costs itself and no other."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.formats import json_stream
from hearthline.kit.formats.json_stream import (
    LONGEST_VALUE,
    BrokenDocument,
    BrokenValue,
    JsonStream,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


class Dripping(io.BytesIO):
    """A source that never gives more than a few bytes at once."""

    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(content)
        self._most = most

    def read(self, _size: int | None = -1) -> bytes:
        return super().read(self._most)


def elements(text: str | bytes, most: int | None = None) -> list[Any]:
    """The elements of an array; `None` in the place of each that was broken."""
    content = text.encode() if isinstance(text, str) else text
    stream = JsonStream(Dripping(content, most) if most else io.BytesIO(content))
    found = []
    for _number in stream.elements():
        try:
            found.append(stream.value())
        except BrokenValue:
            found.append(None)
    assert stream.at_end()
    return found


def read_through(source: io.BytesIO) -> None:
    stream = JsonStream(source)
    for _ in stream.elements() if stream.next_is("[") else stream.members():
        stream.value()


@settings(max_examples=50)
@given(st.lists(VALUES, max_size=5), st.integers(1, 40))
def test_every_document_is_read_however_it_arrives(values: list[Any], most: int) -> None:
    assert elements(json.dumps(values, indent=1), most) == values


@settings(max_examples=50)
@given(st.dictionaries(TEXT, VALUES, max_size=5), st.integers(1, 9))
def test_every_object_is_read_member_by_member(values: dict[str, Any], most: int) -> None:
    stream = JsonStream(Dripping(json.dumps(values, ensure_ascii=False).encode(), most))
    assert {key: stream.value() for key in stream.members()} == values


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_text(encoding: str) -> None:
    assert elements('["é", 2]'.encode(encoding)) == ["é", 2]


def test_bytes_that_are_no_text_cost_a_character() -> None:
    assert elements(b'["caf\xe9", 2]') == ["caf\ufffd", 2]


@pytest.mark.parametrize(
    "broken",
    [
        '{"a": "C:\\Users"}',
        '{"a": }',
        '{"a": 1,, "b": [2]}',
        '{"a": NaN}',
        "nothing",
        '{"a": "two " words"}',
        "[" * 100_000 + "]" * 100_000,
    ],
)
def test_a_broken_value_costs_itself_alone(broken: str) -> None:
    assert elements(f'[1, {broken}, {{"a": 3}}]') == [1, None, {"a": 3}]


def test_where_a_quote_is_missing_reading_goes_on_at_the_next_value_that_begins_alike() -> None:
    text = '[{"id": 1}, {"id": "never closed}, {"id": 3}, {"id": 4}]'
    assert elements(text) == [{"id": 1}, None, {"id": 3}, {"id": 4}]


def test_what_was_left_out_is_said() -> None:
    stream = JsonStream(io.BytesIO(b'[{"a": oops}]'))
    assert next(stream.elements()) == 0
    with pytest.raises(BrokenValue, match=r"Expecting value.*characters 1 to 12 were left out"):
        stream.value()


@pytest.mark.parametrize("text", ['[{"a": 1', "[1", '["never', "[1, ", "[", '{"a"', "{", '{"a": 1'])
def test_a_cut_document_is_said_to_be_cut(text: str) -> None:
    with pytest.raises(BrokenDocument):
        read_through(io.BytesIO(text.encode()))


@pytest.mark.parametrize("text", ["", "12", '{"a" 1}', "{1: 2}", '{"a": 1 "b": 2}'])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(BrokenDocument):
        read_through(io.BytesIO(text.encode()))


def test_a_value_without_an_end_is_not_read_into_memory() -> None:
    class Endless(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            self.given += size or 0
            return b"[1, [" if self.given == size else b"2," * ((size or 0) // 2)

    source = Endless()
    with pytest.raises(BrokenDocument):
        read_through(source)
    assert source.given < 4 * LONGEST_VALUE


def test_a_long_text_that_nobody_closed_takes_the_room_of_a_text() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BrokenDocument):
            read_through(io.BytesIO(b'["' + b"a" * 4_000_000))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * 4_000_000


def test_a_document_of_nothing_but_open_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LONGEST_VALUE", 10_000)
    stream = JsonStream(io.BytesIO(b"[" + b'{"a":1 ' * 3_000))
    broken = []

    def read_on() -> None:
        for number in stream.elements():
            try:
                stream.value()
            except BrokenValue:
                broken.append(number)

    with pytest.raises(BrokenDocument, match="does not end"):
        read_on()
    assert 10 < len(broken) < 100


def test_memory_stays_small_however_long_the_document() -> None:
    item = json.dumps({"name": "x" * 100, "numbers": list(range(30))}).encode()

    class Long(io.BytesIO):
        pieces: Iterator[bytes] = iter([b"[", *([(item + b",") * 500] * 40), b"1]"])

        def read(self, _size: int | None = -1) -> bytes:
            return next(self.pieces, b"")

    stream = JsonStream(Long())
    tracemalloc.start()
    try:
        count = sum(1 for _ in stream.elements() if stream.value())
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_001
    assert peak < 1_500_000 < 20_000 * len(item)
