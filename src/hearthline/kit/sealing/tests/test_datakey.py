# SPDX-License-Identifier: Apache-2.0
import pickle

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.sealing import DataKey, SealBroken

from .make import PLACE, every_cut, every_flip

KEY = DataKey(bytes(range(32)))


@given(st.binary(max_size=500))
def test_what_is_sealed_opens_in_its_place(plaintext):
    assert KEY.open(KEY.seal(plaintext, **PLACE), **PLACE) == plaintext


@given(st.text(max_size=200))
def test_text_comes_back_as_text(text):
    assert KEY.open_text(KEY.seal(text, **PLACE), **PLACE) == text


def test_the_envelope_is_version_nonce_ciphertext_and_tag():
    envelope = KEY.seal("hello", **PLACE)
    assert len(envelope) == 1 + 12 + 5 + 16
    assert envelope[0] == 1
    binding = b"".join(
        len(part).to_bytes(4, "big") + part
        for part in (b"hearthline", b"field", b"report", b"r-1", b"story")
    )
    opened = AESGCM(KEY.expose()).decrypt(envelope[1:13], envelope[13:], b"\x01" + binding)
    assert opened == b"hello"


def test_opens_what_a_database_driver_hands_back():
    envelope = KEY.seal("hello", **PLACE)
    assert KEY.open_text(memoryview(envelope), **PLACE) == "hello"
    assert KEY.open_text(bytearray(envelope), **PLACE) == "hello"


def test_the_same_value_is_never_sealed_the_same_way_twice():
    assert len({KEY.seal("hello", **PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize("part", ["table", "row", "field"])
def test_refuses_to_open_in_another_place(part):
    envelope = KEY.seal("hello", **PLACE)
    with pytest.raises(SealBroken, match="does not open"):
        KEY.open(envelope, **(PLACE | {part: "another"}))


def test_refuses_a_place_that_only_reads_the_same_when_joined():
    envelope = KEY.seal("hello", table="report", row="12", field="story")
    with pytest.raises(SealBroken):
        KEY.open(envelope, table="report1", row="2", field="story")


def test_refuses_another_key():
    with pytest.raises(SealBroken, match="does not open"):
        DataKey.generate().open(KEY.seal("hello", **PLACE), **PLACE)


def test_refuses_every_changed_byte_and_every_other_length():
    envelope = KEY.seal("hello", **PLACE)
    for spoilt in (*every_flip(envelope), *every_cut(envelope)):
        with pytest.raises(SealBroken):
            KEY.open(spoilt, **PLACE)


def test_says_when_the_format_is_not_known():
    with pytest.raises(SealBroken, match="format 9"):
        KEY.open(b"\x09" + KEY.seal("hello", **PLACE)[1:], **PLACE)


def test_says_when_the_value_is_cut_short():
    with pytest.raises(SealBroken, match="cut short"):
        KEY.open(b"", **PLACE)


def test_says_when_the_value_is_not_text():
    with pytest.raises(SealBroken, match="not text"):
        KEY.open_text(KEY.seal(b"\xff", **PLACE), **PLACE)


@pytest.mark.parametrize("part", ["table", "row", "field"])
def test_refuses_to_seal_for_a_place_without_a_name(part):
    with pytest.raises(ValueError, match="none of them is empty"):
        KEY.seal("hello", **(PLACE | {part: ""}))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_refuses_a_key_of_another_length(length):
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(b"k" * length)


def test_a_key_never_shows_itself():
    raw = b"0123456789abcdef0123456789abcdef"
    key = DataKey(raw)
    for shown in (repr(key), str(key), f"{key}", f"{[key]}"):
        assert "0123" not in shown
        assert raw.hex()[:8] not in shown
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(key)
    with pytest.raises(TypeError, match="unhashable"):
        hash(key)


def test_keys_are_equal_by_value_and_fresh_ones_differ():
    assert DataKey(KEY.expose()) == KEY
    assert DataKey.generate() != DataKey.generate()
    assert KEY.expose() != KEY


def test_what_opens_many_rows_opens_each_as_one_by_one_and_no_other() -> None:
    key = DataKey.generate()
    sealed = {row: key.seal(f"text of {row}", table="t", row=row, field="f") for row in "abc"}
    opened = key.opener(table="t", field="f")
    for row, envelope in sealed.items():
        assert opened(envelope, row) == key.open_text(envelope, table="t", row=row, field="f")
    for open_it, row in (
        (opened, "b"),
        (key.opener(table="t", field="g"), "a"),
        (key.opener(table="u", field="f"), "a"),
        (DataKey.generate().opener(table="t", field="f"), "a"),
    ):
        with pytest.raises(SealBroken):
            open_it(sealed["a"], row)
    with pytest.raises(ValueError, match="empty"):
        opened(sealed["a"], "")
    with pytest.raises(SealBroken):
        opened(key.seal(b"\xff", table="t", row="a", field="f"), "a")
