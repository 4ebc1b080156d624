# SPDX-License-Identifier: Apache-2.0
"""A receipt that is made with the form it will answer, so that pressing Send twice is one act."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from hearthline.kit.sealing import (
    SealBroken,
    new_receipt,
    open_token,
    seal_token,
    secret_from_text,
)

_SHAPE: Final = struct.Struct(">16sQ")
_GOOD_FOR: Final = timedelta(hours=24)


def sealed_receipt(*, purpose: str, at: datetime) -> str:
    """A new receipt as a hidden field of a form; nobody but this door reads it, for a day."""
    payload = _SHAPE.pack(new_receipt().encode(), int((at + _GOOD_FOR).timestamp()))
    return seal_token(payload, _secret(), purpose=purpose)


def receipt_in(token: str, *, purpose: str, at: datetime) -> str:
    """The receipt made with the form; "" when it is too old, or is none: then a new one is made."""
    try:
        payload = open_token(token, _secret(), purpose=purpose)
    except SealBroken:
        return ""
    receipt, seconds = _SHAPE.unpack(payload)
    return receipt.decode() if datetime.fromtimestamp(seconds, UTC) > at else ""


def _secret() -> bytes:
    return secret_from_text(settings.VISIT_SECRET, name="HEARTHLINE_VISIT_SECRET")
