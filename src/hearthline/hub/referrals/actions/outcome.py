# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.actions import record
from hearthline.hub.referrals.actions.with_police import note_with_police, require_member
from hearthline.hub.referrals.models import Referral
from hearthline.kit.codelists import UnknownCodeError, find, police_outcomes


class ReferenceNeeded(ValueError):
    """The unit acknowledges under its own reference."""


class UnknownOutcome(ValueError):
    """The outcome is not one of kit.codelists."""


class AlreadyConcluded(ValueError):
    """A final outcome was sent before; it stands."""


@transaction.atomic
def acknowledge(*, referral: Referral, unit_reference: str, by: User, at: datetime) -> Referral:
    """The unit has it, under its own reference. Said again, the reference is corrected."""
    require_member(by, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    reference = unit_reference.strip()[:80]
    if not reference:
        raise ReferenceNeeded
    note_with_police(referral, since=at, at=at, actor=by.actor)
    referral.unit_reference = reference
    if referral.acknowledged_at is None:
        referral.acknowledged_at, referral.acknowledged_by = at, by
    if referral.state in (Referral.State.PREPARED, Referral.State.WITH_POLICE):
        referral.state = Referral.State.ACKNOWLEDGED
    referral.save()
    record(at=at, actor=by.actor, verb="referrals.acknowledge", about=referral)
    return referral


@transaction.atomic
def conclude(*, referral: Referral, outcome: str, by: User, at: datetime) -> Referral:
    """What the unit answers, as a code of kit.codelists. A final one concludes the referral."""
    require_member(by, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.state == Referral.State.CONCLUDED:
        raise AlreadyConcluded
    try:
        entry = find(police_outcomes(), outcome)
    except UnknownCodeError:
        raise UnknownOutcome(outcome) from None
    note_with_police(referral, since=at, at=at, actor=by.actor)
    referral.outcome, referral.outcome_at = entry.code, at
    if referral.acknowledged_at is None:
        referral.acknowledged_at, referral.acknowledged_by = at, by
    referral.state = Referral.State.CONCLUDED if entry.final else Referral.State.ACKNOWLEDGED
    referral.save()
    record(at=at, actor=by.actor, verb="referrals.conclude", about=referral, outcome=entry.code)
    return referral
