# SPDX-License-Identifier: Apache-2.0
"""The second person: approving a proposal, against a guard only by two seniors, or refusing it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.blocklists.actions.rules import (
    SamePerson,
    check_case,
    check_hold,
    check_law,
    in_state,
    note,
    require_entry,
    sealed_reason,
)
from hearthline.hub.blocklists.models import Act, Entry


class WrongWay(Exception):
    """Entries that a guard speaks against need two seniors; others need one approval."""


class LiftedOnAppeal(SamePerson):
    """An appeal lifted the same before: whoever listed it then does not list it again."""


@transaction.atomic
def approve(*, entry: Entry, by: User, at: datetime) -> Entry:
    """A second person lists what nothing speaks against. It is in the worker's next version.

    Raises SamePerson for whoever proposed it, LiftedOnAppeal for whoever listed the same before an
    appeal, WrongState, NotIllegal, PoliceHold, LawDoesNotAllow, and WrongWay where a guard speaks
    against it: then `override`.
    """
    require_entry(entry, by, Permission.BLOCKLISTS_ENTRY_APPROVE)
    _ready(entry, by, at)
    if entry.guard:
        raise WrongWay(entry.guard)
    entry.approved_by, entry.approved_at = by, at
    _list(entry, at)
    note(entry, Act.Code.APPROVED, by=by, at=at)
    record(at=at, actor=by.actor, verb="blocklists.approve", about=entry, scope=entry.scope)
    return entry


@transaction.atomic
def override(*, entry: Entry, reason: str, by: User, at: datetime) -> Entry:
    """One of two seniors lists an entry against a guard, with a reason; the second lists it.

    Raises SamePerson for whoever proposed it or gave the first word, LiftedOnAppeal, WrongState,
    NotIllegal, PoliceHold, LawDoesNotAllow, ReasonNeeded, and WrongWay where no guard speaks
    against it.
    """
    require_entry(entry, by, Permission.BLOCKLISTS_ENTRY_OVERRIDE)
    _ready(entry, by, at)
    if not entry.guard:
        raise WrongWay(entry.guard)
    token = sealed_reason(reason, entry, at)
    first = entry.approved_by_id is None
    if first:
        entry.approved_by, entry.approved_at, entry.override_reason = by, at, token
        entry.save()
    else:
        entry.second_senior, entry.second_override_reason = by, token
        _list(entry, at)
    note(entry, Act.Code.OVERRIDDEN, by=by, at=at, reason=token)
    record(
        at=at, actor=by.actor, verb="blocklists.override", about=entry, reason=token,
        guard=entry.guard, first=first,
    )  # fmt: skip
    return entry


@transaction.atomic
def refuse(*, entry: Entry, reason: str, by: User, at: datetime) -> Entry:
    """A second person says no; or whoever proposed it takes it back. With a reason."""
    own = by.pk == entry.proposed_by_id
    propose, approve = Permission.BLOCKLISTS_ENTRY_PROPOSE, Permission.BLOCKLISTS_ENTRY_APPROVE
    require_entry(entry, by, propose if own else approve)
    in_state(entry, [Entry.State.PROPOSED])
    token = sealed_reason(reason, entry, at)
    entry.state, entry.refused_by, entry.refused_at = Entry.State.REFUSED, by, at
    entry.save()
    note(entry, Act.Code.REFUSED, by=by, at=at, reason=token)
    record(at=at, actor=by.actor, verb="blocklists.refuse", about=entry, reason=token, own=own)
    return entry


def _ready(entry: Entry, by: User, at: datetime) -> None:
    """Lock a proposal that still has its ground, for somebody who has not decided on it yet."""
    in_state(entry, [Entry.State.PROPOSED])
    if by.pk in (entry.proposed_by_id, entry.approved_by_id):
        raise SamePerson
    before = Entry.objects.filter(digest=entry.digest, overturned_at__isnull=False)
    had_a_hand = Q(proposed_by=by) | Q(approved_by=by) | Q(second_senior=by)
    if before.filter(had_a_hand).exists():
        raise LiftedOnAppeal
    if entry.case is not None:
        check_case(entry.case)
        check_hold(entry.case, at)
    check_law(entry.category, entry.legal_basis)


def _list(entry: Entry, at: datetime) -> None:
    policy = settings.PACK.blocking
    entry.state, entry.listed_at = Entry.State.LISTED, at
    entry.expires_at = at + timedelta(days=policy.expires_days)
    entry.review_at = min(at + timedelta(days=policy.review_days), entry.expires_at)
    entry.save()
