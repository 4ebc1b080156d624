# SPDX-License-Identifier: Apache-2.0
"""What a person sees of themselves, and decides for themselves."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Entry
from hearthline.hub.care import actions, reading
from hearthline.hub.care.models import Pause, SetAside
from hearthline.hub.care.sweeps import forget

pytestmark = pytest.mark.django_db

CARE = settings.PACK.care


def look(person, at, times: int = 1) -> None:
    """`person` opens an exhibit so many times."""
    for _ in range(times):
        record(at=at, actor=person.actor, verb="cases.open_exhibit", about=person)


def test_looks_are_counted_from_ones_own_log_by_day(ana, ben, now) -> None:
    look(ana, now, 3)
    look(ana, now - timedelta(days=2), 2)
    look(ben, now, 7)
    mine = reading.own(by=ana, at=now)
    assert mine.today == 3
    assert [day.looks for day in mine.days[-3:]] == [2, 0, 3]
    assert len(mine.days) == 14


def test_nothing_of_it_is_stored_and_reading_it_leaves_no_trace(ana, now) -> None:
    look(ana, now)
    before = Entry.objects.count()
    reading.own(by=ana, at=now)
    actions.set_aside(kinds=["csam_url"], by=ana, at=now)
    actions.pause(by=ana, at=now)
    assert Entry.objects.count() == before


def test_many_looks_in_an_hour_call_for_a_break_until_one_was_had(ana, now) -> None:
    look(ana, now, CARE.break_after_looks - 1)
    assert not reading.needs_a_break(ana, now)
    look(ana, now)
    assert reading.needs_a_break(ana, now)
    actions.pause(by=ana, at=now)
    later = now + timedelta(minutes=CARE.break_minutes + 1)
    assert reading.paused_until(ana, now) is not None
    assert reading.paused_until(ana, later) is None
    assert not reading.needs_a_break(ana, later)


def test_looks_of_long_ago_call_for_nothing(ana, now) -> None:
    look(ana, now - timedelta(minutes=CARE.break_window_minutes + 1), CARE.break_after_looks)
    assert not reading.needs_a_break(ana, now)


def test_hard_days_call_for_other_work_until_it_is_taken(ana, now) -> None:
    for day in range(CARE.rotate_after_days):
        look(ana, now - timedelta(days=day), CARE.hard_day_looks)
    assert reading.own(by=ana, at=now).rotate
    until = actions.rotate(by=ana, at=now)
    assert until == now + timedelta(days=CARE.rotation_days)
    assert not reading.own(by=ana, at=now).rotate
    assert reading.declined(ana, now)
    assert reading.declined(ana, until) == {}


def test_setting_aside_again_is_exactly_what_was_chosen_last(ana, now) -> None:
    actions.set_aside(kinds=["csam_url", "grooming"], by=ana, at=now)
    actions.set_aside(kinds=["grooming"], by=ana, at=now)
    assert set(reading.declined(ana, now)) == {"grooming"}
    actions.set_aside(kinds=[], by=ana, at=now)
    assert reading.declined(ana, now) == {}


def test_a_kind_that_is_none_is_refused(ana, now) -> None:
    with pytest.raises(actions.UnknownKind):
        actions.set_aside(kinds=["nothing"], by=ana, at=now)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=2)])
def test_a_pause_is_a_minute_to_a_day(length, ana, now) -> None:
    with pytest.raises(actions.BadPause):
        actions.pause(by=ana, at=now, length=length)


def test_coming_back_ends_a_pause(ana, now) -> None:
    actions.pause(by=ana, at=now)
    actions.end_pause(by=ana, at=now + timedelta(minutes=1))
    assert reading.paused_until(ana, now + timedelta(minutes=2)) is None


def test_rows_do_not_say_whose_they_are(ana, now) -> None:
    actions.set_aside(kinds=["grooming"], by=ana, at=now)
    row = SetAside.objects.get()
    assert bytes(row.person) != ana.pk.bytes
    assert "user" not in {field.name for field in SetAside._meta.get_fields()}


def test_what_is_over_is_deleted(ana, now) -> None:
    actions.set_aside(kinds=["grooming"], by=ana, at=now, until=now + timedelta(days=7))
    actions.pause(by=ana, at=now)
    assert forget(holder="w", at=now + timedelta(days=1)) == 0
    assert forget(holder="w", at=now + timedelta(days=CARE.keep_days + 2)) == 2
    assert not SetAside.objects.exists()
    assert not Pause.objects.exists()


@pytest.mark.parametrize("who", ["paulo", "stella", "omar", "ada"])
def test_people_who_see_no_hard_things_have_no_such_page(who, request, now) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        reading.own(by=person, at=now)
    with pytest.raises(NotAllowed):
        actions.set_aside(kinds=[], by=person, at=now)
    with pytest.raises(NotAllowed):
        actions.pause(by=person, at=now)


def test_the_page_saves_what_is_chosen(ana) -> None:
    client = signed_in(ana)
    page = client.get(reverse("care"))
    assert page.status_code == 200
    saved = client.post(reverse("care"), {"kinds": ["grooming"], "weeks": "1"}, follow=True)
    assert "Nobody else is told" in saved.content.decode()
    assert SetAside.objects.get().until is not None
    wrong = client.post(reverse("care"), {"kinds": ["nothing"]})
    assert wrong.status_code == 200
    assert SetAside.objects.get().kind == "grooming"


def test_a_break_is_one_press_and_so_is_its_end(ana) -> None:
    client = signed_in(ana)
    client.post(reverse("care_pause"))
    assert "You are on a break" in client.get(reverse("care")).content.decode()
    client.post(reverse("care_back"))
    assert "You are on a break" not in client.get(reverse("care")).content.decode()
