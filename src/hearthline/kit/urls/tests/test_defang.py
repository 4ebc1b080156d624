# SPDX-License-Identifier: Apache-2.0
"""Addresses shown so that nobody opens them by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import AddressRefused, canonicalise, defang, mask_secrets, shorten_middle
from hearthline.kit.urls.tests.test_canonical import TEXTS


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a.b?c.d", "hxxps://example[.]org/a.b?c.d"),
        ("http://203.0.113.4:8080/", "hxxp://203[.]0[.]113[.]4:8080/"),
        ("http://[2001:db8::1]/", "hxxp://[2001:db8::1]/"),
        ("example.org/x", "example[.]org/x"),
        ("example.org:8080/x", "example[.]org:8080/x"),
        ("ftp://example.org/", "ftp[:]//example.org/"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("", ""),
    ],
)
def test_defanged_addresses_cannot_be_clicked(url: str, shown: str) -> None:
    assert defang(url) == shown
    assert defang(shown) == shown


@given(TEXTS)
def test_a_defanged_address_is_still_the_same_address(text: str) -> None:
    shown = defang(text)
    assert not shown.lower().startswith(("http:", "https:", "javascript:", "data:"))
    try:
        c = canonicalise(text)
    except AddressRefused:
        return
    assert canonicalise(defang(c.url)) == c


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.test/?token=abc&page=2", "https://a.test/?token=***&page=2"),
        ("https://a.test/?X-Amz-Signature=f&x=1", "https://a.test/?X-Amz-Signature=***&x=1"),
        ("https://a.test/?PHPSESSID=1;sessionid=2", "https://a.test/?PHPSESSID=***;sessionid=***"),
        (
            "https://a.test/?apiKey=1&api_key=2&key=3",
            "https://a.test/?apiKey=***&api_key=***&key=***",
        ),
        ("https://a.test/?pass%77ord=1", "https://a.test/?pass%77ord=***"),
        ("https://a.test/?sig=a=b", "https://a.test/?sig=***"),
        ("https://a.test/#access_token=1", "https://a.test/#access_token=***"),
        ("https://ann:pw@a.test/", "https://***@a.test/"),
        ("https://a.test/?keyword=k&monkey=m&passage=p", None),
        ("https://a.test/@name/token/?q=key", None),
    ],
)
def test_values_that_look_like_secrets_are_masked_and_the_rest_stays(
    url: str, shown: str | None
) -> None:
    assert mask_secrets(url) == (shown or url)


def test_a_long_address_keeps_its_beginning_and_its_end() -> None:
    url = "https://example.org/a/very/long/path/to/page.html"
    assert shorten_middle(url, 30) == "https://example.or…o/page.html"
    assert shorten_middle(url, 300) == url


def test_there_must_be_room_for_something() -> None:
    with pytest.raises(ValueError, match="fewer than 3"):
        shorten_middle("https://example.org/", 2)


@given(st.text(), st.integers(3, 40))
def test_a_shortened_address_always_fits(text: str, n: int) -> None:
    shown = shorten_middle(text, n)
    assert len(shown) == min(len(text), n)
    assert shown[0:1] == text[0:1]
    assert shown[-1:] == text[-1:]
