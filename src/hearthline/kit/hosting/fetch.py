# SPDX-License-Identifier: Apache-2.0
"""One JSON document from a register, inside the same guard as every check.

Which register is asked follows from an address that a stranger chose, and a register may send us
on. So every hop resolves its name ONCE, every answer is judged, one of the judged addresses is
connected to, and a redirect goes through all of it again. Over TLS with a certificate that
verifies, or not at all. The whole exchange shares one deadline and one allowance of octets.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from dataclasses import dataclass
from typing import Final, cast

from hearthline.kit.formats.canonical import read_json
from hearthline.kit.formats.refused import FormatRefused
from hearthline.kit.urls import (
    AddressRefused,
    Allow,
    Canonical,
    NameNotFound,
    ResolutionFailed,
    Resolver,
    canonicalise,
    public_only,
    system_resolve,
)
from hearthline.kit.urls.canonical import resolve_reference
from hearthline.kit.urls.exchange import Deadline, port_of

LARGEST: Final = 512 * 1024
"""Octets of one answer, headers included; answers of registers have some 20 KB."""
MOST_REDIRECTS: Final = 3
TRIES: Final = 2
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ACCEPT: Final = "application/rdap+json, application/json;q=0.9"


class NotFetched(Exception):
    """No document came. ``code``: not_https, not_an_address, onion, name_not_found,
    resolution_failed, not_allowed, timeout, refused, tls, unreachable, too_large, not_http,
    not_json, too_many_redirects, not_found, busy, http_NNN."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Line:
    """How the outside is reached. ``plain`` lets http through: for tests on the loopback only.

    ``timeout`` (seconds) is for one document with all its redirects. ``roots`` is PEM text of
    certificate authorities to trust besides the system's.
    """

    resolve: Resolver = system_resolve
    allow: Allow = public_only
    timeout: float = 10.0
    roots: str | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object, and the host that gave it in the end."""

    content: dict[str, object]
    server: str


def fetch(url: str, *, line: Line) -> Document:
    """The JSON object at ``url``. Raises ``NotFetched`` and nothing else."""
    deadline, target = Deadline(line.timeout), _address(url)
    for _hop in range(MOST_REDIRECTS + 1):
        status, location, body = _hop_to(target, line, deadline)
        if status not in _REDIRECTS or not location:
            break
        try:
            target = _address(resolve_reference(target.href, location))
        except AddressRefused as refused:
            raise NotFetched("not_an_address") from refused
    else:
        raise NotFetched("too_many_redirects")
    if status != 200:
        raise NotFetched({404: "not_found", 429: "busy"}.get(status, f"http_{status}"))
    try:
        content = read_json(body, fractions=True)
    except FormatRefused as refused:
        raise NotFetched("not_json") from refused
    if not isinstance(content, dict):
        raise NotFetched("not_json")
    return Document(cast("dict[str, object]", content), target.host)


def _address(url: str) -> Canonical:
    try:
        return canonicalise(url)
    except AddressRefused as refused:
        raise NotFetched("not_an_address") from refused


def _hop_to(target: Canonical, line: Line, deadline: Deadline) -> tuple[int, str, bytes]:
    """Status, ``Location`` and body of one request, to an address that was judged."""
    if target.is_onion:
        raise NotFetched("onion")
    if target.scheme != "https" and not line.plain:
        raise NotFetched("not_https")
    addresses = _resolved(target, line)
    if not all(line.allow(address, port_of(target)) for address in addresses):
        raise NotFetched("not_allowed")
    code = "name_not_found"
    for ip in addresses[:TRIES]:
        try:
            return _parsed(_exchange(target, ip, line, deadline))
        except TimeoutError as error:
            raise NotFetched("timeout") from error
        except ssl.SSLError as error:
            raise NotFetched("tls") from error
        except ConnectionRefusedError:
            code = "refused"
        except (OSError, ValueError):
            code = "unreachable"
    raise NotFetched(code)


def _resolved(target: Canonical, line: Line) -> tuple[str, ...]:
    if target.is_ip:
        return (target.host.strip("[]"),)
    try:
        return tuple(line.resolve(target.host))
    except NameNotFound as error:
        raise NotFetched("name_not_found") from error
    except ResolutionFailed as error:
        raise NotFetched("resolution_failed") from error


def _exchange(target: Canonical, ip: str, line: Line, deadline: Deadline) -> bytes:
    """Everything the server sends until it closes the connection, within the allowances."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(deadline.left())
        connection.connect((ip, port_of(target)))
        if target.scheme != "https":
            return _asked(connection, target, deadline)
        context = ssl.create_default_context()
        if line.roots is not None:
            context.load_verify_locations(cadata=line.roots)
        connection.settimeout(deadline.left())
        name = target.host.strip("[]")
        with context.wrap_socket(connection, server_hostname=name) as secure:
            return _asked(secure, target, deadline)


def _asked(connection: socket.socket, target: Canonical, deadline: Deadline) -> bytes:
    host = target.host if target.port is None else f"{target.host}:{target.port}"
    resource = target.href[len(f"{target.scheme}://{host}") :]
    request = (
        f"GET {resource} HTTP/1.1\r\nHost: {host}\r\nAccept: {_ACCEPT}\r\n"
        "Accept-Encoding: identity\r\nUser-Agent: Hearthline hosting lookup\r\n"
        "Connection: close\r\n\r\n"
    )
    connection.settimeout(deadline.left())
    connection.sendall(request.encode("ascii"))
    received = bytearray()
    while True:
        connection.settimeout(deadline.left())
        octets = connection.recv(65_536)
        if not octets:
            return bytes(received)
        received += octets
        if len(received) > LARGEST:
            raise NotFetched("too_large")


class _Read:
    """Octets already read, in the shape ``http.client`` reads from."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._octets)


def _parsed(octets: bytes) -> tuple[int, str, bytes]:
    """Status, ``Location``, and the body with its transfer coding undone (RFC 9112)."""
    answer = http.client.HTTPResponse(cast("socket.socket", _Read(octets)))
    try:
        answer.begin()
        body = answer.read()
    except (http.client.HTTPException, ValueError, OverflowError, AttributeError) as fault:
        raise NotFetched("not_http") from fault
    if answer.status == 200 and answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NotFetched("not_json")
    return answer.status, answer.headers.get("Location", ""), body
