# SPDX-License-Identifier: Apache-2.0
"""Reasons in staff's own words: a token in the ledger, readable by the desk until they end."""

import uuid

import pytest

from hearthline.hub.sealing.models import Words
from hearthline.hub.sealing.words import BROKEN, ENDED, NOT_HERE, end_words, seal_words, words_of

pytestmark = pytest.mark.django_db

CASE, OTHER = uuid.uuid4(), uuid.uuid4()
SAID = "The aunt called again."


def test_words_are_read_back_by_their_token_which_does_not_hold_them(now) -> None:
    token = seal_words(f"  {SAID} ", about=CASE, at=now)
    assert SAID not in token
    assert len(token) <= 500
    assert words_of(token) == SAID


def test_a_token_handed_on_stays_one(now) -> None:
    token = seal_words(SAID, about=CASE, at=now)
    assert seal_words(token, about=OTHER, at=now) == token
    assert Words.objects.count() == 1


def test_nothing_said_is_nothing_kept(now) -> None:
    assert seal_words("  ", about=CASE, at=now) == ""
    assert words_of("") == ""
    assert not Words.objects.exists()


def test_a_reason_from_before_is_shown_as_it_stands() -> None:
    assert words_of("words: the old way") == "words: the old way"


def test_words_end_with_their_record_and_with_no_other(now) -> None:
    mine, theirs = (seal_words(SAID, about=about, at=now) for about in (CASE, OTHER))
    assert end_words(about=[CASE], at=now) == 1
    assert words_of(mine) == str(ENDED)
    assert words_of(theirs) == SAID
    assert end_words(about=[CASE], at=now) == 0


def test_a_process_without_the_desks_key_says_who_can_read_them(now, settings) -> None:
    settings.DESK_PRIVATE_KEY = ""
    assert words_of(seal_words(SAID, about=CASE, at=now)) == str(NOT_HERE)


def test_exchanged_words_do_not_pass_for_those_the_log_holds(now) -> None:
    token, other = (seal_words(said, about=CASE, at=now) for said in (SAID, "Something else."))
    first, second = (Words.objects.get(pk=each.split(":")[1]) for each in (token, other))
    Words.objects.filter(pk=first.pk).update(body=second.body)
    assert words_of(token) == str(BROKEN)
    first.delete()
    assert words_of(token) == str(BROKEN)
