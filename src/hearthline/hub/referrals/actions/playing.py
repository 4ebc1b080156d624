# SPDX-License-Identifier: Apache-2.0
"""In an exercise somebody of the hotline plays the police unit, which hears nothing of it."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.referrals.actions.with_police import note_with_police
from hearthline.hub.referrals.models import Referral

REFERENCE = "EXERCISE"


class NotAnExercise(ValueError):
    """For a real package only the unit itself speaks."""


@transaction.atomic
def play_police(*, referral: Referral, by: User, at: datetime) -> Referral:
    """The invented unit has the package and acknowledges it. Twice is once.

    Raises NotAllowed, NotAnExercise.
    """
    require(by, Permission.REPORTS_DRILL_START)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if not referral.case.exercise:
        raise NotAnExercise
    note_with_police(referral, since=at, at=at, actor=by.actor)
    if referral.acknowledged_at is None:
        referral.acknowledged_at, referral.acknowledged_by = at, by
        referral.unit_reference, referral.state = REFERENCE, Referral.State.ACKNOWLEDGED
        referral.save()
        record(at=at, actor=by.actor, verb="referrals.play_police", about=referral)
    return referral
