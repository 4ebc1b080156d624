# SPDX-License-Identifier: Apache-2.0
"""Asking a source: what is tried again, what is refused, what is never said."""

import logging
import socket
import time

import pytest

from hearthline.kit.urls.tests.loopback import a_certificate, hosting
from hearthline.matcher.exchanges import ExchangeFailed, Limits, Malformed
from hearthline.matcher.exchanges.client import Client, NotThere
from hearthline.matcher.exchanges.credentials import Secret
from hearthline.matcher.exchanges.tests.conftest import TOKEN
from hearthline.matcher.exchanges.tests.source import Reply

PAGE = Reply(b'{"page": 1}')


def say(source, *replies):
    """Answer with these in turn, then with the last."""
    turns = iter(replies)
    last = replies[-1]
    source.answer = lambda asked: next(turns, last)


def test_a_page(client, source):
    say(source, PAGE)
    assert client.get("/list", [("since", "a b&c")]) == PAGE.body
    [asked] = source.asked
    assert (asked.path, asked.query["since"]) == ("/base/list", "a b&c")
    assert asked.headers["Accept-Encoding"] == "identity"
    assert asked.headers["User-Agent"] == "Hearthline hash list client"


def test_a_page_without_a_length(client, source):
    say(source, Reply(b"x" * 5000, chunked=True))
    assert client.get("/list", []) == b"x" * 5000


@pytest.mark.parametrize(
    "bad",
    [
        Reply(status=500),
        Reply(status=502),
        Reply(status=503),
        Reply(status=504),
        Reply(status=429),
        Reply(status=408),
        Reply(b"x" * 100, cut=1),
        Reply(b"x" * 5000, cut=1, chunked=True),
        Reply(b"x" * 100, headers={"Content-Length": "200"}),
    ],
    ids=["500", "502", "503", "504", "429", "408", "cut", "chunk", "less"],
)
def test_what_may_pass_is_tried_again(client, source, waits, bad):
    say(source, bad, PAGE)
    assert client.get("/list", []) == PAGE.body
    assert waits == [1.0]


@pytest.mark.parametrize("drip", [0.3, 0.02], ids=["silent", "drips"])
def test_a_slow_answer_is_asked_for_again(hasty, source, waits, drip):
    say(source, Reply(b"x" * 100, drip=drip), PAGE)
    assert hasty.get("/list", []) == PAGE.body
    assert waits[0] == 1.0


def test_pauses_grow_and_end(client, source, waits):
    say(source, Reply(status=503))
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    assert failure.value.code == "unavailable"
    assert (waits, len(source.asked)) == ([1.0, 2.0], 3)


def test_a_server_that_keeps_failing_at_a_page_is_said_to(client, source):
    say(source, Reply(status=500))
    with pytest.raises(Malformed) as failure:
        client.get("/list", [])
    assert failure.value.code == "server_failed"


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "soon"}, 1.0),
        ({"Retry-After": "-5"}, 1.0),
    ],
)
def test_retry_after_is_heeded(client, source, waits, headers, pause):
    say(source, Reply(status=429, headers=headers), PAGE)
    client.get("/list", [])
    assert waits == [pause]


@pytest.mark.parametrize(
    ("lines", "pause"),
    [
        (b"Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n", 30.0),
        (b"Date: Sun, 22 Nov 2026 11:00:00 GMT\r\n", 1.0),
        (b"Date: some day\r\n", 1.0),
        (b"", 1.0),
    ],
)
def test_a_date_to_come_back_is_measured_by_the_source_s_own_clock(waits, lines, pause):
    again = b"Retry-After: Sun, 22 Nov 2026 10:00:30 GMT\r\n"
    with hosting() as host:
        host.answers["/list"] = b"HTTP/1.1 503 No\r\n" + lines + again + b"\r\n"
        client = Client(f"http://127.0.0.1:{host.port}", limits=Limits(tries=2), sleep=waits.append)
        with pytest.raises(ExchangeFailed):
            client.get("/list", [])
    assert waits == [pause]


def test_over_https_with_a_private_authority(tmp_path, waits):
    context, pem = a_certificate(tmp_path, "localhost")
    with hosting(context) as host:
        host.answers["/list"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        url = f"https://localhost:{host.port}"
        assert Client(url, roots=pem).get("/list", []) == b"{}"
        with pytest.raises(ExchangeFailed) as failure:
            Client(url, sleep=waits.append).get("/list", [])
    assert (failure.value.code, waits) == ("tls", [])


def test_https_asked_of_a_server_without_it(source, waits):
    url = source.url.replace("http:", "https:")
    with pytest.raises(ExchangeFailed) as failure:
        Client(url, limits=Limits(tries=2), sleep=waits.append).get("/list", [])
    assert failure.value.code == "unreachable"


@pytest.mark.parametrize("seconds", ["3600", "99999999999"])
def test_a_source_that_wants_long_peace_gets_it(client, source, waits, seconds):
    say(source, Reply(status=429, headers={"Retry-After": seconds}))
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    if len(seconds) < 10:
        assert (failure.value.code, waits) == ("wait", [])
        assert failure.value.wait.total_seconds() == 3600
    else:
        assert failure.value.code == "unavailable"  # no time anybody means


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "refused"), (403, "refused"), (204, "status"), (418, "status"), (404, "not_there")],
)
def test_answers_that_no_retry_helps(client, source, waits, status, code):
    say(source, Reply(status=status))
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    assert (failure.value.code, len(source.asked), waits) == (code, 1, [])
    assert isinstance(failure.value, NotThere) == (status == 404)


def test_a_redirect_on_the_same_origin_is_followed(client, source):
    say(source, Reply(status=302, headers={"Location": "/base/there?a=1"}), PAGE)
    assert client.get("/list", []) == PAGE.body
    assert source.asked[1].path == "/base/there"


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.invalid/",
        "http://127.0.0.1:9/",
        "http://127.0.0.2/",
        "//elsewhere.invalid/",
        "http://127.0.0.1:99999999/",
        "ftp://127.0.0.1/",
        "http://[::1",
        "",
    ],
)
def test_a_redirect_elsewhere_is_refused(client, source, location):
    say(source, Reply(status=302, headers={"Location": location}), PAGE)
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    assert (failure.value.code, len(source.asked)) == ("redirect", 1)


def test_redirects_without_end_are_refused(client, source):
    say(source, Reply(status=302, headers={"Location": "/base/list"}))
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    assert (failure.value.code, len(source.asked)) == ("redirect", 4)


def test_a_web_page_is_not_a_list(client, source):
    say(source, Reply(b"<html>sign in</html>", type="text/html; charset=utf-8"))
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    assert failure.value.code == "web_page"


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", ""])
def test_a_page_of_another_type_is_judged_by_its_content(client, source, kind):
    say(source, Reply(PAGE.body, type=kind))
    assert client.get("/list", []) == PAGE.body


@pytest.mark.parametrize("chunked", [True, False])
def test_a_huge_page_is_not_read_to_its_end(client, source, chunked):
    say(source, Reply(b"x" * 3_000_000, chunked=chunked))
    with pytest.raises(Malformed) as failure:
        client.get("/list", [])
    assert failure.value.code == "too_large"
    assert len(failure.value.raw) <= 65536


def test_nothing_compressed_is_taken(client, source):
    say(source, Reply(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    assert failure.value.code == "compressed"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500,
        b"HTTP/1.1 999999 no\r\n\r\n",
    ],
)
def test_what_is_not_http_is_no_page(said, waits):
    with hosting() as host:
        host.answers["/list"] = said
        client = Client(f"http://127.0.0.1:{host.port}", limits=Limits(tries=2), sleep=waits.append)
        with pytest.raises(ExchangeFailed) as failure:
            client.get("/list", [])
    assert (failure.value.code, waits) == ("unreachable", [1.0])


def test_headers_that_drip_end_with_the_time(waits):
    def drip(visitor):
        for octet in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 500:
            visitor.sendall(bytes([octet]))
            time.sleep(0.01)

    with hosting() as host:
        host.answers["/list"] = drip
        limits = Limits(tries=1, silence=5, total=0.2)
        client = Client(f"http://127.0.0.1:{host.port}", limits=limits, sleep=waits.append)
        began = time.monotonic()
        with pytest.raises(ExchangeFailed, match="in time"):
            client.get("/list", [])
        assert time.monotonic() - began < 4


def test_nobody_there(waits):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", limits=Limits(tries=2), sleep=waits.append)
    with pytest.raises(ExchangeFailed, match="no connection"):
        client.get("/list", [])
    assert waits == [1.0]


@pytest.mark.parametrize(
    "url",
    [
        "http://hashes.example.org/",
        "http://localhost/",
        "ftp://127.0.0.1/",
        "hashes.example.org",
        "https://",
        "https://user:word@hashes.example.org/",
        "https://hashes.example.org/?access_token=word",
        "https://hashes.example.org/#word",
        "https://hashes.example.org:port/",
        "https://hashes.example.org/\r\nX: word",
        "https://[::1/",
        "",
    ],
)
def test_addresses_that_are_refused(url):
    with pytest.raises(ExchangeFailed) as failure:
        Client(url)
    assert failure.value.code == "address"
    assert "word" not in str(failure.value)


def test_credentials_are_said_to_nobody_but_the_source(source, client, caplog, waits):
    caplog.set_level(logging.DEBUG)
    replies = [
        Reply(status=401),
        Reply(status=500),
        Reply(status=302, headers={"Location": "https://x.invalid/"}),
        Reply(b"x", cut=1),
        Reply(b"<html>", type="text/html"),
    ]
    said = [repr(client.__dict__), str(Secret("word")), repr([Secret("word")])]
    for reply in replies:
        say(source, reply)
        with pytest.raises(ExchangeFailed) as failure:
            client.get("/list", [])
        said += [str(failure.value), repr(failure.value)]
    said.append(caplog.text)
    assert all(TOKEN not in text and "word" not in text for text in said)
    assert "real%2Btoken" not in "".join(said)


def test_a_credential_cannot_write_a_header(source):
    client = Client(source.url, headers={"Authorization": Secret("a\r\nX-Evil: 1")})
    with pytest.raises(ExchangeFailed) as failure:
        client.get("/list", [])
    assert (failure.value.code, source.asked) == ("request", [])


def test_credentials_are_taken_out_of_what_is_kept():
    client = Client("https://h.example", secret_query={"t": Secret("a/b c+d")})
    raw = b"1 a/b c+d 2 a%2Fb%20c%2Bd 3 a%2Fb+c%2Bd 4 a\\/b c+d 5"
    assert (
        client.without_secrets(raw)
        == b"1 [credential] 2 [credential] 3 [credential] 4 [credential] 5"
    )
