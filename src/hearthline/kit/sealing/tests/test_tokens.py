# SPDX-License-Identifier: Apache-2.0
import re
from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.sealing import KeyRefused, SealBroken, digest, open_token, seal_token

from .make import OTHER_PEPPER as OTHER_SECRET
from .make import PEPPER as SECRET


@given(st.binary(max_size=300))
def test_a_sealed_token_opens_and_fits_a_cookie(payload):
    token = seal_token(payload, SECRET, purpose="draft")
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    assert open_token(token, SECRET, purpose="draft") == payload


def test_its_bearer_cannot_read_it_and_no_two_are_alike():
    tokens = {seal_token(b"hello hello hello", SECRET, purpose="draft") for _ in range(50)}
    assert len(tokens) == 50
    for token in tokens:
        assert b"hello" not in urlsafe_b64decode(token + "==")


def test_refuses_another_purpose():
    token = seal_token(b"hello", SECRET, purpose="draft")
    with pytest.raises(SealBroken, match="does not open"):
        open_token(token, SECRET, purpose="login")


def test_refuses_another_secret():
    token = seal_token(b"hello", SECRET, purpose="draft")
    with pytest.raises(SealBroken, match="does not open"):
        open_token(token, OTHER_SECRET, purpose="draft")


def test_refuses_every_changed_character_and_every_other_length():
    token = seal_token(b"hello", SECRET, purpose="draft")
    changed = [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        for place in range(len(token))
    ]
    cut = [token[:length] for length in range(len(token))]
    for spoilt in (*changed, *cut, token + "A", token + "=", token + "\n", f" {token}"):
        with pytest.raises(SealBroken):
            open_token(spoilt, SECRET, purpose="draft")


def test_refuses_another_spelling_of_the_same_bytes():
    # 30 bytes fill whole base64 groups; 29 leave two spare bits in the last letter.
    token = seal_token(b"", SECRET, purpose="draft")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelt = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    with pytest.raises(SealBroken, match="form of a sealed token"):
        open_token(respelt, SECRET, purpose="draft")


@given(st.text())
def test_any_other_text_is_refused_and_never_an_error(text):
    with pytest.raises(SealBroken):
        open_token(text, SECRET, purpose="draft")


def test_refuses_a_short_secret_and_a_nameless_purpose():
    with pytest.raises(KeyRefused, match="secret must be at least 32 bytes"):
        seal_token(b"hello", b"short", purpose="draft")
    with pytest.raises(ValueError, match="none of them is empty"):
        seal_token(b"hello", SECRET, purpose="")


def test_the_blind_index_finds_equal_values_and_only_those():
    mail = digest("someone@example.org", SECRET, purpose="mail")
    assert len(mail) == 32
    assert digest("someone@example.org", SECRET, purpose="mail") == mail
    assert digest("Someone@example.org", SECRET, purpose="mail") != mail
    assert digest("someone@example.org", SECRET, purpose="login") != mail
    assert digest("someone@example.org", OTHER_SECRET, purpose="mail") != mail


def test_the_blind_index_keeps_purpose_and_value_apart():
    assert digest("bc", SECRET, purpose="a") != digest("c", SECRET, purpose="ab")


def test_the_blind_index_refuses_a_short_pepper_and_an_empty_value():
    with pytest.raises(KeyRefused, match="pepper must be at least 32 bytes"):
        digest("value", b"short", purpose="mail")
    with pytest.raises(ValueError, match="none of them is empty"):
        digest("", SECRET, purpose="mail")
