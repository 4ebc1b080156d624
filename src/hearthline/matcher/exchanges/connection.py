# SPDX-License-Identifier: Apache-2.0
"""One GET request over one connection, under one deadline and one limit of octets.

The standard library's `HTTPResponse` reads the answer. It follows nothing, reads no proxy from the
environment and writes no address to a log, which client libraries do and which would put a
credential there. Nothing compressed is asked for or taken, so no answer unfolds in memory.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message

from hearthline.matcher.exchanges.feed import ExchangeFailed, Malformed
from hearthline.matcher.timed import Timed

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one fetch: octets of a page, seconds, and how often and long to try."""

    page_bytes: int = 32 * 1024 * 1024
    silence: float = 30.0
    """Longest wait for the next octets."""
    total: float = 180.0
    """Longest time for a whole answer, however it drips."""
    tries: int = 5
    longest_wait: float = 120.0
    """Longest pause between two tries; a source that asks for more is left alone until then."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, host and port; what a credential belongs to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `body` is empty unless the status is 200."""

    status: int
    headers: Message = field(repr=False)
    body: bytes = field(repr=False)


class Interrupted(Exception):
    """No complete answer came; another try may bring one. The text says what happened."""


def exchange(
    origin: Origin,
    target: str,
    *,
    headers: Mapping[str, str],
    limits: Limits,
    trusted: ssl.SSLContext | None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Answer:
    """GET `target` (path and query, ASCII) from `origin`, over TLS unless `trusted` is None.

    Raises `Interrupted` where a retry makes sense, `ExchangeFailed` for a certificate that does
    not verify, and `Malformed` with code `too_large` for a page beyond the limit.
    """
    end = monotonic() + limits.total

    def left() -> float:
        remaining = end - monotonic()
        if remaining <= 0:
            raise TimeoutError
        return min(remaining, limits.silence)

    try:
        with socket.create_connection((origin.host, origin.port), timeout=left()) as plain:
            if trusted is None:
                return _ask(plain, origin, target, headers, limits, left)
            plain.settimeout(left())
            with trusted.wrap_socket(plain, server_hostname=origin.host) as secure:
                return _ask(secure, origin, target, headers, limits, left)
    except TimeoutError:
        raise Interrupted("it did not answer in time") from None
    except ssl.SSLCertVerificationError as error:
        raise ExchangeFailed(
            "tls", f"{origin.host}: the certificate does not verify ({error.verify_message})"
        ) from None
    except ssl.SSLError:
        raise Interrupted("the secure connection failed") from None
    except http.client.HTTPException:
        raise Interrupted("the answer was cut short or is not HTTP") from None
    except OSError as error:
        raise Interrupted(f"no connection ({error.strerror or 'name not found'})") from None


def _ask(
    connection: socket.socket,
    origin: Origin,
    target: str,
    headers: Mapping[str, str],
    limits: Limits,
    left: Callable[[], float],
) -> Answer:
    connection.settimeout(left())
    connection.sendall(_request(origin, target, headers))
    # HTTPResponse asks only for `makefile`; its type says a whole socket.
    response = http.client.HTTPResponse(Timed(connection, left))  # type: ignore[arg-type]
    with response:
        response.begin()
        if response.status != http.HTTPStatus.OK:
            return Answer(response.status, response.headers, b"")
        return Answer(response.status, response.headers, _body(response, limits.page_bytes))


def _request(origin: Origin, target: str, headers: Mapping[str, str]) -> bytes:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host}:{origin.port}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    if not all(line.isascii() and line.isprintable() for line in lines):
        raise ExchangeFailed("request", "the request would hold characters no header may hold")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise ExchangeFailed("compressed", "the answer is compressed, which was not asked for")
    stated = response.length
    if stated is not None and stated > most:
        raise Malformed(f"a page of {stated} octets, more than {most}", code="too_large")
    body = bytearray()
    while chunk := response.read1(CHUNK):
        body += chunk
        if len(body) > most:
            raise Malformed(
                f"a page of more than {most} octets", bytes(body[:CHUNK]), code="too_large"
            )
    # The library takes an early end for the end; only the count tells.
    if stated is not None and len(body) != stated:
        raise Interrupted("the answer was cut short")
    return bytes(body)
