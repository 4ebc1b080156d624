# SPDX-License-Identifier: Apache-2.0
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.sealing import (
    DataKey,
    DeskKeyPair,
    KeyRefused,
    SealBroken,
    desk_private_from_text,
    desk_private_to_text,
    desk_public_from_text,
    desk_public_to_text,
    new_secret_text,
    secret_from_text,
    unwrap_by_desk,
    wrap_for_desk,
)

from .make import PLACE, every_cut, every_flip

DESK = DeskKeyPair.generate()
OTHER_DESK = DeskKeyPair.generate()
KEY = DataKey(bytes(range(32)))
PUBLIC_TEXT = desk_public_to_text(DESK.public)
PRIVATE_TEXT = desk_private_to_text(DESK.private)


@given(st.text(min_size=1, max_size=50))
def test_the_desk_unwraps_what_was_wrapped_to_it(row):
    wrapped = wrap_for_desk(KEY, DESK.public, row=row)
    assert len(wrapped) == 81
    assert unwrap_by_desk(wrapped, DESK.private, row=row) == KEY


def test_the_public_site_writes_what_only_the_desk_can_read():
    # The public site holds one line of settings and no more.
    public = desk_public_from_text(PUBLIC_TEXT, name="HEARTHLINE_DESK_PUBLIC")
    fresh = DataKey.generate()
    envelope = fresh.seal("hello", **PLACE)
    wrapped = wrap_for_desk(fresh, public, row=PLACE["row"])
    del fresh

    private = desk_private_from_text(PRIVATE_TEXT, name="HEARTHLINE_DESK_PRIVATE")
    key = unwrap_by_desk(memoryview(wrapped), private, row=PLACE["row"])
    assert key.open_text(envelope, **PLACE) == "hello"


def test_the_public_half_cannot_open():
    wrapped = wrap_for_desk(KEY, DESK.public, row="r-1")
    # All that the public half can offer in place of the private one: its own bytes as a key.
    pretended = X25519PrivateKey.from_private_bytes(DESK.public.public_bytes_raw())
    with pytest.raises(SealBroken, match="does not open"):
        unwrap_by_desk(wrapped, pretended, row="r-1")
    with pytest.raises(TypeError):
        unwrap_by_desk(wrapped, DESK.public, row="r-1")
    assert not hasattr(DESK.public, "exchange")
    assert KEY.expose() not in wrapped


def test_wrapping_twice_gives_two_different_results():
    assert wrap_for_desk(KEY, DESK.public, row="r-1") != wrap_for_desk(KEY, DESK.public, row="r-1")


def test_refuses_another_desk():
    wrapped = wrap_for_desk(KEY, DESK.public, row="r-1")
    with pytest.raises(SealBroken, match="does not open"):
        unwrap_by_desk(wrapped, OTHER_DESK.private, row="r-1")


def test_refuses_another_row():
    wrapped = wrap_for_desk(KEY, DESK.public, row="r-1")
    with pytest.raises(SealBroken, match="does not open"):
        unwrap_by_desk(wrapped, DESK.private, row="r-2")


def test_refuses_every_changed_byte_and_every_other_length():
    wrapped = wrap_for_desk(KEY, DESK.public, row="r-1")
    for spoilt in (*every_flip(wrapped), *every_cut(wrapped), b"\x01" + b"\x00" * 80):
        with pytest.raises(SealBroken):
            unwrap_by_desk(spoilt, DESK.private, row="r-1")


def test_refuses_to_wrap_for_a_row_without_a_name():
    with pytest.raises(ValueError, match="none of them is empty"):
        wrap_for_desk(KEY, DESK.public, row="")


def test_keys_survive_as_text_with_room_around_them():
    public = desk_public_from_text(f"  {PUBLIC_TEXT}\n", name="PUBLIC")
    assert public.public_bytes_raw() == DESK.public.public_bytes_raw()
    private = desk_private_from_text(PRIVATE_TEXT, name="PRIVATE")
    assert private.private_bytes_raw() == DESK.private.private_bytes_raw()
    assert PUBLIC_TEXT.startswith("hearthline-desk-public-1:")
    assert PRIVATE_TEXT.startswith("hearthline-desk-private-1:")


def test_the_pair_never_shows_its_private_half():
    assert repr(DESK) == "DeskKeyPair()"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("just-some-words", "must begin with"),
        ("age1qqqqqq:zzzz", "must begin with"),
        (PRIVATE_TEXT, "not with “hearthline-desk-private-1:”"),
        (PUBLIC_TEXT[:-1], "mistyped or incomplete"),
        (PUBLIC_TEXT + "A", "mistyped or incomplete"),
        (PUBLIC_TEXT.partition(":")[0] + ":", "mistyped or incomplete"),
        (PUBLIC_TEXT.partition(":")[0] + ":é", "mistyped or incomplete"),
    ],
)
def test_refuses_a_malformed_public_key_and_names_the_setting(text, reason):
    with pytest.raises(KeyRefused, match=reason) as refusal:
        desk_public_from_text(text, name="HEARTHLINE_DESK_PUBLIC")
    assert str(refusal.value).startswith("HEARTHLINE_DESK_PUBLIC ")


def test_refuses_the_public_half_where_the_private_one_belongs():
    with pytest.raises(KeyRefused, match="HEARTHLINE_DESK_PRIVATE must begin"):
        desk_private_from_text(PUBLIC_TEXT, name="HEARTHLINE_DESK_PRIVATE")


def test_every_single_mistyped_letter_of_a_key_is_found():
    start = PUBLIC_TEXT.index(":") + 1
    for place in range(start, len(PUBLIC_TEXT)):
        swapped = "A" if PUBLIC_TEXT[place] != "A" else "B"
        mistyped = PUBLIC_TEXT[:place] + swapped + PUBLIC_TEXT[place + 1 :]
        with pytest.raises(KeyRefused, match="mistyped"):
            desk_public_from_text(mistyped, name="PUBLIC")


def test_a_refusal_never_shows_the_key():
    secret = PRIVATE_TEXT.partition(":")[2]
    for text in (PRIVATE_TEXT[:-1], secret, f"{secret}:", f"wrong:{secret}"):
        with pytest.raises(KeyRefused) as refusal:
            desk_private_from_text(text, name="PRIVATE")
        assert secret[:8] not in str(refusal.value)


def test_refuses_a_public_key_that_shares_no_secret():
    zero = X25519PublicKey.from_public_bytes(bytes(32))
    with pytest.raises(KeyRefused, match="PUBLIC is not a usable key"):
        desk_public_from_text(desk_public_to_text(zero), name="PUBLIC")


def test_secrets_for_settings_are_fresh_and_read_back():
    text = new_secret_text()
    assert text.startswith("hearthline-secret-1:")
    assert text != new_secret_text()
    assert len(secret_from_text(text, name="PEPPER")) == 32


def test_refuses_a_desk_key_where_a_secret_belongs():
    with pytest.raises(KeyRefused, match="PEPPER must begin with “hearthline-secret-1:”"):
        secret_from_text(PUBLIC_TEXT, name="PEPPER")
