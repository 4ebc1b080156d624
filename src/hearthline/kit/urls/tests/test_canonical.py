# SPDX-License-Identifier: Apache-2.0
"""One address, one spelling."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hearthline.kit.urls import (
    MAX_LENGTH,
    AddressRefused,
    Canonical,
    Refusal,
    canonicalise,
    subject_key,
)
from hearthline.kit.urls.canonical import _read_in_full, resolve_reference

# The published Safe Browsing vectors, moved to names reserved for tests (RFC 2606) and to
# addresses reserved for documentation (RFC 5737). What each vector exercises is unchanged.
SAFE_BROWSING = [
    ("http://host.test/%25%32%35", "http://host.test/%25"),
    ("http://host.test/%25%32%35%25%32%35", "http://host.test/%25%25"),
    ("http://host.test/%2525252525252525", "http://host.test/%25"),
    ("http://host.test/asdf%25%32%35asd", "http://host.test/asdf%25asd"),
    ("http://host.test/%%%25%32%35asd%%", "http://host.test/%25%25%25asd%25%25"),
    ("http://www.example.org/", "http://www.example.org/"),
    (
        "http://%32%30%33%2e%30%2e%31%31%33%2e%32%36/%2E%73%65%63%75%72%65/%77%77%77%2E%74%65%73%74/",
        "http://203.0.113.26/.secure/www.test/",
    ),
    (
        "http://203.0.113.11/uploads/%20%20%20%20/.verify/.secure=updateuserdata-xplm=hgplmcx/",
        "http://203.0.113.11/uploads/%20%20%20%20/.verify/.secure=updateuserdata-xplm=hgplmcx/",
    ),
    (
        "http://host.test/%257Ea%2521b%2540c%2523d%2524e%25f%255E00%252611%252A22%252833%252944_55%252B",
        "http://host.test/~a!b@c%23d$e%25f^00&11*22(33)44_55+",
    ),
    ("http://3405803787/blah", "http://203.0.113.11/blah"),
    ("http://www.example.org/blah/..", "http://www.example.org/"),
    ("www.example.org/", "http://www.example.org/"),
    ("www.example.org", "http://www.example.org/"),
    ("http://www.evil.test/blah#frag", "http://www.evil.test/blah"),
    ("http://www.EXAmple.org/", "http://www.example.org/"),
    ("http://www.example.org.../", "http://www.example.org/"),
    ("http://www.example.org/foo\tbar\rbaz\n2", "http://www.example.org/foobarbaz2"),
    ("http://www.example.org/q?", "http://www.example.org/q?"),
    ("http://www.example.org/q?r?", "http://www.example.org/q?r?"),
    ("http://www.example.org/q?r?s", "http://www.example.org/q?r?s"),
    ("http://evil.test/foo#bar#baz", "http://evil.test/foo"),
    ("http://evil.test/foo;", "http://evil.test/foo;"),
    ("http://evil.test/foo?bar;", "http://evil.test/foo?bar;"),
    ("http://notrailingslash.test", "http://notrailingslash.test/"),
    ("  http://www.example.org/  ", "http://www.example.org/"),
    ("https://www.securesite.test/", "https://www.securesite.test/"),
    ("http://host.test/ab%23cd", "http://host.test/ab%23cd"),
    ("http://host.test//twoslashes?more//slashes", "http://host.test/twoslashes?more//slashes"),
]


@pytest.mark.parametrize(("given_text", "expected"), SAFE_BROWSING)
def test_the_published_safe_browsing_vectors_hold(given_text: str, expected: str) -> None:
    assert canonicalise(given_text).url == expected


@pytest.mark.parametrize(
    "given_text",
    [
        "http://host%23.test/",  # Safe Browsing: http://host%23.test/
        "http://\x01\x80.test/",  # Safe Browsing: http://%01%80.test/
        "http:// leadingspace.test/",  # Safe Browsing: http://%20leadingspace.test/
        "http://%20leadingspace.test/",
        "%20leadingspace.test/",
        "http://weird<>ho^.test/",
    ],
)
def test_hosts_no_browser_opens_are_refused_where_safe_browsing_escapes_them(
    given_text: str,
) -> None:
    with pytest.raises(AddressRefused) as refused:
        canonicalise(given_text)
    assert refused.value.code is Refusal.NOT_AN_ADDRESS


def test_the_browser_wins_on_a_backslash_before_an_at_sign() -> None:
    c = canonicalise("http://a.test\\@b.test/")
    assert (c.host, c.path) == ("a.test", "/@b.test/")


def test_the_port_stays_where_safe_browsing_drops_it() -> None:
    assert canonicalise("http://www.example.org:1234/").url == "http://www.example.org:1234/"


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        # User names
        ("http://trusted.test@b.test/", "http://b.test/"),
        ("http://u:p%40ss@b.test/", "http://b.test/"),
        ("http://a.test:80@b.test/", "http://b.test/"),
        # Backslashes, too few and too many slashes
        ("http:\\\\b.test\\x\\y", "http://b.test/x/y"),
        ("http:b.test/x", "http://b.test/x"),
        ("http:////b.test/x", "http://b.test/x"),
        ("//b.test/x", "http://b.test/x"),
        # IPv4 in every disguise
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7F000001/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://%30%78%37%66.1/", "http://127.0.0.1/"),
        ("http://１２７.１/", "http://127.0.0.1/"),
        ("http://0x7f.1../", "http://127.0.0.1/"),
        # IPv4 inside IPv6, and IPv6 itself
        ("http://[::ffff:127.0.0.1]/", "http://127.0.0.1/"),
        ("http://[::ffff:7f00:1]/", "http://127.0.0.1/"),
        ("http://[64:ff9b::203.0.113.9]/", "http://203.0.113.9/"),
        ("http://[2001:DB8:0:0::0:1]/", "http://[2001:db8::1]/"),
        # Names: punycode, full-width, circled letters, invisible characters, dots
        ("http://bücher.test/", "http://xn--bcher-kva.test/"),
        ("http://XN--Bcher-KVA.test/", "http://xn--bcher-kva.test/"),
        ("http://xn--a.test/", "http://xn--a.test/"),
        ("http://faß.test/", "http://xn--fa-hia.test/"),
        ("http://ⓔxample.org/", "http://example.org/"),
        ("http://ｅｘａｍｐｌｅ。org/", "http://example.org/"),
        ("http://a\u200bb\u00ad.test/", "http://ab.test/"),
        ("\u200b\ufeffhttp://a.test/\u200b", "http://a.test/"),
        ("h\u200bttp://a.test/", "http://a.test/"),
        ("http://\u202ea.test/", "http://a.test/"),
        ("http://ex%61mple.org/", "http://example.org/"),
        ("http://a.test./x", "http://a.test/x"),
        ("http://..a...test../x", "http://a.test/x"),
        # Paths
        ("http://a.test/x/%2e%2e/y", "http://a.test/y"),
        ("http://a.test/x/%252e%252e/y", "http://a.test/y"),
        ("http://a.test/x%2F..%2Fy", "http://a.test/y"),
        ("http://a.test/x/./y//z/.", "http://a.test/x/y/z/"),
        ("http://a.test/../../..", "http://a.test/"),
        ("http://a.test/%7Euser", "http://a.test/~user"),
        ("http://a.test/\x00x\x7f", "http://a.test/%00x%7F"),
        ("http://a.test/图片", "http://a.test/%E5%9B%BE%E7%89%87"),
        ("http://a.test/\ud800", "http://a.test/%EF%BF%BD"),
        # Tabs and line breaks, also inside the scheme and the host
        ("ht\ntp://a.te\tst/x\r\ny", "http://a.test/xy"),
        # Default ports
        ("http://a.test:80/", "http://a.test/"),
        ("https://a.test:443/", "https://a.test/"),
        ("http://a.test:/", "http://a.test/"),
        ("http://a.test:0443/", "http://a.test:443/"),
    ],
)
def test_every_known_way_round_a_list_meets_the_same_spelling(
    given_text: str, expected: str
) -> None:
    assert canonicalise(given_text).url == expected


@pytest.mark.parametrize(
    "given_text",
    [
        "hxxp://a.test/x",
        "hXXp://a.test/x",
        "h**p://a.test/x",
        "ttp://a.test/x",
        "http[:]//a.test/x",
        "http[://]a.test/x",
        "hxxp://a[.]test/x",
        "hxxp://a(.)test/x",
        "http://a[dot]test/x",
        "http://a (DOT) test/x",
        "a{.}test/x",
        "a[.]test[/]x",
        "ｈｔｔｐ：／／ａ．ｔｅｓｔ／ｘ",
        "http：//a.test/x",
    ],
)
def test_defanged_spellings_are_read(given_text: str) -> None:
    assert canonicalise(given_text).url == "http://a.test/x"


def test_a_defanged_https_address_stays_https() -> None:
    assert canonicalise("hxxps://a[.]test/").url == "https://a.test/"


def test_brackets_in_a_path_are_part_of_the_address() -> None:
    assert canonicalise("http://a.test/x[.]y?z=(dot)").url == "http://a.test/x[.]y?z=(dot)"


def test_the_parts_are_told_apart() -> None:
    c = canonicalise("https://Example.org:8443/a?b=c")
    assert (c.scheme, c.host, c.port, c.path, c.query) == (
        "https",
        "example.org",
        8443,
        "/a",
        "b=c",
    )
    assert not c.is_ip
    assert not c.is_onion
    assert canonicalise("http://203.0.113.1/").is_ip
    assert canonicalise("http://[2001:db8::1]/").is_ip
    assert canonicalise("http://abc.onion/").is_onion


def test_a_bare_question_mark_is_not_a_missing_query() -> None:
    assert canonicalise("http://a.test/q").query is None
    assert canonicalise("http://a.test/q?").query == ""


def test_href_keeps_what_a_browser_would_request() -> None:
    c = canonicalise("http://u:p@a.test./x%2Fy?u=a%26b#f")
    assert c.url == "http://a.test/x/y?u=a&b"
    assert c.href == "http://a.test/x%2Fy?u=a%26b"


@pytest.mark.parametrize(
    ("given_text", "code"),
    [
        ("", Refusal.EMPTY),
        (" \n\u200b", Refusal.EMPTY),
        ("http://a.test/" + "x" * MAX_LENGTH, Refusal.TOO_LONG),
        ("http://a.test/" + "图" * 700, Refusal.TOO_LONG),
        ("ftp://a.test/", Refusal.SCHEME),
        ("javascript:alert(1)", Refusal.SCHEME),
        ("data:text/plain,hello", Refusal.SCHEME),
        ("mailto:somebody@a.test", Refusal.SCHEME),
        ("somebody@a.test", Refusal.EMAIL),
        ("http://", Refusal.NO_HOST),
        ("https:///?x", Refusal.NO_HOST),
        ("http://.../", Refusal.NO_HOST),
        ("hello", Refusal.NOT_AN_ADDRESS),
        ("12345", Refusal.NOT_AN_ADDRESS),
        ("3.14", Refusal.NOT_AN_ADDRESS),
        ("22.11.2026", Refusal.NOT_AN_ADDRESS),
        ("two words", Refusal.NOT_AN_ADDRESS),
        ("tel:112", Refusal.NOT_AN_ADDRESS),
        ("http://a.test:99999/", Refusal.NOT_AN_ADDRESS),
        ("http://256.1.1.1/", Refusal.NOT_AN_ADDRESS),
        ("http://[::1%25eth0]/", Refusal.NOT_AN_ADDRESS),
        ("http://" + "a" * 64 + ".test/", Refusal.NOT_AN_ADDRESS),
        ("http://" + "a." * 127 + "test/", Refusal.NOT_AN_ADDRESS),
        ("http://a%28dot%29test/", Refusal.NOT_AN_ADDRESS),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(given_text: str, code: Refusal) -> None:
    with pytest.raises(AddressRefused) as refused:
        canonicalise(given_text)
    assert refused.value.code is code
    assert refused.value.reason.endswith(".")


def test_http_and_https_of_one_page_are_one_subject() -> None:
    plain = canonicalise("http://a.test/x?y=1")
    assert subject_key(plain) == subject_key(canonicalise("https://a.test/x?y=1"))
    assert subject_key(plain) == "a.test/x?y=1"


def test_another_port_is_another_subject() -> None:
    assert subject_key(canonicalise("http://a.test:8080/")) == "a.test:8080/"


def test_a_reference_is_read_relative_to_its_page() -> None:
    assert resolve_reference("http://a.test/x/y", "../z") == "http://a.test/z"
    assert resolve_reference("http://a.test/x", "\\\\b.test\\z") == "http://b.test/z"
    with pytest.raises(AddressRefused):
        resolve_reference("http://a.test/", "http://[")


PIECES = st.one_of(
    st.sampled_from(["http", "https", "hxxp", "h**p", "ttp", "://", "//", "[.]", "(dot)", "[:]"]),
    st.sampled_from(["..", "%2", "%25", "%2e", "%2F", "%5C", "%3F", "%23", "%00", "a", "b.test"]),
    st.sampled_from(["xn--", "xn--a", "0x7f", "127", "256", "[::1]", "[::ffff:1.2.3.4]", ":80"]),
    st.sampled_from(" :/\\?#@.[]%é\xdf１。／：？;,(){}*!~^|<>\"'`=&+$-_中אن"),
    st.sampled_from("\u200b\u200c\u200d\u202e\xad\ufeff\ud800\U0001f600\t\n\x00\x1f\x7f\x85\xa0"),
)
TEXTS = st.one_of(
    st.text(st.characters(codec=None)),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=12).map(lambda parts: "http://a.test/" + "".join(parts)),
    st.lists(PIECES, max_size=8).map(lambda parts: "http://" + "".join(parts)),
)


@given(TEXTS)
@example("http://a%28dot%29test/")
@example("http://a.test/%5C..%3F%23")
def test_canonical_form_is_stable_and_nothing_but_a_refusal_is_raised(text: str) -> None:
    try:
        c = canonicalise(text)
    except AddressRefused:
        return
    again = canonicalise(c.url)
    assert again == c
    assert again.url == c.url
    assert c.url.isascii()
    assert c.url.isprintable()
    assert "#" not in c.url
    # What a browser would request names the same subject.
    assert canonicalise(c.href).url == c.url


ORDINARY_PIECES = st.one_of(
    st.sampled_from(["a", "b-c", "-", "_", "xn--", "xn--a", "127.0.0.1", "0x7f", "test", "T"]),
    st.sampled_from([".", "..", "/", "//", "/.", "/..", "/...", "?", "?q=1", "=", ":80", "@"]),
    st.sampled_from(["'", "%41", "~", "!$&()*+,;", "^", "onion", "\n", " ", "é"]),
    st.sampled_from(["x" * 63, "y" * 64, "z." * 120]),
)


def outcome(read: Callable[[str], Canonical], text: str) -> tuple[Canonical, str] | Refusal:
    try:
        found = read(text)
    except AddressRefused as refused:
        return refused.code
    return found, found.href


@given(
    st.sampled_from(["http://", "https://", "HTTP://"]),
    st.sampled_from(["a.test", "www.example.org", "x.onion", "localhost", ""]),
    st.lists(ORDINARY_PIECES, max_size=8).map("".join),
)
@example("http://", "a.test", "/x'y?z=1")
@example("http://", "a.test", "/\n")
@example("http://", "a.test", "/" + "x" * MAX_LENGTH)
@example("http://", "z." * 125 + "test", "/")
def test_the_short_way_of_plain_addresses_reads_them_like_the_long_one(
    scheme: str, host: str, rest: str
) -> None:
    text = scheme + host + rest
    assert outcome(canonicalise, text) == outcome(_read_in_full, text)


@given(st.integers(0, 30))
def test_nested_escapes_end_at_the_same_spelling(depth: int) -> None:
    assert canonicalise("http://a.test/%" + "25" * depth + "41").url == "http://a.test/A"
