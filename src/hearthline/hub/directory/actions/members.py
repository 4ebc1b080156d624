# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.directory.actions.checking import DirectoryRefused, police, reason_text
from hearthline.hub.directory.models import Membership, Organisation


class OwnMembership(DirectoryRefused):
    """Nobody makes themselves a member of a partner organisation."""


@transaction.atomic
def join(*, user: User, organisation: Organisation, by: User, at: datetime) -> Membership:
    """Let `user` act for a police unit at the partners' door. A member already stays one."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    if user == by:
        raise OwnMembership(_("Somebody else must make you a member."))
    unit = police(organisation)
    membership, new = Membership.objects.get_or_create(user=user, organisation=unit)
    if new:
        record(at=at, actor=by.actor, verb="directory.join", about=unit, user=user.pk)
    return membership


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
