# SPDX-License-Identifier: Apache-2.0
"""Signing a message for an HTTPS endpoint, in the manner of Standard Webhooks.

Source: Standard Webhooks, symmetric signatures: `webhook-id` names the message and stays the same
however often it is sent, `webhook-timestamp` is the attempt's own, and `webhook-signature` is
`v1,` with the base64 of HMAC-SHA256 over `id.timestamp.body`. The secret is written `whsec_` and
base64, 24 to 64 bytes of it.
"""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from hearthline.kit.formats.refused import FormatRefused

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE = timedelta(minutes=5)

_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")


def new_secret() -> str:
    """A fresh secret as its text."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def headers(*, secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt. Raises FormatRefused naming the field."""
    if not _ID.fullmatch(message_id):
        raise FormatRefused("message_id", "letters, digits, - and _ only")
    if at.utcoffset() is None:
        raise FormatRefused("at", "a time without a time zone; say which")
    stamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + _signature(secret, message_id, stamp, body),
    }


def verify(*, secret: str, received: Mapping[str, str], body: bytes, at: datetime) -> str:
    """The id of a message that is signed with `secret` and not old; for whoever receives one.

    Header names in lower case. Raises FormatRefused for anything else.
    """
    try:
        message_id, stamp = received["webhook-id"], received["webhook-timestamp"]
        signatures = received["webhook-signature"].split()
    except KeyError as missing:
        raise FormatRefused(str(missing.args[0]), "this header is missing") from None
    if not stamp.isdecimal() or abs(at.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise FormatRefused("webhook-timestamp", "not a time near now")
    expected = "v1," + _signature(secret, message_id, stamp, body)
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures):
        raise FormatRefused("webhook-signature", "not signed with this secret")
    return message_id


def _signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    signed = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(_key(secret), signed, sha256).digest()).decode("ascii")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise FormatRefused("secret", "whsec_ and 24 to 64 bytes in base64 are needed")
    return key
