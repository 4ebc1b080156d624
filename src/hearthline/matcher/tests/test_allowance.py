# SPDX-License-Identifier: Apache-2.0
"""Allowances: no more than the rate over any stretch of time, for all processes together."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.matcher.allowance import Allowance


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "allowances"


def test_a_second_of_calls_may_come_at_once_and_then_one_by_one(path: Path):
    allowance = Allowance(path, 3)
    assert [allowance.wait(1, 4, now=100.0) for _ in range(4)] == [0.0] * 4
    assert allowance.wait(1, 4, now=100.0) == pytest.approx(0.25)
    assert allowance.wait(1, 4, now=100.25) == 0.0
    assert allowance.wait(1, 4, now=100.25) > 0


def test_processes_share_it_and_keys_do_not(path: Path):
    one, other = Allowance(path, 3), Allowance(path, 3)
    assert [one.wait(1, 1, now=5.0), other.wait(2, 1, now=5.0)] == [0.0, 0.0]
    assert other.wait(1, 1, now=5.0) == pytest.approx(1.0)


def test_a_clock_that_began_anew_locks_nobody_out(path: Path):
    Allowance(path, 1).wait(0, 1, now=1_000_000.0)
    assert Allowance(path, 1).wait(0, 1, now=3.0) == 0.0


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=200), st.floats(0.5, 50))
def test_never_more_than_the_rate_and_one_second(tmp_path_factory, pauses, rate):
    allowance = Allowance(tmp_path_factory.mktemp("a") / "x", 1)
    now, taken = 10.0, []
    for pause in pauses:
        now += pause
        if not allowance.wait(0, rate, now=now):
            taken.append(now)
    allowance.close()
    for start in range(len(taken)):
        for end in range(start, len(taken)):
            assert end - start + 1 <= rate * (taken[end] - taken[start]) + max(rate, 1) + 1e-6
