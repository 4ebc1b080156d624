# SPDX-License-Identifier: Apache-2.0
"""One HEAD request: what is read, what is cut off, and what is never read."""

import contextlib
import socket
import threading
import time
from pathlib import Path

import pytest

from hearthline.kit.urls import Verdict
from hearthline.kit.urls.exchange import HEADER_LIMIT, Deadline, header_block
from hearthline.kit.urls.tests.loopback import OK, Host, a_certificate, check, hosting, redirect


def test_a_flood_of_headers_is_cut_off(host: Host) -> None:
    host.answers["/x"] = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * HEADER_LIMIT
    seen = check(host.url("/x"))
    assert (seen.verdict, seen.reason) == (Verdict.UNCLEAR, "headers_too_large")


def test_a_flood_of_interim_answers_is_cut_off(host: Host) -> None:
    host.answers["/x"] = b"HTTP/1.1 103 Early Hints\r\n\r\n" * HEADER_LIMIT
    assert check(host.url("/x")).reason == "headers_too_large"
    host.answers["/y"] = b"HTTP/1.1 100 Continue\r\n\r\n" + OK
    assert check(host.url("/y")).verdict is Verdict.PRESENT


def test_a_server_that_never_answers_is_unreachable(host: Host) -> None:
    def wait(visitor: socket.socket) -> None:
        host.closing.wait(5)

    host.answers["/x"] = wait
    seen = check(host.url("/x"), timeout=0.2)
    assert (seen.verdict, seen.reason) == (Verdict.UNREACHABLE, "timeout")
    host.closing.set()


def test_a_server_that_drips_does_not_hold_the_line(host: Host) -> None:
    def drip(visitor: socket.socket) -> None:
        while not host.closing.wait(0.02):
            visitor.sendall(b"H")

    host.answers["/x"] = drip
    started = time.monotonic()
    assert check(host.url("/x"), timeout=0.3).reason == "timeout"
    assert time.monotonic() - started < 2
    host.closing.set()


@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [
        (b"SSH-2.0-Server\r\n\r\n", Verdict.UNCLEAR, "not_http"),
        (b"<html>no headers at all</html>", Verdict.UNCLEAR, "not_http"),
        (b"HTTP/1.1 999999 Odd\r\n\r\n", Verdict.UNCLEAR, "not_http"),
        (b"", Verdict.UNREACHABLE, "reset"),
        (b"HTTP/1.1 200 OK\n\n", Verdict.PRESENT, "http_200"),
        (b"HTTP/1.0 200\r\n\r\n", Verdict.PRESENT, "http_200"),
        (b"HTTP/1.1 200 OK\n\r\n", Verdict.PRESENT, "http_200"),
    ],
)
def test_strange_answers_are_facts_not_failures(
    host: Host, answer: bytes, verdict: Verdict, reason: str
) -> None:
    host.answers["/x"] = answer
    seen = check(host.url("/x"))
    assert (seen.verdict, seen.reason) == (verdict, reason)


def test_control_characters_of_a_stranger_are_not_kept(host: Host) -> None:
    host.answers["/x"] = redirect("/y\x00\x1b[2J")
    assert check(host.url("/x")).steps[0].location == "/y[2J"


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\n\r\n"])
def test_not_one_octet_behind_the_headers_is_read(end: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 200 OK" + end + b"body")
        assert header_block(ours, Deadline(1), HEADER_LIMIT) == b"HTTP/1.1 200 OK" + end
        assert ours.recv(100) == b"body"


def test_a_body_sent_in_answer_to_head_is_left_lying(host: Host) -> None:
    finished = threading.Event()
    accepted: list[bool] = []

    def pour(visitor: socket.socket) -> None:
        with contextlib.suppress(OSError):
            visitor.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 64000000\r\n\r\n")
            visitor.sendall(b"." * 64_000_000)
            accepted.append(True)
        finished.set()

    host.answers["/x"] = pour
    assert check(host.url("/x")).verdict is Verdict.PRESENT
    assert finished.wait(5)
    assert accepted == []


def test_a_certificate_that_does_not_verify_is_a_fact(tmp_path: Path) -> None:
    context, _ = a_certificate(tmp_path)
    with hosting(context) as host:
        host.answers["/x"] = OK + b"body"
        seen = check(host.url("/x", scheme="https"))
    assert seen.verdict is Verdict.PRESENT
    tls = seen.steps[0].tls
    assert tls is not None
    assert not tls.verified
    assert "self-signed" in tls.problem.replace("self signed", "self-signed")
    assert tls.version.startswith("TLSv1.")
    assert tls.subject == tls.issuer == "CN=site.test"
    assert tls.not_after == "2120-01-01T00:00:00+00:00"
    assert len(host.requests) == 1


def test_a_certificate_of_a_trusted_authority_is_verified(tmp_path: Path) -> None:
    context, pem = a_certificate(tmp_path)
    with hosting(context) as host:
        host.answers["/x"] = OK
        right = check(host.url("/x", scheme="https"), roots=pem).steps[0].tls
        wrong = check(host.url("/x", "other.test", "https"), roots=pem).steps[0].tls
    assert right is not None
    assert (right.verified, right.problem) == (True, "")
    assert wrong is not None
    assert not wrong.verified
    assert "other.test" in wrong.problem


def test_a_redirect_from_https_to_http_is_noted(tmp_path: Path, host: Host) -> None:
    context, _ = a_certificate(tmp_path)
    host.answers["/y"] = OK
    with hosting(context) as secure:
        secure.answers["/x"] = redirect(host.url("/y"))
        seen = check(secure.url("/x", scheme="https"))
    assert (seen.verdict, seen.downgraded) == (Verdict.PRESENT, True)


def test_a_server_that_speaks_no_tls_is_unclear(host: Host) -> None:
    host.greeting = b"220 mail.test\r\n"
    seen = check(host.url("/x", scheme="https"))
    assert (seen.verdict, seen.reason) == (Verdict.UNCLEAR, "tls")


def test_ipv6_is_spoken() -> None:
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with listening:
        port = listening.getsockname()[1]

        def serve() -> None:
            visitor, _ = listening.accept()
            with visitor:
                asked.append(visitor.recv(4096))
                visitor.sendall(OK)

        asked: list[bytes] = []
        serving = threading.Thread(target=serve)
        serving.start()
        seen = check(f"http://[::1]:{port}/x", allow=lambda address, port: address == "::1")
        serving.join(5)
    assert seen.verdict is Verdict.PRESENT
    assert f"Host: [::1]:{port}\r\n".encode() in asked[0]
