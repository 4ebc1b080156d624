# SPDX-License-Identifier: Apache-2.0
"""What the browser holds while a person tells us, and nothing longer.

Two cookies of the browser session, sealed, each sent to its own pages only: the visit (which
draft, and the key that opens it) and the receipt of somebody who came back.
"""

import secrets
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hearthline.kit.sealing import SealBroken, open_token, seal_token, secret_from_text

VISIT: Final = "hearthline_public_visit"
RECEIPT: Final = "hearthline_public_receipt"
RECEIPT_OPEN: Final = timedelta(minutes=20)
_VISIT_SHAPE = struct.Struct(">16s32sQ")
_RECEIPT_SHAPE = struct.Struct(">16sQ")


@dataclass(frozen=True)
class Visit:
    """The draft of this browser and the 32 bytes that open it, until the draft expires."""

    draft: uuid.UUID
    secret: bytes
    until: datetime

    def keep(self, response: HttpResponse) -> None:
        """Put the visit into the browser, until it is closed."""
        payload = _VISIT_SHAPE.pack(self.draft.bytes, self.secret, _seconds(self.until))
        _set(response, VISIT, payload, path=visit_path())


def new_secret() -> bytes:
    """The key of a new draft."""
    return secrets.token_bytes(32)


def visit_of(request: HttpRequest, at: datetime) -> Visit | None:
    """The visit this browser is on; None when there is none, or it is over."""
    payload = _open(request, VISIT, _VISIT_SHAPE.size)
    if payload is None:
        return None
    draft, secret, seconds = _VISIT_SHAPE.unpack(payload)
    until = datetime.fromtimestamp(seconds, UTC)
    return Visit(uuid.UUID(bytes=draft), secret, until) if until > at else None


def end_visit(response: HttpResponse) -> None:
    _clear(response, VISIT, path=visit_path())


def keep_receipt(response: HttpResponse, receipt: str, at: datetime) -> None:
    """Let this browser read the report of `receipt` for twenty minutes."""
    payload = _RECEIPT_SHAPE.pack(receipt.encode(), _seconds(at + RECEIPT_OPEN))
    _set(response, RECEIPT, payload, path=reverse("receipt"))


def receipt_of(request: HttpRequest, at: datetime) -> str | None:
    """The receipt this browser came back with; None when there is none, or time is over."""
    payload = _open(request, RECEIPT, _RECEIPT_SHAPE.size)
    if payload is None:
        return None
    receipt, seconds = _RECEIPT_SHAPE.unpack(payload)
    return str(receipt.decode()) if datetime.fromtimestamp(seconds, UTC) > at else None


def end_receipt(response: HttpResponse) -> None:
    _clear(response, RECEIPT, path=reverse("receipt"))


def visit_path() -> str:
    """Where the pages of the form live."""
    return reverse("report_sent").removesuffix("sent/")


def _set(response: HttpResponse, name: str, payload: bytes, *, path: str) -> None:
    # No max-age: it ends with the browser. `_secure` of the settings, as for the other cookies.
    response.set_cookie(
        name,
        seal_token(payload, _secret(), purpose=name),
        path=path,
        secure=settings.CSRF_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _clear(response: HttpResponse, name: str, *, path: str) -> None:
    response.delete_cookie(name, path=path, samesite="Strict")


def _open(request: HttpRequest, name: str, size: int) -> bytes | None:
    """The payload of a sealed cookie; None for one that is missing, broken or of another shape."""
    try:
        payload = open_token(request.COOKIES.get(name, ""), _secret(), purpose=name)
    except SealBroken:
        return None
    return payload if len(payload) == size else None


def _secret() -> bytes:
    return secret_from_text(settings.VISIT_SECRET, name="HEARTHLINE_VISIT_SECRET")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
