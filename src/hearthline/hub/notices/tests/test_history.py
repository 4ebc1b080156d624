# SPDX-License-Identifier: Apache-2.0
"""Where one content stood, what was told and answered there, and when it went."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import (
    SteppedBack,
    clear_for_notice,
    confirm,
    say_moved,
    step_back,
)
from hearthline.hub.cases.models import Case
from hearthline.hub.notices.actions import record_answer, removal_history
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.sweeps import check_availability
from hearthline.hub.notices.tests.make import sweep
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
PLACES = [f"http://pages.harbour-host.test/{path}" for path in ("album/7", "moved/8", "moved/9")]


def look(at, gone: set[str]) -> None:
    """Three looks at every address; what is in `gone` is not there."""

    def probe(url, **_):
        there = Verdict.ABSENT if url in gone else Verdict.PRESENT
        return Observation(url, there, "http", ())

    for hours in range(3):
        check_availability(holder="w1", at=at + hours * HOUR, probe=probe)


def move(case: Case, place: str, ana, ben, at) -> Notice:
    """It stands at `place` now, as Ana says and Ben affirms; its host is told."""
    moved = say_moved(case=case, address=place, by=ana, at=at).case
    confirm(case=moved, agrees=True, by=ben, at=at)
    clear_for_notice(case=moved, at=at, actor=Actor.worker())
    sweep(at)
    return Notice.objects.get(case=moved)


def test_content_moves_twice_and_is_followed_until_it_is_gone_everywhere(notice, ana, ben, now):
    record_answer(notice=notice, code="moved", note="", by=ana, at=now + HOUR)
    second = move(notice.case, PLACES[1], ana, ben, now + 2 * HOUR)
    look(now + 3 * HOUR, {PLACES[0]})
    third = move(second.case, PLACES[2], ana, ben, now + 7 * HOUR)
    look(now + 8 * HOUR, {PLACES[0], PLACES[1]})
    look(now + 12 * HOUR, set(PLACES))
    assert {one.state for one in Notice.objects.all()} == {Notice.State.REMOVED}
    assert third.case.subject.moved_from == second.case.subject
    places = removal_history(notice=notice, by=ana, at=now + 20 * HOUR)
    assert [place.address for place in places] == PLACES
    kinds = [[event.kind for event in place.events] for place in places]
    assert kinds == [["first", "answer", "gone"], ["first", "gone"], ["first", "gone"]]
    assert removal_history(notice=third, by=ana, at=now + 20 * HOUR) == places


def test_content_that_comes_back_is_in_the_history(notice, ana, now):
    look(now, set(PLACES))
    look(now + 26 * HOUR, set())
    (place,) = removal_history(notice=notice, by=ana, at=now + 30 * HOUR)
    assert [event.kind for event in place.events] == ["first", "gone", "back"]


def test_the_page_shows_it_and_reading_is_kept(notice, ana, now):
    look(now, set(PLACES))
    page = signed_in(ana).get(reverse("notice_history", args=[notice.pk])).content.decode()
    assert "hxxp://pages[.]harbour-host[.]test/album/7" in page
    assert "Found gone" in page
    assert "Next look:" in page
    assert Entry.objects.filter(verb="notices.read_history").count() == 1


def test_it_is_not_for_everybody(notice, stella, ana, now):
    with pytest.raises(NotAllowed):
        removal_history(notice=notice, by=stella, at=now)
    step_back(case=notice.case, by=ana, at=now)
    with pytest.raises(SteppedBack):
        removal_history(notice=notice, by=ana, at=now)


def test_a_place_that_this_person_stepped_back_from_is_not_among_them(notice, ana, ben, now):
    second = move(notice.case, PLACES[1], ana, ben, now + HOUR)
    step_back(case=second.case, by=ana, at=now + 10 * HOUR)
    (place,) = removal_history(notice=notice, by=ana, at=now + 10 * HOUR)
    assert place.address == PLACES[0]
    page = signed_in(ana).get(reverse("notice", args=[notice.pk])).content.decode()
    assert second.case.reference not in page
    assert len(removal_history(notice=notice, by=ben, at=now + 10 * HOUR)) == 2
