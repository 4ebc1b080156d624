# SPDX-License-Identifier: Apache-2.0
"""The demonstration's host that takes notices by program: an HTTPS endpoint on loopback.

It checks the signature with the secret it was given, and keeps each document under its
webhook-id, so that one that comes twice is there once. Runs by itself:
`python -m hearthline.hub.demo.endpoint`.
"""

import argparse
import datetime
import ssl
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hearthline.kit.formats import FormatRefused, webhook, xarf

NAME = "abuse.lantern.test"
# In the world's folder: whom to trust, the endpoint's own certificate and key, the shared secret.
AUTHORITY, CERTIFICATE, SECRET = "demo-authority.pem", "endpoint.pem", "endpoint.secret"
LONGEST = 100_000


def make_certificates(folder: Path) -> None:
    """An authority of the demonstration's own, and a certificate for NAME. Safe to repeat."""
    if (folder / AUTHORITY).exists():
        return
    authority, authority_key = _certificate("Authority of the demonstration", None, None)
    leaf, key = _certificate(NAME, authority, authority_key)
    own = folder / CERTIFICATE
    own.touch(mode=0o600)
    own.write_bytes(
        leaf.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / AUTHORITY).write_bytes(authority.public_bytes(serialization.Encoding.PEM))


def server(port: int, folder: Path) -> ThreadingHTTPServer:
    """A TLS server on 127.0.0.1:`port`; documents go to `folder`/posts."""
    posts = folder / "posts"
    posts.mkdir(parents=True, exist_ok=True)

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "demo-endpoint", ""

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", "0"))
            status = 413 if size > LONGEST else self._keep(self.rfile.read(size))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

        def _keep(self, body: bytes) -> int:
            received = {name.lower(): value for name, value in self.headers.items()}
            try:
                # The invented month is over in a minute, so its own time is taken for now.
                stamp = int(received.get("webhook-timestamp", "0"))
                at = datetime.datetime.fromtimestamp(stamp, datetime.UTC)
                secret = (folder / SECRET).read_text(encoding="utf-8").strip()
                name = webhook.verify(secret=secret, received=received, body=body, at=at)
                xarf.read(body)
            except (FormatRefused, OSError, ValueError, OverflowError):
                return 400
            (posts / f"{name}.json").write_bytes(body)
            return 202

    listening = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / CERTIFICATE)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    return listening


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
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256()), key


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    server(chosen.port, chosen.folder).serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
