# SPDX-License-Identifier: Apache-2.0
"""The overview of promises: what runs, what is broken, what was kept; nobody's name."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.notices.models import Answer, Notice
from hearthline.hub.reports.models import Message, Report
from hearthline.hub.statistics.promises import Kept, Span, promises
from hearthline.hub.statistics.tests.make import (
    make_assessment,
    make_case,
    make_key,
    make_notice,
    make_referral,
    make_reports,
    make_unit,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def row(title: str, group: str = "") -> Kept:
    (found,) = [one for one in promises(NOW) if (one.title, one.group) == (title, group)]
    return found


def test_an_empty_desk_has_every_promise_with_nothing_running() -> None:
    rows = promises(NOW)
    assert [one.group for one in rows if one.title == "First look by a person"] == [
        "U0", "U1", "U2", "U3", "U4",
    ]  # fmt: skip
    assert {one.title for one in rows} == {
        "First look by a person", "Second review", "Hand-over to police",
        "Answer of the hosting company", "Removal before escalation",
        "Reply to a reporter's letter", "Reminder to a hosting company",
        "Complaint taken up", "Answer to a complaint",
    }  # fmt: skip
    assert all((one.running, one.breached, one.oldest, one.median) == (0, 0, None, None)
               for one in rows)  # fmt: skip


def test_first_looks_are_counted_by_level() -> None:
    make_case(opened_at=NOW - 3 * HOUR, level="U1")
    make_case(opened_at=NOW - HOUR / 2, level="U1")
    make_case(opened_at=NOW - HOUR, level="U2", first_reviewed_at=NOW - HOUR / 2)
    make_case(opened_at=NOW - 5 * HOUR, level="U1", closed_at=NOW - 4 * HOUR)
    urgent = row("First look by a person", "U1")
    assert (urgent.running, urgent.breached, urgent.oldest) == (2, 1, 180)
    assert row("First look by a person", "U2").running == 0


def test_the_share_kept_counts_what_fell_due_and_is_rounded_down() -> None:
    for late in (0, 0, 0, 0, 0, 1):
        seen = NOW - 10 * DAY + (2 if late else 0.5) * HOUR
        make_case(opened_at=NOW - 10 * DAY, level="U3", first_reviewed_at=seen)
    for _ in range(4):
        make_case(opened_at=NOW - 60 * DAY, level="U3", first_reviewed_at=NOW - 60 * DAY + HOUR / 2)
    found = row("First look by a person", "U3")
    assert found.days_30 == Span(6, 83)
    assert found.days_90 == Span(10, 90)
    assert found.month == Span(0, None)
    assert (found.median, found.ninetieth) == (30, 39)


def test_of_few_no_share_and_no_time_is_told() -> None:
    for _ in range(4):
        make_case(opened_at=NOW - 10 * DAY, level="U3", first_reviewed_at=NOW - 9 * DAY)
    found = row("First look by a person", "U3")
    assert found.days_30 == Span(4, None)
    assert (found.median, found.ninetieth) == (None, None)


def test_a_second_review_runs_until_a_second_person_has_looked(ana: User, ben: User) -> None:
    waiting = Case.State.AWAITING_SECOND
    make_case(opened_at=NOW - DAY, second_due_at=NOW - HOUR, state=waiting)
    done = make_case(opened_at=NOW - 2 * DAY, second_due_at=NOW - DAY, state=Case.State.CONFIRMED)
    make_assessment(done, by=ben, at=NOW - DAY - HOUR, stage=Assessment.Stage.SECOND)
    # Without a promise there is none to keep.
    make_assessment(make_case(opened_at=NOW - DAY), by=ben, at=NOW - HOUR)
    found = row("Second review")
    assert (found.running, found.breached) == (1, 1)
    assert found.days_30 == Span(2, None)


def test_police_have_their_clock() -> None:
    unit = make_unit()
    case = make_case(opened_at=NOW - DAY)
    make_referral(case, unit)
    make_referral(make_case(opened_at=NOW - HOUR), unit)
    found = row("Hand-over to police")
    assert (found.running, found.breached, found.oldest) == (2, 1, 24 * 60)


def test_a_host_answers_by_word_or_by_removal(ana: User) -> None:
    def notice(**times: datetime) -> Notice:
        case = make_case(opened_at=NOW - 5 * DAY, state=Case.State.CONFIRMED)
        return make_notice(
            case,
            sent_at=NOW - 4 * DAY,
            acknowledge_due_at=NOW - 3 * DAY,
            escalate_at=NOW - DAY,
            **{"state": "sent", **times},
        )

    notice()
    notice(acknowledged_at=NOW - 4 * DAY + HOUR)
    notice(removed_at=NOW - 4 * DAY + HOUR, state="removed")
    refused = notice()
    Answer.objects.create(notice=refused, code="refused", by=ana, at=NOW - 4 * DAY + HOUR)
    notice(acknowledged_at=NOW - 2 * DAY)
    found = row("Answer of the hosting company")
    assert (found.running, found.breached) == (1, 1)
    assert found.days_30 == Span(5, 60)
    removal = row("Removal before escalation")
    assert (removal.running, removal.breached) == (4, 4)
    assert removal.days_30 == Span(5, 20)


def test_a_letter_runs_until_our_next_one() -> None:
    make_reports(2, received_at=NOW - 10 * DAY)
    first, second = Report.objects.all()
    for report, author, at in (
        (first, Message.Author.REPORTER, NOW - 9 * DAY),
        (first, Message.Author.DESK, NOW - 8 * DAY),
        (second, Message.Author.DESK, NOW - 9 * DAY),
        (second, Message.Author.REPORTER, NOW - 8 * DAY),
    ):
        Message.objects.create(
            data_key=make_key(), report=report, author=author, body=b"sealed", sent_at=at
        )
    found = row("Reply to a reporter's letter")
    assert (found.running, found.breached, found.oldest) == (1, 1, 8 * 24 * 60)
    assert found.days_30 == Span(2, None)


def test_a_reminder_that_is_due_and_not_written_is_broken() -> None:
    for due in (NOW - HOUR, NOW + HOUR):
        case = make_case(opened_at=NOW - DAY, state=Case.State.CONFIRMED)
        make_notice(case, sent_at=NOW - DAY, state="sent", due_at=due)
    found = row("Reminder to a hosting company")
    assert (found.running, found.breached, found.days_30) == (2, 1, None)


def test_a_complaint_has_two_promises(mara: User) -> None:
    def complaint(**fields: Any) -> None:
        Complaint.objects.create(
            data_key=make_key(), receipt_digest=uuid.uuid4().bytes * 2, about="slow", language="en",
            received_at=NOW - 8 * DAY, acknowledge_due_at=NOW - 7 * DAY,
            answer_due_at=NOW + 20 * DAY, words=b"sealed", **fields,
        )  # fmt: skip

    complaint()
    complaint(state="acknowledged", handler=mara, acknowledged_at=NOW - 7 * DAY - HOUR)
    found = row("Complaint taken up")
    assert (found.running, found.breached, found.days_30) == (1, 1, Span(2, None))
    assert (row("Answer to a complaint").running, row("Answer to a complaint").breached) == (2, 0)


def test_oversight_and_the_manager_read_it_and_others_do_not(
    omar: User, mara: User, ana: User, stella: User
) -> None:
    for person, status in ((omar, 200), (mara, 200), (ana, 403), (stella, 403)):
        assert signed_in(person).get(reverse("promises")).status_code == status


def test_the_page_has_no_name_no_case_and_few_questions(omar: User, ana: User) -> None:
    browser = signed_in(omar)
    browser.get(reverse("promises"))
    with CaptureQueriesContext(connection) as empty:
        browser.get(reverse("promises"))
    case = make_case(opened_at=NOW - DAY, holder=ana, claim_until=NOW + DAY)
    make_notice(case, sent_at=NOW - DAY, state="sent")
    with CaptureQueriesContext(connection) as full:
        html = browser.get(reverse("promises")).content.decode()
    assert len(full) == len(empty) < 35
    assert ana.name not in html.split("<main")[1].split("</main")[0]
    assert case.reference not in html
    assert str(case.pk) not in html
