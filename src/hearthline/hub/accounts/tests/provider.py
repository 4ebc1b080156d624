# SPDX-License-Identifier: Apache-2.0
"""An identity provider on the loopback, for tests: it says whatever a test wants it to say."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "hotline", "a secret of the test"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class LoopbackProvider:
    """Signs whoever `claims` says in. `changes` differ from what an honest provider would say."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signer = self.key
        self.algorithm = "RS256"
        self.changes: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.issuer = ""

    def seen(self, way_there: str) -> str:
        """A browser came by with this address and its person signed in; the code it leaves with."""
        self.asked = dict(parse_qsl(urlsplit(way_there).query))
        return "a code"

    def token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "17", "iat": now, "exp": now + 300,
            "nonce": self.asked["nonce"], "email": "nina@example.org", "email_verified": True,
            **self.changes,
        }  # fmt: skip
        header = {"alg": self.algorithm, "kid": "one"}
        signed = ".".join(text(json.dumps(part).encode()) for part in (header, claims))
        signature = self.signer.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{text(signature)}"

    def answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        status, body = "200 OK", self._body(environ)
        if body is None:
            status, body = "400 Bad Request", {"error": "invalid_grant"}
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _body(self, environ: dict[str, Any]) -> dict[str, Any] | None:
        where = environ["PATH_INFO"]
        if where == "/keys":
            numbers = self.key.public_key().public_numbers()
            n, e = (text(v.to_bytes(256)) for v in (numbers.n, numbers.e))
            return {"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "n": n, "e": e}]}
        if where == "/token":
            size = int(environ["CONTENT_LENGTH"])
            sent = dict(parse_qsl(environ["wsgi.input"].read(size).decode()))
            return {"id_token": self.token()} if self._is_right(environ, sent) else None
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        places = (f"{self.issuer}/{place}" for place in ("authorize", "token", "keys"))
        return {"issuer": self.issuer, **dict(zip(names, places, strict=True)), **self.facts}

    def _is_right(self, environ: dict[str, Any], sent: dict[str, str]) -> bool:
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '%20')}".encode()).decode()
        challenge = text(sha256(sent["code_verifier"].encode()).digest())
        return (
            environ.get("HTTP_AUTHORIZATION") == f"Basic {basic}"
            and sent["code"] == "a code"
            and sent["redirect_uri"] == self.asked["redirect_uri"]
            and self.asked["code_challenge"] == challenge
            and self.asked["code_challenge_method"] == "S256"
        )


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def running() -> Iterator[LoopbackProvider]:
    provider = LoopbackProvider()
    server = make_server("127.0.0.1", 0, provider.answer, handler_class=_Silent)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
