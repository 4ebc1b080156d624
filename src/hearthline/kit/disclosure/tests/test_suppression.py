# SPDX-License-Identifier: Apache-2.0
"""Suppression: what is hidden, what stays, and that nobody can work the hidden cells out."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.disclosure import TOTAL, Table, suppress, suppress_linked
from hearthline.kit.disclosure.tests.attack import fitting_tables, inner_keys, possible_values

T = TOTAL


def one_way(**counts: int) -> Table:
    return Table.from_counts(("KIND",), {(kind,): count for kind, count in counts.items()})


def shown(table: Table) -> dict[str, int | None]:
    return {"/".join(cell.key): cell.value for cell in table.cells}


def assert_safe(table: Table, counts: Table, threshold: int, *, floor: int) -> None:
    """No hidden cell is pinned, and each may be at or above the threshold."""
    ceiling = max(cell.value or 0 for cell in counts.cells if T not in cell.key) + threshold
    for key, values in possible_values(table, floor, ceiling).items():
        assert len(values) >= 2, (key, values)
        assert max(values) >= threshold, (key, values)
        assert counts[key].value in values


def test_a_table_of_large_counts_is_published_whole() -> None:
    table = suppress(one_way(bullying=12, fraud=9), 5)
    assert shown(table) == {"bullying": 12, "fraud": 9, T: 21}
    assert {cell.status for cell in table.cells} == {"published"}


def test_one_small_cell_takes_the_smallest_companion_and_the_total_stays() -> None:
    table = suppress(one_way(bullying=12, fraud=9, grooming=3), 5)
    assert shown(table) == {"bullying": 12, "fraud": None, "grooming": None, T: 24}
    assert table[("grooming",)].status == "primary"
    assert table[("fraud",)].status == "complementary"


def test_zeros_are_published() -> None:
    assert shown(suppress(one_way(bullying=12, fraud=0, grooming=3), 5)) == {
        "bullying": None, "fraud": 0, "grooming": None, T: 15,
    }  # fmt: skip


def test_two_small_cells_that_would_bound_each_other_take_a_third() -> None:
    # 2 + 3 = 5: a hidden cell is at least 1, so without a third neither could reach 5.
    table = suppress(one_way(bullying=2, fraud=3, grooming=20), 5)
    assert shown(table) == {"bullying": None, "fraud": None, "grooming": None, T: 25}


def test_a_small_total_is_hidden_with_all_that_is_not_zero() -> None:
    assert shown(suppress(one_way(bullying=2, fraud=0), 5)) == {
        "bullying": None, "fraud": 0, T: None,
    }  # fmt: skip


def test_where_no_companion_is_left_the_total_is_hidden() -> None:
    table = suppress(one_way(bullying=2, fraud=3, privacy=0), 5)
    assert shown(table) == {"bullying": None, "fraud": None, "privacy": 0, T: None}
    assert table[(T,)].status == "complementary"


def test_a_table_of_zeros_is_published_unless_zeros_are_hidden() -> None:
    zeros = one_way(bullying=0, fraud=0)
    assert set(shown(suppress(zeros, 5)).values()) == {0}
    assert set(shown(suppress(zeros, 5, hide_zeros=True)).values()) == {None}


def test_in_two_dimensions_margins_stay_and_a_rectangle_is_hidden() -> None:
    table = suppress(
        Table.from_counts(
            ("KIND", "AGE"),
            {("a", "x"): 2, ("a", "y"): 10, ("a", "z"): 30,
             ("b", "x"): 11, ("b", "y"): 12, ("b", "z"): 40},
        ),
        5,
    )  # fmt: skip
    hidden = {cell.key for cell in table.cells if cell.value is None}
    assert hidden == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_the_threshold_itself_is_published() -> None:
    assert shown(suppress(one_way(bullying=5), 5)) == {"bullying": 5, T: 5}


@pytest.mark.parametrize("threshold", [-1, 0, 1])
def test_a_threshold_that_hides_nothing_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="hides nothing"):
        suppress(one_way(bullying=5), threshold)


def test_a_suppressed_table_stays_as_it_is() -> None:
    once = suppress(one_way(bullying=12, fraud=9, grooming=3), 5)
    assert suppress(once, 5) is once
    assert suppress(once, 3) is once


def test_a_suppressed_table_cannot_be_suppressed_more_strictly() -> None:
    once = suppress(one_way(bullying=12, fraud=9, grooming=3), 5)
    with pytest.raises(ValueError, match="begin with its counts"):
        suppress(once, 10)


def test_linked_tables_with_a_large_total_each_get_their_own_companion() -> None:
    by_kind = one_way(bullying=20, fraud=8, grooming=2)
    by_age = Table.from_counts(("AGE",), {("9_12",): 15, ("13_15",): 15})
    kinds, ages = suppress_linked([by_kind, by_age], 5)
    assert shown(kinds) == {"bullying": 20, "fraud": None, "grooming": None, T: 30}
    assert shown(ages) == {"9_12": 15, "13_15": 15, T: 30}


def test_a_total_hidden_in_one_linked_table_cannot_be_added_up_in_another() -> None:
    by_kind = one_way(bullying=3, fraud=3)
    by_age = Table.from_counts(("AGE",), {("9_12",): 6})
    kinds, ages = suppress_linked([by_kind, by_age], 5)
    assert shown(kinds)[T] == 6
    by_kind = one_way(bullying=2, fraud=3)
    by_age = Table.from_counts(("AGE",), {("9_12",): 5, ("13_15",): 0})
    kinds, ages = suppress_linked([by_kind, by_age], 5)
    assert shown(kinds) == {"bullying": None, "fraud": None, T: None}
    assert shown(ages) == {"9_12": None, "13_15": 0, T: None}


def test_linked_tables_must_agree_and_be_apart() -> None:
    with pytest.raises(ValueError, match="same grand total"):
        suppress_linked([one_way(a=3), Table.from_counts(("AGE",), {("x",): 4})], 5)
    with pytest.raises(ValueError, match="share a dimension"):
        suppress_linked([one_way(a=3), one_way(b=3)], 5)


@pytest.mark.parametrize(
    ("dimensions", "counts", "fault"),
    [
        ((), {}, "at least one dimension"),
        (("A", "A"), {}, "its own name"),
        (("A",), {("x", "y"): 1}, "does not have 1 parts"),
        (("A",), {("x",): -1}, "whole number"),
        (("A",), {("x",): 1.5}, "whole number"),
        (("A",), {("x",): True}, "whole number"),
        (("A",), {(T,): 1}, "cannot be a category"),
    ],
)
def test_counts_that_make_no_table_are_refused(
    dimensions: tuple[str, ...], counts: dict[tuple[str, ...], int], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Table.from_counts(dimensions, counts)


# Few large values among many small ones: where disclosure happens.
COUNTS = st.one_of(st.integers(0, 5), st.integers(0, 9))


@st.composite
def tables(draw: st.DrawFn, *most: int) -> Table:
    sizes = [draw(st.integers(1, size)) for size in most]
    keys = inner_keys(*sizes)
    counts = draw(st.lists(COUNTS, min_size=len(keys), max_size=len(keys)))
    names = ("ONE", "TWO", "THREE")[: len(sizes)]
    return Table.from_counts(names, dict(zip(keys, counts, strict=True)))


THRESHOLDS = st.integers(2, 5)


@given(tables(4), THRESHOLDS)
@settings(max_examples=150, deadline=None)
def test_nothing_is_recovered_from_one_dimension(table: Table, threshold: int) -> None:
    assert_safe(suppress(table, threshold), table, threshold, floor=1)


@given(tables(3, 3), THRESHOLDS)
@settings(max_examples=100, deadline=None)
def test_nothing_is_recovered_from_two_dimensions(table: Table, threshold: int) -> None:
    hidden = suppress(table, threshold)
    if sum(cell.value is None for cell in hidden.cells if T not in cell.key) <= 5:
        assert_safe(hidden, table, threshold, floor=1)


@given(tables(2, 2, 2), THRESHOLDS)
@settings(max_examples=100, deadline=None)
def test_nothing_is_recovered_from_three_dimensions(table: Table, threshold: int) -> None:
    hidden = suppress(table, threshold)
    if sum(cell.value is None for cell in hidden.cells if T not in cell.key) <= 6:
        assert_safe(hidden, table, threshold, floor=1)


@given(tables(2, 2), THRESHOLDS)
@settings(max_examples=75, deadline=None)
def test_nothing_is_recovered_where_zeros_are_hidden(table: Table, threshold: int) -> None:
    assert_safe(suppress(table, threshold, hide_zeros=True), table, threshold, floor=0)


@given(tables(4, 3), THRESHOLDS, st.randoms())
@settings(max_examples=75, deadline=None)
def test_the_order_of_the_counts_makes_no_difference(
    table: Table, threshold: int, shuffle: random.Random
) -> None:
    counts = [(cell.key, cell.value or 0) for cell in table.cells if T not in cell.key]
    shuffle.shuffle(counts)
    again = Table.from_counts(table.dimensions, dict(counts))
    assert suppress(again, threshold) == suppress(table, threshold)


@given(tables(4, 3), THRESHOLDS)
@settings(max_examples=75, deadline=None)
def test_no_small_count_is_ever_published_and_no_count_is_altered(
    table: Table, threshold: int
) -> None:
    for before, after in zip(table.cells, suppress(table, threshold).cells, strict=True):
        assert after.value in (None, before.value)
        assert after.value is None or after.value == 0 or after.value >= threshold
        assert (after.value is None) == (after.status != "published")


@given(st.lists(COUNTS, min_size=1, max_size=3), st.integers(1, 3), THRESHOLDS, st.randoms())
@settings(max_examples=75, deadline=None)
def test_nothing_is_recovered_from_linked_one_way_tables(
    counts: list[int], ways: int, threshold: int, deal: random.Random
) -> None:
    first = Table.from_counts(
        ("ONE",), {(name,): n for name, n in zip("abc", counts, strict=False)}
    )
    dealt = dict.fromkeys("xyz"[:ways], 0)
    for _ in range(sum(counts)):
        dealt[deal.choice(list(dealt))] += 1
    second = Table.from_counts(("TWO",), {(name,): n for name, n in dealt.items()})
    one, two = suppress_linked([first, second], threshold)
    assert (one[(T,)].value is None) == (two[(T,)].value is None)
    assert_safe_together([one, two], [first, second], threshold)


def assert_safe_together(hidden: list[Table], true: list[Table], threshold: int) -> None:
    """As `assert_safe`, against an attacker who reads both tables side by side."""
    ceiling = max(cell.value or 0 for cell in true[0].cells) + threshold
    totals = [
        {sum(inner.values()) for inner in fitting_tables(table, 1, ceiling)} for table in hidden
    ]
    shared = set.intersection(*totals)
    for table, counts in zip(hidden, true, strict=True):
        found: dict[str, set[int]] = {}
        for inner in fitting_tables(table, 1, ceiling):
            total = sum(inner.values())
            if total in shared:
                for key, value in {**inner, (T,): total}.items():
                    found.setdefault(key[0], set()).add(value)
        for cell in table.cells:
            if cell.value is None:
                assert len(found[cell.key[0]]) >= 2
                assert max(found[cell.key[0]]) >= threshold
                assert counts[cell.key].value in found[cell.key[0]]
