# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts import oversight
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import extend_log, record
from hearthline.hub.audit.models import Actor, Checkpoint, Entry

pytestmark = pytest.mark.django_db

URL = "audit_log"


def text(response) -> str:
    return response.content.decode()


def verbs(response) -> list[str]:
    return [row["entry"].verb for row in response.context["rows"]]


@pytest.fixture
def entries(ana, ben, now) -> None:
    record(at=now, actor=ana.actor, verb="cases.claim", about=ben, reason="my turn")
    record(at=now, actor=ana.actor, verb="cases.assess", about=ben, level="U1")
    record(at=now + timedelta(days=2), actor=Actor.worker(), verb="casesish.x", about=ana)


@pytest.mark.parametrize("who", ["omar", "ada"])
def test_oversight_and_administrators_read_the_log_newest_first(who, entries, request) -> None:
    page = signed_in(request.getfixturevalue(who)).get(reverse(URL))
    read = [verb for verb in verbs(page) if verb != "accounts.enrol"]
    assert read == ["audit.read", "casesish.x", "cases.assess", "cases.claim"]
    assert "my turn" in text(page)


@pytest.mark.parametrize("who", ["ana", "sena", "mara", "stella", "paulo"])
def test_others_do_not(who, request) -> None:
    assert signed_in(request.getfixturevalue(who)).get(reverse(URL)).status_code == 403
    assert Client().get(reverse(URL)).status_code == 302


def test_every_view_is_an_entry(omar) -> None:
    browser = signed_in(omar)
    for times in (1, 2):
        browser.get(reverse(URL))
        assert Entry.objects.filter(verb="audit.read").count() == times


def test_the_filters_used_are_kept_and_their_text_is_not(omar) -> None:
    signed_in(omar).get(reverse(URL), {"record": "secret-number", "verb": "cases"})
    assert Entry.objects.get(verb="audit.read").detail == '{"filters":["record","verb"]}'


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"verb": "cases.claim"}, ["cases.claim"]),
        ({"verb": "cases"}, ["cases.assess", "cases.claim"]),
        ({"actor": "worker:worker"}, ["casesish.x"]),
        ({"verb": "cases", "last": "2026-10-04"}, []),
        ({"first": "2026-10-06", "last": "2026-10-07"}, ["casesish.x"]),
    ],
)
def test_filters_narrow_the_log(filters, expected, entries, omar) -> None:
    assert verbs(signed_in(omar).get(reverse(URL), filters)) == expected


def test_a_record_is_found_by_kind_and_number_or_number_alone(entries, omar, ben) -> None:
    browser = signed_in(omar)
    for name in (f"accounts.user:{ben.pk}", str(ben.pk)):
        found = verbs(browser.get(reverse(URL), {"record": name}))
        assert found[:2] == ["cases.assess", "cases.claim"]
    assert verbs(browser.get(reverse(URL), {"record": f"cases.case:{ben.pk}"})) == []


def test_days_in_the_wrong_order_are_refused_clearly(entries, omar) -> None:
    page = signed_in(omar).get(reverse(URL), {"first": "2026-10-07", "last": "2026-10-06"})
    assert page.status_code == 422
    assert "lies before the first" in text(page)
    assert verbs(page) == []
    assert signed_in(omar).get(reverse(URL), {"first": "x"}).status_code == 422


def test_a_long_log_goes_page_by_page(omar, now, monkeypatch) -> None:
    monkeypatch.setattr(oversight, "PAGE", 3)
    for number in range(7):
        record(at=now, actor=Actor.worker(), verb=f"x.step_{number}", about=omar)
    browser, before, seen = signed_in(omar), "", []
    while True:
        page = browser.get(reverse(URL), {"verb": "x", "before": before})
        seen += verbs(page)
        if page.context["older"] is None:
            break
        before = page.context["older"]
        assert "Older" in text(page)
    assert seen == [f"x.step_{number}" for number in range(6, -1, -1)]


def test_the_log_says_by_name_which_member_of_staff_acted(entries, omar, ada) -> None:
    filters = {"verb": "cases.claim"}
    for reader in (omar, ada):
        page = text(signed_in(reader).get(reverse(URL), filters))
        assert ">Ana<" in page
        assert "ana@example.org" not in page


def test_the_state_of_the_log_is_shown(omar, now) -> None:
    browser = signed_in(omar)
    assert "Nothing is signed yet" in text(browser.get(reverse(URL)))
    extend_log(at=now)
    page = text(browser.get(reverse(URL)))
    newest = Checkpoint.objects.newest()
    assert f"{newest.size} entries signed" in page
    assert "1 waits for the next checkpoint" in page
    assert newest.note.splitlines()[2] in page.replace("&#x27;", "'").replace("&#43;", "+")


def test_a_log_nobody_signs_is_pointed_out(omar) -> None:
    extend_log(at=timezone.now())
    browser = signed_in(omar)
    late = "has not been signed for more than an hour"
    assert late not in text(browser.get(reverse(URL)))
    extend_log(at=timezone.now())
    record(at=timezone.now() - timedelta(hours=2), actor=Actor.worker(), verb="x.y", about=omar)
    assert late in text(browser.get(reverse(URL)))


def test_no_filter_fits(omar) -> None:
    assert "No entry fits these filters" in text(signed_in(omar).get(reverse(URL), {"verb": "q"}))
