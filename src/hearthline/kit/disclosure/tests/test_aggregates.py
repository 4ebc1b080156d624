# SPDX-License-Identifier: Apache-2.0
"""Rates, quantiles and series: given when many stand behind them, else withheld."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.disclosure import TOTAL, publishable_quantile, publishable_rate, suppress_series


def test_a_series_keeps_its_total_and_hides_a_companion() -> None:
    assert suppress_series({"2026-Q1": 3, "2026-Q2": 8, "2026-Q3": 30}, 5) == {
        "2026-Q1": None, "2026-Q2": None, "2026-Q3": 30, TOTAL: 41,
    }  # fmt: skip


def test_a_rate_over_a_broad_base_is_given() -> None:
    assert publishable_rate(30, 120, 5) == 25.0
    assert publishable_rate(30, 120_000, 5, per=100_000) == 25.0
    assert publishable_rate(0, 120, 5) == 0.0
    assert publishable_rate(120, 120, 5) == 100.0


@pytest.mark.parametrize(("numerator", "denominator"), [(10, 29), (4, 120), (116, 120), (0, 0)])
def test_a_rate_that_would_tell_of_few_is_withheld(numerator: int, denominator: int) -> None:
    assert publishable_rate(numerator, denominator, 5) is None


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 10), (11, 10)])
def test_what_is_no_share_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        publishable_rate(numerator, denominator, 5)


def test_a_median_is_given_from_the_threshold_on() -> None:
    assert publishable_quantile([1, 2, 3, 4], 0.5, 5) is None
    assert publishable_quantile([5, 1, 4, 2, 3], 0.5, 5) == 3
    assert publishable_quantile([], 0.5, 0) is None


def test_a_high_percentile_needs_somebody_beyond_it() -> None:
    assert publishable_quantile(range(9), 0.9, 5) is None
    assert publishable_quantile(range(10), 0.9, 5) == pytest.approx(8.1)


@pytest.mark.parametrize("q", [0.0, 1.0, -0.5, 50.0])
def test_what_is_no_quantile_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        publishable_quantile([1, 2], q, 1)


@given(st.lists(st.integers(0, 10_000), min_size=5))
def test_the_median_agrees_with_the_standard_library(values: list[int]) -> None:
    assert publishable_quantile(values, 0.5, 5) == pytest.approx(statistics.median(values))


def test_how_often_each_value_stands_says_the_same() -> None:
    values = [3] * 4 + [7] * 3 + [20] * 6
    for q in (0.25, 0.5, 0.9):
        assert publishable_quantile({20: 6, 3: 4, 7: 3}, q, 5) == publishable_quantile(values, q, 5)
