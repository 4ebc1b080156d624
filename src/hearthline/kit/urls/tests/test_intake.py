# SPDX-License-Identifier: Apache-2.0
"""Finding the addresses in what people paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import Refusal, find_addresses
from hearthline.kit.urls.tests.test_canonical import TEXTS


def addresses(text: str) -> list[str]:
    return [found.canonical.url for found in find_addresses(text) if found.canonical]


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("Please look at http://a.test/x, it is bad.", "http://a.test/x"),
        ("Also www.b.test!", "www.b.test"),
        (
            "http://a.test/1\nhttp://a.test/2\r\n\r\nb.test/3",
            "http://a.test/1 http://a.test/2 b.test/3",
        ),
        (
            "http://a.test/x,http://b.test;https://c.test",
            "http://a.test/x http://b.test https://c.test",
        ),
        ("(see http://a.test/x_(1))", "http://a.test/x_(1)"),
        (
            "<http://a.test/> \"http://b.test/\" 'http://c.test/'",
            "http://a.test/ http://b.test/ http://c.test/",
        ),
        ("[a link](http://a.test/x) **http://b.test**", "http://a.test/x http://b.test"),
        ("请看http://a.test/x，谢谢。", "http://a.test/x"),
        ("「http://a.test/x」、https://b.test/y；", "http://a.test/x https://b.test/y"),
        ("看http://a.test/x。http://b.test/y。再见", "http://a.test/x http://b.test/y"),
        ("访问example.org吧", "example.org"),
        ("网址：www.a.test/图片", "www.a.test/图片"),
        ("ｈｔｔｐ：／／ａ．ｔｅｓｔ／ｘ", "ｈｔｔｐ：／／ａ．ｔｅｓｔ／ｘ"),
        ("http://a。test/x", "http://a。test/x"),
        ("انظر http://a.test/x، شكرا", "http://a.test/x"),
        ("Смотрите: пример.test/путь", "пример.test/путь"),
        ("hxxps://a[.]test/x, b[.]test and c(dot)test.", "hxxps://a[.]test/x b[.]test c(dot)test"),
        ("ttp://a.test/x", "ttp://a.test/x"),
        ("http://web.test/copy/http://b.test/", "http://web.test/copy/http://b.test/"),
        ("http://a.test/?to=https://b.test", "http://a.test/?to=https://b.test"),
        ("http://a.test http://a.test", "http://a.test http://a.test"),
        ("http://user@a.test/", "http://user@a.test/"),
        ("203.0.113.9/x and http://2130706433/", "203.0.113.9/x http://2130706433/"),
    ],
)
def test_addresses_are_cut_out_as_they_stand(text: str, raw: str) -> None:
    found = find_addresses(text)
    assert [one.raw for one in found] == raw.split()
    assert all(one.canonical for one in found)


def test_found_addresses_are_canonical() -> None:
    assert addresses("hxxp://A[.]test/%2e/x") == ["http://a.test/x"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just words, nothing else.",
        "I saw photo.jpg and notes.txt.",
        "It ended.Then it began again, e.g. at 3.5 or on 22.11.2026.",
        "Write to somebody@example.org",
        "他给我发了图片。我很害怕。",
        "....",
    ],
)
def test_words_are_not_addresses(text: str) -> None:
    assert find_addresses(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ftp://a.test/x", Refusal.SCHEME),
        ("javascript:alert(1)", Refusal.SCHEME),
        ("magnet:?xt=urn:x", Refusal.SCHEME),
        ("http://", Refusal.NO_HOST),
        ("http://a.test:99999/", Refusal.NOT_AN_ADDRESS),
        ("http://a.test/" + "x" * 2000, Refusal.TOO_LONG),
    ],
)
def test_what_looks_like_an_address_and_cannot_be_taken_comes_with_the_reason(
    text: str, code: Refusal
) -> None:
    (found,) = find_addresses(f"look: {text} please")
    assert (found.raw, found.canonical, found.refusal) == (text, None, code)


@given(st.lists(TEXTS, max_size=4).map(" ".join))
def test_the_raw_text_is_always_a_slice_of_what_was_given(text: str) -> None:
    end = 0
    for found in find_addresses(text):
        assert found.start >= end
        end = found.start + len(found.raw)
        assert text[found.start : end] == found.raw
        assert (found.canonical is None) != (found.refusal is None)


@given(
    st.lists(st.sampled_from(["http://a.test/x", "https://b.test", "www.c.test/y?z=1"])),
    st.sampled_from([" ", "\n", ", ", "; ", "，", "、", "。", " | ", "\t", " - "]),
)
def test_every_address_of_a_list_is_found_whatever_separates_them(
    given_list: list[str], separator: str
) -> None:
    assert [found.raw for found in find_addresses(separator.join(given_list))] == given_list


def test_a_very_long_hostile_text_is_read_in_linear_time() -> None:
    for text in (")" * 200_000, "a." * 100_000, "中a.b" * 50_000, "http:" * 40_000):
        assert len(find_addresses(text)) <= 1
