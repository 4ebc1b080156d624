# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import Grant, User
from hearthline.hub.accounts.permissions import Permission, Role, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor


class AlreadyStaff(ValueError):
    """Somebody with this e-mail address is already here."""


class OwnAccount(ValueError):
    """Nobody grants or ends a role of their own."""


@transaction.atomic
def enrol(
    *, email: str, name: str, password: str, roles: Iterable[str], by: User | None, at: datetime
) -> User:
    """A new member of staff. `by` is None only at the server's console, for the first one."""
    if by is not None:
        require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if User.objects.filter(email__iexact=email).exists():
        raise AlreadyStaff(email)
    user = User(email=email.lower(), name=name, joined_at=at)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    for role in roles:
        Grant.objects.create(user=user, role=Role(role), since=at)
    actor = by.actor if by else Actor.operator()
    record(at=at, actor=actor, verb="accounts.enrol", about=user, roles=sorted(roles))
    return user


@transaction.atomic
def grant(*, user: User, role: str, by: User, at: datetime, until: datetime | None = None) -> Grant:
    """Give `user` a role; given already, it is left as it is."""
    require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if user == by:
        raise OwnAccount
    open_grant = Grant.objects.filter(user=user, role=Role(role), until__isnull=True).first()
    if open_grant:
        return open_grant
    given = Grant.objects.create(user=user, role=Role(role), since=at, until=until)
    record(at=at, actor=by.actor, verb="accounts.grant", about=user, role=role)
    return given


@transaction.atomic
def end_role(*, user: User, role: str, by: User, at: datetime, reason: str) -> None:
    """End a role now. Ending one that is not held does nothing."""
    require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if user == by:
        raise OwnAccount
    ended = Grant.objects.filter(user=user, role=role, until__isnull=True).update(until=at)
    if ended:
        record(
            at=at, actor=by.actor, verb="accounts.end_role", about=user, reason=reason, role=role
        )


def note_sign_in(*, user: User, at: datetime) -> None:
    """Keep in the audit log that somebody came in."""
    record(at=at, actor=user.actor, verb="accounts.sign_in", about=user)
