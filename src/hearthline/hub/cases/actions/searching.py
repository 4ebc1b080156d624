# SPDX-License-Identifier: Apache-2.0
"""One box at the desk: a receipt, an address, an account, a host or a case's reference.

What was typed is turned into a keyed digest and looked up by it; it is never written down.
"""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.intake import take_up
from hearthline.hub.cases.actions.queueing import ROWS, Row, rows_of
from hearthline.hub.cases.models import Case, CaseQuerySet, Sighting
from hearthline.hub.reports.actions.answers import AnswerRefused
from hearthline.hub.reports.actions.pointers import Place, places
from hearthline.hub.reports.actions.receipts import ReceiptUnknown, find
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.sealing import parse_receipt
from hearthline.kit.urls import AddressRefused, canonicalise, refang

_REFERENCE = re.compile(r"[0-9a-f]{8}|[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
# Nearly a receipt: told apart so that a slip of one digit is not searched for as a name.
_DIGITS = range(14, 19)


class SearchKind(TextChoices):
    """How something was looked for."""

    RECEIPT = "receipt", _("receipt number")
    REFERENCE = "reference", _("case reference")
    SUBJECT = "subject", _("address or account")
    HOST = "host", _("host")


class NotSearchable(ValueError):
    """What was typed is neither a receipt, an address, an account, a host nor a reference."""


@dataclass(frozen=True)
class _Sought:
    """What was typed, understood. Subjects and hosts as keyed digests."""

    kind: SearchKind
    receipt: str = ""
    reference: str = ""
    subjects: list[bytes] = field(default_factory=list)
    host: bytes = b""


@dataclass(frozen=True)
class Found:
    """What a search found, the newest first. `host` is a digest in hexadecimal for the queue."""

    kind: SearchKind
    rows: list[Row]
    more: bool = False
    host: str = ""


def search(*, text: str, by: User, at: datetime, reason: str = "") -> Found:
    """Cases by what somebody typed. Kept by kind and with the reason, never with the text.

    A receipt needs a reason: whoever reads it out is a reporter. Raises NotSearchable,
    ReceiptMistyped and ReasonNeeded. A case that is not this person's to see is not found.
    """
    require(by, Permission.CASES_CASE_READ)
    sought = _understood(text)
    if sought.kind == SearchKind.RECEIPT and not reason.strip():
        raise ReasonNeeded
    cases = _cases(sought, at)
    ordered = cases.open_to(by).order_by("-opened_at", "-id")
    read = list(ordered.select_related("subject__data_key", "holder")[: ROWS + 1])
    found = rows_of(read[:ROWS], at)
    record(
        at=at, actor=by.actor, verb="cases.search", about=by, reason=reason.strip(),
        kind=sought.kind.value, found=len(found),
    )  # fmt: skip
    return Found(sought.kind, found, len(read) > ROWS, sought.host.hex())


def host_digest(text: str) -> str:
    """The keyed digest of a host or a service by name, in hexadecimal."""
    return sealing.digest(_host(text) or _folded(text), purpose="host").hex()


def _understood(text: str) -> _Sought:
    typed = text.strip()
    digits = [character for character in typed if character.isdecimal()]
    letters = [character for character in typed if character.isalpha()]
    if not letters and len(digits) in _DIGITS and "." not in typed and ":" not in typed:
        return _Sought(SearchKind.RECEIPT, receipt=parse_receipt(typed))
    if _REFERENCE.fullmatch(typed):
        return _Sought(SearchKind.REFERENCE, reference=typed.replace("-", "").lower())
    named = _named(typed)
    host = _host(typed) or ("" if named else _folded(typed))
    if host and not re.search(r"\s", host):
        return _Sought(SearchKind.HOST, host=sealing.digest(host, purpose="host"))
    if not named:
        raise NotSearchable
    digests = [sealing.digest(place.subject, purpose="subject") for place in named]
    return _Sought(SearchKind.SUBJECT, subjects=digests)


def _named(typed: str) -> list[Place]:
    """The places somebody may mean, made canonical as intake does it."""
    # An account is told as `service/name`, or as the two of them.
    service, account = (typed.split("/", 1) if "/" in typed else [*typed.split(), "", ""])[:2]
    if "/" not in typed and len(typed.split()) != 2:
        service = ""
    try:
        named = places(addresses=refang(typed), service="", account="", words="")
        if service.strip() and account.strip() and "://" not in refang(typed):
            named += places(addresses="", service=service, account=account, words="")
    except AnswerRefused:
        raise NotSearchable from None
    return [place for place in named if place.subject]


def _host(typed: str) -> str:
    """The host of an address that names nothing but one."""
    try:
        page = canonicalise(typed)
    except AddressRefused:
        return ""
    return page.host if page.path == "/" and not page.query and page.port is None else ""


def _folded(typed: str) -> str:
    return " ".join(typed.casefold().split())


def _cases(sought: _Sought, at: datetime) -> CaseQuerySet:
    match sought.kind:
        case SearchKind.RECEIPT:
            return _of_receipt(sought.receipt, at)
        case SearchKind.REFERENCE:
            first = sought.reference.ljust(32, "0")
            last = sought.reference.ljust(32, "f")
            return Case.objects.filter(pk__gte=uuid.UUID(first), pk__lte=uuid.UUID(last))
        case SearchKind.HOST:
            return Case.objects.filter(host_digest=sought.host)
    return Case.objects.filter(subject__digest__in=sought.subjects)


def _of_receipt(receipt: str, at: datetime) -> CaseQuerySet:
    """The cases of the report with this receipt, taken up now if it still waits."""
    try:
        report = find(receipt).report
    except ReceiptUnknown:
        return Case.objects.none()
    take_up(report=report, at=at)
    named = Sighting.objects.filter(report=report).values("subject")
    return Case.objects.filter(subject__in=named)
