# SPDX-License-Identifier: Apache-2.0
"""Reviews, appeals, and the end of an entry. Lifting takes one person; listing took two."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists.actions.rules import (
    SamePerson,
    check_case,
    check_law,
    in_state,
    note,
    require_entry,
    sealed_reason,
)
from hearthline.hub.blocklists.models import Act, Entry
from hearthline.hub.cases.models import Case
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import end_words

Because = Entry.Because

_BY_ITSELF = {Because.GONE, Because.EXPIRED, Because.WITHDRAWN}
# Whoever appeals is not known here, and the public door has no account.
_APPELLANT = Actor("appellant", "unnamed")


class NotDue(Exception):
    """The review is not near yet: renewing early would only push it away."""


class OutOfBounds(Exception):
    """A review lies after now, and not after the entry's end."""


@transaction.atomic
def set_review(*, entry: Entry, on: date, by: User, at: datetime) -> Entry:
    """Review the entry on another day, not after it ends. Raises OutOfBounds, WrongState."""
    require_entry(entry, by, Permission.BLOCKLISTS_ENTRY_REVIEW)
    in_state(entry, [Entry.State.LISTED])
    moment = datetime.combine(on, time.min, timezone.get_default_timezone())
    if entry.expires_at is None or not at < moment <= entry.expires_at:
        raise OutOfBounds
    entry.review_at = moment
    entry.save(update_fields=["review_at"])
    record(at=at, actor=by.actor, verb="blocklists.set_review", about=entry, on=on.isoformat())
    return entry


@transaction.atomic
def renew(*, entry: Entry, reason: str, by: User, at: datetime) -> Entry:
    """The review found that it is still needed and lawful: its time begins anew.

    By somebody who neither proposed nor approved it. Raises SamePerson, NotDue, WrongState,
    ReasonNeeded, NotIllegal, LawDoesNotAllow.
    """
    require_entry(entry, by, Permission.BLOCKLISTS_ENTRY_REVIEW)
    in_state(entry, [Entry.State.LISTED])
    refuse_hands(entry, by)
    if not Entry.objects.review_due(at).filter(pk=entry.pk).exists():
        raise NotDue
    if entry.case is not None:
        check_case(entry.case)
    check_law(entry.category, entry.legal_basis)
    token = sealed_reason(reason, entry, at)
    policy = settings.PACK.blocking
    entry.reviewed_at = at
    entry.expires_at = at + timedelta(days=policy.expires_days)
    entry.review_at = min(at + timedelta(days=policy.review_days), entry.expires_at)
    entry.save(update_fields=["reviewed_at", "expires_at", "review_at"])
    note(entry, Act.Code.RENEWED, by=by, at=at, reason=token)
    record(at=at, actor=by.actor, verb="blocklists.renew", about=entry, reason=token)
    return entry


@transaction.atomic
def delist(
    *, entry: Entry, because: str, by: User | None = None, at: datetime, reason: str = ""
) -> Entry:
    """Take an entry off; the worker's next version is without it. Twice is once.

    A person (a senior, or the manager) says why; without one only `gone`, `expired` and
    `withdrawn`, which the worker finds by itself. An appeal is `overturn`.
    """
    because = Because(because)
    if by is not None:
        require_entry(entry, by, Permission.BLOCKLISTS_ENTRY_LIFT)
    if because is Because.APPEAL or (by is None and because not in _BY_ITSELF):
        raise NotAllowed(because.value)
    in_state(entry, [Entry.State.LISTED, Entry.State.DELISTED])
    if entry.state == Entry.State.DELISTED:
        return entry
    token = sealed_reason(reason, entry, at, needed=by is not None)
    return _take_off(entry, because, by=by, at=at, reason=token)


@transaction.atomic
def mark_appealed(*, entry: Entry, at: datetime) -> Entry:
    """Somebody appeals. It stays in force until that is decided. Twice is once."""
    in_state(entry, [Entry.State.LISTED])
    if entry.is_appealed:
        return entry
    entry.appealed_at, entry.upheld_at = at, None
    entry.save(update_fields=["appealed_at", "upheld_at"])
    note(entry, Act.Code.APPEALED, at=at)
    record(at=at, actor=_APPELLANT, verb="blocklists.mark_appealed", about=entry)
    return entry


@transaction.atomic
def uphold(*, entry: Entry, by: User, at: datetime) -> Entry:
    """The appeal was decided: the entry stands. Raises SamePerson for who listed it, WrongState."""
    require(by, Permission.APPEALS_APPEAL_DECIDE)
    in_state(entry, [Entry.State.LISTED])
    refuse_hands(entry, by)
    if entry.is_appealed:
        entry.upheld_at = at
        entry.save(update_fields=["upheld_at"])
        note(entry, Act.Code.UPHELD, by=by, at=at)
        record(at=at, actor=by.actor, verb="blocklists.uphold", about=entry)
    return entry


@transaction.atomic
def overturn(*, entry: Entry, by: User, at: datetime) -> Entry:
    """The appeal was decided: the entry is lifted, everywhere with the worker's next version.

    By somebody who neither proposed nor approved it. Twice is once. Raises SamePerson, WrongState.
    """
    require(by, Permission.APPEALS_APPEAL_DECIDE)
    in_state(entry, [Entry.State.LISTED, Entry.State.DELISTED])
    refuse_hands(entry, by)
    if entry.state == Entry.State.DELISTED:
        return entry
    entry.appealed_at = entry.appealed_at or at
    entry.overturned_at = at
    note(entry, Act.Code.OVERTURNED, by=by, at=at)
    record(at=at, actor=by.actor, verb="blocklists.overturn", about=entry)
    return _take_off(entry, Because.APPEAL, by=by, at=at, reason="")


def lost_ground(entry: Entry) -> Entry.Because | None:
    """Why a listed entry may not stand any longer by what its case says; None where it may."""
    if entry.case is None:
        return None
    if entry.case.subject.gone_at is not None or entry.case.closed_because == "removed":
        return Because.GONE
    return None if entry.case.state == Case.State.CONFIRMED else Because.WITHDRAWN


@transaction.atomic
def end_address(*, entry: Entry, at: datetime) -> None:
    """Forget the address, its digests and the words of an entry that is past retention.

    Its history stays. The key is shared by the entries of a month: their envelopes are emptied
    one by one, and with the last the key is destroyed.
    """
    if entry.ended_at is not None:
        return
    entry.address = entry.digest = entry.host_digest = b""
    entry.ended_at = at
    entry.save(update_fields=["address", "digest", "host_digest", "ended_at"])
    end_words(about=[entry.pk], at=at)
    if not Entry.objects.filter(data_key=entry.data_key_id, ended_at__isnull=True).exists():
        sealing.destroy(entry.data_key, at=at)
    record(at=at, actor=Actor.worker(), verb="blocklists.end_address", about=entry)


def refuse_hands(entry: Entry, by: User) -> None:
    """Raise SamePerson when `by` proposed or approved the entry."""
    if by.pk in (entry.proposed_by_id, entry.approved_by_id, entry.second_senior_id):
        raise SamePerson


def _take_off(
    entry: Entry, because: Entry.Because, *, by: User | None, at: datetime, reason: str
) -> Entry:
    entry.state, entry.delisted_at, entry.delisted_because = Entry.State.DELISTED, at, because
    entry.save()
    note(entry, Act.Code.DELISTED, by=by, at=at, because=because, reason=reason)
    actor = by.actor if by else Actor.worker()
    record(
        at=at, actor=actor, verb="blocklists.delist", about=entry, reason=reason, because=because
    )
    return entry
