# SPDX-License-Identifier: Apache-2.0
"""A real server on the loopback, whose answers are spelled out octet by octet."""

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hearthline.kit.urls import NameNotFound, Observation, ResolutionFailed, is_public, probe

LOOPBACK = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\n\r\n"
Play = Callable[[socket.socket], None]


class Host:
    """Answers each request with what is laid down for its path, and remembers the requests."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, bytes | Play] = {}
        self.requests: list[bytes] = []
        self.greeting = b""
        self.closing = threading.Event()
        self._context = context
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listening.getsockname()[1]
        self._start(self._accept)

    def url(self, path: str, name: str = "site.test", scheme: str = "http") -> str:
        return f"{scheme}://{name}:{self.port}{path}"

    def close(self) -> None:
        self.closing.set()
        # Closing a listening socket does not wake the thread waiting on it; a last visitor does.
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self.port)):
            pass
        for thread in self._threads:
            thread.join(5)
        self._listening.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.closing.is_set():
            visitor, _ = self._listening.accept()
            self._start(lambda visitor=visitor: self._serve(visitor))  # type: ignore[misc]

    def _serve(self, visitor: socket.socket) -> None:
        with contextlib.suppress(OSError), visitor:
            visitor.settimeout(5)
            visitor.sendall(self.greeting)
            if self._context is not None:
                visitor = self._context.wrap_socket(visitor, server_side=True)
            with visitor:
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    octets = visitor.recv(4096)
                    if not octets:
                        return
                    request += octets
                self.requests.append(request)
                path = request.split(b" ")[1].decode()
                answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\n\r\n")
                if callable(answer):
                    answer(visitor)
                else:
                    visitor.sendall(answer)


@contextlib.contextmanager
def hosting(context: ssl.SSLContext | None = None) -> Iterator[Host]:
    host = Host(context)
    try:
        yield host
    finally:
        host.close()


def a_certificate(folder: Path, name: str = "site.test") -> tuple[ssl.SSLContext, str]:
    """A self-signed certificate for ``name``: the server's context, and the PEM to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    both = folder / "server.pem"
    both.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, pem.decode()


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n".encode()


def to_loopback(name: str) -> Sequence[str]:
    if name == "missing.test":
        raise NameNotFound
    if name == "silent-dns.test":
        raise ResolutionFailed
    if name == "inside.test":
        return ["10.0.0.1"]
    if name == "mixed.test":
        return [LOOPBACK, "10.0.0.1"]
    return [LOOPBACK]


def loopback_too(address: str, port: int) -> bool:
    return address == LOOPBACK or is_public(address)


def check(url: str, **options: object) -> Observation:
    settings: dict[str, object] = {"resolve": to_loopback, "allow": loopback_too, "timeout": 5.0}
    return probe(url, **(settings | options))  # type: ignore[arg-type]
