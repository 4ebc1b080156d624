# SPDX-License-Identifier: Apache-2.0
import hashlib
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import units_of
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Step


class NotMember(PermissionDenied):
    """The person does not work for the unit the package was prepared for."""


class ExerciseStaysHere(PermissionDenied):
    """The package is an exercise: no unit is asked for anything, see `play_police`."""


class PackageBroken(Exception):
    """The stored package is not the one that was prepared. Tell the hotline at once."""


class PackageGone(Exception):
    """The package was deleted at the end of its retention."""


@transaction.atomic
def pick_up(*, referral: Referral, by: User, at: datetime) -> bytes:
    """The package, encrypted to the unit. The first time, it is with police from now on."""
    require_member(by, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.ended_at is not None:
        raise PackageGone
    package = bytes(referral.package)
    if hashlib.sha256(package).digest() != bytes(referral.package_sha256):
        raise PackageBroken(str(referral.pk))
    record(at=at, actor=by.actor, verb="referrals.pick_up", about=referral)
    note_with_police(referral, since=at, at=at, actor=by.actor)
    return package


@transaction.atomic
def mark_arrived(*, referral: Referral, at: datetime) -> bool:
    """Note that the unit's mail server took the letter; False when that was noted before."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.letter is None or referral.letter.sent_at is None:
        return False
    return note_with_police(referral, since=referral.letter.sent_at, at=at, actor=Actor.worker())


def require_member(by: User, referral: Referral) -> None:
    """Raise `NotAllowed` or `NotMember` unless `by` may act for the referral's unit."""
    require(by, Permission.REFERRALS_PACKAGE_PICK_UP)
    if referral.case.exercise:
        raise ExerciseStaysHere
    if not units_of(by).filter(pk=referral.unit_id).exists():
        raise NotMember


def note_with_police(referral: Referral, *, since: datetime, at: datetime, actor: Actor) -> bool:
    """With police `since` then. Once every unit addressed has it, the host may hear."""
    if referral.with_police_at is not None:
        return False
    # Two units may have it at one moment: the second waits here, and sees that the first has it.
    referral.case = Case.objects.select_for_update().get(pk=referral.case_id)
    referral.with_police_at, referral.state = since, Referral.State.WITH_POLICE
    referral.save()
    record(at=at, actor=actor, verb="referrals.with_police", about=referral)
    # A case that was closed meanwhile has no host to tell.
    confirmed = referral.case.state == Case.State.CONFIRMED
    if confirmed and not Referral.objects.of_case(referral.case).on_the_way().exists():
        cases.clear_for_notice(case=referral.case, at=at, actor=actor)
    cases.tell_reporters(case=referral.case, step=Step.Code.POLICE_TOLD, at=at)
    return True
