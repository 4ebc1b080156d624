# SPDX-License-Identifier: Apache-2.0
"""Who works here: enrolled, given roles, let in again, out of service. A change signs them out."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from hearthline.hub.accounts.actions.sittings import end_sittings
from hearthline.hub.accounts.models import Attempts, Grant, User
from hearthline.hub.accounts.permissions import ROLES_BY_TWO, Permission, Role, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.audit.models import Actor

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class AlreadyStaff(ValueError):
    """Somebody with this e-mail address is already here."""


class OwnAccount(ValueError):
    """Nobody grants or ends a role of their own."""


@transaction.atomic
def enrol(
    *, email: str, name: str, password: str, roles: Iterable[str], by: User | None, at: datetime
) -> User:
    """A new member of staff. `by` is None only at the server's console, for the first one.

    At the desk `password` is `new_starting_password()`, told to the person by other means, and
    roles of `ROLES_BY_TWO` wait for a second person.
    """
    if by is not None:
        require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if User.objects.filter(email__iexact=email).exists():
        raise AlreadyStaff(email)
    user = User(email=email.lower(), name=name, joined_at=at, let_in_by=by)
    # A password that somebody else knows is good for one sign-in.
    user.must_change_password = by is not None and bool(password)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        # Enrolled by somebody else since we looked.
        raise AlreadyStaff(email) from None
    for role in roles:
        _give(user, role, by, at)
    actor = by.actor if by else Actor.operator()
    record(at=at, actor=actor, verb="accounts.enrol", about=user, roles=sorted(roles))
    return user


@transaction.atomic
def grant(*, user: User, role: str, by: User, at: datetime, until: datetime | None = None) -> Grant:
    """Give `user` a role, for good or until a day; given for good already, it stays as it is.

    A role of `ROLES_BY_TWO` is nothing yet: it waits until a second person confirms it.
    """
    require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if user == by:
        raise OwnAccount
    # Two who give the same role at once take turns here, and the second finds it given.
    User.objects.select_for_update().get(pk=user.pk)
    open_grant = Grant.objects.filter(user=user, role=Role(role), until__isnull=True).first()
    if open_grant:
        return open_grant
    given = _give(user, role, by, at, until)
    end_sittings(user=user, at=at)
    record(
        at=at,
        actor=by.actor,
        verb="accounts.grant",
        about=user,
        role=role,
        until=until.isoformat() if until else None,
    )
    return given


@transaction.atomic
def end_role(*, user: User, role: str, by: User, at: datetime, reason: str) -> None:
    """End a role now. Ending one that is not held does nothing."""
    may_change(user, by, reason)
    ended = user.grants.current(at).filter(role=role).update(until=at)
    if ended:
        end_sittings(user=user, at=at)
        record(
            at=at, actor=by.actor, verb="accounts.end_role", about=user, reason=reason, role=role
        )


@transaction.atomic
def start_again(*, user: User, password: str, by: User, at: datetime, reason: str) -> None:
    """Let somebody in again who lost password or telephone.

    Their second factor goes, every session ends, and `password` is good for one sign-in. Whoever
    hands it over could use it: roles of `ROLES_BY_TWO` wait until a second person has made sure
    who came in.
    """
    may_change(user, by, reason)
    User.objects.select_for_update().get(pk=user.pk)
    # What two people agreed on is asked again by this one; what waits still waits for the other.
    user.grants.in_force(at).filter(role__in=ROLES_BY_TWO).update(
        given_by=by, confirmed_at=None, confirmed_by=None
    )
    user.set_password(password)
    user.must_change_password = True
    user.let_in_by = by
    user.save(update_fields=["password", "must_change_password", "let_in_by"])
    Authenticator.objects.filter(user=user).delete()
    Attempts.objects.of(user).delete()
    end_sittings(user=user, at=at)
    record(at=at, actor=by.actor, verb="accounts.start_again", about=user, reason=reason)


@transaction.atomic
def end_service(*, user: User, by: User, at: datetime, reason: str) -> None:
    """Somebody works here no longer: no sign-in, no role, no sitting. Twice does nothing."""
    may_change(user, by, reason)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        return
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.grants.current(at).update(until=at)
    end_sittings(user=user, at=at)
    record(at=at, actor=by.actor, verb="accounts.end_service", about=user, reason=reason)


@transaction.atomic
def resume_service(*, user: User, by: User, at: datetime, reason: str) -> None:
    """Somebody comes back, or left by mistake. Roles are given anew, one by one."""
    may_change(user, by, reason)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active:
        return
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(at=at, actor=by.actor, verb="accounts.resume_service", about=user, reason=reason)


def _give(
    user: User, role: str, by: User | None, at: datetime, until: datetime | None = None
) -> Grant:
    """In force at once, or waiting for a second person; the console's word is enough."""
    waits = by is not None and role in ROLES_BY_TWO
    return Grant.objects.create(
        user=user,
        role=Role(role),
        since=at,
        until=until,
        given_by=by,
        confirmed_at=None if waits else at,
    )


def may_change(user: User, by: User, reason: str) -> None:
    """An administrator, about somebody else, with a reason."""
    require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if user == by:
        raise OwnAccount
    if not reason.strip():
        raise ReasonNeeded


def new_starting_password() -> str:
    """Four groups of five signs that cannot be confused when read out: about 99 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))
