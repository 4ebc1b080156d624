# SPDX-License-Identifier: Apache-2.0
"""A host's HTTPS endpoint on loopback, with a certificate of an authority of its own."""

import contextlib
import datetime
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hearthline.hub.accounts.models import User
from hearthline.hub.directory.actions import new_secret
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.directory.tests.make import make_contact
from hearthline.hub.notices.tests.make import HOST

NAME = f"abuse.{HOST}"


@dataclass
class Endpoint:
    """Answers every post with `status`, and keeps what came."""

    port: int = 0
    roots: str = ""
    status: int = 202
    # Breaks the line after the body instead of answering.
    silent: bool = False
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/xarf"

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.received]


@contextlib.contextmanager
def listening(settings: Any, folder: Path) -> Iterator[Endpoint]:
    """The endpoint runs while the block does; the demonstration's map leads to it."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            endpoint.received.append((headers, body))
            if endpoint.silent:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(endpoint.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    context, endpoint.roots = _certified(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    endpoint.port = server.server_address[1]
    settings.DEMO, settings.PROBE_HOSTS = True, {HOST: f"127.0.0.1:{endpoint.port}"}
    settings.CA_ROOTS = endpoint.roots
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_endpoint(
    host: Organisation, endpoint: Endpoint, *, ada: User, at: datetime.datetime
) -> tuple[Contact, str]:
    """The endpoint in the directory, and the secret its host was given."""
    contact = make_contact(host, by=ada, at=at, channel="post", value=endpoint.url)
    return contact, new_secret(contact=contact, by=ada, at=at)


def _certified(folder: Path) -> tuple[ssl.SSLContext, str]:
    """The server's context, and the PEM of the authority that vouches for it."""
    authority, authority_key = _certificate("Test authority", None, None)
    leaf, key = _certificate(NAME, authority, authority_key)
    both = folder / "endpoint.pem"
    both.write_bytes(
        leaf.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, authority.public_bytes(serialization.Encoding.PEM).decode()


def _certificate(
    name: str, issuer: x509.Certificate | None, issuer_key: ec.EllipticCurvePrivateKey | None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
    return builder.sign(issuer_key or key, hashes.SHA256()), key
