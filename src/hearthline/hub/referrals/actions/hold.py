# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case
from hearthline.hub.referrals.actions.with_police import require_member
from hearthline.hub.referrals.models import Hold, Referral
from hearthline.hub.sealing.words import seal_words


class HoldInThePast(ValueError):
    """A hold ends at a time to come."""


class HoldTooLong(ValueError):
    """The hold would last longer than the country allows. `limit` is the latest end."""

    def __init__(self, limit: datetime) -> None:
        super().__init__(limit.isoformat())
        self.limit = limit


class NoHoldInForce(ValueError):
    """There is nothing to lift."""


class NothingToHold(ValueError):
    """The case is closed: no letter to its host waits, so there is nothing to hold back."""


def last_possible_hold(referral: Referral, *, at: datetime) -> datetime:
    """The latest end of a hold asked `at`, counted from the first: asking again adds nothing."""
    first = referral.holds.order_by("asked_at").first()
    longest = timedelta(hours=settings.PACK.clocks.police_hold_hours)
    return (first.asked_at if first else at) + longest


@transaction.atomic
def ask_hold(*, referral: Referral, until: datetime, reason: str, by: User, at: datetime) -> Hold:
    """The unit asks that the host not be told before `until`. The hold ends by itself."""
    require_member(by, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if not reason.strip():
        raise ReasonNeeded
    if referral.case.state != Case.State.CONFIRMED:
        raise NothingToHold
    if until <= at:
        raise HoldInThePast
    limit = last_possible_hold(referral, at=at)
    if until > limit:
        raise HoldTooLong(limit)
    reason = seal_words(reason.strip()[:500], about=referral.case_id, at=at)
    hold = Hold.objects.create(
        referral=referral, asked_by=by, asked_at=at, until=until, reason=reason
    )
    record(
        at=at,
        actor=by.actor,
        verb="referrals.ask_hold",
        about=referral,
        reason=hold.reason,
        until=until.isoformat(),
    )
    _apply(referral.case, at=at, actor=by.actor)
    return hold


@transaction.atomic
def lift_hold(*, referral: Referral, by: User, at: datetime) -> None:
    """The unit needs its hold no longer."""
    require_member(by, referral)
    in_force = Hold.objects.in_force(at).filter(referral=referral)
    if not in_force.update(lifted_at=at):
        raise NoHoldInForce
    record(at=at, actor=by.actor, verb="referrals.lift_hold", about=referral)
    _apply(referral.case, at=at, actor=by.actor)


def _apply(case: Case, *, at: datetime, actor: Actor) -> None:
    """Hold the notice until the last hold of any unit ends; with none left, not at all.

    The lock makes two units take turns, so that a shorter hold never overwrites a longer one.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state != Case.State.CONFIRMED:
        return
    last = Hold.objects.in_force(at).of_case(case).order_by("-until").first()
    cases.hold_notice(case=case, until=last.until if last else None, at=at, actor=actor)
