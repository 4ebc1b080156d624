# SPDX-License-Identifier: Apache-2.0
"""The networks that fetch the list: their keys, what they say they carry, what they tested."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.blocklists.models import Acknowledgement, CanaryTest, Subscriber, Version
from hearthline.hub.directory.models import Organisation
from hearthline.hub.sealing.actions import digest
from hearthline.hub.sealing.words import seal_words

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_SHAPE = re.compile(rf"hlb_(?P<prefix>[{_SIGNS}]{{8}})_[A-Za-z0-9_-]{{43}}", re.ASCII)
_PURPOSE = "block list key"
# Compared with when no such key is known, so that the answer takes as long.
_NOBODY = bytes(32)


class AlreadySubscribed(Exception):
    """The organisation is on the list of networks."""


class Retired(Exception):
    """The organisation is not in service any more, or the network fetches no longer."""


class KeyRefused(Exception):
    """What was shown is no key in force. It does not say why: unknown, replaced, ended."""


class VersionUnknown(LookupError):
    """There is no such version."""


class TestRefused(ValueError):
    """The day of the test is in the future."""

    __test__ = False


@dataclass(frozen=True)
class NewKey:
    """A network and the text of its key, which is in this answer and nowhere else."""

    subscriber: Subscriber
    text: str


@transaction.atomic
def add_subscriber(*, organisation: Organisation, by: User, at: datetime) -> NewKey:
    """Let a network fetch the list. Raises Retired, AlreadySubscribed."""
    require(by, Permission.BLOCKLISTS_SUBSCRIBER_MANAGE)
    if organisation.retired_at is not None:
        raise Retired
    if Subscriber.objects.filter(organisation=organisation).exists():
        raise AlreadySubscribed
    prefix, text = _new_key()
    subscriber = Subscriber.objects.create(
        organisation=organisation,
        prefix=prefix,
        key_digest=digest(text, purpose=_PURPOSE),
        key_made_at=at,
        canary=_word(10),
        added_by=by,
        added_at=at,
    )
    record(
        at=at, actor=by.actor, verb="blocklists.add_subscriber", about=subscriber,
        organisation=organisation.pk, prefix=prefix,
    )  # fmt: skip
    return NewKey(subscriber, text)


@transaction.atomic
def replace_key(*, subscriber: Subscriber, by: User, at: datetime) -> NewKey:
    """A new key; the old one stops at once. A network that had ended fetches again."""
    require(by, Permission.BLOCKLISTS_SUBSCRIBER_MANAGE)
    subscriber = Subscriber.objects.select_related("organisation").get(pk=subscriber.pk)
    if subscriber.organisation.retired_at is not None:
        raise Retired
    prefix, text = _new_key()
    subscriber.prefix, subscriber.key_made_at = prefix, at
    subscriber.key_digest, subscriber.ended_at = digest(text, purpose=_PURPOSE), None
    subscriber.save()
    record(at=at, actor=by.actor, verb="blocklists.replace_key", about=subscriber, prefix=prefix)
    return NewKey(subscriber, text)


@transaction.atomic
def end_subscriber(*, subscriber: Subscriber, reason: str, by: User, at: datetime) -> None:
    """The network fetches no longer; its key stops at once. Twice is once."""
    require(by, Permission.BLOCKLISTS_SUBSCRIBER_MANAGE)
    if not reason.strip():
        raise ReasonNeeded
    if Subscriber.objects.filter(pk=subscriber.pk, ended_at__isnull=True).update(ended_at=at):
        words = seal_words(reason, about=subscriber.pk, at=at)
        record(
            at=at, actor=by.actor, verb="blocklists.end_subscriber", about=subscriber, reason=words
        )


def recognise(*, text: str) -> Subscriber:
    """The network whose key in force `text` is.

    Raises KeyRefused, after the same work whether or not such a key was ever made.
    """
    shape = _SHAPE.fullmatch(text)
    found = Subscriber.objects.known_as(shape["prefix"] if shape else "")
    shown = digest(text if shape else "no key", purpose=_PURPOSE)
    same = hmac.compare_digest(shown, bytes(found.key_digest) if found else _NOBODY)
    if found is None or not same or found.ended_at or found.organisation.retired_at:
        raise KeyRefused
    return found


@transaction.atomic
def acknowledge(*, subscriber: Subscriber, serial: int, at: datetime) -> Acknowledgement:
    """The network works with this version. Twice is once. Raises VersionUnknown."""
    version = Version.objects.filter(serial=serial).first()
    if version is None:
        raise VersionUnknown
    made, new = Acknowledgement.objects.get_or_create(
        subscriber=subscriber, version=version, defaults={"at": at}
    )
    if new:
        record(
            at=at, actor=subscriber.actor, verb="blocklists.acknowledge", about=subscriber,
            serial=serial,
        )  # fmt: skip
    return made


@transaction.atomic
def note_test(
    *,
    subscriber: Subscriber,
    serial: int,
    tested_on: date,
    blocked: bool,
    free: bool,
    at: datetime,
) -> CanaryTest:
    """What the network says of its own test: was the canary blocked, was its free name open?

    Raises VersionUnknown, and TestRefused for a day after today (by the country's clock or an
    hour zone's ahead of it, so one day of grace).
    """
    if not Version.objects.filter(serial=serial).exists():
        raise VersionUnknown
    if (tested_on - at.date()).days > 1:
        raise TestRefused
    result = CanaryTest.Result.PASSED
    if not free:
        result = CanaryTest.Result.OVER_BLOCKED
    if not blocked:
        result = CanaryTest.Result.NOT_BLOCKED
    made = CanaryTest.objects.create(
        subscriber=subscriber, serial=serial, tested_on=tested_on, at=at, result=result
    )
    record(
        at=at, actor=subscriber.actor, verb="blocklists.note_test", about=subscriber,
        serial=serial, result=result.value,
    )  # fmt: skip
    return made


def _new_key() -> tuple[str, str]:
    prefix = _word(8)
    return prefix, f"hlb_{prefix}_{secrets.token_urlsafe(32)}"


def _word(length: int) -> str:
    return "".join(secrets.choice(_SIGNS) for _each in range(length))
