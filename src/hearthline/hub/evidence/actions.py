# SPDX-License-Identifier: Apache-2.0
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.audit.models import Actor
from hearthline.hub.evidence.models import CustodyEvent, Exhibit
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.formats.canonical import canonical_json
from hearthline.kit.urls import AddressRefused, canonicalise, refuse_file_content

FORM = "hearthline.capture/1"
_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64}
LONGEST = 4_000


class CaptureRefused(ValueError):
    """A fact of the capture is not in order. `field` names it, `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class ExhibitBroken(Exception):
    """The sealed record does not have the SHA-256 it was sealed with. Tell the manager at once."""


class ExhibitShredded(Exception):
    """The exhibit's key was destroyed; only its hash and custody log remain."""


@dataclass(frozen=True)
class Capture:
    """What an authorised person states about one address at one moment. Facts, never bytes.

    `dns`, `tls` and `http` are lines as tools print them ("A 192.0.2.7", "subject CN=…",
    "HTTP/1.1 200", "server: …"); `ips` are addresses; hashes are hexadecimal, of content that
    somebody allowed to hold it has hashed elsewhere.
    """

    raw: str = ""
    canonical: str = ""
    dns: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    tls: tuple[str, ...] = ()
    http: tuple[str, ...] = ()
    md5: str = ""
    sha1: str = ""
    sha256: str = ""
    note: str = ""

    def as_record(self) -> dict[str, Any]:
        """The record to seal. Raises CaptureRefused."""
        hashes = {kind: _digest(kind, getattr(self, kind)) for kind in _DIGITS}
        return {
            "raw": self.raw.strip(),
            "canonical": _address(self.canonical),
            "dns": _lines("dns", self.dns),
            "ips": [_ip(ip) for ip in _lines("ips", self.ips)],
            "tls": _lines("tls", self.tls),
            "http": _lines("http", self.http),
            "hashes": {kind: value for kind, value in hashes.items() if value},
            "note": self.note.strip(),
        }


@transaction.atomic
def seal(
    *, record: dict[str, Any], captured_at: datetime, time_source: str, by: User, at: datetime
) -> Exhibit:
    """Seal one capture (the keys of `Capture.as_record()`); what is sealed is never changed.

    The record's form, time and time source go under the hash with it. Raises CaptureRefused on
    an empty or unknown key, FileContentRefused where a text holds a file.
    """
    require(by, Permission.EVIDENCE_EXHIBIT_SEAL)
    source = _time(captured_at, time_source, at)
    _refuse_unfit(record)
    text = canonical_json(
        {**record, "form": FORM, "captured_at": _utc(captured_at), "time_source": source}
    )
    row, key = sealing.mint(at=at)
    exhibit = Exhibit(
        data_key=row,
        sha256=sha256(text).digest(),
        captured_at=captured_at,
        time_source=source,
        sealed_by=by,
        sealed_at=at,
    )
    exhibit.seal(key, "record", text.decode())
    exhibit.save()
    _keep(exhibit, CustodyEvent.What.SEALED, by.actor, at)
    return exhibit


@transaction.atomic
def open_exhibit(*, exhibit: Exhibit, by: User, reason: str, at: datetime) -> dict[str, Any]:
    """The record, for somebody who says why. Raises ReasonNeeded, Exhibit{Shredded,Broken}."""
    require(by, Permission.EVIDENCE_EXHIBIT_OPEN)
    if not reason.strip():
        raise ReasonNeeded
    opened = _read(exhibit)
    reason = seal_words(reason[:500], about=exhibit.pk, at=at)
    _keep(exhibit, CustodyEvent.What.OPENED, by.actor, at, reason)
    return opened


@transaction.atomic
def hand_over(*, exhibit: Exhibit, to: str, by: Actor, at: datetime) -> dict[str, Any]:
    """The record, to go into the package of a referral. `to` names who receives it."""
    if not to.strip():
        raise ReasonNeeded
    opened = _read(exhibit)
    _keep(exhibit, CustodyEvent.What.HANDED_OVER, by, at, to.strip())
    return opened


@transaction.atomic
def shred(*, exhibit: Exhibit, by: User, reason: str, at: datetime) -> None:
    """Destroy the exhibit's key. The hash and the custody log stay. Twice is refused."""
    require(by, Permission.EVIDENCE_EXHIBIT_SHRED)
    if not reason.strip():
        raise ReasonNeeded
    _destroy(exhibit, by.actor, seal_words(reason[:500], about=exhibit.pk, at=at), at)


@transaction.atomic
def end_retention(*, exhibit: Exhibit, at: datetime) -> None:
    """The worker's shredding, when the country pack's time for evidence has passed."""
    _destroy(exhibit, Actor.worker(), "retention", at)


def _destroy(exhibit: Exhibit, who: Actor, why: str, at: datetime) -> None:
    if exhibit.shredded_at is not None:
        raise ExhibitShredded
    sealing.destroy(exhibit.data_key, at=at)
    exhibit.shredded_at = at
    exhibit.save(update_fields=["shredded_at"])
    _keep(exhibit, CustodyEvent.What.SHREDDED, who, at, why)


def _read(exhibit: Exhibit) -> dict[str, Any]:
    if exhibit.shredded_at is not None:
        raise ExhibitShredded
    text = exhibit.unseal(sealing.open_as_desk(exhibit.data_key), "record")
    if sha256(text.encode()).digest() != bytes(exhibit.sha256):
        raise ExhibitBroken(str(exhibit.pk))
    opened: dict[str, Any] = json.loads(text)
    return opened


def _keep(
    exhibit: Exhibit, what: CustodyEvent.What, who: Actor, at: datetime, why: str = ""
) -> None:
    """One line in the custody log and one in the audit log: they stand or fall together."""
    CustodyEvent.objects.create(exhibit=exhibit, what=what, who=str(who), why=why[:500], at=at)
    record(at=at, actor=who, verb=f"evidence.{what.value}", about=exhibit, reason=why)


def _time(captured_at: datetime, source: str, at: datetime) -> str:
    if source not in Exhibit.TimeSource.values:
        raise CaptureRefused("time_source", "unknown")
    if captured_at > at:
        raise CaptureRefused("captured_at", "future")
    return source


def _refuse_unfit(capture: dict[str, Any]) -> None:
    known = Capture().as_record().keys()
    if unknown := capture.keys() - known:
        raise CaptureRefused(sorted(unknown)[0], "unknown")
    if not any(capture.values()):
        raise CaptureRefused("note", "empty")
    for field, value in capture.items():
        for text in _texts(value):
            if len(text) > LONGEST:
                raise CaptureRefused(field, "too_long")
            refuse_file_content(text)


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)


def _address(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return canonicalise(text).url
    except AddressRefused as refused:
        raise CaptureRefused("canonical", refused.code.value) from refused


def _digest(kind: str, text: str) -> str:
    plain = text.strip().lower()
    if plain and not re.fullmatch(rf"[0-9a-f]{{{_DIGITS[kind]}}}", plain):
        raise CaptureRefused(kind, "not_a_digest")
    return plain


def _ip(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as fault:
        raise CaptureRefused("ips", "not_an_ip") from fault


def _lines(field: str, lines: Iterable[str]) -> list[str]:
    kept = [line.strip() for line in lines if line.strip()]
    if len(kept) > 100:
        raise CaptureRefused(field, "too_long")
    return kept


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
