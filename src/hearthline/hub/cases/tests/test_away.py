# SPDX-License-Identifier: Apache-2.0
"""Stepping away, and what somebody set aside for themselves, as the queue heeds it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.care.actions import pause, set_aside
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions.away import AWAY, step_away
from hearthline.hub.cases.actions.next_case import take_next
from hearthline.hub.cases.actions.queueing import Place
from hearthline.hub.cases.models import Case, Lane
from hearthline.hub.cases.tests.make import make_case

pytestmark = pytest.mark.django_db


def test_everything_in_hand_goes_back_to_the_queue(ana, ben, now) -> None:
    first, second = make_case(at=now), make_case(at=now, addresses="https://b.example.org/")
    theirs = make_case(at=now, addresses="https://c.example.org/")
    for case in (first, second):
        actions.claim(case=case, by=ana, at=now)
    actions.claim(case=theirs, by=ben, at=now)
    assert step_away(by=ana, at=now) == 2
    assert not Case.objects.claimed_by(ana, now).exists()
    assert Case.objects.claimed_by(ben, now).get() == theirs
    assert step_away(by=ana, at=now) == 0


def test_the_button_leads_to_the_persons_own_page(ana, now) -> None:
    answer = signed_in(ana).post(reverse("step_away"))
    assert answer.url == reverse("care")
    assert signed_in(ana).get(reverse("step_away")).status_code == 405


def test_people_without_casework_have_no_such_button(paulo, now) -> None:
    with pytest.raises(NotAllowed):
        step_away(by=paulo, at=now)


def test_nothing_is_handed_to_somebody_on_a_break(ana, now) -> None:
    case = make_case(at=now)
    other = make_case(at=now, addresses="https://b.example.org/")
    place = Place(Lane.NEW)
    pause(by=ana, at=now)
    assert take_next(place=place, by=ana, at=now, leave=other.pk) is None
    assert take_next(place=place, by=ana, at=now + AWAY, leave=other.pk) == case


def test_what_was_set_aside_is_not_offered_to_that_person_alone(ana, ben, now) -> None:
    case = make_case(at=now)
    set_aside(kinds=[case.kind], by=ana, at=now, until=now + timedelta(days=7))
    assert not Case.objects.in_lane(Lane.NEW, ana, now).exists()
    assert Case.objects.in_lane(Lane.NEW, ben, now).get() == case
    assert Case.objects.in_lane(Lane.NEW, ana, now + timedelta(days=8)).get() == case
    # What is in hand already stays in hand, and the page itself opens if a colleague asks.
    actions.claim(case=case, by=ana, at=now)
    assert Case.objects.in_lane(Lane.MINE, ana, now).get() == case
    page = signed_in(ana).get(reverse("case", args=[case.pk]))
    assert page.status_code == 200
