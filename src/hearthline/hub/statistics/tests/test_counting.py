# SPDX-License-Identifier: Apache-2.0
"""What is counted into a month, and where a month begins and ends."""

from datetime import UTC, datetime, timedelta

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Assessment
from hearthline.hub.notices.models import Answer
from hearthline.hub.reports.models import Report
from hearthline.hub.statistics.actions.counting import Counts, count
from hearthline.hub.statistics.actions.periods import Month, PeriodNotOver, PeriodRefused
from hearthline.hub.statistics.tests.make import (
    OCTOBER,
    SEPTEMBER,
    make_assessment,
    make_case,
    make_complaints,
    make_findings,
    make_notice,
    make_referral,
    make_refusals,
    make_reports,
    make_unit,
)
from hearthline.kit.codelists import host_refusals

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def september() -> Counts:
    return count(Month.read("2026-09", zone="UTC"), languages=["en", "ar"])


def not_zero(counts: dict[str, int]) -> dict[str, int]:
    return {code: number for code, number in counts.items() if number}


def test_reports_are_counted_by_every_breakdown() -> None:
    make_reports(3, kind="grooming", age_band="13_15", sex="female", audience="child")
    make_reports(2, kind="fraud", channel="phone", language="ar")
    reports = september().reports
    assert not_zero(reports["kind"]) == {"grooming": 3, "fraud": 2}
    assert not_zero(reports["channel"]) == {"web": 3, "phone": 2}
    assert not_zero(reports["age_band"]) == {"13_15": 3, "unknown": 2}
    assert not_zero(reports["sex"]) == {"female": 3, "unknown": 2}
    assert not_zero(reports["audience"]) == {"child": 3, "public": 2}
    assert reports["language"] == {"en": 3, "ar": 2}


def test_a_report_is_counted_in_each_of_its_4c_cells() -> None:
    make_reports(2, kind="fraud")
    assert september().carrying == {
        ("fraud", "4C.contract.agg"): 2,
        ("fraud", "4C.contract.val"): 2,
    }


def test_skipped_answers_are_counted_as_not_known() -> None:
    make_reports(1, kind="", age_band="", sex="")
    reports = september().reports
    assert reports["kind"]["other"] == 1
    assert reports["age_band"]["unknown"] == 1
    assert reports["sex"]["unknown"] == 1


def test_a_month_ends_where_the_next_begins() -> None:
    make_reports(1, received_at=OCTOBER - timedelta(microseconds=1))
    make_reports(1, received_at=OCTOBER)
    make_reports(1, received_at=datetime(2026, 8, 31, 23, 59, tzinfo=UTC))
    assert sum(september().reports["kind"].values()) == 1


def test_the_borders_are_midnights_of_the_country() -> None:
    make_reports(1, received_at=OCTOBER - HOUR)
    there = Month.read("2026-10", zone="Asia/Shanghai")
    assert sum(count(there, languages=["en"]).reports["kind"].values()) == 1


def test_a_month_may_be_an_hour_longer_where_clocks_change() -> None:
    month = Month.read("2026-10", zone="Europe/Vienna")
    start, end = month.start.astimezone(UTC), month.end.astimezone(UTC)
    assert end - start == 31 * DAY + HOUR


@pytest.mark.parametrize(
    "name",
    ["", "2026", "2026-13", "2026-00", "2026-9", "26-09", "2026-09-01", "0000-01", "٢٠٢٦-٠٩"],
)
def test_what_is_no_month_is_refused(name: str) -> None:
    with pytest.raises(PeriodRefused, match="2026-10"):
        Month.read(name, zone="UTC")


def test_a_month_is_over_with_its_last_moment() -> None:
    month = Month.read("2026-09", zone="UTC")
    with pytest.raises(PeriodNotOver):
        month.require_over(OCTOBER - timedelta(seconds=1))
    month.require_over(OCTOBER)


def test_the_last_finished_month_of_january_is_december() -> None:
    month = Month.last_finished(datetime(2027, 1, 1, tzinfo=UTC), zone="UTC")
    assert month.name == "2026-12"


def test_findings_count_once_two_people_agree_or_a_senior_decides(ana: User) -> None:
    make_findings({"baseline": 2}, by=ana)
    case = make_case()
    make_assessment(case, by=ana, stage=Assessment.Stage.FIRST, agrees=None, outcome="harmful")
    make_assessment(case, by=ana, agrees=False, outcome="national")
    assert not_zero(september().outcomes) == {"baseline": 2}
    make_assessment(case, by=ana, stage=Assessment.Stage.SENIOR, agrees=None, outcome="national")
    assert not_zero(september().outcomes) == {"baseline": 2, "national": 1}


def test_waits_run_from_the_first_report_to_each_step_of_the_month() -> None:
    case = make_case(first_reviewed_at=SEPTEMBER + HOUR)
    make_referral(case, make_unit(), with_police_at=SEPTEMBER + 3 * HOUR)
    make_referral(case, make_unit(), with_police_at=SEPTEMBER + 2 * HOUR)
    make_notice(case, sent_at=SEPTEMBER + 4 * HOUR, removed_at=SEPTEMBER + DAY)
    assert september().minutes == {
        "review": {60: 1}, "police": {120: 1}, "notice": {240: 1}, "removal": {1440: 1},
    }  # fmt: skip


def test_a_step_counts_in_the_month_it_was_reached() -> None:
    case = make_case(opened_at=OCTOBER - HOUR, first_reviewed_at=OCTOBER)
    make_referral(case, make_unit(), with_police_at=OCTOBER)
    make_notice(case, sent_at=OCTOBER + HOUR)
    assert september().minutes == {"review": {}, "police": {}, "notice": {}, "removal": {}}


def test_a_first_look_breaks_its_clock_when_late_or_missing() -> None:
    make_case(first_reviewed_at=SEPTEMBER + HOUR)
    make_case(first_reviewed_at=SEPTEMBER + 2 * HOUR)
    make_case()
    make_case(closed_at=SEPTEMBER + HOUR / 2)
    make_case(opened_at=OCTOBER - HOUR)
    assert september().breaches["first_review"] == 2


def test_a_second_review_breaks_its_clock_when_late_or_missing(ana: User, ben: User) -> None:
    due = SEPTEMBER + 12 * HOUR
    first, second = Assessment.Stage.FIRST, Assessment.Stage.SECOND
    for reviewed_at in (due, due + HOUR, None):
        case = make_case(second_due_at=due)
        make_assessment(case, by=ana, stage=first, agrees=None)
        if reviewed_at:
            make_assessment(case, by=ben, at=reviewed_at, stage=second)
    assert september().breaches["second_review"] == 2


def test_a_second_review_of_an_earlier_round_does_not_stop_the_clock(ana: User, ben: User) -> None:
    case = make_case(second_due_at=SEPTEMBER + 5 * DAY)
    make_assessment(case, by=ana, stage=Assessment.Stage.FIRST, agrees=None)
    make_assessment(case, by=ben, at=SEPTEMBER + HOUR)
    make_assessment(case, by=ana, at=SEPTEMBER + 4 * DAY, stage=Assessment.Stage.FIRST, agrees=None)
    assert september().breaches["second_review"] == 1


def test_refusals_count_by_the_reason_of_the_host(ana: User) -> None:
    make_refusals(2, "not_hosted_here", by=ana)
    make_refusals(1, "", by=ana)
    make_refusals(1, "order_required", by=ana, at=OCTOBER)
    notice = make_notice(make_case(exercise=True))
    Answer.objects.create(notice=notice, code="refused", refusal="other", by=ana, at=SEPTEMBER)
    Answer.objects.create(notice=notice, code="acknowledged", by=ana, at=SEPTEMBER)
    found = september().refused
    assert not_zero(found) == {"not_hosted_here": 2, "other": 1}
    assert list(found) == [entry.code for entry in host_refusals()]


def test_a_notice_refused_for_two_reasons_counts_in_both(ana: User) -> None:
    notice = make_notice(make_case())
    for reason in ("not_found", "order_required", "order_required"):
        Answer.objects.create(notice=notice, code="refused", refusal=reason, by=ana, at=SEPTEMBER)
    assert not_zero(september().refused) == {"not_found": 1, "order_required": 1}


def test_complaints_count_when_they_come_and_again_when_they_are_answered(mara: User) -> None:
    make_complaints(2, "slow")
    make_complaints(1, "unkind", handler=mara, answered_at=OCTOBER - HOUR, outcome="upheld")
    make_complaints(1, "privacy", handler=mara, answered_at=OCTOBER, outcome="partly")
    make_complaints(1, "other", received_at=OCTOBER)
    found = september()
    assert not_zero(found.complaints) == {"slow": 2, "unkind": 1, "privacy": 1}
    assert not_zero(found.answered) == {"upheld": 1}


def test_a_complaint_about_an_exercise_is_in_no_figure() -> None:
    make_reports(1, exercise=True)
    make_complaints(1, report=Report.objects.get())
    assert not_zero(september().complaints) == {}


def test_police_clocks_break_when_the_package_is_late_or_missing() -> None:
    unit = make_unit()
    make_referral(make_case(), unit, with_police_at=SEPTEMBER + 12 * HOUR)
    make_referral(make_case(), unit, with_police_at=SEPTEMBER + 13 * HOUR)
    make_referral(make_case(), unit)
    assert september().breaches["police"] == 2


def test_a_host_breaks_its_clock_unless_it_answered_or_removed_in_time(ana: User) -> None:
    due = SEPTEMBER + DAY
    make_notice(make_case(), acknowledge_due_at=due)
    make_notice(make_case(), acknowledge_due_at=due, acknowledged_at=due)
    make_notice(make_case(), acknowledge_due_at=due, acknowledged_at=due + HOUR)
    make_notice(make_case(), acknowledge_due_at=due, removed_at=due - HOUR)
    refused = make_notice(make_case(), acknowledge_due_at=due)
    Answer.objects.create(notice=refused, code="refused", by=ana, at=due - HOUR)
    assert september().breaches["host_answer"] == 2
