# SPDX-License-Identifier: Apache-2.0
"""Held reports at the desk: apart from everything, released one by one, ended by two people."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions, sweeps
from hearthline.hub.cases.actions import AlreadyRequested, SamePerson, quarantine
from hearthline.hub.cases.actions.quarantine import Alike, NothingAlike, OnlyUrgent
from hearthline.hub.cases.models import Case, FloodClosing, Lane
from hearthline.hub.cases.tests.make import make_case
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.actions import Answers, submit
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.words import words_of

pytestmark = pytest.mark.django_db
JUNK = "Same junk as before."
URGENT = {"kind": "extortion_money", "facts": ["threat_deadline"]}
MINUTE = timedelta(minutes=1)


def make_held(*, at: datetime, words: str = JUNK, **told: Any) -> Report:
    """A report that came in a flood; `told` replaces answers."""
    answers = Answers(**({"audience": "public", "kind": "csam_url", "words": words} | told))
    return submit(answers=answers, language="en", at=at, held_because="rush").report


def ask(like: Report, by: User, at: datetime, *, what: str = "words", **more: Any) -> FloodClosing:
    alike = Alike.like(like, what)
    return quarantine.ask_to_close_flood(alike=alike, reason="All one text", by=by, at=at, **more)


def test_a_held_report_is_no_case_and_in_no_lane(ana: User, now: datetime) -> None:
    make_held(at=now, **URGENT)
    assert actions.pull(at=now) == []
    assert sum(Case.objects.lane_counts(ana, now).values()) == 0
    assert quarantine.held_counts() == (1, 1)


def test_it_makes_nobodys_case_more_urgent(ana: User, now: datetime) -> None:
    place = "https://pictures.example.org/album/7"
    case = make_case(at=now, addresses=place)
    make_held(at=now, addresses=place, **URGENT)
    actions.pull(at=now)
    case.refresh_from_db()
    assert (case.level, case.subject.report_count) == ("U3", 1)


def test_the_most_urgent_stands_first_then_the_longest_waiting(ana: User, now: datetime) -> None:
    late, early = make_held(at=now), make_held(at=now - MINUTE)
    urgent = make_held(at=now, **URGENT)
    opened = quarantine.open_held(by=ana, at=now)
    assert opened.rows == [urgent, early, late]
    assert (opened.count, opened.urgent) == (3, 1)
    assert Entry.objects.filter(verb="cases.held", actor=str(ana.actor)).count() == 1


def test_what_is_alike_is_found_by_words_host_and_minute(ana: User, now: datetime) -> None:
    for number in range(3):
        make_held(
            at=now, words=" same JUNK  as before.", addresses=f"https://a.example.org/{number}"
        )
    make_held(at=now + 5 * MINUTE, words="Quite another matter")
    found = quarantine.open_held(by=ana, at=now).groups
    assert [(group.by, group.count) for group in found] == [
        ("words", 3), ("host", 3), ("minute", 3),
    ]  # fmt: skip


def test_released_it_goes_the_way_of_every_report(ana: User, now: datetime) -> None:
    report = make_held(at=now, **URGENT)
    quarantine.release_held(report=report, by=ana, at=now)
    (case,) = actions.pull(at=now)
    assert (case.level, case.opened_at) == ("U1", now)
    report.refresh_from_db()
    assert report.words_digest is None
    with pytest.raises(reports.NotHeld):
        quarantine.release_held(report=report, by=ana, at=now)


def test_many_alike_are_released_together(ana: User, now: datetime) -> None:
    first, *_ = [make_held(at=now) for _ in range(3)]
    other = make_held(at=now, words="Quite another matter")
    assert quarantine.release_alike(alike=Alike.like(first, "words"), by=ana, at=now) == 3
    assert list(Report.objects.held()) == [other]
    with pytest.raises(NothingAlike):
        quarantine.release_alike(alike=Alike(), by=ana, at=now)


def test_two_people_close_a_flood_and_each_report_keeps_an_entry(
    ana: User, ben: User, now: datetime
) -> None:
    junk = [make_held(at=now) for _ in range(3)]
    real = make_held(at=now, words="Quite another matter")
    closing = ask(junk[0], ana, now)
    assert Report.objects.held().count() == 4
    quarantine.agree_to_close_flood(closing=closing, by=ben, at=now)
    assert list(Report.objects.held()) == [real]
    closing.refresh_from_db()
    assert (closing.closed, closing.done_at) == (3, now)
    assert Entry.objects.filter(verb="reports.close_as_flood").count() == 3
    done = Entry.objects.get(verb="cases.close_flood")
    assert (done.actor, words_of(done.reason)) == (str(ben.actor), "All one text")
    assert '"count":3' in done.detail


def test_nobody_closes_a_flood_alone(ana: User, now: datetime) -> None:
    closing = ask(make_held(at=now), ana, now)
    with pytest.raises(SamePerson):
        quarantine.agree_to_close_flood(closing=closing, by=ana, at=now)
    assert Report.objects.held().count() == 1


def test_what_comes_after_it_was_asked_is_not_closed(ana: User, ben: User, now: datetime) -> None:
    closing = ask(make_held(at=now), ana, now)
    later = make_held(at=now + MINUTE)
    quarantine.agree_to_close_flood(closing=closing, by=ben, at=now + 2 * MINUTE)
    assert list(Report.objects.held()) == [later]


def test_urgent_ones_are_closed_only_when_asked_for(ana: User, ben: User, now: datetime) -> None:
    calm, urgent = make_held(at=now), make_held(at=now, **URGENT)
    closing = ask(calm, ana, now)
    quarantine.agree_to_close_flood(closing=closing, by=ben, at=now)
    assert list(Report.objects.held()) == [urgent]
    with pytest.raises(OnlyUrgent):
        ask(urgent, ana, now)
    closing = ask(urgent, ana, now, with_urgent=True)
    quarantine.agree_to_close_flood(closing=closing, by=ben, at=now)
    assert not Report.objects.held().exists()


def test_kept_they_stay(ana: User, ben: User, now: datetime) -> None:
    report = make_held(at=now)
    closing = ask(report, ana, now)
    quarantine.keep_held(closing=closing, by=ben, at=now)
    with pytest.raises(NothingAlike):
        quarantine.agree_to_close_flood(closing=closing, by=ben, at=now)
    assert list(Report.objects.held()) == [report]


def test_asking_needs_a_reason_something_to_close_and_to_be_the_first(
    ana: User, now: datetime
) -> None:
    report = make_held(at=now)
    with pytest.raises(ReasonNeeded):
        quarantine.ask_to_close_flood(alike=Alike.like(report, "words"), reason=" ", by=ana, at=now)
    with pytest.raises(NothingAlike):
        quarantine.ask_to_close_flood(alike=Alike(), reason="All", by=ana, at=now)
    ask(report, ana, now)
    with pytest.raises(AlreadyRequested):
        ask(report, ana, now)


def test_who_may_not_work_on_cases_may_do_none_of_it(stella: User, now: datetime) -> None:
    report = make_held(at=now)
    closing = FloodClosing()
    for act in (
        lambda: quarantine.open_held(by=stella, at=now),
        lambda: quarantine.release_held(report=report, by=stella, at=now),
        lambda: quarantine.release_alike(alike=Alike(), by=stella, at=now),
        lambda: ask(report, stella, now),
        lambda: quarantine.agree_to_close_flood(closing=closing, by=stella, at=now),
        lambda: quarantine.keep_held(closing=closing, by=stella, at=now),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_real_urgent_one_among_junk_that_calls_itself_urgent_is_let_through_first(
    now: datetime,
) -> None:
    for _ in range(20):
        make_held(at=now - MINUTE, **URGENT)
    real = make_held(at=now, words="My own words about my own trouble.", **URGENT)
    assert sweeps.let_urgent_through(holder="w", at=now) == 1
    assert list(Report.objects.awaiting_triage()) == [real]


def test_so_few_an_hour_that_junk_delays_nobody(now: datetime) -> None:
    for _ in range(30):
        make_held(at=now, **URGENT)
    for second in range(0, 3_600, 60):
        sweeps.let_urgent_through(holder="w", at=now + timedelta(seconds=second))
    assert Report.objects.awaiting_triage().count() == 6


def test_what_is_not_urgent_waits_for_people(now: datetime) -> None:
    make_held(at=now)
    assert sweeps.let_urgent_through(holder="w", at=now) == 0


def test_the_lane_is_walked_on_its_pages(ana: User, ben: User, now: datetime) -> None:
    urgent = make_held(at=now, **URGENT)
    junk, *_ = [make_held(at=now) for _ in range(3)]
    client = signed_in(ana)
    queue = client.get(reverse("queue")).content.decode()
    assert "and 1 held" in queue
    assert "What is alike among them" in client.get(reverse("held")).content.decode()
    assert JUNK in client.get(reverse("held_report", args=[junk.pk])).content.decode()
    same = {"like": str(junk.pk), "by": "words"}
    narrowed = client.get(reverse("held"), same).content.decode()
    assert "Close them as a flood" in narrowed
    refused = client.post(reverse("held_close"), same | {"reason": ""})
    assert refused.status_code == 200
    client.post(reverse("held_close"), same | {"reason": "All one text"})
    closing = FloodClosing.objects.get()
    assert "A second person decides." in client.get(reverse("held")).content.decode()
    client.post(reverse("held_release", args=[urgent.pk]))
    assert list(Report.objects.awaiting_triage()) == [urgent]
    second = signed_in(ben)
    text = second.get(reverse("held")).content.decode()
    assert "Ana asks to close as a flood: 3" in text
    assert "All one text" in text
    second.post(reverse("held_agree", args=[closing.pk]))
    assert "Nothing is held" in second.get(reverse("held")).content.decode()
    # Too late, and said so.
    client.post(reverse("held_keep", args=[closing.pk]))
    assert "Nothing held fits any more" in client.get(reverse("held")).content.decode()


def test_a_strange_address_shows_the_whole_lane(ana: User, now: datetime) -> None:
    make_held(at=now)
    client = signed_in(ana)
    for asked in ({"like": "x", "by": "words"}, {"like": str(ana.pk), "by": "y"}):
        assert client.get(reverse("held"), asked).status_code == 200


def test_what_is_held_does_not_lengthen_the_queue(ana: User, now: datetime) -> None:
    make_case(at=now)
    before = Case.objects.lane_counts(ana, now)
    for _ in range(5):
        make_held(at=now)
    actions.pull(at=now)
    assert Case.objects.lane_counts(ana, now) == before
    assert before[Lane.NEW] == 1


def test_a_long_lane_has_pages_and_each_report_stands_on_one(ana: User, now: datetime) -> None:
    made = [make_held(at=now + n * MINUTE, words=f"Junk {n}") for n in range(45)]
    first = quarantine.open_held(by=ana, at=now)
    assert first.rows == made[:40]
    assert first.preceding is None
    last = quarantine.open_held(by=ana, at=now, after=first.following)
    assert last.rows == made[40:]
    assert (last.following, last.preceding) == (None, made[40].pk)
    assert quarantine.open_held(by=ana, at=now, before=last.preceding).rows == made[:40]
    # All that stood on the last page were released meanwhile: nobody is told that none is held.
    Report.objects.filter(pk__in=[report.pk for report in made[40:]]).update(lane="main")
    assert quarantine.open_held(by=ana, at=now, after=made[39].pk).rows == made[:40]


def test_the_pages_of_what_is_alike_are_walked_by_their_links(ana: User, now: datetime) -> None:
    first, *_ = [make_held(at=now + n * MINUTE) for n in range(41)]
    make_held(at=now, words="Quite another matter")
    client = signed_in(ana)
    page = client.get(reverse("held"), {"like": str(first.pk), "by": "words"}).content.decode()
    (link,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert page.count("data-row") == 40
    second = client.get(unescape(link)).content.decode()
    assert second.count("data-row") == 1
    assert "Close them as a flood" in second
    assert 'rel="prev"' in second
