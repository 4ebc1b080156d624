# SPDX-License-Identifier: Apache-2.0
"""Small sealed tokens for cookies and form fields: unreadable and unchangeable by their bearer.

They carry no time. A caller whose token expires puts the moment inside the payload.
"""

from base64 import b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .binding import bind
from .envelope import KEY_SIZE, SealBroken, open_bytes, seal_bytes
from .keytext import require_secret


def seal_token(payload: bytes, secret: bytes, *, purpose: str) -> str:
    """Seal into URL-safe base64 without padding: 39 characters and 4 for every 3 bytes.

    Raises KeyRefused on a secret under 32 bytes, ValueError if `purpose` is empty.
    """
    envelope = seal_bytes(_key(secret, purpose), payload, bind("token", purpose))
    return urlsafe_b64encode(envelope).decode().rstrip("=")


def open_token(token: str, secret: bytes, *, purpose: str) -> bytes:
    """The payload of a token sealed for the same purpose. Raises SealBroken."""
    return open_bytes(_key(secret, purpose), _decoded(token), bind("token", purpose))


def _key(secret: bytes, purpose: str) -> bytes:
    # The secret may be of any length and serve other ends, so a key is derived for each purpose.
    secret = require_secret(secret, name="secret")
    return HKDF(SHA256(), KEY_SIZE, salt=None, info=bind("token-key", purpose)).derive(secret)


def _decoded(token: str) -> bytes:
    try:
        envelope = b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise SealBroken("This token is not in the form of a sealed token.") from None
    # One token has one spelling: a list of used tokens must not be passed by respelling one.
    if urlsafe_b64encode(envelope).decode().rstrip("=") != token:
        raise SealBroken("This token is not in the form of a sealed token.")
    return envelope
