# SPDX-License-Identifier: Apache-2.0
"""A message to an HTTPS endpoint: against a real server with a certificate of its own."""

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from hearthline.kit.urls import NotDelivered, deliver
from hearthline.kit.urls.tests.loopback import LOOPBACK, a_certificate, loopback_too, to_loopback


class Receiver:
    def __init__(self, folder, name="site.test"):
        self.status, self.location, self.silent = 202, "", False
        self.received: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((dict(self.headers.items()), body))
                if receiver.silent:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Nothing is logged."""

        context, self.roots = a_certificate(folder, name)
        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def receiver(tmp_path):
    running = Receiver(tmp_path)
    yield running
    running.server.shutdown()
    running.server.server_close()


def send(receiver, **changes):
    parts = {
        "url": f"https://site.test:{receiver.port}/xarf?key=1",
        "headers": {"Content-Type": "application/json", "webhook-id": "notice-1"},
        "body": b'{"a": 1}',
        "resolve": to_loopback,
        "allow": loopback_too,
        "timeout": 5.0,
        "roots": receiver.roots,
    }
    return deliver(parts.pop("url") if "url" not in changes else changes.pop("url"),
                   **{k: v for k, v in {**parts, **changes}.items() if k != "url"})  # fmt: skip


def test_the_body_arrives_with_its_headers(receiver):
    assert send(receiver) == 202
    ((headers, body),) = receiver.received
    assert body == b'{"a": 1}'
    assert headers["webhook-id"] == "notice-1"
    assert headers["Host"] == f"site.test:{receiver.port}"


@pytest.mark.parametrize("status", [200, 400, 410, 503])
def test_whatever_is_answered_is_the_status(receiver, status):
    receiver.status = status
    assert send(receiver) == status


def test_a_redirect_is_an_answer_and_not_followed(receiver):
    receiver.status, receiver.location = 307, f"https://site.test:{receiver.port}/elsewhere"
    assert send(receiver) == 307
    assert len(receiver.received) == 1


def test_a_certificate_nobody_vouches_for_gets_nothing(receiver):
    with pytest.raises(NotDelivered) as refused:
        send(receiver, roots=None)
    assert (refused.value.code, refused.value.arrived) == ("tls", False)
    assert receiver.received == []


def test_a_certificate_for_another_name_gets_nothing(receiver):
    with pytest.raises(NotDelivered):
        send(receiver, url=f"https://other.test:{receiver.port}/xarf")
    assert receiver.received == []


def test_a_line_that_breaks_behind_the_body_may_have_arrived(receiver):
    receiver.silent = True
    with pytest.raises(NotDelivered) as broken:
        send(receiver)
    assert broken.value.arrived


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://site.test/xarf", "not_https"),
        ("https://inside.test/xarf", "not_allowed"),
        ("https://mixed.test/xarf", "not_allowed"),
        ("https://10.0.0.1/xarf", "not_allowed"),
        ("https://missing.test/xarf", "name_not_found"),
        ("https://silent-dns.test/xarf", "resolution_failed"),
        ("https://expyuzz4wqqyqhjn.onion/", "onion"),
        ("nowhere", "not_an_address"),
    ],
)
def test_where_nothing_is_sent(receiver, url, code):
    with pytest.raises(NotDelivered) as refused:
        send(receiver, url=url)
    assert (refused.value.code, refused.value.arrived) == (code, False)
    assert receiver.received == []


def test_by_itself_loopback_is_never_sent_to(receiver):
    with pytest.raises(NotDelivered) as refused:
        deliver(f"https://{LOOPBACK}:{receiver.port}/", headers={}, body=b"{}")
    assert refused.value.code == "not_allowed"
