# SPDX-License-Identifier: Apache-2.0
"""A ministry's identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE.

Only what is needed to learn one thing: which verified e-mail address has just signed in there.
Everything that is not exactly as asked is `Refused`.
"""

import base64
import hmac
import json
import secrets
import urllib.request
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

_SECONDS = 5
_LARGEST = 128 * 1024  # bytes of an answer
_LEEWAY = 60  # seconds two clocks may differ
_SMALLEST_KEY = 2048  # bits


class Refused(Exception):
    """The provider's answer is not one we take; the text says why, for the log of the server."""


@dataclass(frozen=True)
class Flow:
    """What one sign-in keeps between its two halves."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Flow":
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    @property
    def challenge(self) -> str:
        """The PKCE challenge of the verifier (RFC 7636, section 4.2, S256)."""
        digest = sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Provider:
    issuer: str
    client_id: str
    client_secret: str

    def way_there(self, flow: Flow, back: str) -> str:
        """The address a browser is sent to; `back` is where it returns with a code."""
        asked = {
            "response_type": "code",
            "scope": "openid email",
            "client_id": self.client_id,
            "redirect_uri": back,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
        start = _web(str(self._facts().get("authorization_endpoint", "")))
        return f"{start}{'&' if '?' in start else '?'}{urlencode(asked)}"

    def claims(self, *, code: str, flow: Flow, back: str, at: datetime) -> dict[str, Any]:
        """The checked claims of who signed in, for the code a browser came back with."""
        facts = self._facts()
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": flow.verifier,
        }
        # HTTP Basic with form-encoded parts (RFC 6749, section 2.3.1).
        pair = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
        basic = base64.b64encode(pair.encode()).decode()
        answer = _asked(
            str(facts.get("token_endpoint", "")),
            data=urlencode(body).encode(),
            headers={"Authorization": f"Basic {basic}"},
        )
        keys = _asked(str(facts.get("jwks_uri", ""))).get("keys")
        claims = _signed(answer.get("id_token"), keys if isinstance(keys, list) else [])
        self._check(claims, flow.nonce, at.timestamp())
        return claims

    def _facts(self) -> dict[str, Any]:
        """What the provider publishes about itself (OpenID Connect Discovery 1.0, section 4)."""
        facts = _asked(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if facts.get("issuer") != self.issuer:
            raise Refused("the configuration is of another issuer")
        return facts

    def _check(self, claims: dict[str, Any], nonce: str, now: float) -> None:
        """The checks of OpenID Connect Core 1.0, section 3.1.3.7."""
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self.issuer:
            raise Refused("another issuer")
        if self.client_id not in audiences:
            raise Refused("another audience")
        if len(audiences) > 1 and claims.get("azp") != self.client_id:
            raise Refused("another authorised party")
        if not _number(claims.get("exp")) > now - _LEEWAY:
            raise Refused("expired")
        if not 0 < _number(claims.get("iat")) < now + _LEEWAY:
            raise Refused("issued in the future")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise Refused("another nonce")
        if claims.get("email_verified") is not True or not claims.get("email"):
            raise Refused("the e-mail address is not verified")


def factors(claims: dict[str, Any]) -> set[str]:
    """How the provider says somebody signed in: its `acr` and every `amr` (RFC 8176)."""
    methods = claims.get("amr")
    named = methods if isinstance(methods, list) else []
    return {str(value) for value in (claims.get("acr"), *named) if value}


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("a time is missing")
    return float(value)


def _signed(token: object, keys: list[Any]) -> dict[str, Any]:
    """The claims of a token that one of `keys` signed (RFC 7515; RS256 and nothing else)."""
    try:
        head, body, signature = str(token).split(".")
        header, claims = json.loads(_plain(head)), json.loads(_plain(body))
        if header["alg"] != "RS256":
            raise Refused("another signature algorithm")
        key = next(k for k in keys if k["kid"] == header["kid"] and k["kty"] == "RSA")
        parts = (int.from_bytes(_plain(key[part])) for part in ("e", "n"))
        public = rsa.RSAPublicNumbers(*parts).public_key()
        if public.key_size < _SMALLEST_KEY:
            raise Refused("too small a key")
        public.verify(_plain(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise Refused("the signature is wrong") from None
    except (KeyError, StopIteration, TypeError, ValueError, AttributeError) as wrong:
        raise Refused("no token we can read") from wrong
    if not isinstance(claims, dict):
        raise Refused("no claims")
    return claims


def _plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _web(address: str) -> str:
    """An https address; plain http only at this machine, for trying things out."""
    parts = urlsplit(address)
    here = parts.hostname in {"127.0.0.1", "localhost"}
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise Refused("an address that is not https")
    return address


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The client's secret is told to the address that was named, and to no other."""


def _asked(
    address: str, data: bytes | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """The provider's answer, an object in JSON."""
    asked = urllib.request.Request(  # noqa: S310  # the scheme is checked
        _web(address), data=data, headers={"Accept": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=_SECONDS) as answer:
            found = json.loads(answer.read(_LARGEST))
    except (OSError, ValueError) as wrong:
        raise Refused("the provider gave no answer we can read") from wrong
    if not isinstance(found, dict):
        raise Refused("the provider gave no answer we can read")
    return found
