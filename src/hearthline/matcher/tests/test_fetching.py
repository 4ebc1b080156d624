# SPDX-License-Identifier: Apache-2.0
"""Addresses in calls: only hosts that are allowed, only public ones, wherever they redirect to."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearthline.kit.urls.tests.loopback import (
    Host,
    a_certificate,
    hosting,
    loopback_too,
    redirect,
    to_loopback,
)
from hearthline.matcher.fetching import Fetcher
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller
from hearthline.matcher.web import Refusal


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as host:
        yield host


def fetcher(**more) -> Fetcher:
    settings = {"largest": 10_000, "resolve": to_loopback, "allow": loopback_too, "seconds": 2.0}
    return Fetcher(("site.test", "missing.test", "inside.test", "mixed.test"), **(settings | more))


def answer(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def refused(fetching: Fetcher, url: str) -> tuple[int, str]:
    with pytest.raises(Refusal) as refusal:
        fetching.fetch(url)
    assert url not in refusal.value.text
    return refusal.value.status, refusal.value.code


def test_a_file_comes_with_its_type(host: Host):
    host.answers["/a.png?x=1"] = answer(b"content", "Content-Type: image/png; charset=x")
    fetched = fetcher().fetch(host.url("/a.png?x=1"))
    assert (fetched.content, fetched.type) == (b"content", "image/png")
    assert b"Authorization" not in host.requests[0]
    assert b"Referer" not in host.requests[0]


def test_it_comes_over_tls_whose_certificate_verifies(tmp_path: Path):
    server, pem = a_certificate(tmp_path)
    with hosting(server) as host:
        host.answers["/a"] = answer(b"content")
        url = host.url("/a", scheme="https")
        trusted = ssl.create_default_context(cadata=pem)
        assert fetcher(trusted=trusted).fetch(url).content == b"content"
        assert refused(fetcher(), url) == (502, "fetch_failed")


def test_hosts_below_an_allowed_one_are_allowed_and_others_not(host: Host):
    host.answers["/a"] = answer(b"content")
    assert fetcher().fetch(host.url("/a", name="cdn.site.test")).content == b"content"
    for name in ("evilsite.test", "other.test", "127.0.0.1", "site.test.evil.test"):
        assert refused(fetcher(), host.url("/a", name=name)) == (400, "host_not_allowed")


def test_nothing_is_allowed_at_first(host: Host):
    assert refused(Fetcher((), largest=10), host.url("/a")) == (400, "no_hosts")


@pytest.mark.parametrize("name", ["inside.test", "mixed.test"])
def test_a_name_that_leads_inside_is_refused(host: Host, name: str):
    assert refused(fetcher(), host.url("/a", name=name)) == (400, "not_public")
    assert host.requests == []


def test_loopback_is_inside_unless_a_test_says_otherwise(host: Host):
    guarded = Fetcher(("site.test",), largest=10, resolve=to_loopback)
    assert refused(guarded, host.url("/a")) == (400, "not_public")


def test_a_redirect_is_followed_under_the_same_rules(host: Host):
    host.answers["/a"] = redirect("/b")
    host.answers["/b"] = answer(b"content")
    assert fetcher().fetch(host.url("/a")).content == b"content"
    host.answers["/a"] = redirect(host.url("/b", name="other.test"))
    assert refused(fetcher(), host.url("/a")) == (400, "host_not_allowed")
    host.answers["/a"] = redirect("/a")
    assert refused(fetcher(), host.url("/a")) == (502, "fetch_failed")


def test_a_file_that_is_too_large_is_let_go(host: Host):
    host.answers["/long"] = b"HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n"
    host.answers["/endless"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 20_000
    for path in ("/long", "/endless"):
        assert refused(fetcher(), host.url(path)) == (413, "too_large")


def test_a_server_that_drips_is_given_up(host: Host):
    def drip(visitor) -> None:
        for octet in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000:
            visitor.sendall(bytes([octet]))
            time.sleep(0.02)

    host.answers["/a"] = drip
    begun = time.monotonic()
    assert refused(fetcher(seconds=0.3), host.url("/a")) == (504, "fetch_timeout")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "answered",
    [
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx",
        b"SSH-2.0 hello\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_whole_file_is_told(host: Host, answered: bytes):
    host.answers["/a"] = answered
    assert refused(fetcher(), host.url("/a")) == (502, "fetch_failed")


def test_addresses_that_lead_nowhere():
    assert refused(fetcher(), "http://missing.test/") == (502, "name_not_found")
    assert refused(fetcher(), "ftp://site.test/") == (400, "not_an_address")


@pytest.fixture
def fetching(caller: Caller) -> Caller:
    object.__setattr__(caller.service, "fetcher", fetcher(largest=1_000_000))
    return caller


def test_hma_calls_take_addresses(fetching: Caller, bank: str, host: Host):
    host.answers["/a.png"] = answer(make.a_file(1), "Content-Type: image/png")
    url = {"url": host.url("/a.png")}
    signals = fetching.get("/h/hash", params=url).json()
    assert list(signals) == ["pdq"]
    made = fetching.post(f"/c/bank/{bank}/content", params=url).json()
    assert made == {"id": 1, "signals": signals}
    known = {bank: [{"bank_content_id": 1, "distance": "0"}]}
    assert fetching.get("/m/lookup", params=url).json() == {"pdq": known}
    assert fetching.get("/m/lookup", params=url | {"signal_type": "pdq"}).json() == known


def test_a_file_of_unknown_type_needs_one(fetching: Caller, host: Host):
    host.answers["/a"] = answer(make.a_file(1), "Content-Type: application/octet-stream")
    url = {"url": host.url("/a")}
    assert fetching.get("/h/hash", params=url).status_code == 400
    assert fetching.get("/h/hash", params=url | {"content_type": "photo"}).status_code == 200
    assert fetching.get("/h/hash").json() == {"message": "url is required"}
