# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.sealing import ShareRefused, join_shares, split_into_shares

CONTENT = b"HEARTHLINE_PEPPER=invented\n" * 20


@given(st.binary(min_size=1, max_size=2_000), st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_any_two_give_it_back_byte_for_byte(content: bytes, count: int) -> None:
    shares = split_into_shares(content, count=count)
    assert len(shares) == count
    assert join_shares({"first": shares[0], "last": shares[-1]}) == content


def test_one_alone_is_refused_even_twice() -> None:
    one, _other = split_into_shares(CONTENT, count=2)
    for given_shares in ({"A": one}, {"A": one, "copy": one}):
        with pytest.raises(ShareRefused, match="2 different shares"):
            join_shares(given_shares)


def test_one_alone_tells_nothing() -> None:
    """The same file gives new words and a new sealed block each time, and no plain text."""
    one, again = (split_into_shares(CONTENT, count=2)[0] for _ in range(2))
    assert "PEPPER" not in one
    words = [set(text.split("sealed (")[0].split("words:")[1].split()) for text in (one, again)]
    blocks = [set(text.split("):\n")[1].split()[:-1]) for text in (one, again)]
    assert len(words[0] & words[1]) < 15  # SLIP-0039 words that say which set it is, and chance
    assert not blocks[0] & blocks[1]


def test_a_mistyped_word_is_named_by_its_share() -> None:
    one, other = split_into_shares(CONTENT, count=2)
    head, words = other.split("words:\n  ")
    wrong = "academic" if not words.startswith("academic") else "acid"
    mistyped = f"{head}words:\n  {wrong}{words[words.index(' ') :]}"
    with pytest.raises(ShareRefused, match="Ben: one of its words"):
        join_shares({"Ana": one, "Ben": mistyped})


def test_a_damaged_block_is_named_by_its_share() -> None:
    one, other = split_into_shares(CONTENT, count=2)
    at = other.index("):\n") + 10
    damaged = other[:at] + ("A" if other[at] != "A" else "B") + other[at + 1 :]
    with pytest.raises(ShareRefused, match="Ben: its sealed block"):
        join_shares({"Ana": one, "Ben": damaged})


def test_a_page_that_is_no_share_and_one_of_another_set_are_named() -> None:
    one, _ = split_into_shares(CONTENT, count=2)
    _, stranger = split_into_shares(CONTENT, count=2)
    with pytest.raises(ShareRefused, match="Ben is not a whole share"):
        join_shares({"Ana": one, "Ben": one[:80]})
    with pytest.raises(ShareRefused, match="Ben belongs to another set"):
        join_shares({"Ana": one, "Ben": stranger})


def test_lines_may_be_broken_anew() -> None:
    one, other = split_into_shares(CONTENT, count=2)
    assert join_shares({"A": one.replace("\n  ", " "), "B": f"\n{other}\n\n"}) == CONTENT


@pytest.mark.parametrize("count", [1, 17])
def test_too_few_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="2 to 16"):
        split_into_shares(CONTENT, count=count)
