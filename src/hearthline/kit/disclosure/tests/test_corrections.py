# SPDX-License-Identifier: Apache-2.0
"""Versions of the same tables: laid over each other they show no more than each alone."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hearthline.kit.disclosure import TOTAL, Key, Table, is_slight, suppress_correction
from hearthline.kit.disclosure.suppression import suppress, suppress_linked
from hearthline.kit.disclosure.tests.attack import covers
from hearthline.kit.disclosure.tests.bounds import Equation, Impossible, Name, bounds

Counts = dict[str, int]
Cells = dict[Key, int | None]
Version = list[Cells]


def tables(*breakdowns: Counts) -> list[Table]:
    return [
        Table.from_counts((f"D{place}",), {(code,): number for code, number in counts.items()})
        for place, counts in enumerate(breakdowns)
    ]


def shown(found: tuple[Table, ...]) -> Version:
    return [{cell.key: cell.value for cell in table.cells} for table in found]


def correct(before: Version, *breakdowns: Counts, threshold: int = 5) -> Version | None:
    found = suppress_correction(tables(*breakdowns), [before], threshold)
    return None if found is None else shown(found)


FIRST = {"a": 12, "b": 30, "c": 3, "d": 9, "e": 20}
PUBLISHED = shown(suppress_linked(tables(FIRST), 5))


def test_the_first_version_hides_the_small_count_and_a_companion() -> None:
    assert [key[0] for key, value in PUBLISHED[0].items() if value is None] == ["c", "d"]


def test_a_large_change_is_shown_and_what_was_hidden_stays_hidden() -> None:
    assert correct(PUBLISHED, FIRST | {"b": 40, "c": 8}) is not None
    (found,) = correct(PUBLISHED, FIRST | {"b": 40, "c": 8, "d": 9}) or []
    assert found == {
        ("a",): 12, ("b",): 40, ("c",): None, ("d",): None, ("e",): 20, (TOTAL,): 89,
    }  # fmt: skip


def test_a_total_that_changed_by_a_few_leaves_the_version_before() -> None:
    assert correct(PUBLISHED, FIRST | {"a": 13}) is None
    assert correct(PUBLISHED, FIRST | {"a": 8}) is None


def test_the_same_counts_make_the_same_version() -> None:
    assert correct(PUBLISHED, FIRST) == PUBLISHED


def test_a_count_that_changed_by_a_few_is_hidden() -> None:
    (found,) = correct(PUBLISHED, FIRST | {"a": 14, "b": 28}) or []
    assert (found["a",], found["b",], found["e",]) == (None, None, 20)
    assert found[TOTAL,] == 74


def test_what_is_hidden_together_never_changed_by_a_few() -> None:
    # One more in c, and ten more in b: with b shown, the one would follow from the total.
    (found,) = correct(PUBLISHED, FIRST | {"b": 40, "c": 4}) or []
    assert found["b",] is None


def test_every_earlier_version_is_remembered() -> None:
    second = correct(PUBLISHED, FIRST | {"a": 22})
    assert second is not None
    third = suppress_correction(tables(FIRST | {"a": 14, "b": 50}), [PUBLISHED, second], 5)
    assert third is not None
    assert shown(third)[0]["a",] is None


def test_a_category_that_is_new_counts_as_zero_before() -> None:
    (found,) = correct(PUBLISHED, FIRST | {"e": 30, "new": 4}) or []
    assert found["new",] is None


def test_tables_of_several_dimensions_are_refused() -> None:
    square = Table.from_counts(("A", "B"), {("x", "y"): 7})
    with pytest.raises(ValueError, match="one-way"):
        suppress_correction([square], [], 5)


# The solver itself first: an attacker that cannot count protects nobody.


def test_the_attacker_finds_what_two_sums_pin_down() -> None:
    equations: list[Equation] = [({"a": 1, "b": 1}, 8), ({"a": 1, "b": 1, "c": 1}, 11)]
    assert bounds(equations, {"a": 1, "b": 1, "c": 1}) == {"a": (1, 7), "b": (1, 7), "c": (3, 3)}


def test_the_attacker_knows_what_has_no_end_and_what_cannot_be() -> None:
    assert bounds([({"a": 1, "t": -1}, -4)], {"a": 1, "t": 1}) == {"a": (1, None), "t": (5, None)}
    with pytest.raises(Impossible):
        bounds([({"a": 1}, 0)], {"a": 1})


def test_the_attacker_lays_careless_versions_over_each_other() -> None:
    """a=12, b and c hidden; then b=13, a and c hidden; total 30: each alone is safe."""
    found = bounds(
        [({"b": 1, "c": 1}, 18), ({"a": 1, "c": 1}, 17), ({"b": 1}, 13), ({"a": 1}, 12)],
        {"a": 1, "b": 1, "c": 1},
    )
    assert found["c"] == (5, 5)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Counts]]:
    """Two breakdowns of the same reports, counted two or three times."""
    codes = ("a", "b", "c", "d", "e")[: draw(st.integers(2, 5))]
    number = st.one_of(st.integers(0, 6), st.integers(0, 40))
    counts = {code: draw(number) for code in codes}
    split = draw(st.integers(0, sum(counts.values())))
    history = [[counts, {"x": split, "y": sum(counts.values()) - split, "z": 0}]]
    change = st.one_of(st.just(0), st.integers(-3, 3), st.integers(0, 15))
    for _ in range(draw(st.integers(1, 2))):
        counts = {code: max(0, number + draw(change)) for code, number in counts.items()}
        total = sum(counts.values())
        split = min(total, max(0, split + draw(change)))
        late = min(total - split, draw(st.integers(0, 2)))
        history.append([counts, {"x": split, "y": total - split - late, "z": late}])
    return history


def published(history: list[list[Counts]], threshold: int) -> list[Version]:
    versions: list[Version] = []
    for breakdowns in history:
        found = suppress_correction(tables(*breakdowns), versions, threshold)
        versions.append(versions[-1] if found is None else shown(found))
    return versions


def system(versions: list[Version], *, grown: bool) -> tuple[list[Equation], dict[Name, int]]:
    """All sums of all versions; with `grown` also that no count became smaller."""
    equations: list[Equation] = []
    floors: dict[Name, int] = {}

    def term(version: int, table: int, key: Key) -> tuple[dict[Name, int], int]:
        place = 0 if key == (TOTAL,) else table
        value = versions[version][place][key]
        if value is not None:
            return {}, value
        name = (version, place, key)
        floors[name] = int(version == 0)
        return {name: 1}, 0

    for number, version in enumerate(versions):
        for table, cells in enumerate(version):
            parts: dict[Name, int] = {}
            rest = 0
            for key in cells:
                sign = -1 if key == (TOTAL,) else 1
                unknown, known = term(number, table, key)
                parts |= dict.fromkeys(unknown, sign)
                rest -= sign * known
                if grown and number:
                    before, had = term(number - 1, table, key)
                    if unknown or before:
                        more = ("more", number, table, key)
                        floors[more] = 0
                        equations.append(
                            (
                                dict.fromkeys(unknown, 1) | dict.fromkeys(before, -1) | {more: -1},
                                had - known,
                            )
                        )
            equations.append((parts, rest))
    return equations, floors


def changes(
    versions: list[Version],
) -> Iterator[tuple[dict[Key, int | None], dict[Key, int | None]]]:
    for later, newer in enumerate(versions):
        for older in versions[:later]:
            yield from zip(older, newer, strict=True)


@given(histories(), st.integers(3, 5))
@settings(max_examples=60, deadline=None)
def test_no_solver_narrows_what_any_version_hides(
    history: list[list[Counts]], threshold: int
) -> None:
    versions = published(history, threshold)
    assert_nothing_slight_follows(versions, threshold)
    assert_wide(versions, threshold, grown=False)


@given(histories(), st.integers(3, 5))
@example([[{"a": 0, "b": 2, "c": 3, "d": 5}, {"x": 0, "y": 10, "z": 0}]] * 2, 4)
@settings(max_examples=40, deadline=None)
def test_nor_one_who_takes_it_that_counts_only_grew(
    history: list[list[Counts]], threshold: int
) -> None:
    highest: list[list[Counts]] = [history[0]]
    for step in history[1:]:
        grown = [
            {code: max(number, before[code]) for code, number in counts.items()}
            for counts, before in zip(step, highest[-1], strict=True)
        ]
        gap = sum(grown[0].values()) - sum(grown[1].values())
        grown[0]["a"] += max(0, -gap)
        grown[1]["x"] += max(0, gap)
        highest.append(grown)
    assert_wide(published(highest, threshold), threshold, grown=True)


def assert_nothing_slight_follows(versions: list[Version], threshold: int) -> None:
    for before, after in changes(versions):
        hidden = 0
        for key, value in after.items():
            old = before[key]
            if value is not None:
                assert old is not None, "shown after it was hidden"
                assert not is_slight(value - old, threshold)
                hidden += (1 if key == (TOTAL,) else -1) * (value - old)
        if after[TOTAL,] is not None:
            assert not is_slight(hidden, threshold)


def assert_wide(versions: list[Version], threshold: int, *, grown: bool) -> None:
    """Nothing hidden is pinned down, unless another version shows that very count anyway."""
    equations, floors = system(versions, grown=grown)
    if not floors:
        return
    for name, (least, most) in bounds(equations, floors).items():
        if isinstance(name, tuple) and name[0] != "more":
            _version, place, key = name
            told = {version[place].get(key) for version in versions}
            assert most is None or most >= threshold, name
            assert most is None or most > least or least in told, name


@given(
    st.integers(2, 4),
    st.integers(2, 4),
    st.lists(st.one_of(st.integers(0, 4), st.integers(0, 30)), min_size=16, max_size=16),
    st.integers(3, 5),
)
@settings(max_examples=60, deadline=None)
def test_no_solver_narrows_a_two_way_table_and_its_margins(
    rows: int, columns: int, numbers: list[int], threshold: int
) -> None:
    keys = [(f"r{row}", f"c{column}") for row in range(rows) for column in range(columns)]
    truth = Table.from_counts(("R", "C"), dict(zip(keys, numbers, strict=False)))
    safe = suppress(truth, threshold)
    floors: dict[Name, int] = {cell.key: 1 for cell in safe.cells if cell.value is None}
    equations: list[Equation] = []
    for margin in (cell for cell in safe.cells if TOTAL in cell.key):
        inner = [key for key in keys if covers(margin.key, key)]
        parts: dict[Name, int] = {key: 1 for key in inner if safe[key].value is None}
        if margin.value is None:
            parts[margin.key] = -1
        equations.append((parts, (margin.value or 0) - sum(safe[key].value or 0 for key in inner)))
    for key, (least, most) in bounds(equations, floors).items():
        assert most is None or (most > least and most >= threshold), key
