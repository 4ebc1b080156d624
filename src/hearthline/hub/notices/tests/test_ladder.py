# SPDX-License-Identifier: Apache-2.0
"""After the host's time: one step after another, in the country's order, while it is there."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import hold_notice
from hearthline.hub.cases.models import Case, Withdrawal
from hearthline.hub.directory.models import Contact
from hearthline.hub.directory.tests.make import make_contact
from hearthline.hub.notices.actions import record_answer
from hearthline.hub.notices.models import Escalation, Notice
from hearthline.hub.notices.sweeps import check_availability
from hearthline.hub.notices.tests.make import (
    LAWYERS,
    MAILBOX,
    REGULATOR,
    add_lawyers,
    make_regulator,
    make_sent,
    set_calendar,
    set_ladder,
    sweep,
)
from hearthline.kit.formats import feedback
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SERVICE_FIRST = (("host", 0), ("network", 24), ("registrar", 24), ("regulator", 48))
NETWORK, REGISTRAR = "abuse@carrier.test", "desk@names.test"


def add_scope(host, scope: str, value: str, ada, now) -> Contact:
    return make_contact(host, by=ada, at=now, scope=scope, value=value)


@pytest.fixture
def everybody(host, ada, now):
    add_lawyers(host, ada=ada, at=now)
    add_scope(host, "network", NETWORK, ada, now)
    add_scope(host, "registrar", REGISTRAR, ada, now)
    make_regulator(ada=ada, at=now)


def fresh(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def steps(notice: Notice) -> list[tuple[str, str]]:
    rows = Escalation.objects.filter(notice=notice).order_by("at", "position")
    return [(row.who, row.skipped) for row in rows]


def seen(verdict: Verdict):
    def probe(url, **_):
        return Observation(url, verdict, "http_404", ())

    return probe


def reading(inbox, recipient):
    return [feedback.parse(mail).plain_text for mail in inbox.to(recipient)]


def test_a_service_first_ladder_is_climbed_step_by_step(settings, notice, everybody, inbox, now):
    set_ladder(settings, *SERVICE_FIRST)
    for hours, who in [(72, 1), (95, 1), (96, 2), (119, 2), (120, 3), (167, 3), (168, 4)]:
        sweep(now + hours * HOUR)
        assert len(steps(notice)) == who, hours
    assert steps(notice) == [
        ("host", ""), ("network", ""), ("registrar", ""), ("regulator", ""),
    ]  # fmt: skip
    for recipient in (LAWYERS, NETWORK, REGISTRAR, REGULATOR):
        (text,) = reading(inbox, recipient)
        assert "pages" not in text, "no letter but the notice holds the address"
    (last,) = reading(inbox, REGULATOR)
    assert "Who was told since:" in last
    assert "The network: 9 October 2026" in last
    assert fresh(notice).due_at is None


def test_each_is_asked_for_what_it_can_do(settings, notice, everybody, inbox, now):
    set_ladder(settings, *SERVICE_FIRST)
    for hours in (72, 96, 120, 168):
        sweep(now + hours * HOUR)
    assert "reached through your network" in " ".join(reading(inbox, NETWORK)[0].split())
    assert "registered with you" in " ".join(reading(inbox, REGISTRAR)[0].split())
    assert "as the authority" in " ".join(reading(inbox, REGULATOR)[0].split())


def test_the_letter_is_in_the_readers_language(settings, notice, host, inbox, ada, now):
    contact = add_scope(host, "network", NETWORK, ada, now)
    Contact.objects.filter(pk=contact.pk).update(language="fr")
    set_ladder(settings, ("network", 0))
    sweep(now + 72 * HOUR)
    (text,) = reading(inbox, NETWORK)
    assert "9 octobre" in text or "5 octobre" in text


def test_a_step_without_a_contact_is_passed_over_and_costs_no_time(
    settings, notice, host, ada, now
):
    add_lawyers(host, ada=ada, at=now)
    add_scope(host, "registrar", REGISTRAR, ada, now)
    set_ladder(settings, *SERVICE_FIRST)
    sweep(now + 72 * HOUR)
    sweep(now + 96 * HOUR)
    assert steps(notice) == [("host", ""), ("network", "no_contact"), ("registrar", "")]
    sweep(now + 1000 * HOUR)
    assert steps(notice)[3:] == [("regulator", "no_contact")]


def test_one_mailbox_is_told_once_whatever_its_part(settings, notice, host, inbox, ada, now):
    add_lawyers(host, ada=ada, at=now)
    add_scope(host, "network", LAWYERS, ada, now)
    set_ladder(settings, *SERVICE_FIRST[:2])
    sweep(now + 72 * HOUR)
    sweep(now + 96 * HOUR)
    assert steps(notice) == [("host", ""), ("network", "told_already")]
    assert len(inbox.to(LAWYERS)) == 1


def test_no_step_is_taken_once_it_is_gone(settings, notice, everybody, now):
    set_ladder(settings, *SERVICE_FIRST)
    sweep(now + 72 * HOUR)
    for hours in (73, 74, 75):
        check_availability(holder="w1", at=now + hours * HOUR, probe=seen(Verdict.ABSENT))
    sweep(now + 1000 * HOUR)
    assert fresh(notice).state == Notice.State.REMOVED
    assert steps(notice) == [("host", "")]


def test_a_step_waits_while_looks_say_that_it_is_going(settings, notice, everybody, now):
    set_ladder(settings, *SERVICE_FIRST)
    check_availability(holder="w1", at=now + 71 * HOUR, probe=seen(Verdict.ABSENT))
    sweep(now + 72 * HOUR)
    assert fresh(notice).state == Notice.State.ESCALATED
    assert steps(notice) == []
    check_availability(holder="w1", at=now + 72 * HOUR, probe=seen(Verdict.PRESENT))
    sweep(now + 73 * HOUR)
    assert steps(notice) == [("host", "")]


def test_a_hold_of_the_police_stops_the_ladder(settings, notice, everybody, now):
    set_ladder(settings, *SERVICE_FIRST)
    sweep(now + 72 * HOUR)
    hold_notice(case=notice.case, until=now + 140 * HOUR, at=now + 80 * HOUR, actor=Actor.worker())
    sweep(now + 96 * HOUR)
    assert steps(notice) == [("host", "")]
    sweep(now + 140 * HOUR)
    assert steps(notice) == [("host", ""), ("network", "")]


def test_a_case_that_every_reporter_left_is_told_to_nobody_else(settings, notice, everybody, now):
    set_ladder(settings, *SERVICE_FIRST)
    sweep(now + 72 * HOUR)
    Withdrawal.objects.create(case=notice.case, since=now + 80 * HOUR)
    sweep(now + 1000 * HOUR)
    assert steps(notice) == [("host", "")]


def test_the_owner_of_a_site_hears_nothing_of_a_child_first_case(
    settings, inbox, host, ana, ben, ada, now
):
    set_ladder(settings, ("site_owner", 0), ("network", 0))
    add_scope(host, "site_owner", "owner@pages.test", ada, now)
    add_scope(host, "network", NETWORK, ada, now)
    place = "http://pages.harbour-host.test/album/"
    told = make_sent(place + "1", ana=ana, ben=ben, at=now)
    ours = make_sent(place + "2", ana=ana, ben=ben, at=now, self_generated=True)
    sweep(now + 72 * HOUR)
    assert steps(told) == [("site_owner", ""), ("network", "")]
    assert steps(ours) == [("network", "")]
    (letter,) = reading(inbox, "owner@pages.test")
    assert ours.reference not in letter


def test_steps_wait_for_open_hours_and_the_next_counts_from_the_letter(
    settings, notice, everybody, now
):
    set_ladder(settings, *SERVICE_FIRST)
    set_calendar(settings, weekend=["th", "fr"])
    sweep(now + 72 * HOUR)  # Thursday at nine
    assert steps(notice) == []
    saturday = now + timedelta(days=4, hours=15)  # its first minute
    sweep(saturday)
    assert steps(notice) == [("host", "")]
    sweep(saturday + 23 * HOUR)
    assert len(steps(notice)) == 1
    sweep(saturday + 24 * HOUR)
    assert len(steps(notice)) == 2


def test_business_days_count_between_steps(settings, notice, everybody, now):
    set_calendar(settings, weekend=["fr"])
    set_ladder(settings, *SERVICE_FIRST, counts="business_days")
    sweep(now + 72 * HOUR)  # Thursday at nine; Friday does not count
    sweep(now + 96 * HOUR)
    assert len(steps(notice)) == 1
    sweep(now + 120 * HOUR)
    assert len(steps(notice)) == 2


def test_what_is_urgent_climbs_at_night(settings, notice, everybody, now):
    set_ladder(settings, *SERVICE_FIRST)
    set_calendar(settings, weekend=["th", "fr"])
    Case.objects.filter(pk=notice.case_id).update(level="U1")
    sweep(now + 72 * HOUR)
    assert steps(notice) == [("host", "")]


def test_what_was_sent_together_climbs_together(settings, inbox, host, everybody, ana, ben, now):
    set_ladder(settings, *SERVICE_FIRST, group_minutes=30)
    pair = [
        make_sent(f"http://pages.harbour-host.test/album/{n}", ana=ana, ben=ben, at=now)
        for n in (1, 2)
    ]
    sweep(now + HOUR)
    sweep(now + 73 * HOUR)
    (text,) = reading(inbox, LAWYERS)
    assert all(one.reference in text for one in pair)
    for one in pair:
        assert fresh(one).state == Notice.State.ESCALATED
        assert steps(one) == [("host", "")]
    sweep(now + 97 * HOUR)
    assert len(inbox.to(NETWORK)) == 1
    assert [steps(one)[-1] for one in pair] == [("network", ""), ("network", "")]


def test_content_that_came_back_climbs_anew(settings, notice, everybody, now):
    set_ladder(settings, ("host", 0))
    sweep(now + 72 * HOUR)
    for hours in (73, 74, 75):
        check_availability(holder="w1", at=now + hours * HOUR, probe=seen(Verdict.ABSENT))
    back = now + 99 * HOUR
    check_availability(holder="w1", at=back, probe=seen(Verdict.PRESENT))
    sweep(back)
    sweep(back + 72 * HOUR)
    assert steps(notice) == [("host", ""), ("host", "")]


def test_daily_reminders_go_on_while_others_are_told(settings, notice, everybody, inbox, now):
    set_ladder(settings, *SERVICE_FIRST, renotice_hours=24)
    for hours in (24, 48, 72, 96):
        sweep(now + hours * HOUR)
    assert len(inbox.to(MAILBOX)) == 5, "the notice, two listed reminders, and one a day"
    assert steps(notice) == [("host", ""), ("network", "")]
    sweep(now + 240 * HOUR)
    assert len(inbox.to(MAILBOX)) == 6, "a worker that was away writes the latest one alone"
    assert fresh(notice).due_at == now + 264 * HOUR


def test_without_the_setting_reminders_end_with_the_listed_ones(notice, inbox, now):
    for hours in range(24, 240, 24):
        sweep(now + hours * HOUR)
    assert len(inbox.to(MAILBOX)) == 3


def test_who_refused_is_not_reminded_daily(settings, notice, inbox, ana, now):
    set_ladder(settings, ("host", 0), renotice_hours=24)
    record_answer(notice=notice, code="refused", refusal="other", note="", by=ana, at=now + HOUR)
    for hours in range(24, 240, 24):
        sweep(now + hours * HOUR)
    assert len(inbox.to(MAILBOX)) == 1


def test_no_step_is_ever_changed(settings, notice, everybody, now):
    sweep(now + 72 * HOUR)
    with pytest.raises(DatabaseError), transaction.atomic():
        Escalation.objects.update(who="network")
