# SPDX-License-Identifier: Apache-2.0
"""Content at a new address: joined by one person, affirmed by another, police first again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import (
    NotANewAddress,
    NotIllegal,
    SamePerson,
    chain,
    clear_for_notice,
    confirm,
    hold_notice,
    say_moved,
    subject_address,
)
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.cases.tests.make import HARMFUL, confirmed, make_case
from hearthline.hub.notices.models import Check, Notice
from hearthline.hub.notices.sweeps import check_availability
from hearthline.hub.notices.tests.make import sweep
from hearthline.kit.urls import Observation, Step, Verdict

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NEW = "http://pages.harbour-host.test/moved/8"


def moved(notice, by, at, address=NEW) -> Case:
    return say_moved(case=notice.case, address=address, by=by, at=at).case


def test_the_new_address_is_a_case_of_its_own_that_waits_for_the_second_person(notice, sena, now):
    case = moved(notice, sena, now)
    assert case.state == Case.State.AWAITING_SECOND
    assert case.subject.moved_from == notice.case.subject
    assert chain(case.subject) == chain(notice.case.subject) == [notice.case.subject, case.subject]
    first = case.assessments.get()
    assert (first.stage, first.by, first.outcome) == (Assessment.Stage.FIRST, sena, "baseline")
    found = subject_address(case=case, actor=Actor.worker(), at=now, purpose="test")
    assert (found.url, found.host) == (NEW, "pages.harbour-host.test")
    assert Entry.objects.filter(verb="cases.moved").count() == 1


def test_a_second_person_affirms_it_and_the_host_hears_only_after_police(
    notice, inbox, ana, ben, now
):
    case = moved(notice, ana, now)
    with pytest.raises(SamePerson):
        confirm(case=case, agrees=True, by=ana, at=now)
    confirm(case=case, agrees=True, by=ben, at=now)
    sweep(now)
    assert not Notice.objects.filter(case=case).exists()
    clear_for_notice(case=case, at=now, actor=Actor.worker())
    sweep(now + HOUR)
    assert Notice.objects.get(case=case).state == Notice.State.SENT
    assert notice.deliveries.count() == 1, "the first address is not written about again"


def test_a_hold_in_force_covers_the_new_address(notice, inbox, ana, ben, now):
    hold_notice(case=notice.case, until=now + 5 * HOUR, at=now, actor=Actor.worker())
    case = moved(notice, ana, now)
    confirm(case=case, agrees=True, by=ben, at=now)
    clear_for_notice(case=case, at=now, actor=Actor.worker())
    sweep(now)
    assert not Notice.objects.filter(case=case).exists()
    sweep(now + 5 * HOUR)
    assert Notice.objects.get(case=case).state == Notice.State.SENT


def test_its_reports_come_along(notice, ana, now):
    case = moved(notice, ana, now)
    before = set(notice.case.subject.sightings.values_list("report", flat=True))
    assert set(case.subject.sightings.values_list("report", flat=True)) == before
    assert case.subject.report_count == len(before)


def test_an_address_with_a_case_keeps_its_own_judgement(notice, ana, now):
    known = make_case(at=now, addresses=NEW)
    found = say_moved(case=notice.case, address=NEW, by=ana, at=now)
    assert (found.case, found.judged_apart) == (known, True)
    assert not known.assessments.exists()
    known.subject.refresh_from_db()
    assert known.subject.moved_from == notice.case.subject


def test_saying_it_twice_joins_it_once(notice, ana, now):
    assert moved(notice, ana, now) == moved(notice, ana, now)
    assert Assessment.objects.filter(stage="first").count() == 2


def test_no_chain_runs_in_a_circle(notice, ana, ben, now):
    case = moved(notice, ana, now)
    confirm(case=case, agrees=True, by=ben, at=now)
    back = say_moved(
        case=case, address="http://pages.harbour-host.test/album/7", by=ana, at=now
    ).case
    assert back == notice.case
    assert len(chain(case.subject)) == 2


@pytest.mark.parametrize("address", ["", "not an address", f"{NEW} {NEW}9"])
def test_what_is_no_one_address_is_refused(notice, ana, now, address):
    with pytest.raises(NotANewAddress):
        moved(notice, ana, now, address)


def test_the_same_address_is_no_new_one(notice, ana, now):
    with pytest.raises(NotANewAddress):
        moved(notice, ana, now, "http://pages.harbour-host.test/album/7")


def test_only_content_found_illegal_moves(ana, ben, now):
    case = confirmed(make_case(at=now), by=ana, second=ben, at=now, **HARMFUL)
    with pytest.raises(NotIllegal):
        say_moved(case=case, address=NEW, by=ana, at=now)


def test_who_may_not_assess_may_not_say_it(notice, mara, now):
    with pytest.raises(NotAllowed):
        moved(notice, mara, now)


def seen(*addresses: str) -> Observation:
    steps = tuple(Step(address, ("192.0.2.1",), "192.0.2.1", 200) for address in addresses)
    return Observation(addresses[0], Verdict.PRESENT, "http_200", steps)


OLD = "http://pages.harbour-host.test/album/7"


@pytest.mark.parametrize(
    ("last", "hint"),
    [
        (NEW, True),
        ("https://www.pages.harbour-host.test/moved/8", True),
        ("https://pages.harbour-host.test/album/7", False),
        ("http://elsewhere.test/moved/8", False),
    ],
)
def test_a_redirect_within_the_site_is_a_hint_to_a_person_and_no_more(notice, now, last, hint):
    check_availability(holder="w1", at=now, probe=lambda *_, **__: seen(OLD, last))
    assert Check.objects.get().led_on is hint
    assert Case.objects.count() == 1


def test_the_page_shows_the_hint_and_the_chain(notice, ana, now):
    check_availability(holder="w1", at=now, probe=lambda *_, **__: seen(OLD, NEW))
    page, form = reverse("notice", args=[notice.pk]), {"address": NEW, "same": "on"}
    assert "It may have moved" in signed_in(ana).get(page).content.decode()
    said = signed_in(ana).post(reverse("notice_moved", args=[notice.pk]), form, follow=True)
    shown = said.content.decode()
    assert "waits for a second person" in shown
    assert "Where it was" in shown
    assert "hxxp://pages[.]harbour-host[.]test/moved/8" in shown


def test_whoever_did_not_look_cannot_join_it(notice, ana):
    answer = signed_in(ana).post(reverse("notice_moved", args=[notice.pk]), {"address": NEW})
    assert "Only what you saw yourself" in answer.content.decode()
    assert Case.objects.count() == 1
