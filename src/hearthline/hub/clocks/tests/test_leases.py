# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearthline.hub.clocks.actions import LEASE, LeaseLost, hold, lease, release, retry_at
from hearthline.hub.clocks.models import DueRow
from hearthline.hub.clocks.tests.make import Letter, make_due

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def take(holder: str, at: datetime, limit: int = 50) -> list[DueRow]:
    return lease(Letter.objects.due(at), holder=holder, at=at, limit=limit)


def test_a_due_row_is_leased(now) -> None:
    row = make_due("a", due_at=now, at=now)
    assert take("w1", now) == [row]
    row.refresh_from_db()
    assert (row.lease_by, row.lease_until, row.attempts) == ("w1", now + LEASE, 1)


def test_rows_that_are_not_due_are_left(now) -> None:
    make_due("later", due_at=now + MINUTE, at=now)
    make_due("never", due_at=None, at=now)
    assert take("w1", now) == []


def test_the_oldest_come_first_and_no_more_than_asked(now) -> None:
    rows = [make_due(str(n), due_at=now - n * MINUTE, at=now) for n in range(4)]
    assert take("w1", now, limit=2) == [rows[3], rows[2]]
    assert take("w2", now) == [rows[1], rows[0]]


def test_two_holders_do_not_take_the_same_row(now) -> None:
    make_due("a", due_at=now, at=now)
    assert take("w1", now)
    assert take("w2", now) == []
    assert take("w1", now) == []


def test_a_lease_that_ran_out_holds_nothing(now) -> None:
    row = make_due("a", due_at=now, at=now)
    take("w1", now)
    assert take("w2", now + LEASE - timedelta(microseconds=1)) == []
    assert take("w2", now + LEASE) == [row]
    row.refresh_from_db()
    assert (row.lease_by, row.attempts) == ("w2", 2)


def test_whoever_lost_the_lease_may_not_write(now) -> None:
    row = make_due("a", due_at=now, at=now)
    (first,) = take("w1", now)
    assert hold(first, holder="w1") == row
    take("w2", now + LEASE)
    with pytest.raises(LeaseLost):
        hold(first, holder="w1")
    assert hold(first, holder="w2") == row


def test_a_row_nobody_leased_is_held_by_nobody(now) -> None:
    row = make_due("a", due_at=now, at=now)
    with pytest.raises(LeaseLost):
        hold(row, holder="w1")


def test_a_released_row_is_due_again_or_never(now) -> None:
    (row,) = [make_due("a", due_at=now, at=now)]
    take("w1", now)
    row = hold(row, holder="w1")
    release(row, due_at=now + MINUTE)
    row.save()
    assert (row.attempts, row.lease_by, row.lease_until) == (0, "", None)
    assert take("w2", now) == []
    assert take("w2", now + MINUTE) == [row]
    release(row, due_at=None)
    row.save()
    assert take("w3", now + timedelta(days=9)) == []


def test_a_failed_row_waits_twice_as_long_each_time_and_at_most_an_hour(now) -> None:
    row = make_due("a", due_at=now, at=now)
    waits = []
    for attempt in range(1, 10):
        row.attempts = attempt
        waits.append((retry_at(row, at=now) - now) // MINUTE)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_row_that_never_failed_is_tried_after_a_minute(now) -> None:
    row = make_due("a", due_at=now, at=now)
    assert now < retry_at(row, at=now) <= now + MINUTE


STEP = st.tuples(
    st.sampled_from(["w1", "w2", "w3"]),
    st.sampled_from(["take", "finish", "fail", "crash"]),
    st.integers(min_value=0, max_value=8),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=25))
def test_no_row_is_held_by_two_at_the_same_time(steps, now) -> None:
    """Workers take, finish, fail and crash in any order while minutes pass.

    `working` is what each worker believes it holds, until when. At every moment no two beliefs
    about one row may overlap; and whoever may still write is the one who leased last.
    """
    Letter.objects.all().delete()
    for number in range(4):
        make_due(f"row-{number}", due_at=now, at=now)
    at, working = now, {}
    for holder, what, minutes in steps:
        at += minutes * MINUTE
        if what == "take":
            for row in take(holder, at, limit=2):
                before = working.get(row.pk)
                assert before is None or before[1] <= at, "leased while another holds it"
                working[row.pk] = (holder, at + LEASE)
        mine = [pk for pk, (who, _until) in working.items() if who == holder]
        if what == "crash" or not mine:
            continue
        row = Letter.objects.get(pk=mine[0])
        if what == "finish":
            row = hold(row, holder=holder)
            release(row, due_at=None)
            row.save()
            del working[row.pk]
        elif what == "fail":
            row = hold(row, holder=holder)
            row.due_at, row.lease_until, row.lease_by = retry_at(row, at=at), None, ""
            row.save()
            del working[row.pk]
    for row in Letter.objects.exclude(lease_by=""):
        assert working[row.pk] == (row.lease_by, row.lease_until)
