# SPDX-License-Identifier: Apache-2.0
"""Everything a look can say has words, and each failure its reason."""

from datetime import UTC, datetime

import pytest

from hearthline.hub.referrals.hosted import (
    WORDS_OF_PART,
    WORDS_OF_STEP,
    WORDS_OF_WAY,
    WORDS_OF_WHAT,
    sentence_of,
)
from hearthline.kit.hosting import Failure, Part, Step, Way, What

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def test_every_code_has_words():
    assert set(WORDS_OF_WHAT) == set(What)
    assert set(WORDS_OF_PART) == set(Part)
    assert set(WORDS_OF_STEP) == set(Step)
    assert set(WORDS_OF_WAY) == set(Way)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("timeout", "did not answer in time"),
        ("behind_proxy", "ask it for the origin"),
        ("http_503", "could not be reached"),
    ],
)
def test_a_failure_says_why_and_keeps_the_direction_of_what_it_is_about(code, words):
    sentence = sentence_of(Failure(Step.NETWORK, code, "2001:db8::7", "DNS", AT))
    assert words in sentence
    assert "\u20682001:db8::7\u2069" in sentence
