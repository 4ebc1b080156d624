# SPDX-License-Identifier: Apache-2.0
"""Registers that are slow, wrong, too talkative or sent by somebody else: none leads inside."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dns.resolver
import pytest

from hearthline.kit.hosting import Line, NotFetched, Step, What, system_ask
from hearthline.kit.hosting.fetch import LARGEST, fetch
from hearthline.kit.hosting.names import addresses
from hearthline.kit.hosting.tests.rebinding import rebinding
from hearthline.kit.hosting.tests.register import answer, line, look, to_registers
from hearthline.kit.urls import ResolutionFailed
from hearthline.kit.urls.tests.loopback import (
    LOOPBACK,
    Host,
    a_certificate,
    hosting,
    loopback_too,
    redirect,
)

INSIDE = "127.0.0.2"
GOOD = {"objectClassName": "ip network"}


def failing(url: str, **options: object) -> str:
    with pytest.raises(NotFetched) as refused:
        fetch(url, line=line(**options))
    return refused.value.code


def test_a_document_comes_with_the_server_that_gave_it(register: Host) -> None:
    register.answers["/x"] = answer(GOOD)
    found = fetch(register.url("/x", "rdap.one.test"), line=line())
    assert (found.content, found.server) == (GOOD, "rdap.one.test")
    (request,) = register.requests
    assert request.startswith(b"GET /x HTTP/1.1\r\nHost: rdap.one.test:")
    assert b"Accept: application/rdap+json" in request


def test_a_document_in_chunks_is_put_together(register: Host) -> None:
    register.answers["/x"] = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b'7\r\n{"objec\r\nB\r\ntClass": 1}\r\n0\r\n\r\n'
    )
    assert fetch(register.url("/x"), line=line()).content == {"objectClass": 1}


def test_a_register_may_send_us_to_another(register: Host) -> None:
    register.answers["/x"] = redirect(register.url("/y", "rdap.two.test"))
    register.answers["/y"] = answer(GOOD)
    assert fetch(register.url("/x"), line=line()).server == "rdap.two.test"


@pytest.mark.parametrize(
    "place",
    [
        "http://10.0.0.1/x",
        "http://169.254.169.254/latest/",
        "http://[::1]/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://0x7f.2/x",
        "http://inside.test/x",
        "http://mixed.test/x",
    ],
)
def test_no_redirect_leads_inside(register: Host, place: str) -> None:
    register.answers["/x"] = redirect(place)
    assert failing(register.url("/x")) == "not_allowed"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("ftp://rdap.two.test/", "not_an_address"),
        ("file:///etc/hosts", "not_an_address"),
        ("http://[", "not_an_address"),
        ("http://" + "a" * 56 + ".onion/", "onion"),
        ("http://missing.test/", "name_not_found"),
        ("http://silent-dns.test/", "resolution_failed"),
    ],
)
def test_a_redirect_to_nowhere_is_said(register: Host, place: str, code: str) -> None:
    register.answers["/x"] = redirect(place)
    assert failing(register.url("/x")) == code


def test_redirects_without_end_are_given_up(register: Host) -> None:
    register.answers["/x"] = redirect("/x")
    assert failing(register.url("/x")) == "too_many_redirects"
    assert len(register.requests) == 4


def test_a_port_that_is_no_web_port_is_refused(register: Host) -> None:
    public = Line(resolve=lambda name: ["9.9.9.9"], plain=True)
    with pytest.raises(NotFetched, match="not_allowed"):
        fetch("http://rdap.one.test:25/x", line=public)


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not_found"), (429, "busy"), (500, "http_500"), (204, "http_204"), (302, "http_302")],
)
def test_an_answer_that_is_no_document_is_said(register: Host, status: int, code: str) -> None:
    register.answers["/x"] = f"HTTP/1.1 {status} Word\r\nContent-Length: 0\r\n\r\n".encode()
    assert failing(register.url("/x")) == code


@pytest.mark.parametrize(
    "headers_and_body",
    [
        b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 20 + b"\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n{}\r\n",
    ],
)
def test_a_length_that_no_document_has_is_refused(register: Host, headers_and_body: bytes) -> None:
    register.answers["/x"] = b"HTTP/1.1 200 OK\r\n" + headers_and_body
    assert failing(register.url("/x")) == "not_http"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'"text"',
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": ' * 200 + b"1" + b"}" * 200,
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_no_object_is_refused(register: Host, body: bytes) -> None:
    register.answers["/x"] = b"HTTP/1.1 200 OK\r\n\r\n" + body
    assert failing(register.url("/x")) == "not_json"


def test_a_packed_body_is_not_unpacked(register: Host) -> None:
    packed = gzip.compress(b'{"a": "' + b"x" * 1_000_000 + b'"}')
    register.answers["/x"] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed
    assert failing(register.url("/x")) == "not_json"


@pytest.mark.parametrize("words", [b"220 mail ready\r\n", b"\x00\x01\x02", b"HTTP/9 what\r\n\r\n"])
def test_what_does_not_speak_http_is_said(register: Host, words: bytes) -> None:
    register.answers["/x"] = words
    assert failing(register.url("/x")) == "not_http"


def test_a_document_cut_short_is_not_taken(register: Host) -> None:
    register.answers["/x"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"
    assert failing(register.url("/x")) == "not_http"


def test_a_document_without_end_is_cut_off(register: Host) -> None:
    sent = []

    def flood(visitor: socket.socket) -> None:
        visitor.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with contextlib.suppress(OSError):
            while not register.closing.is_set():
                visitor.sendall(b"x" * 65_536)
                sent.append(65_536)

    register.answers["/x"] = flood
    assert failing(register.url("/x"), timeout=10.0) == "too_large"
    assert sum(sent) < 40 * LARGEST


def test_a_register_that_drips_is_left_at_the_deadline(register: Host) -> None:
    def drip(visitor: socket.socket) -> None:
        with contextlib.suppress(OSError):
            visitor.sendall(b"HTTP/1.1 200 OK\r\n\r\n{")
            while not register.closing.wait(0.05):
                visitor.sendall(b" ")

    register.answers["/x"] = drip
    started = time.monotonic()
    assert failing(register.url("/x"), timeout=0.5) == "timeout"
    assert time.monotonic() - started < 3


def test_slow_redirects_share_one_deadline(register: Host) -> None:
    def wait(visitor: socket.socket) -> None:
        register.closing.wait(0.3)
        visitor.sendall(redirect("/x"))

    register.answers["/x"] = wait
    assert failing(register.url("/x"), timeout=0.5) == "timeout"


def test_plain_http_is_refused_outside_tests(register: Host) -> None:
    assert failing(register.url("/x"), plain=False) == "not_https"
    assert register.requests == []


def test_over_tls_the_certificate_must_verify(tmp_path: Path) -> None:
    context, roots = a_certificate(tmp_path, "rdap.register.test")
    with hosting(context) as host:
        host.answers["/x"] = answer(GOOD)
        url = host.url("/x", "rdap.register.test", "https")
        assert fetch(url, line=line(roots=roots, plain=False)).content == GOOD
        assert failing(url) == "tls"
        wrong_name = host.url("/x", "other.test", "https")
        assert failing(wrong_name, roots=roots) == "tls"


def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    context, roots = a_certificate(tmp_path, "rdap.register.test")
    with hosting(context) as secure:
        secure.answers["/x"] = redirect("http://rdap.two.test/y")
        url = secure.url("/x", "rdap.register.test", "https")
        assert failing(url, roots=roots, plain=False) == "not_https"


def test_a_closed_port_is_said() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    assert failing(f"http://rdap.register.test:{port}/x") == "refused"


def test_a_text_that_is_no_address_is_said() -> None:
    assert failing("no address at all") == "not_an_address"


# Under a DNS server that changes its mind


@contextlib.contextmanager
def inside(port: int) -> Iterator[list[object]]:
    """A machine of the ministry at another address, which notes every visitor."""
    visitors: list[object] = []
    closing = threading.Event()
    listening = socket.create_server((INSIDE, port))
    listening.settimeout(0.05)

    def listen() -> None:
        while not closing.is_set():
            with contextlib.suppress(TimeoutError):
                visitor, where = listening.accept()
                visitors.append(where)
                visitor.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield visitors
    finally:
        closing.set()
        thread.join(5)
        listening.close()


def only_outside(address: str, port: int) -> bool:
    return address == LOOPBACK


def test_a_name_that_turns_inwards_between_check_and_connection_is_not_followed(
    register: Host,
) -> None:
    register.answers["/x"] = answer(GOOD)
    with rebinding([LOOPBACK], [INSIDE]) as dns_server, inside(register.port) as visitors:
        good = line(resolve=dns_server.resolve, allow=only_outside)
        # Judged once, connected to what was judged: the second answer is never asked for.
        assert fetch(register.url("/x"), line=good).content == GOOD
        assert dns_server.asked == 1
        assert failing(register.url("/x"), resolve=dns_server.resolve, allow=only_outside) == (
            "not_allowed"
        )
    assert visitors == []


def test_a_name_that_turns_inwards_between_two_hops_is_not_followed(register: Host) -> None:
    register.answers["/x"] = redirect("/y")
    register.answers["/y"] = answer(GOOD)
    with rebinding([LOOPBACK], [INSIDE]) as dns_server, inside(register.port) as visitors:
        code = failing(register.url("/x"), resolve=dns_server.resolve, allow=only_outside)
    assert code == "not_allowed"
    assert visitors == []
    assert [request.split()[1] for request in register.requests] == [b"/x"]


def test_one_address_inside_among_many_refuses_them_all(register: Host) -> None:
    register.answers["/x"] = answer(GOOD)
    with rebinding([LOOPBACK, INSIDE]) as dns_server, inside(register.port) as visitors:
        code = failing(register.url("/x"), resolve=dns_server.resolve, allow=only_outside)
    assert code == "not_allowed"
    assert (visitors, register.requests) == ([], [])


def test_a_whole_look_under_such_a_server_reaches_nothing_inside(register: Host) -> None:
    register.answers["/ip/8.8.4.4"] = redirect("/ip/again")
    turns = [["8.8.4.4"], [LOOPBACK], [INSIDE]]
    with rebinding(*turns) as dns_server, inside(register.port) as visitors:
        found = look(
            register,
            ask=dns_server.ask,
            line=line(resolve=dns_server.resolve, allow=lambda ip, port: ip != INSIDE),
        )
    assert found.values(What.ADDRESS) == ("8.8.4.4",)
    assert {(one.step, one.code) for one in found.failures} >= {
        (Step.NETWORK, "not_allowed"),
        (Step.REGISTRAR, "not_allowed"),
    }
    assert visitors == []


def test_the_default_guard_refuses_the_loopback_itself(register: Host) -> None:
    with pytest.raises(NotFetched, match="not_allowed"):
        fetch(register.url("/x"), line=Line(resolve=to_registers, plain=True))
    assert loopback_too(LOOPBACK, 80)
    assert register.requests == []


# The resolver


def test_the_resolver_reads_answers_and_absence() -> None:
    with rebinding(["9.9.9.9", "9.9.9.8"]) as dns_server:
        assert addresses(dns_server.ask, "pages.harbour-host.test") == ("9.9.9.8", "9.9.9.9")
        assert dns_server.ask("pages.harbour-host.test", "NS") == ()


def test_a_machine_without_a_resolver_gives_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> dns.resolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "get_default_resolver", none)
    with pytest.raises(ResolutionFailed):
        system_ask("pages.harbour-host.test", "A")


def test_a_name_the_dns_cannot_carry_gives_no_answer() -> None:
    with rebinding(["9.9.9.9"]) as dns_server, pytest.raises(ResolutionFailed):
        dns_server.ask("a..test", "A")
