# SPDX-License-Identifier: Apache-2.0
"""Letters wait for working hours; what is urgent does not. Deadlines follow the law."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.actions import set_ways
from hearthline.hub.notices.actions.timing import deadline
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.make import (
    LAWYERS,
    MAILBOX,
    add_lawyers,
    make_cleared,
    make_sent,
    set_calendar,
    set_notice_clocks,
    sweep,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SATURDAY = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 10, 5, 0, 0, tzinfo=UTC)
OFFICE = {"language": "", "hours": "Mo-Fr 09:00-17:00", "timezone": "Europe/Paris"}


@pytest.fixture
def office(host, ada, now):
    """The abuse desk works from nine to five in Paris."""
    return set_ways(contact=host.contacts.get(), by=ada, at=now, **OFFICE)


@pytest.fixture
def weekend(settings):
    set_calendar(settings, weekend=["sa", "su"], holidays=[date(2026, 10, 6)])


def test_a_letter_waits_for_the_next_working_hour_by_their_clock(inbox, office, ana, ben):
    make_cleared(ADDRESS, ana=ana, ben=ben, at=SATURDAY)
    sweep(SATURDAY)
    notice = Notice.objects.get()
    # Nine in Paris is seven by the clock of the world in October.
    assert notice.due_at == datetime(2026, 10, 5, 7, 0, tzinfo=UTC)
    sweep(notice.due_at - timedelta(minutes=1))
    assert inbox.mails == []
    sweep(notice.due_at)
    assert len(inbox.mails) == 1


def test_the_page_says_when_it_goes_out_by_their_clock(inbox, office, ana, ben, now):
    sunday = now + timedelta(days=365 * 20) - timedelta(days=2)
    sunday -= timedelta(days=(sunday.weekday() - 6) % 7)
    make_cleared(ADDRESS, ana=ana, ben=ben, at=sunday)
    sweep(sunday)
    notice = Notice.objects.get()
    shown = signed_in(ana).get(reverse("notice", args=[notice.pk])).content.decode()
    assert "Goes out Monday" in shown
    assert "09:00 (their time)" in shown


def test_what_is_urgent_goes_at_night_and_on_holidays(inbox, office, ana, ben):
    case = make_cleared(ADDRESS, ana=ana, ben=ben, at=SATURDAY)
    Case.objects.filter(pk=case.pk).update(level="U1")
    sweep(SATURDAY)
    assert len(inbox.mails) == 1


def test_the_packs_weekend_and_holidays_are_for_contacts_without_hours(
    inbox, host, weekend, ana, ben
):
    make_cleared(ADDRESS, ana=ana, ben=ben, at=SATURDAY)
    sweep(SATURDAY)
    assert Notice.objects.get().due_at == MONDAY
    sweep(MONDAY)
    assert len(inbox.mails) == 1


def test_a_desk_that_never_closes_gets_its_letters_on_holidays(
    inbox, host, weekend, ana, ben, ada, now
):
    contact = host.contacts.get()
    set_ways(contact=contact, language="", hours="24/7", timezone="", by=ada, at=now)
    make_cleared(ADDRESS, ana=ana, ben=ben, at=SATURDAY)
    sweep(SATURDAY)
    assert len(inbox.mails) == 1


def test_a_reminder_waits_too_but_the_silence_is_noted_on_time(inbox, host, weekend, ana, ben, now):
    notice = make_sent(ADDRESS, ana=ana, ben=ben, at=now)  # Monday at nine; Tuesday is a holiday
    sweep(now + 24 * HOUR)
    notice.refresh_from_db()
    assert notice.state == Notice.State.NO_RESPONSE
    assert len(inbox.to(MAILBOX)) == 1
    wednesday = MONDAY + timedelta(days=2)
    assert notice.due_at == wednesday
    sweep(wednesday)
    assert len(inbox.to(MAILBOX)) == 2


def test_an_escalation_is_on_time_at_the_desk_and_in_hours_at_the_lawyers(
    settings, inbox, host, weekend, ana, ben, ada, now
):
    add_lawyers(host, ada=ada, at=now)
    notice = make_sent(ADDRESS, ana=ana, ben=ben, at=now + timedelta(days=2))
    saturday = now + timedelta(days=5)  # 72 hours after Wednesday
    sweep(saturday)
    notice.refresh_from_db()
    assert notice.state == Notice.State.ESCALATED
    assert inbox.to(LAWYERS) == []
    monday = MONDAY + timedelta(days=7)
    assert notice.due_at == monday
    sweep(monday)
    sweep(monday + HOUR)
    assert len(inbox.to(LAWYERS)) == 1


def test_hours_count_as_hours_unless_the_law_says_otherwise(settings, weekend):
    assert deadline(SATURDAY, 24) == SATURDAY + 24 * HOUR


@pytest.mark.parametrize(
    ("started", "hours", "over"),
    [
        # Saturday and Sunday do not count, Monday does, Tuesday is a holiday.
        (SATURDAY, 24, datetime(2026, 10, 6, 0, 0, tzinfo=UTC)),
        (SATURDAY, 30, datetime(2026, 10, 7, 6, 0, tzinfo=UTC)),
        (datetime(2026, 10, 2, 15, 0, tzinfo=UTC), 24, datetime(2026, 10, 5, 15, 0, tzinfo=UTC)),
        (datetime(2026, 10, 7, 15, 0, tzinfo=UTC), 24, datetime(2026, 10, 8, 15, 0, tzinfo=UTC)),
    ],
)
def test_business_days_leave_closed_days_out(settings, weekend, started, hours, over):
    set_notice_clocks(settings, counts="business_days")
    assert deadline(started, hours) == over


def test_a_day_that_is_an_hour_longer_counts_as_long_as_it_is(settings):
    set_calendar(settings, weekend=["su"])
    set_notice_clocks(settings, counts="business_days")
    country = settings.PACK.country.model_copy(update={"timezone": "Europe/Paris"})
    settings.PACK = settings.PACK.model_copy(update={"country": country})
    # Clocks go back in Paris on Sunday 25 October 2026: that day has 25 hours, none of them open.
    saturday = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)  # noon in Paris
    assert deadline(saturday, 24) == datetime(2026, 10, 26, 11, 0, tzinfo=UTC)  # noon again


def test_the_clocks_of_a_notice_follow_the_law(settings, inbox, host, weekend, ana, ben, now):
    set_notice_clocks(settings, counts="business_days")
    notice = make_sent(ADDRESS, ana=ana, ben=ben, at=now)
    assert notice.acknowledge_due_at == now + 48 * HOUR  # Tuesday is a holiday
    assert notice.clock == (now, notice.acknowledge_due_at)
