# SPDX-License-Identifier: Apache-2.0
"""Keep a judgement and take the next case of the lane, which then is nobody else's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import Place
from hearthline.hub.cases.models import Case, Narrowing
from hearthline.hub.cases.tests.make import assessed, make_case
from hearthline.hub.cases.tests.test_desk_pages import JUDGED

pytestmark = pytest.mark.django_db

LANE = Place(lane="new")


@pytest.fixture
def now():
    """Pages go by the real clock."""
    return timezone.now()


@pytest.fixture
def cases(now):
    return [make_case(at=now, addresses=f"https://a.example.org/{n}") for n in range(3)]


def take(place, by, at, leave):
    return actions.take_next(place=place, by=by, at=at, leave=leave.pk)


def test_two_people_never_get_the_same(cases, ana, ben, now):
    actions.claim(case=cases[0], by=ana, at=now)

    hers = take(LANE, ana, now, cases[0])
    his = take(LANE, ben, now, cases[0])

    assert {hers, his} == {cases[1], cases[2]}
    assert (hers.holder_at(now), his.holder_at(now)) == (ana, ben)
    assert take(LANE, ben, now, his) is None


def test_a_case_somebody_took_meanwhile_is_passed_over(cases, ana, ben, now, monkeypatch):
    first = Case.objects.in_lane("new", ana, now).page("urgency").first()
    unclaimed = type(Case.objects.all()).unclaimed

    def and_then_ben_takes_it(rows, at):
        found = list(unclaimed(rows, at).values_list("pk", flat=True))
        actions.claim(case=Case.objects.get(pk=first.pk), by=ben, at=at)
        return Case.objects.filter(pk__in=found)

    monkeypatch.setattr(type(Case.objects.all()), "unclaimed", and_then_ben_takes_it)
    got = take(LANE, ana, now, cases[0] if cases[0] != first else cases[1])

    assert got is not None
    assert got != first


def test_the_next_review_is_one_the_person_may_make(cases, ana, ben, now):
    for case in cases:
        assessed(case, by=ana, at=now)

    assert take(Place(lane="second"), ana, now, cases[0]) is None
    assert take(Place(lane="second"), ben, now, cases[0]) in cases[1:]


def test_the_next_of_a_narrowed_lane_fits_it(cases, ana, now):
    other = make_case(at=now, addresses="https://b.example.org/1", kind="grooming")

    assert take(Place("new", narrowing=Narrowing(kind="grooming")), ana, now, cases[0]) == other


@pytest.mark.parametrize("lane", ["waiting", "", "nonsense"])
def test_what_waits_on_others_is_not_taken(lane, cases, ana, now):
    assert take(Place(lane=lane), ana, now, cases[0]) is None


def test_a_judgement_leads_to_the_next_with_the_lane_kept(cases, ana, now):
    actions.claim(case=cases[0], by=ana, at=now)
    browser = signed_in(ana)
    here = f"{reverse('case', args=[cases[0].pk])}?lane=new"
    assert "Keep it and open the next" in browser.get(here).content.decode()

    assess = f"{reverse('case_assess', args=[cases[0].pk])}?lane=new"
    sent = browser.post(assess, JUDGED | {"next": "1"})

    held = Case.objects.claimed_by(ana, timezone.now()).get()
    assert sent.url == f"{reverse('case', args=[held.pk])}?lane=new"
    assert held in cases[1:]


def test_without_next_the_way_leads_back_to_the_lane(cases, ana, now):
    actions.claim(case=cases[0], by=ana, at=now)

    assess = f"{reverse('case_assess', args=[cases[0].pk])}?lane=clocks"
    assert signed_in(ana).post(assess, JUDGED).url == f"{reverse('queue')}?lane=clocks"


def test_an_empty_lane_says_so(now, ana):
    case = make_case(at=now)
    actions.claim(case=case, by=ana, at=now)

    assess = f"{reverse('case_assess', args=[case.pk])}?lane=new"
    page = signed_in(ana).post(assess, JUDGED | {"next": "1"}, follow=True)

    assert "Nothing more waits for you in this lane." in page.content.decode()
