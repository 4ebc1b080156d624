# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

import pytest

from hearthline.hub.audit.models import Entry
from hearthline.hub.reports import actions
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.reports.sweeps import drop_drafts, end_retention
from hearthline.hub.reports.tests.make import make_report

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Code = Step.Code


def told(report: Report, *codes: Code, at: datetime) -> Report:
    for number, code in enumerate(codes):
        actions.tell(report=report, step=code, at=at + number * HOUR)
    report.refresh_from_db()
    return report


def steps(report: Report) -> list[str]:
    return [step.code for step in report.steps.all()]


def test_a_report_is_taken_up_once(now: datetime) -> None:
    report = make_report(at=now).report
    actions.take(report=report, at=now)
    actions.take(report=report, at=now + HOUR)
    assert (report.taken_at, report.state) == (now, "received")
    assert Entry.objects.filter(verb="reports.take").count() == 1


def test_steps_move_the_report_forward(now: datetime) -> None:
    report = make_report(at=now).report
    assert told(report, Code.IN_REVIEW, at=now).state == "in_review"
    actions.tell(report=report, step=Code.JUDGED, at=now + HOUR, outcome="national")
    assert (report.state, report.outcome) == ("judged", "national")
    told(report, Code.POLICE_TOLD, Code.HOST_TOLD, Code.REMOVED, at=now + 2 * HOUR)
    assert report.state == "judged"
    assert steps(report) == [
        "received", "in_review", "judged", "police_told", "host_told", "removed",
    ]  # fmt: skip


def test_a_step_told_twice_stands_once_with_its_first_time(now: datetime) -> None:
    report = told(make_report(at=now).report, Code.IN_REVIEW, Code.IN_REVIEW, at=now)
    assert report.steps.get(code="in_review").at == now
    assert Entry.objects.filter(verb="reports.tell").count() == 1


def test_nothing_moves_a_report_back(now: datetime) -> None:
    report = told(make_report(at=now).report, Code.JUDGED, Code.IN_REVIEW, at=now)
    assert report.state == "judged"


def test_closing_starts_the_clock_of_the_country(now: datetime) -> None:
    report = told(make_report(at=now).report, Code.CLOSED, at=now)
    assert (report.closed_at, report.retain_until) == (now, now + 90 * DAY)


def test_it_is_shorter_for_young_people_among_themselves(now: datetime) -> None:
    by_kind = told(make_report(at=now, kind="cyberbullying").report, Code.CLOSED, at=now)
    by_track = make_report(at=now).report
    actions.tell(report=by_track, step=Code.CLOSED, at=now, child_first=True)
    assert by_kind.retain_until == by_track.retain_until == now + 30 * DAY


def test_content_that_comes_back_opens_the_report_and_later_steps_get_new_times(
    now: datetime,
) -> None:
    report = told(make_report(at=now).report, Code.REMOVED, Code.CLOSED, Code.BACK_AGAIN, at=now)
    assert (report.state, report.retain_until) == ("in_review", None)
    told(report, Code.REMOVED, Code.CLOSED, at=now + DAY)
    assert (report.state, report.retain_until) == ("closed", now + DAY + HOUR + 90 * DAY)
    assert steps(report) == ["received", "back_again", "removed", "closed"]


def test_a_withdrawn_report_keeps_its_state_and_its_clock(now: datetime) -> None:
    sent = make_report(at=now)
    actions.take(report=sent.report, at=now)
    actions.withdraw(receipt=sent.receipt, at=now)
    report = told(sent.report, Code.JUDGED, Code.CLOSED, at=now + HOUR)
    assert (report.state, report.retain_until) == ("withdrawn", now + 90 * DAY)


def test_the_sweep_ends_what_is_over_and_nothing_else(now: datetime) -> None:
    over = told(make_report(at=now).report, Code.CLOSED, at=now)
    still = told(make_report(at=now).report, Code.CLOSED, at=now + DAY)
    assert end_retention(holder="w", at=now + 90 * DAY) == 1
    assert end_retention(holder="w", at=now + 90 * DAY) == 0
    over.data_key.refresh_from_db()
    still.data_key.refresh_from_db()
    assert over.data_key.destroyed_at == now + 90 * DAY
    assert still.data_key.destroyed_at is None


def test_the_sweep_drops_drafts_past_their_time(now: datetime) -> None:
    secret, answers = b"k" * 32, {"audience": "child"}
    actions.save_draft(draft=None, secret=secret, answers=answers, at=now)
    kept = actions.save_draft(draft=None, secret=secret, answers=answers, at=now + HOUR)
    assert drop_drafts(holder="w", at=now + DAY) == 1
    assert drop_drafts(holder="w", at=now + DAY) == 0
    actions.open_draft(draft=kept.pk, secret=secret, at=now + DAY)
