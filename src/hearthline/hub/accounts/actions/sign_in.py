# SPDX-License-Identifier: Apache-2.0
"""Signing in: wrong tries are counted and lock for a while; what was shown is kept in the log."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.actions.staff import may_change
from hearthline.hub.accounts.models import UNKNOWN, Attempts, User
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor

# Nobody has shown yet who they are.
_SOMEBODY = Actor("visitor", "sign-in")


@transaction.atomic
def count_wrong(*, user: User | None, what: Attempts.What, at: datetime) -> None:
    """A wrong password or code for the account of `user`, or for none we know.

    At the pack's number of tries the account is locked for the first of its times, then for the
    next. While it is locked nothing is counted, so nobody makes a lock longer. An address we do
    not know is counted like one account, so that its answer takes as long.
    """
    policy = settings.PACK.sign_in
    account = str(user.pk) if user else UNKNOWN
    Attempts.objects.get_or_create(account=account, what=what)
    row = Attempts.objects.select_for_update().get(account=account, what=what)
    if row.is_locked(at):
        return
    row.wrong += 1
    if row.wrong >= policy.attempts:
        minutes = policy.lock_minutes[min(row.locks, len(policy.lock_minutes) - 1)]
        row.wrong, row.locks = 0, row.locks + 1
        row.locked_until = at + timedelta(minutes=minutes)
        record(
            at=at,
            actor=_SOMEBODY,
            verb="accounts.lock",
            about=user or row,
            what=what.value,
            minutes=minutes,
        )
    row.save()


def forget_wrong(*, user: User, what: Attempts.What) -> None:
    """The right one was shown to the end of a sign-in: start counting anew."""
    Attempts.objects.of(user).filter(what=what).delete()


@transaction.atomic
def unlock(*, user: User, by: User, at: datetime, reason: str) -> None:
    """Let somebody try again at once. Does nothing when they are not locked."""
    may_change(user, by, reason)
    ended, _ = Attempts.objects.of(user).locked(at).delete()
    if ended:
        record(at=at, actor=by.actor, verb="accounts.unlock", about=user, reason=reason)


@transaction.atomic
def note_password(*, user: User, at: datetime) -> None:
    """Keep in the audit log that somebody set a password of their own."""
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    record(at=at, actor=user.actor, verb="accounts.set_password", about=user)


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
