# SPDX-License-Identifier: Apache-2.0
"""Nobody handles what they reported themselves, nor what they stepped back from."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk import urlpatterns
from hearthline.hub.cases.models import Case, Lane, StepBack
from hearthline.hub.cases.tests.make import (
    assessed,
    confirmed,
    make_case,
    make_finding,
    make_report,
)

pytestmark = pytest.mark.django_db

OWN = {"safe_contact": "email", "contact": "Ana+night@Example.ORG"}


@pytest.fixture
def now():
    """Pages go by the real clock."""
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def own(ana, now):
    """A case that Ana herself reported."""
    return make_case(at=now, **OWN)


def in_lanes(person, at):
    found = {lane: list(Case.objects.in_lane(lane, person, at)) for lane in Lane.values}
    return {case for cases in found.values() for case in cases}


def test_the_e_mail_of_a_member_of_staff_is_recognised_at_intake(own, ana, ben, now):
    back = StepBack.objects.get()

    assert (back.person, back.subject, back.own_report) == (ana, own.subject, True)
    assert in_lanes(ana, now) == set()
    assert in_lanes(ben, now) == {own}


@pytest.mark.parametrize(
    "contact", ["someone@example.org", "ana@example.com", "banana@example.org"]
)
def test_another_contact_keeps_nobody_away(contact, ana, now):
    make_case(at=now, safe_contact="email", contact=contact)

    assert not StepBack.objects.exists()


def test_every_place_of_the_report_is_kept_away_and_every_later_case(ana, ben, sena, now):
    make_report(at=now, addresses="https://a.example.org/1\nhttps://b.example.org/2", **OWN)
    cases = actions.pull(at=now)

    assert StepBack.objects.filter(person=ana).count() == 2
    assessed(cases[0], by=ben, at=now, outcome="not_illegal", legal_basis="")
    actions.confirm(case=cases[0], agrees=True, by=sena, at=now)
    later = make_case(at=now + timedelta(minutes=1), addresses="https://a.example.org/1")
    assert later not in in_lanes(ana, now)


def test_nothing_of_the_contact_is_kept(own):
    entries = Entry.objects.all()

    assert Entry.objects.get(verb="cases.own_report").object_type == "accounts.user"
    assert not any("example.org" in f"{one.detail}{one.reason}{one.object_id}" for one in entries)


def test_their_own_receipt_finds_them_nothing(ana, ben, now):
    sent = make_report(at=now, **OWN)

    assert actions.search(text=sent.receipt, reason="A call.", by=ana, at=now).rows == []
    assert len(actions.search(text=sent.receipt, reason="A call.", by=ben, at=now).rows) == 1


def test_who_joins_the_staff_later_is_kept_away_when_they_look(ben, now):
    case = make_case(at=now, safe_contact="email", contact="late@example.org")
    late = make_user("Late", Role.ANALYST)

    page = signed_in(late).get(reverse("case", args=[case.pk]))

    assert page.status_code == 404
    assert StepBack.objects.get().person == late
    assert not Entry.objects.filter(verb="cases.read").exists()


def test_every_act_on_a_case_refuses_them(ana, ben, sena, now):
    case = confirmed(make_case(at=now), by=ben, second=sena, at=now)
    StepBack.objects.create(person=ana, subject=case.subject, at=now)
    report = case.subject.sightings.get().report

    for act in (
        lambda: actions.claim(case=case, by=ana, at=now),
        lambda: actions.release(case=case, by=ana, at=now),
        lambda: actions.assess(case=case, finding=make_finding(), by=ana, at=now),
        lambda: actions.confirm(case=case, agrees=True, by=ana, at=now),
        lambda: actions.raise_level(case=case, level="U0", by=ana, at=now),
        lambda: actions.agree_to_close(case=case, by=ana, at=now),
        lambda: actions.keep_open(case=case, reason="No.", by=ana, at=now),
        lambda: actions.read_case(case=case, by=ana, at=now),
        lambda: actions.write_to_reporter(case=case, report=report, body="Hi", by=ana, at=now),
        lambda: actions.request_disclosure(case=case, report=report, reason="x", by=ana, at=now),
        lambda: actions.step_back(case=case, by=ana, at=now),
    ):
        with pytest.raises(actions.SteppedBack):
            act()


CASE_ROUTES = [path for path in urlpatterns if "cases/<uuid:pk>" in str(path.pattern)]


@pytest.mark.parametrize("route", CASE_ROUTES, ids=lambda route: route.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_route_of_a_case_opens_to_them(route, method, own, ana, now):
    """Ana holds every role, so that nothing but her own report stands in the way."""
    ana = make_user("Ana2", Role.SENIOR_ANALYST, Role.HOTLINE_MANAGER)
    StepBack.objects.create(person=ana, subject=own.subject, at=now)
    before = Entry.objects.count()
    names = dict.fromkeys(route.pattern.converters, own.pk)

    answer = getattr(signed_in(ana), method)(reverse(route.name, kwargs=names), {})

    assert answer.status_code in (404, 405)
    assert Entry.objects.filter(actor=str(ana.actor), object_type="cases.case").count() == 0
    assert Entry.objects.count() - before <= 1


def test_there_are_routes_to_look_at():
    assert len(CASE_ROUTES) > 14


def test_they_are_in_no_list_bulk_export_or_next(own, ana, sena, mara, now):
    StepBack.objects.create(person=sena, subject=own.subject, at=now)
    place = actions.Place(lane="new")

    assert actions.act_on_several(do="claim", cases=[own.pk], by=ana, at=now) == []
    assert actions.take_next(place=place, by=ana, at=now, leave=ana.pk) is None
    assert actions.request_export(place=place, reason="x", by=sena, at=now).row_count == 0
    assert str(own.pk) not in signed_in(ana).get(reverse("queue"), {"lane": "new"}).content.decode()
    assert Case.objects.lane_counts(ana, now)["new"] == 0


def test_anybody_steps_back_for_good_without_a_reason(ana, ben, mara, now):
    case = make_case(at=now)
    actions.claim(case=case, by=ana, at=now)
    browser = signed_in(ana)

    page = browser.post(reverse("case_step_back", args=[case.pk]), follow=True)

    assert "You stepped back." in page.content.decode()
    assert browser.get(reverse("case", args=[case.pk])).status_code == 404
    case.refresh_from_db()
    assert (case.state, case.holder) == ("awaiting_triage", None)
    told = signed_in(mara).get(reverse("case", args=[case.pk])).content.decode()
    assert "1 person stepped back from this case." in told
    assert "step_back" not in told
    timeline = told[told.index('id="timeline"') :]
    assert timeline.count("Ana") == 1  # the claim, nothing else


def test_what_they_judged_stays_judged(ana, ben, now):
    case = assessed(make_case(at=now), by=ana, at=now)

    actions.step_back(case=case, by=ana, at=now)

    assert case.state == "awaiting_second"
    actions.confirm(case=case, agrees=True, by=ben, at=now)
    assert case.state == "confirmed"
