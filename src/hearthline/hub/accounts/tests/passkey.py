# SPDX-License-Identifier: Apache-2.0
"""A small authenticator for tests: what a telephone answers to the options of a page.

W3C Web Authentication Level 2, sections 6.1 (authenticator data), 6.3 and 6.5; ES256, no
attestation.
"""

import html
import json
import re
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Telephone:
    """Keeps one passkey. `verifies` is False for one that asks for no finger."""

    def __init__(self, *, verifies: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.owner = b""

    def make(self, options: dict) -> str:
        """The answer to the options of a page that adds a passkey."""
        self.owner = websafe_decode(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        cose = cbor.encode({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        whole = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(client, attestationObject=whole)

    def show(self, options: dict) -> str:
        """The answer to the options of a page that asks for a passkey."""
        data = self._data(options["rpId"])
        client = self._client("webauthn.get", options["challenge"])
        signed = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(client, authenticatorData=data, signature=signed, userHandle=self.owner)

    def _data(self, host: str, flags: int = 0) -> bytes:
        return sha256(host.encode()).digest() + bytes([self.flags | flags]) + bytes(4)

    @staticmethod
    def _client(kind: str, challenge: str) -> bytes:
        origin = "http://localhost"
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _answer(self, client: bytes, **parts: bytes) -> str:
        response = {name: websafe_encode(part) for name, part in parts.items()}
        response["clientDataJSON"] = websafe_encode(client)
        number = websafe_encode(self.id)
        return json.dumps(
            {"id": number, "rawId": number, "type": "public-key", "response": response,
             "clientExtensionResults": {}}
        )  # fmt: skip


def browser_for() -> Client:
    """A browser at the host name that passkeys of tests belong to."""
    return Client(headers={"host": "localhost"})


def options_of(page: str) -> dict:
    """The options that a page carries for the browser."""
    found = re.search(r'<script id="passkey-options"[^>]*>(.*?)</script>', page, re.S)
    assert found, page
    return json.loads(html.unescape(found[1]))["publicKey"]
