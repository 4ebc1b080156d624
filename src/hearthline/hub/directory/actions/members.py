# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.actions.checking import (
    DirectoryRefused,
    NothingWaits,
    SamePerson,
    police,
    reason_text,
)
from hearthline.hub.directory.models import Membership, Organisation


class OwnMembership(DirectoryRefused):
    """Nobody makes themselves a member of a partner organisation."""


@transaction.atomic
def join(*, user: User, organisation: Organisation, by: User | None, at: datetime) -> Membership:
    """Let `user` act for a police unit at the partners' door, once a second person confirms it.

    A member already stays one. `by` is None at the server's console, whose word is enough.
    """
    if by is not None:
        require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    if user == by:
        raise OwnMembership(_("Somebody else must make you a member."))
    unit = police(organisation)
    membership, new = Membership.objects.get_or_create(
        user=user,
        organisation=unit,
        defaults={"asked_by": by, "confirmed_at": None if by else at},
    )
    if new:
        actor = by.actor if by else Actor.operator()
        record(at=at, actor=actor, verb="directory.join", about=unit, user=user.pk)
    return membership


@transaction.atomic
def confirm_member(*, membership: Membership, by: User, at: datetime) -> Membership:
    """The second person: this member works for the unit, and acts for it from now on.

    Raises NotAllowed, NothingWaits, OwnMembership, SamePerson, NotPolice, NoLongerCurrent.
    """
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    waiting = Membership.objects.waiting().select_for_update().filter(pk=membership.pk)
    fresh = waiting.first()
    if fresh is None:
        raise NothingWaits(_("This member waits for nobody any more. Nothing was changed."))
    unit = police(fresh.organisation)
    if by.pk == fresh.user_id:
        raise OwnMembership(_("Somebody else must make you a member."))
    if by.pk == fresh.asked_by_id:
        raise SamePerson(_("You added this member. Ask a colleague to be the second."))
    fresh.confirmed_at, fresh.confirmed_by = at, by
    fresh.save(update_fields=["confirmed_at", "confirmed_by"])
    record(
        at=at,
        actor=by.actor,
        verb="directory.confirm_member",
        about=unit,
        user=fresh.user_id,
        asked_by=fresh.asked_by_id,
    )
    return fresh


@transaction.atomic
def part(*, membership: Membership, reason: str, by: User, at: datetime) -> None:
    """End a membership: from the next request on, the user no longer acts for the unit."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    record(
        at=at,
        actor=by.actor,
        verb="directory.part",
        about=membership.organisation,
        reason=reason_text(reason),
        user=membership.user_id,
    )
    membership.delete()
