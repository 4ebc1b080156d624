# SPDX-License-Identifier: Apache-2.0
"""One request to one IP address that was already checked: HEAD, or POST. No body is ever read.

Bytes are taken from the connection one at a time up to the empty line that ends the headers, so
nothing a server sends behind them enters this program. The whole exchange shares one deadline;
a server that drips bytes cannot keep the line open.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography import x509

from hearthline.kit.urls.canonical import Canonical
from hearthline.kit.urls.observation import TlsFacts

USER_AGENT: Final = "Hearthline availability check"
HEADER_LIMIT: Final = 32 * 1024
"""Octets of status line and headers, interim answers included."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d)(?: [^\r\n]*)?\r?\n")
_LOCATION = re.compile(
    rb"^location[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)


class ExchangeFailed(Exception):
    """No status could be read. ``code``: timeout, refused, reset, unreachable, tls,
    not_http, headers_too_large, not_https. ``answered`` tells whether something was there at all,
    ``arrived`` whether a body that was being sent may have come."""

    def __init__(
        self,
        code: str,
        *,
        answered: bool = False,
        arrived: bool = False,
        tls: TlsFacts | None = None,
    ) -> None:
        self.code = code
        self.answered = answered
        self.arrived = arrived
        self.tls = tls
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and ``Location`` of a response (empty when there is none)."""

    status: int
    location: str
    tls: TlsFacts | None


class Deadline:
    """Seconds left of one allowance. Measured, not told: the monotonic clock names no time."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        return remaining


def port_of(target: Canonical) -> int:
    return target.port if target.port is not None else _DEFAULT_PORTS[target.scheme]


def head(target: Canonical, ip: str, *, timeout: float, roots: str | None = None) -> Answer:
    """Ask ``ip`` for the headers of ``target``. The name travels in ``Host`` and SNI only.

    ``timeout`` (seconds) covers everything. ``roots`` is PEM text of certificate authorities to
    trust besides the system's. Raises ``ExchangeFailed``.
    """
    deadline = Deadline(timeout)
    tls: TlsFacts | None = None
    try:
        if target.scheme == "http":
            with _connected(target, ip, deadline) as plain:
                status, headers = _ask(plain, target, deadline)
        else:
            with _secured(target, ip, deadline, roots) as (secure, tls):
                status, headers = _ask(secure, target, deadline)
    except ExchangeFailed as failed:
        raise ExchangeFailed(failed.code, answered=failed.answered, tls=tls) from failed
    except (OSError, ValueError) as error:
        raise _failed(error, tls) from error
    return Answer(status, _location(headers), tls)


def post(
    target: Canonical,
    ip: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    timeout: float,
    roots: str | None = None,
) -> int:
    """Send ``body`` to ``target`` at ``ip`` and return the status. Headers are all that is read.

    Over TLS with a certificate that verifies, or not at all. ``roots`` is PEM text of certificate
    authorities to trust besides the system's; ``timeout`` (seconds) covers everything. Raises
    ``ExchangeFailed``, whose ``arrived`` says whether the other side may have the body.
    """
    if target.scheme != "https":
        raise ExchangeFailed("not_https")
    deadline, context = Deadline(timeout), ssl.create_default_context()
    if roots is not None:
        context.load_verify_locations(cadata=roots)
    head_lines = _request(target, "POST", {**headers, "Content-Length": str(len(body))})
    arrived = False
    try:
        with _handshake(target, ip, deadline, context) as secure:
            secure.settimeout(deadline.left())
            arrived = True
            secure.sendall(head_lines + body)
            status, _ = _answer(secure, deadline)
    except ExchangeFailed as failed:
        raise ExchangeFailed(failed.code, answered=failed.answered, arrived=True) from failed
    except (OSError, ValueError) as error:
        raise ExchangeFailed(_failed(error, None).code, arrived=arrived) from error
    return status


def _failed(error: OSError | ValueError, tls: TlsFacts | None) -> ExchangeFailed:
    match error:
        case TimeoutError():
            return ExchangeFailed("timeout", tls=tls)
        case ConnectionRefusedError():
            return ExchangeFailed("refused", tls=tls)
        case ssl.SSLError():
            return ExchangeFailed("tls", answered=True, tls=tls)
        case ConnectionError():
            return ExchangeFailed("reset", tls=tls)
    return ExchangeFailed("unreachable", tls=tls)  # ValueError: a name TLS cannot carry


@contextlib.contextmanager
def _connected(target: Canonical, ip: str, deadline: Deadline) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(deadline.left())
        connection.connect((ip, port_of(target)))
        yield connection


@contextlib.contextmanager
def _secured(
    target: Canonical, ip: str, deadline: Deadline, roots: str | None
) -> Iterator[tuple[ssl.SSLSocket, TlsFacts]]:
    """A TLS connection, with a verified certificate if there is one, and without if not.

    Python 3.11 cannot verify after the handshake, so a certificate that does not verify costs a
    second connection to the same IP address.
    """
    context = ssl.create_default_context()
    if roots is not None:
        context.load_verify_locations(cadata=roots)
    problem = ""
    with contextlib.ExitStack() as stack:
        try:
            secure = stack.enter_context(_handshake(target, ip, deadline, context))
        except ssl.SSLCertVerificationError as error:
            problem = error.verify_message
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            secure = stack.enter_context(_handshake(target, ip, deadline, context))
        yield secure, _tls_facts(secure, problem)


@contextlib.contextmanager
def _handshake(
    target: Canonical, ip: str, deadline: Deadline, context: ssl.SSLContext
) -> Iterator[ssl.SSLSocket]:
    name = target.host.strip("[]")
    with _connected(target, ip, deadline) as connection:
        connection.settimeout(deadline.left())
        with context.wrap_socket(connection, server_hostname=name) as secure:
            yield secure


def _tls_facts(secure: ssl.SSLSocket, problem: str) -> TlsFacts:
    subject = issuer = not_after = "unreadable"
    content = secure.getpeercert(binary_form=True)
    # A certificate from a stranger may be malformed in ways only reading its fields shows.
    with contextlib.suppress(ValueError, TypeError):
        certificate = x509.load_der_x509_certificate(content or b"")
        not_after = certificate.not_valid_after_utc.isoformat()
        subject = _summary(certificate.subject)
        issuer = _summary(certificate.issuer)
    return TlsFacts(
        version=secure.version() or "",
        verified=not problem,
        problem=problem,
        subject=subject,
        issuer=issuer,
        not_after=not_after,
    )


def _summary(name: x509.Name) -> str:
    return _printable(name.rfc4514_string())[:300]


def _ask(connection: socket.socket, target: Canonical, deadline: Deadline) -> tuple[int, bytes]:
    connection.settimeout(deadline.left())
    connection.sendall(_request(target, "HEAD", {"User-Agent": USER_AGENT, "Accept": "*/*"}))
    return _answer(connection, deadline)


def _answer(connection: socket.socket, deadline: Deadline) -> tuple[int, bytes]:
    """The status and headers of the final answer (RFC 9110, 15.2: others may come before it)."""
    allowance = HEADER_LIMIT
    while True:
        block = header_block(connection, deadline, allowance)
        line = _STATUS_LINE.match(block)
        if line is None:
            raise ExchangeFailed("not_http", answered=True)
        status = int(line[1])
        if not 100 <= status < 200:
            return status, block
        allowance -= len(block)


def _request(target: Canonical, method: str, headers: Mapping[str, str]) -> bytes:
    """The request of RFC 9112. ``href`` is pure ASCII without spaces: it can hold no line break."""
    origin = f"{target.scheme}://{target.host}"
    host = target.host if target.port is None else f"{target.host}:{target.port}"
    resource = target.href[len(origin) + len(host) - len(target.host) :]
    lines = [
        f"{method} {resource} HTTP/1.1",
        f"Host: {host}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def header_block(connection: socket.socket, deadline: Deadline, allowance: int) -> bytes:
    """Everything up to and with the empty line, and not one octet more."""
    block = bytearray()
    while not block.endswith((b"\n\r\n", b"\n\n")):
        if len(block) >= allowance:
            raise ExchangeFailed("headers_too_large", answered=True)
        connection.settimeout(deadline.left())
        octet = connection.recv(1)
        if not octet:
            raise ExchangeFailed("not_http" if block else "reset", answered=bool(block))
        block += octet
    return bytes(block)


def _location(headers: bytes) -> str:
    found = _LOCATION.search(headers)
    return _printable(found[1].decode("utf-8", errors="replace")) if found else ""


def _printable(text: str) -> str:
    """Without control characters: what a stranger sent is stored, and some stores refuse them."""
    return "".join(character for character in text if character.isprintable())
