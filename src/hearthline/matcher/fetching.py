# SPDX-License-Identifier: Apache-2.0
"""A file from an address in a call: only from hosts the operator allowed, only public ones.

The host must be on the allow-list, every address its name resolves to must be public, and one of
those judged addresses is connected to. A redirect is a new address and goes through all of it
again. One deadline covers everything; the file stays in memory.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

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
from hearthline.kit.urls.exchange import port_of
from hearthline.matcher.timed import Timed
from hearthline.matcher.web import Refusal

SECONDS = 20.0
MOST_REDIRECTS = 3
_REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 64 * 1024
_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file and the type its server gave it, without parameters."""

    content: bytes = field(repr=False)
    type: str = ""


class Fetcher:
    """Fetches under the operator's rules. What is refused is a Refusal that repeats no address."""

    def __init__(
        self,
        hosts: tuple[str, ...],
        *,
        largest: int,
        resolve: Resolver = system_resolve,
        allow: Allow = public_only,
        seconds: float = SECONDS,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = hosts
        self._largest = largest
        self._resolve = resolve
        self._allow = allow
        self._seconds = seconds
        self._trusted = trusted or ssl.create_default_context()

    def fetch(self, url: str) -> Fetched:
        """The file at an address. Raises Refusal: 400, 413 or 502."""
        end = time.monotonic() + self._seconds

        def left() -> float:
            remaining = end - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            return remaining

        target = self._allowed(_canonical(url))
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._asked(target, left)
            if isinstance(answer, Fetched):
                return answer
            target = self._allowed(_canonical(resolve_reference(target.href, answer)))
        raise Refusal(502, "fetch_failed", "the address was redirected too often")

    def _allowed(self, target: Canonical) -> Canonical:
        if not self._hosts:
            raise Refusal(
                400, "no_hosts", "no host is allowed for addresses; set allow_hosts, or send files"
            )
        if target.is_ip or not any(
            target.host == host or target.host.endswith(f".{host}") for host in self._hosts
        ):
            raise Refusal(400, "host_not_allowed", "this host is not on the list allow_hosts")
        return target

    def _asked(self, target: Canonical, left: Callable[[], float]) -> Fetched | str:
        """The file, or where it was moved to."""
        try:
            addresses = tuple(self._resolve(target.host))
        except NameNotFound:
            raise Refusal(502, "name_not_found", "the host of the address has no name") from None
        except ResolutionFailed:
            raise Refusal(502, "resolution_failed", "the resolver did not answer") from None
        if not addresses or not all(self._allow(one, port_of(target)) for one in addresses):
            raise Refusal(400, "not_public", "the host of the address is not a public one")
        for address in addresses[:_ADDRESSES]:
            try:
                with socket.create_connection((address, port_of(target)), left()) as plain:
                    if target.scheme == "http":
                        return self._read(plain, target, left)
                    plain.settimeout(left())
                    with self._trusted.wrap_socket(plain, server_hostname=target.host) as secure:
                        return self._read(secure, target, left)
            except TimeoutError:
                raise Refusal(504, "fetch_timeout", "the file did not come in time") from None
            except ConnectionRefusedError:
                continue
            except (OSError, ValueError, http.client.HTTPException) as fault:
                kind = type(fault).__name__
                raise Refusal(502, "fetch_failed", f"the file did not come ({kind})") from None
        raise Refusal(502, "fetch_failed", "nothing answers at the address")

    def _read(
        self, connection: socket.socket, target: Canonical, left: Callable[[], float]
    ) -> Fetched | str:
        connection.settimeout(left())
        connection.sendall(_request(target))
        # HTTPResponse asks only for `makefile`; its type says a whole socket.
        response = http.client.HTTPResponse(Timed(connection, left))  # type: ignore[arg-type]
        with response:
            response.begin()
            if response.status in _REDIRECTS:
                return response.headers.get("Location", "")
            if response.status != http.HTTPStatus.OK:
                raise Refusal(502, "fetch_failed", f"the address answered {response.status}")
            if response.headers.get("Content-Encoding", "identity").strip() != "identity":
                raise Refusal(502, "fetch_failed", "the file came compressed, unasked")
            if response.length is not None and response.length > self._largest:
                raise _too_large(self._largest)
            content = bytearray()
            while chunk := response.read1(_CHUNK):
                content += chunk
                if len(content) > self._largest:
                    raise _too_large(self._largest)
            if response.length:  # what is still to come, and will not
                raise Refusal(502, "fetch_failed", "the file was cut short")
            return Fetched(bytes(content), response.headers.get_content_type())


def _canonical(url: str) -> Canonical:
    try:
        return canonicalise(url)
    except AddressRefused:
        raise Refusal(400, "not_an_address", "this is no web address") from None


def _request(target: Canonical) -> bytes:
    """`href` is ASCII without spaces, so it can hold no line break."""
    rest = target.href.split("://", 1)[1]
    host, _, resource = rest.partition("/")
    lines = (
        f"GET /{resource} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: Hearthline matcher",
        "Accept: image/*, video/*",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _too_large(most: int) -> Refusal:
    return Refusal(413, "too_large", f"the file has more than {most:,} bytes")
