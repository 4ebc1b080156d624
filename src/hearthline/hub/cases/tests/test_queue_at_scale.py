# SPDX-License-Identifier: Apache-2.0
"""Whatever lies in the ledgers: every list is found by an index, in a bounded number of queries.

Times are measured in benchmarks; here only what the database says it would do.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import Place, quarantine
from hearthline.hub.cases.actions.copies import fill_copies
from hearthline.hub.cases.actions.quarantine import ORDER, Alike
from hearthline.hub.cases.models import SORTS, Case, Lane, Narrowing, paged
from hearthline.hub.cases.tests.make import ADDRESS, make_case, make_report
from hearthline.hub.cases.tests.test_quarantine import make_held
from hearthline.hub.reports.models import Report

pytestmark = pytest.mark.django_db

BIG = (
    "cases_case",
    "cases_subject",
    "cases_sighting",
    "reports_pointer",
    "reports_report",
    "sealing_datakey",
)


def whole_reads(selects):
    """The steps of SQLite's plans that read a large table from end to end."""
    found = []
    with connection.cursor() as cursor:
        for sql in selects:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps = [row[3] for row in cursor.fetchall()]
            found += [
                (step, sql)
                for step in steps
                for table in BIG
                if step.startswith(f"SCAN {table}") and "USING" not in step
            ]
    return found


def selects_of(act):
    with CaptureQueriesContext(connection) as read:
        act()
    return [each["sql"] for each in read if each["sql"].startswith("SELECT")]


@pytest.fixture
def many(now):
    return [
        make_case(at=now + timedelta(minutes=n), addresses=f"https://a.example.org/{n}")
        for n in range(3)
    ]


@pytest.fixture
def sqlite():
    if connection.vendor != "sqlite":
        pytest.skip("plans are told in SQLite's words")


@pytest.mark.parametrize("sort", ["", *SORTS])
@pytest.mark.parametrize("lane", Lane.values)
def test_a_lane_is_read_by_index_in_every_order(lane, sort, many, ana, now, sqlite):
    place = Place(lane=lane, sort=sort, after=many[0].pk)

    selects = selects_of(lambda: actions.open_queue(place=place, by=ana, at=now))

    assert len(selects) < 20
    assert whole_reads(selects) == []


@pytest.mark.parametrize(
    "narrowing",
    [
        Narrowing(kind="grooming"),
        Narrowing(language="fr"),
        Narrowing(host="ab" * 32),
        Narrowing(older=3),
    ],
)
def test_a_narrowed_lane_is_read_by_index(narrowing, many, ana, now, sqlite):
    place = Place(lane="new", narrowing=narrowing)

    assert whole_reads(selects_of(lambda: actions.open_queue(place=place, by=ana, at=now))) == []


@pytest.mark.parametrize(
    ("lane", "index"),
    [
        ("urgent", "cases_unread_urgency"),
        ("new", "cases_unread_urgency"),
        ("waiting", "cases_with_others_urgency"),
        ("second", "cases_for_second_urgency"),
        ("clocks", "cases_clocked_overdue"),
    ],
)
def test_a_lane_is_counted_and_paged_over_its_own_index(lane, index, many, ana, now, sqlite):
    rows = Case.objects.in_lane(lane, ana, now)
    page = rows.page("overdue" if lane == "clocks" else "urgency", after=many[0].pk)

    plan = page[:41].explain()

    assert index in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan


@pytest.mark.parametrize("typed", [ADDRESS, "a.example.org", "0123abcd", "chatapp/somebody"])
def test_a_search_is_answered_by_index(typed, many, ana, now, sqlite):
    selects = selects_of(lambda: actions.search(text=typed, by=ana, at=now))

    assert len(selects) < 10
    assert whole_reads(selects) == []


def test_the_next_case_is_found_by_index(many, ana, now, sqlite):
    act = lambda: actions.take_next(place=Place("new"), by=ana, at=now, leave=many[0].pk)  # noqa: E731

    assert whole_reads(selects_of(act)) == []


@pytest.fixture
def held(now):
    return [
        make_held(at=now + timedelta(minutes=n // 2), addresses=f"https://a.example.org/{n}")
        for n in range(4)
    ]


def plan_of(rows):
    """What the database would do with a table too large to be read from end to end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def test_the_held_lane_is_paged_over_its_own_index(held):
    rows = Report.objects.held()

    for page in (paged(rows, ORDER), paged(rows, ORDER, after=held[0].pk)):
        plan = plan_of(page[:41])
        # SQLite may take the older index over all lanes: it sorts those of one moment only.
        assert "reports_held" in plan or "USING INDEX reports_by_lane" in plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan
        assert "Sort" not in plan


@pytest.mark.parametrize("by", ["words", "host", "minute"])
def test_what_is_alike_in_the_held_lane_is_counted_by_index(by, held):
    alike = Alike.like(held[0], by)
    rows = Report.objects.held().alike(words=alike.words, host=alike.host, minute=alike.minute)

    plan = plan_of(rows.order_by()[:1_000])

    assert "SCAN reports_" not in plan
    assert "Seq Scan" not in plan
    if by == "host":
        # However many reports name the host: one look for each that is held, or one for all.
        assert "reports_of_host" in plan


def test_the_held_lane_asks_the_same_number_of_questions_however_full_it_is(held, ana, now):
    browser = signed_in(ana)
    page = lambda: browser.get(reverse("held"))  # noqa: E731
    page()
    few = len(selects_of(page))
    for n in range(45):
        make_held(at=now, addresses=f"https://a.example.org/more/{n}")

    assert len(selects_of(page)) == few


def test_the_held_lane_reads_no_table_from_end_to_end(held, ana, now, sqlite):
    act = lambda: quarantine.open_held(by=ana, at=now, after=held[0].pk)  # noqa: E731

    assert whole_reads(selects_of(act)) == []


def test_a_page_of_forty_asks_no_more_than_a_page_of_one(ana, now):
    make_case(at=now)
    browser = signed_in(ana)
    queue = lambda: browser.get(reverse("queue"), {"lane": "new"})  # noqa: E731
    queue()
    one = len(selects_of(queue))
    for start in (0, 20):
        places = "\n".join(f"https://b.example.org/{n}" for n in range(start, start + 20))
        make_report(at=now, addresses=places)
    actions.pull(at=now)

    assert len(selects_of(queue)) == one


def test_a_case_of_many_reports_asks_a_bounded_number_of_queries(ana, now):
    case = make_case(at=now)
    actions.claim(case=case, by=ana, at=now)
    page = lambda: signed_in(ana).get(reverse("case", args=[case.pk]))  # noqa: E731
    for n in range(20):
        make_report(at=now + timedelta(minutes=n))
    actions.pull(at=now)
    at_twenty = len(selects_of(page))
    for n in range(20):
        make_report(at=now + timedelta(minutes=n))
    actions.pull(at=now)

    assert len(selects_of(page)) <= at_twenty + 2


def test_a_count_stops_at_its_limit(many):
    assert Case.objects.all().counted(limit=2) == 2


def test_paging_by_key_shows_each_case_once(ana, now):
    for n in range(7):
        make_case(at=now, addresses=f"https://a.example.org/{n}")
    for sort in SORTS:
        rows = Case.objects.all()
        whole = list(rows.page(sort))
        for here, row in enumerate(whole):
            assert list(rows.page(sort, after=row.pk)) == whole[here + 1 :]
            assert list(rows.page(sort, before=row.pk)) == whole[:here][::-1]


def test_copies_are_filled_into_cases_of_an_older_version(many):
    Case.objects.update(report_count=0, host_digest=None, language="")

    assert (fill_copies(limit=2), fill_copies(limit=2), fill_copies(limit=2)) == (2, 1, 0)

    for case in Case.objects.select_related("subject"):
        assert (case.report_count, case.language) == (1, "en")
        assert bytes(case.host_digest) == bytes(case.subject.host_digest)


@pytest.mark.parametrize("sort", SORTS)
def test_one_who_joins_makes_the_copy_count_too(sort, now):
    case = make_case(at=now)
    make_report(at=now)
    actions.pull(at=now)

    case.refresh_from_db()
    assert case.report_count == 2
