# SPDX-License-Identifier: Apache-2.0
"""Hiding small cells, and the companions without which they could be worked out.

The proof of safety is a move. Take two categories of every dimension (TOTAL counts as one): the
corners of that box can be raised and lowered in turn so that every sum stays as it was. When all
corners are hidden, each of these altered tables fits the published numbers as well as the true
one. So a small cell is safe once it is a corner of a hidden box that lets it rise to the
threshold. Hiding more cells later never takes such a move away; one pass is enough.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from hearthline.kit.disclosure.table import TOTAL, Cell, Key, Table

_Cost = tuple[int, int, int, int]


class _Box(NamedTuple):
    """The corners of a box that rise together with its first cell, and those that then fall."""

    rising: tuple[Key, ...]
    falling: tuple[Key, ...]


def suppress(table: Table, threshold: int, *, hide_zeros: bool = False) -> Table:
    """The table with every count from 1 to `threshold - 1` hidden, and safe companions.

    With `hide_zeros` zeros are hidden as well, for tables in which "nobody" is itself a
    disclosure. The same counts always give the same pattern, in whatever order they came. A
    table already suppressed this strictly is returned as it is. Raises ValueError when the
    threshold is below 2, or when a suppressed table would have to be suppressed more strictly.
    """
    return suppress_linked([table], threshold, hide_zeros=hide_zeros)[0]


def suppress_linked(
    tables: Sequence[Table],
    threshold: int,
    *,
    hide_zeros: bool = False,
    also: Sequence[Collection[Key]] = (),
) -> tuple[Table, ...]:
    """Several tables of the same reports, sharing their grand total and no dimension.

    `also` names, table by table, counts to hide whatever their size (even zeros); each is
    protected so that it may be off by the threshold at least. If one of the tables has to hide
    the grand total, all do, each with companions of its own: otherwise the total would follow
    from the others. Raises ValueError as `suppress` does, when grand totals differ, or when a
    dimension stands in two tables (put those into one table).
    """
    if threshold < 2:
        raise ValueError(f"a threshold of {threshold} hides nothing; it must be 2 or more")
    if all(table.threshold is not None and table.threshold >= threshold for table in tables):
        return tuple(tables)
    if any(table.threshold is not None for table in tables):
        raise ValueError("a suppressed table cannot be suppressed again; begin with its counts")
    _check_links(tables)
    asked = [frozenset(keys) for keys in also] or [frozenset[Key]()] * len(tables)
    linked = list(zip(tables, asked, strict=True))
    patterns = [_hide(t, threshold, hide_zeros, keys, with_total=False) for t, keys in linked]
    if any(table.grand_total in hidden for table, hidden in zip(tables, patterns, strict=True)):
        patterns = [_hide(t, threshold, hide_zeros, keys, with_total=True) for t, keys in linked]
    return tuple(
        _withheld(table, hidden, threshold, hide_zeros)
        for table, hidden in zip(tables, patterns, strict=True)
    )


def _check_links(tables: Sequence[Table]) -> None:
    names = [name for table in tables for name in table.dimensions]
    if len(set(names)) != len(names):
        raise ValueError("linked tables must not share a dimension; put those into one table")
    if len({table[table.grand_total].value for table in tables}) > 1:
        raise ValueError("linked tables must have the same grand total")


def _withheld(table: Table, hidden: set[Key], threshold: int, hide_zeros: bool) -> Table:
    counts = _counts(table)
    cells: list[Cell] = []
    for cell in table.cells:
        if cell.key not in hidden:
            cells.append(cell)
        elif _is_small(counts[cell.key], threshold, hide_zeros):
            cells.append(Cell(cell.key, None, "primary"))
        else:
            cells.append(Cell(cell.key, None, "complementary"))
    return Table(table.dimensions, tuple(cells), threshold)


def _counts(table: Table) -> dict[Key, int]:
    return {cell.key: cell.value for cell in table.cells if cell.value is not None}


def _is_small(count: int, threshold: int, hide_zeros: bool) -> bool:
    return count < threshold and (hide_zeros or count > 0)


def _hide(
    table: Table, threshold: int, hide_zeros: bool, also: Collection[Key], *, with_total: bool
) -> set[Key]:
    """The keys to hide. `with_total` hides the grand total too, and protects it."""
    counts = _counts(table)
    hidden = {key for key, count in counts.items() if _is_small(count, threshold, hide_zeros)}
    hidden.update(also)
    if with_total:
        hidden.add(table.grand_total)
    # A hidden cell is known to be at least this, so no move may take one lower.
    floors = {key: 0 if hide_zeros or key in also else 1 for key in counts}
    for key in sorted(hidden):
        best: tuple[_Cost, tuple[Key, ...]] | None = None
        for box in _boxes(table, key):
            corners = box.rising + box.falling
            if with_total and key == table.grand_total and box.falling:
                continue
            moves = _moves(counts[key], threshold, asked=key in also)
            if not any(_fits(box, move, counts, floors) for move in moves):
                continue
            offer = (_cost(table, counts, hidden, corners), corners)
            if best is None or offer < best:
                best = offer
        if best is None:
            raise AssertionError(f"no box protects {key}, though its own margins always do")
        hidden.update(best[1])
    return hidden


def _moves(count: int, threshold: int, *, asked: bool) -> tuple[int, ...]:
    """How far a hidden count must be able to go: a small one up to the threshold."""
    if not asked:
        return (max(1, threshold - count),)
    return (threshold, -threshold) if count >= threshold else (threshold,)


def _fits(box: _Box, move: int, counts: dict[Key, int], floors: dict[Key, int]) -> bool:
    """Whether the corners can be moved without one going below what it must be."""
    up, down = min(0, move), -max(0, move)
    return all(counts[corner] + up >= floors[corner] for corner in box.rising) and all(
        counts[corner] + down >= floors[corner] for corner in box.falling
    )


def _boxes(table: Table, key: Key) -> Iterator[_Box]:
    """Every box with this cell as a corner.

    Along one dimension a count can pass from one category to another (one rises, one falls), or
    a category and the TOTAL rise together.
    """
    others = [
        [category for category in axis if category != here]
        for axis, here in zip(table.axes, key, strict=True)
    ]
    for far in product(*others):
        rising: list[Key] = []
        falling: list[Key] = []
        for choice in product((False, True), repeat=len(key)):
            corner = tuple(b if there else a for a, b, there in zip(key, far, choice, strict=True))
            turns = sum(
                there and a != TOTAL and b != TOTAL
                for a, b, there in zip(key, far, choice, strict=True)
            )
            (falling if turns % 2 else rising).append(corner)
        yield _Box(tuple(rising), tuple(falling))


def _cost(
    table: Table, counts: dict[Key, int], hidden: set[Key], corners: tuple[Key, ...]
) -> _Cost:
    """What hiding these corners would lose: the grand total, margins, cells, then counts."""
    lost = [corner for corner in corners if corner not in hidden]
    return (
        int(table.grand_total in lost),
        sum(TOTAL in corner for corner in lost),
        len(lost),
        sum(counts[corner] for corner in lost),
    )
