# SPDX-License-Identifier: Apache-2.0
"""The second person for a role: nobody alone lets anybody in to what people told us.

An account that one administrator made up, or opened again for themselves, reads nothing.
"""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.actions.sittings import end_sittings
from hearthline.hub.accounts.actions.staff import OwnAccount
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.accounts.second_factor import has_factor
from hearthline.hub.audit.actions import ReasonNeeded, record


class SamePerson(ValueError):
    """Who gave a role, or let its holder in, is the first of two and cannot be the second."""


class NotSetUp(ValueError):
    """The holder has not come in yet with a password and a second factor of their own."""


class NothingWaits(ValueError):
    """Confirmed, refused or ended meanwhile."""


@transaction.atomic
def confirm_role(*, user: User, role: str, by: User, at: datetime) -> None:
    """The second person: `user` is who they say, and is to hold `role` from now on.

    Raises NotAllowed, OwnAccount, NothingWaits, SamePerson, NotSetUp.
    """
    require(by, Permission.ACCOUNTS_GRANT_CONFIRM)
    if user == by:
        raise OwnAccount
    # Whoever gives, ends or confirms at once takes turns here.
    locked = User.objects.select_for_update().get(pk=user.pk)
    waiting = list(locked.grants.waiting(at).filter(role=role))
    if not waiting or not locked.is_active:
        raise NothingWaits
    if by.pk in {locked.let_in_by_id, *(grant.given_by_id for grant in waiting)}:
        raise SamePerson
    # Whoever holds a starting password could still be the one who handed it over.
    if locked.must_change_password or not has_factor(locked):
        raise NotSetUp
    first = sorted({str(grant.given_by_id) for grant in waiting if grant.given_by_id})
    locked.grants.waiting(at).filter(role=role).update(confirmed_at=at, confirmed_by=by)
    locked.let_in_by = None
    locked.save(update_fields=["let_in_by"])
    record(at=at, actor=by.actor, verb="accounts.confirm", about=user, role=role, given_by=first)


@transaction.atomic
def refuse_role(*, user: User, role: str, by: User, at: datetime, reason: str) -> None:
    """End a role that waits, with a reason. Whoever may confirm may refuse, the giver too."""
    require(by, Permission.ACCOUNTS_GRANT_CONFIRM)
    if user == by:
        raise OwnAccount
    if not reason.strip():
        raise ReasonNeeded
    User.objects.select_for_update().get(pk=user.pk)
    if not user.grants.waiting(at).filter(role=role).update(until=at):
        raise NothingWaits
    end_sittings(user=user, at=at)
    record(at=at, actor=by.actor, verb="accounts.refuse", about=user, reason=reason, role=role)
