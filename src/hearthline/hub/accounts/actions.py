# SPDX-License-Identifier: Apache-2.0
import secrets
from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from hearthline.hub.accounts.models import Grant, User
from hearthline.hub.accounts.permissions import Permission, Role, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.audit.models import Actor, Entry, EntryQuerySet

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

    At the desk `password` is `new_starting_password()`, told to the person by other means.
    """
    if by is not None:
        require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if User.objects.filter(email__iexact=email).exists():
        raise AlreadyStaff(email)
    user = User(email=email.lower(), name=name, joined_at=at)
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
        Grant.objects.create(user=user, role=Role(role), since=at)
    actor = by.actor if by else Actor.operator()
    record(at=at, actor=actor, verb="accounts.enrol", about=user, roles=sorted(roles))
    return user


@transaction.atomic
def grant(*, user: User, role: str, by: User, at: datetime, until: datetime | None = None) -> Grant:
    """Give `user` a role, for good or until a day; given for good already, it stays as it is."""
    require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if user == by:
        raise OwnAccount
    # Two who give the same role at once take turns here, and the second finds it given.
    User.objects.select_for_update().get(pk=user.pk)
    open_grant = Grant.objects.filter(user=user, role=Role(role), until__isnull=True).first()
    if open_grant:
        return open_grant
    given = Grant.objects.create(user=user, role=Role(role), since=at, until=until)
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
    require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if user == by:
        raise OwnAccount
    if not reason.strip():
        raise ReasonNeeded
    ended = user.grants.in_force(at).filter(role=role).update(until=at)
    if ended:
        record(
            at=at, actor=by.actor, verb="accounts.end_role", about=user, reason=reason, role=role
        )


@transaction.atomic
def start_again(*, user: User, password: str, by: User, at: datetime, reason: str) -> None:
    """Let somebody in again who lost password or telephone.

    Their second factor goes, every session ends, and `password` is good for one sign-in.
    """
    require(by, Permission.ACCOUNTS_STAFF_MANAGE)
    if user == by:
        raise OwnAccount
    if not reason.strip():
        raise ReasonNeeded
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    Authenticator.objects.filter(user=user).delete()
    record(at=at, actor=by.actor, verb="accounts.start_again", about=user, reason=reason)


def new_starting_password() -> str:
    """Four groups of five signs that cannot be confused when read out: about 99 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))


@transaction.atomic
def note_password(*, user: User, at: datetime) -> None:
    """Keep in the audit log that somebody set a password of their own."""
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    record(at=at, actor=user.actor, verb="accounts.set_password", about=user)


@transaction.atomic
def read_log(*, by: User, at: datetime, filters: list[str]) -> EntryQuerySet:
    """The audit log, newest first. Reading it is an entry itself: which filters, never their text.

    The page that is read begins with that entry.
    """
    require(by, Permission.AUDIT_LOG_READ)
    record(at=at, actor=by.actor, verb="audit.read", about=by, filters=sorted(filters))
    return Entry.objects.newest_first()


def note_sign_in(*, user: User, by: list[str], at: datetime) -> None:
    """Keep in the audit log that somebody came in, and what they showed, such as ["webauthn"]."""
    record(at=at, actor=user.actor, verb="accounts.sign_in", about=user, by=by)


def note_proof(*, user: User, by: str, at: datetime) -> None:
    """Keep in the audit log that somebody who is signed in proved a second factor again."""
    record(at=at, actor=user.actor, verb="accounts.prove", about=user, by=by)


def note_factors(
    *, user: User, before: dict[int, str], after: dict[int, str], at: datetime
) -> None:
    """Keep in the audit log which second factors somebody added or removed; numbers and kinds."""
    for verb, ones, without in (
        ("accounts.add_factor", after, before),
        ("accounts.remove_factor", before, after),
    ):
        for pk in sorted(ones.keys() - without.keys()):
            record(at=at, actor=user.actor, verb=verb, about=user, kind=ones[pk], factor=pk)
