# SPDX-License-Identifier: Apache-2.0
"""Sittings: from a sign-in to its end, so that every one of a person can be ended at once."""

import uuid
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from hearthline.hub.accounts.models import Sitting, User
from hearthline.hub.audit.actions import record

# Where a session keeps the number of its sitting.
SITTING = "sitting"
# When somebody was last seen is written down this often at most.
_SEEN = timedelta(minutes=1)
# How long what is over is kept for its owner to look at.
_KEPT = timedelta(days=30)


def sit(*, session: SessionBase, user: User, at: datetime) -> bool:
    """Whether the sitting of this session goes on. The first request of a session begins one."""
    here = _of(session)
    if here is None:
        session[SITTING] = str(Sitting.objects.create(user=user, since=at, seen_at=at).pk)
        return True
    sitting = Sitting.objects.of(user).open(at).filter(pk=here).first()
    if sitting is None:
        return False
    if at - sitting.seen_at >= _SEEN:
        Sitting.objects.filter(pk=sitting.pk).update(seen_at=at)
    return True


def _of(session: SessionBase) -> uuid.UUID | None:
    """The number of this session's sitting, if it has begun."""
    number = session.get(SITTING)
    return uuid.UUID(number) if number else None


def leave(*, session: SessionBase, at: datetime) -> None:
    """Somebody signs out."""
    here = _of(session)
    if here:
        Sitting.objects.filter(pk=here, ended_at=None).update(ended_at=at)


def end_sittings(*, user: User, at: datetime) -> int:
    """Sign somebody out everywhere, in the caller's transaction; how many sittings ended."""
    return Sitting.objects.of(user).open(at).update(ended_at=at)


@transaction.atomic
def end_others(*, session: SessionBase, user: User, at: datetime) -> int:
    """Somebody ends every sitting of their own but this one; how many ended."""
    here = _of(session) or uuid.UUID(int=0)
    ended = Sitting.objects.of(user).open(at).exclude(pk=here).update(ended_at=at)
    if ended:
        record(at=at, actor=user.actor, verb="accounts.end_sittings", about=user, count=ended)
    return ended


def forget_sittings(*, at: datetime) -> int:
    """Delete what ended, or was last seen, more than 30 days ago; how many."""
    deleted, _ = Sitting.objects.filter(seen_at__lt=at - _KEPT).delete()
    return deleted
