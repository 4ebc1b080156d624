# SPDX-License-Identifier: Apache-2.0
"""Links and keys at the providers' door, and what is sealed for whoever brings them.

A link's secret is 256 random bits. The door finds it by a keyed digest and makes from it the
private half of the reader's key pair (HKDF of RFC 5869 into X25519); a partner's key serves the
same way. What a reader may read is a copy sealed to the public half (HPKE, RFC 9180) by the
worker, so that the door can show an address only to who brings the secret, and nobody can read
one from the door's own database.
"""

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import subject_address
from hearthline.hub.directory.actions import require_scope
from hearthline.hub.directory.models import Contact, PartnerKey
from hearthline.hub.notices.actions.wording import Link, law_of, machine_part
from hearthline.hub.notices.models import Copy, Notice, NoticeQuerySet, Reader
from hearthline.hub.sealing.actions import destroy, digest, mint, open_as_desk
from hearthline.kit.sealing import unwrap_by_desk, wrap_for_desk

WORKER = Actor.worker()
_PURPOSE = "providers' door"


class LinkRefused(LookupError):
    """The link opens nothing: unknown, expired, revoked, or its contact is in use no more."""


class NotTheirs(LookupError):
    """The reader was not told of this notice, or it is somebody else's business now."""


@dataclass(frozen=True)
class Visit:
    """A reader who came, with the secret it brought; the secret is kept nowhere."""

    reader: Reader
    secret: str


@dataclass(frozen=True)
class Shown:
    """What a reader may read of a notice. Empty while the worker has not sealed it yet."""

    url: str = ""
    law: str = ""
    xarf: dict[str, Any] | None = None


@transaction.atomic
def link_for(*, contact: Contact, notices: Sequence[Notice], at: datetime) -> Link | None:
    """The link a letter to this contact holds: the one in force for half its days, then a new one.

    None for exercises, whose letters go to nobody outside.
    """
    if any(notice.case.exercise for notice in notices):
        return None
    days = timedelta(days=settings.PACK.clocks.notice.door_days)
    fresh = Reader.objects.in_force(at).filter(contact=contact, expires_at__gte=at + days / 2)
    reader = fresh.select_related("data_key").order_by("-made_at", "-id").first()
    if reader is None:
        reader, secret = _new_link(contact, at, at + days)
    else:
        secret = reader.unseal(open_as_desk(reader.data_key), "secret")
    return Link(f"{settings.PARTNERS_URL}/notices/{secret}/", reader.expires_at)


def enter(*, secret: str, at: datetime) -> Visit:
    """Who comes with this link. Raises LinkRefused, which does not say why."""
    found = Reader.objects.in_force(at).select_related("contact__organisation")
    reader = found.filter(digest=digest(secret, purpose=_PURPOSE), contact__isnull=False).first()
    if reader is None:
        raise LinkRefused
    return Visit(reader, secret)


def told_at_door(*, visit: Visit, at: datetime) -> NoticeQuerySet:
    """What this reader was told. The day it looked is noted, never from where."""
    today = timezone.localdate(at)
    if visit.reader.last_used_on != today:
        Reader.objects.filter(pk=visit.reader.pk).update(last_used_on=today)
    return Notice.objects.told_to(visit.reader)


@transaction.atomic
def enter_by_key(*, key: PartnerKey, secret: str, at: datetime, begin: bool = False) -> Visit:
    """Who comes with this key. With `begin`, its feed begins, if it has not. Raises ScopeMissing.

    Answering needs no feed; reading does, since what is read is sealed for the key first.
    """
    require_scope(key, PartnerKey.Scope.NOTICES)
    reader = Reader.objects.filter(key=key).select_related("key__organisation").first()
    if reader is None and not begin:
        reader = Reader(key=key, made_at=at, expires_at=key.expires_at)
    if reader is None:
        row, _sealing = mint(at=at)
        reader, made = Reader.objects.get_or_create(
            key=key,
            defaults={
                "data_key": row,
                "public": _public_bytes(secret),
                "made_at": at,
                "expires_at": key.expires_at,
            },
        )
        if made:
            record(at=at, actor=key.actor, verb="notices.begin_feed", about=reader)
    return Visit(reader, secret)


@transaction.atomic
def open_notice(*, visit: Visit, notice: uuid.UUID, at: datetime) -> tuple[Notice, Shown]:
    """One notice as this reader may read it. That it was read is kept. Raises NotTheirs."""
    found = Notice.objects.told_to(visit.reader).filter(pk=notice).select_related("case").first()
    if found is None:
        raise NotTheirs
    record(at=at, actor=visit.reader.actor, verb="notices.read_at_door", about=found)
    copy = found.copies.filter(reader=visit.reader).select_related("data_key").first()
    return found, _opened(copy, visit)


@transaction.atomic
def open_feed(*, visit: Visit, notices: Sequence[Notice], at: datetime) -> list[Shown]:
    """The same for a page of the machine feed, in order; one entry in the log for the page."""
    copies = {
        copy.notice_id: copy
        for copy in Copy.objects.filter(reader=visit.reader, notice__in=notices).select_related(
            "data_key"
        )
    }
    reading = [str(notice.pk) for notice in notices]
    record(at=at, actor=visit.reader.actor, verb="notices.read_feed", about=visit.reader,
           notices=reading)  # fmt: skip
    return [_opened(copies.get(notice.pk), visit) for notice in notices]


@transaction.atomic
def seal_copy(*, reader: Reader, notice: Notice, at: datetime) -> Copy:
    """Seal for a reader what it may read of a notice. The worker does, who can open the address."""
    address = subject_address(
        case=notice.case, actor=WORKER, at=at, purpose="notice: providers' door"
    )
    row, key = mint(at=at)
    copy = Copy(data_key=row, notice=notice, reader=reader, made_at=at)
    public = X25519PublicKey.from_public_bytes(bytes(reader.public))
    copy.wrapped = wrap_for_desk(key, public, row=row.row)
    words = {
        "url": address.url,
        "law": law_of(notice.case),
        "xarf": machine_part(notice, address),
    }
    copy.seal(key, "document", json.dumps(words, ensure_ascii=False, sort_keys=True))
    copy.save(force_insert=True)
    record(at=at, actor=WORKER, verb="notices.seal_copy", about=notice, reader=reader.pk)
    return copy


@transaction.atomic
def forget_copy(*, copy: Copy, at: datetime) -> None:
    """Nobody reads it any more: what it says ends. Should it be needed again, it is sealed anew."""
    destroy(copy.data_key, at=at)
    copy.delete()


@transaction.atomic
def forget_link(*, reader: Reader, at: datetime) -> None:
    """Destroy the secret of a link that is over; that it was made, and until when, stays."""
    destroy(reader.data_key, at=at)
    record(at=at, actor=WORKER, verb="notices.forget_link", about=reader)


@transaction.atomic
def revoke_links(*, contact: Contact, by: User, at: datetime) -> int:
    """End every link of a contact now; how many. Its next letter has a new one."""
    require(by, Permission.NOTICES_NOTICE_SEND)
    living = Reader.objects.in_force(at).filter(contact=contact)
    ended = living.update(revoked_at=at, revoked_by=by)
    if ended:
        record(at=at, actor=by.actor, verb="notices.revoke_links", about=contact, links=ended)
    return ended


def _new_link(contact: Contact, at: datetime, until: datetime) -> tuple[Reader, str]:
    secret = secrets.token_urlsafe(32)
    row, key = mint(at=at)
    reader = Reader(
        data_key=row,
        contact=contact,
        digest=digest(secret, purpose=_PURPOSE),
        public=_public_bytes(secret),
        made_at=at,
        expires_at=until,
    )
    reader.seal(key, "secret", secret)
    reader.save(force_insert=True)
    record(at=at, actor=WORKER, verb="notices.make_link", about=reader, contact=contact.pk)
    return reader, secret


def _opened(copy: Copy | None, visit: Visit) -> Shown:
    if copy is None or copy.ended:
        return Shown()
    key = unwrap_by_desk(bytes(copy.wrapped), _private(visit.secret), row=copy.data_key.row)
    words: dict[str, Any] = json.loads(copy.unseal(key, "document"))
    return Shown(**words)


def _private(secret: str) -> X25519PrivateKey:
    info = _PURPOSE.encode()
    return X25519PrivateKey.from_private_bytes(
        HKDF(SHA256(), 32, None, info).derive(secret.encode())
    )


def _public_bytes(secret: str) -> bytes:
    return _private(secret).public_key().public_bytes_raw()
