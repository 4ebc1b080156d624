# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.models import Case
from hearthline.hub.referrals.actions import (
    HoldInThePast,
    HoldTooLong,
    NoHoldInForce,
    NothingToHold,
    NotMember,
    ask_hold,
    lift_hold,
    pick_up,
)
from hearthline.hub.sealing.words import words_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def with_police(referral, liaison, now):
    pick_up(referral=referral, by=liaison, at=now)
    return referral


def hold(referral, by, at, hours=24, reason="Evidence is being secured."):
    return ask_hold(referral=referral, until=at + hours * HOUR, reason=reason, by=by, at=at)


def cleared(at):
    return Case.objects.cleared_for_notice(at).exists()


def test_a_hold_delays_the_notice_and_ends_by_itself(with_police, liaison, now):
    hold(with_police, liaison, now)
    assert not cleared(now + 23 * HOUR)
    assert cleared(now + 24 * HOUR)
    (entry,) = Entry.objects.filter(verb="referrals.ask_hold")
    assert words_of(entry.reason) == "Evidence is being secured."


def test_a_hold_may_be_asked_before_the_package_is_picked_up(referral, liaison, now):
    hold(referral, liaison, now)
    pick_up(referral=referral, by=liaison, at=now)
    assert not cleared(now + HOUR)


def test_a_lifted_hold_lets_the_notice_go(with_police, liaison, now):
    hold(with_police, liaison, now)
    lift_hold(referral=with_police, by=liaison, at=now + HOUR)
    assert cleared(now + HOUR)
    with pytest.raises(NoHoldInForce):
        lift_hold(referral=with_police, by=liaison, at=now + HOUR)


def test_the_longest_hold_is_the_packs(with_police, liaison, now):
    hold(with_police, liaison, now, hours=72)
    with pytest.raises(HoldTooLong) as refused:
        hold(with_police, liaison, now, hours=73)
    assert refused.value.limit == now + 72 * HOUR


def test_asking_again_adds_nothing_to_the_longest_hold(with_police, liaison, now):
    hold(with_police, liaison, now, hours=24)
    later = now + 24 * HOUR
    with pytest.raises(HoldTooLong):
        hold(with_police, liaison, later, hours=49)
    hold(with_police, liaison, later, hours=48)
    assert cleared(now + 72 * HOUR)


def test_a_shorter_hold_does_not_cut_a_longer_one(with_police, liaison, now):
    hold(with_police, liaison, now, hours=48)
    hold(with_police, liaison, now, hours=2)
    assert not cleared(now + 47 * HOUR)


def test_a_hold_needs_a_reason_and_a_time_to_come(with_police, liaison, now):
    with pytest.raises(ReasonNeeded):
        hold(with_police, liaison, now, reason="  ")
    with pytest.raises(HoldInThePast):
        hold(with_police, liaison, now, hours=0)


def test_a_closed_case_has_nothing_to_hold(with_police, liaison, now):
    Case.objects.update(state=Case.State.CLOSED, closed_at=now)
    with pytest.raises(NothingToHold):
        hold(with_police, liaison, now)


def test_only_members_of_the_unit_hold_or_lift(referral, paulo, ana, now):
    with pytest.raises(NotMember):
        hold(referral, paulo, now)
    with pytest.raises(NotAllowed):
        hold(referral, ana, now)
    with pytest.raises(NotMember):
        lift_hold(referral=referral, by=paulo, at=now)
