# SPDX-License-Identifier: Apache-2.0
"""Keys of partners' programs: made and revoked at the desk, recognised at the interface.

A key is `hlk_`, eight signs by which it is known, `_` and 256 random bits. It is no password, so
a keyed digest is enough to keep it by: nobody guesses it, and nobody reads it from a backup.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.directory.actions.checking import DirectoryRefused, current, reason_text
from hearthline.hub.directory.models import Organisation, PartnerKey
from hearthline.hub.sealing.actions import digest

# The one in use and its successor: enough to change over without a gap.
KEYS_AT_ONCE = 2
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_SHAPE = re.compile(rf"hlk_(?P<prefix>[{_SIGNS}]{{8}})_[A-Za-z0-9_-]{{43}}", re.ASCII)
_PURPOSE = "partner key"
# Compared with when no such key is known, so that the answer takes as long.
_NOBODY = bytes(32)


class TooManyKeys(DirectoryRefused):
    """The organisation has two keys in force already."""


class KeyRefused(Exception):
    """What was shown is no key in force. It does not say why: unknown, expired, revoked."""


class ScopeMissing(Exception):
    """The key does not carry this scope; the text is the scope."""


@dataclass(frozen=True)
class NewKey:
    """A key and its text, which is in this answer and nowhere else."""

    key: PartnerKey
    text: str


@transaction.atomic
def make_key(
    *, organisation: Organisation, name: str, scopes: Iterable[str], by: User, at: datetime
) -> NewKey:
    """A key for the organisation's program, for the days the country pack gives.

    Raises NotAllowed, NoLongerCurrent, TooManyKeys, DirectoryRefused without a scope.
    """
    require(by, Permission.DIRECTORY_KEY_MANAGE)
    organisation = current(organisation)
    held = sorted({PartnerKey.Scope(scope).value for scope in scopes})
    if not held:
        raise DirectoryRefused(_("Say what the key may do."))
    if PartnerKey.objects.in_force(at).filter(organisation=organisation).count() >= KEYS_AT_ONCE:
        raise TooManyKeys(_("There are two keys in force. Revoke one of them first."))
    prefix = "".join(secrets.choice(_SIGNS) for _each in range(8))
    text = f"hlk_{prefix}_{secrets.token_urlsafe(32)}"
    key = PartnerKey.objects.create(
        organisation=organisation,
        name=name,
        prefix=prefix,
        digest=digest(text, purpose=_PURPOSE),
        scopes=held,
        made_at=at,
        made_by=by,
        expires_at=at + timedelta(days=settings.PACK.partners.key_days),
    )
    record(
        at=at, actor=by.actor, verb="directory.make_key", about=key,
        organisation=organisation.pk, prefix=prefix, scopes=held,
    )  # fmt: skip
    return NewKey(key, text)


@transaction.atomic
def revoke_key(*, key: PartnerKey, reason: str, by: User, at: datetime) -> None:
    """End a key now: the next request with it is refused. Twice is once."""
    require(by, Permission.DIRECTORY_KEY_MANAGE)
    reason = reason_text(reason)
    if PartnerKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=at):
        record(
            at=at, actor=by.actor, verb="directory.revoke_key", about=key, reason=reason,
            organisation=key.organisation_id, prefix=key.prefix,
        )  # fmt: skip


def recognise(*, text: str, at: datetime) -> PartnerKey:
    """The key in force that `text` is. Notes the day it was used, never from where.

    Raises KeyRefused, after the same work whether or not such a key was ever made.
    """
    shape = _SHAPE.fullmatch(text)
    key = PartnerKey.objects.known_as(shape["prefix"] if shape else "")
    shown = digest(text if shape else "no key", purpose=_PURPOSE)
    same = hmac.compare_digest(shown, bytes(key.digest) if key else _NOBODY)
    if key is None or not same or not key.works(at):
        raise KeyRefused
    today = timezone.localdate(at)
    if key.last_used_on != today:
        earlier = Q(last_used_on__isnull=True) | Q(last_used_on__lt=today)
        PartnerKey.objects.filter(earlier, pk=key.pk).update(last_used_on=today)
    return key


def require_scope(key: PartnerKey, scope: PartnerKey.Scope) -> None:
    """Raise ScopeMissing unless the key carries `scope`."""
    if scope.value not in key.scopes:
        raise ScopeMissing(scope.value)
