# SPDX-License-Identifier: Apache-2.0
"""Days that are over are counted once; no question reads a whole ledger."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.statistics import sweeps
from hearthline.hub.statistics.actions import compile_period, count_days
from hearthline.hub.statistics.actions.clocks import clocks
from hearthline.hub.statistics.models import PromiseDay
from hearthline.hub.statistics.promises import promises
from hearthline.hub.statistics.tests.make import make_assessment, make_case

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEDGERS = (
    "cases_case", "cases_assessment", "reports_report", "reports_message", "notices_notice",
    "notices_answer", "referrals_referral", "complaints_complaint",
)  # fmt: skip


def some_work(ben: User) -> None:
    for days in range(72, 90, 2):
        opened = NOW - days * DAY - 2 * HOUR
        seen = {"first_reviewed_at": opened + (0.5 if days % 3 else 2) * HOUR}
        make_case(opened_at=opened, level="U2", **(seen if days % 4 else {}))
        done = make_case(
            opened_at=opened, state=Case.State.CONFIRMED, second_due_at=opened + DAY, **seen
        )
        make_assessment(done, by=ben, at=opened + HOUR, stage=Assessment.Stage.SECOND)


def test_the_worker_counts_each_day_that_is_over_once() -> None:
    PromiseDay.objects.bulk_create(
        PromiseDay(day=NOW.date() - days * DAY, promise="police", kept=0, broken=0)
        for days in range(4, 91)
    )
    assert sweeps.count_days(holder="test", at=NOW) == 3
    assert PromiseDay.objects.order_by("day").last().day == NOW.date() - DAY
    assert sweeps.count_days(holder="test", at=NOW) == 0


def test_the_overview_is_the_same_whether_days_were_counted_or_not(ben: User) -> None:
    some_work(ben)
    before = promises(NOW)
    assert any(row.days_90 and row.days_90.due > 5 for row in before)
    assert count_days(NOW, limit=12) == 12
    assert PromiseDay.objects.filter(kept__gt=0).exists()
    assert promises(NOW) == before


def test_a_day_stays_as_it_was_counted() -> None:
    case = make_case(opened_at=NOW - 89 * DAY, level="U2")
    count_days(NOW, limit=3)
    counted = PromiseDay.objects.get(day=NOW.date() - 89 * DAY, promise="first_review", group="U2")
    assert (counted.kept, counted.broken) == (0, 1)
    Case.objects.filter(pk=case.pk).update(closed_at=NOW)
    count_days(NOW, limit=1)
    counted.refresh_from_db()
    assert (counted.kept, counted.broken) == (0, 1)


def test_days_nobody_looks_back_on_are_deleted() -> None:
    PromiseDay.objects.create(day=NOW.date() - 200 * DAY, promise="police", kept=1, broken=0)
    count_days(NOW, limit=1)
    assert not PromiseDay.objects.before(NOW.date() - 100 * DAY).exists()


def plan(sql: str, parameters: Any) -> str:
    """How the database answers a question, small tables as if they were large."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
            return json.dumps(cursor.fetchone())
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return "\n".join(row[3] for row in cursor.fetchall())


def whole_reads(text: str) -> list[str]:
    """The ledgers a plan reads as a whole: each row, with no index to say which."""
    if connection.vendor == "postgresql":
        nodes, found = [json.loads(text)], []
        while nodes:
            node = nodes.pop()
            if isinstance(node, dict):
                if node.get("Node Type") == "Seq Scan" and node["Relation Name"] in LEDGERS:
                    found.append(node["Relation Name"])
                nodes += node.values()
            elif isinstance(node, list):
                nodes += node
        return found
    return [line for line in text.split("\n") if line.startswith("SCAN") and " USING " not in line]


class Plans:
    """Asks for the plan of every question before it is put."""

    def __init__(self) -> None:
        self.whole: list[str] = []
        self.seen = 0

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and any(ledger in sql for ledger in LEDGERS):
            self.whole += whole_reads(plan(sql, parameters))
            self.seen += 1
        return execute(sql, parameters, many, context)


def test_no_question_of_the_overview_reads_a_whole_ledger() -> None:
    plans = Plans()
    with connection.execute_wrapper(plans):
        promises(NOW)
        count_days(NOW, limit=1)
    assert plans.seen > 20
    assert plans.whole == []


def test_no_question_of_a_month_reads_a_whole_ledger(stella: User) -> None:
    plans = Plans()
    with connection.execute_wrapper(plans):
        compile_period(period="2026-09", by=stella, at=NOW)
    assert plans.seen > 8
    assert plans.whole == []


def test_second_reviews_are_found_by_the_time_the_case_keeps() -> None:
    (clock,) = (one for one in clocks() if one.code == "second_review")
    for rows, index in (
        (clock.finished(NOW - DAY, NOW), "cases_seconds_done"),
        (clock.fell_due(NOW - DAY, NOW), "cases_seconds_kept"),
    ):
        text = plan(*rows.order_by().values("pk").query.sql_with_params())
        assert index in text
        assert "cases_assessment" not in text


def test_one_question_each_asks_what_runs_what_fell_due_and_how_long_it_took() -> None:
    with CaptureQueriesContext(connection) as asked:
        promises(NOW)
    assert len(asked) == 3 * len(clocks()) + 2
