# SPDX-License-Identifier: Apache-2.0
"""What a person decides for themselves. None of it is audited by person: that is its point."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.care.models import Pause, SetAside
from hearthline.hub.care.reading import key_of
from hearthline.kit.codelists import incident_types

LONGEST = timedelta(days=1)


class UnknownKind(ValueError):
    """No kind of incident has this code."""


class BadPause(ValueError):
    """A pause lasts between a minute and a day."""


@transaction.atomic
def set_aside(
    *, kinds: Iterable[str], by: User, at: datetime, until: datetime | None = None
) -> None:
    """From now on, and until a moment if one is given, `by` takes no cases of exactly these kinds.

    What was set aside before and is not named again is taken back. Raises UnknownKind.
    """
    require(by, Permission.CARE_OWN_USE)
    chosen = set(kinds)
    if unknown := chosen - {kind.code for kind in incident_types()}:
        raise UnknownKind(min(unknown))
    person = key_of(by)
    SetAside.objects.of(person).exclude(kind__in=chosen).delete()
    for kind in chosen:
        SetAside.objects.update_or_create(person=person, kind=kind, defaults={"until": until})


@transaction.atomic
def rotate(*, by: User, at: datetime) -> datetime:
    """Other work for a while: every hard kind of the pack is set aside. Until when."""
    until = at + timedelta(days=settings.PACK.care.rotation_days)
    kinds = settings.PACK.care.hard_kinds or [kind.code for kind in incident_types()]
    set_aside(kinds=kinds, by=by, at=at, until=until)
    return until


@transaction.atomic
def pause(*, by: User, at: datetime, length: timedelta | None = None) -> Pause:
    """Be given no work for a while, by default the pack's break. Raises BadPause.

    A pause that runs is replaced.
    """
    require(by, Permission.CARE_OWN_USE)
    if length is None:
        length = timedelta(minutes=settings.PACK.care.break_minutes)
    if not timedelta(minutes=1) <= length <= LONGEST:
        raise BadPause
    end_pause(by=by, at=at)
    return Pause.objects.create(person=key_of(by), since=at, until=at + length)


@transaction.atomic
def end_pause(*, by: User, at: datetime) -> None:
    """Come back from a pause. Without one, nothing happens."""
    require(by, Permission.CARE_OWN_USE)
    Pause.objects.of(key_of(by)).now(at).update(until=at)
