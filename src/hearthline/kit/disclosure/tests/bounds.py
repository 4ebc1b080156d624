# SPDX-License-Identifier: Apache-2.0
"""An attacker who solves: exact bounds of what is hidden, from everything ever published.

Linear programming over fractions (two-phase simplex, Bland's rule), so that no rounding can hide
a narrow interval. Small systems only.
"""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction

Name = Hashable
# A sum of unknowns, each so many times, that equals a known number.
Equation = tuple[Mapping[Name, int], int]
Row = list[Fraction]


class Impossible(Exception):
    """No numbers fit: what the attacker takes for granted is not so."""


def bounds(
    equations: Sequence[Equation], floors: Mapping[Name, int]
) -> dict[Name, tuple[int | Fraction, Fraction | None]]:
    """The least and the greatest value of every unknown; None where nothing limits it.

    `floors` names every unknown with the least it can be. Raises Impossible.
    """
    names = list(floors)
    rows: list[Row] = []
    for parts, known in equations:
        rest = known - sum(number * floors[name] for name, number in parts.items())
        rows.append([*(Fraction(parts.get(name, 0)) for name in names), Fraction(rest)])
    tableau = _feasible(rows, len(names))
    found: dict[Name, tuple[int | Fraction, Fraction | None]] = {}
    for place, name in enumerate(names):
        least = _greatest(tableau, place, -1)
        most = _greatest(tableau, place, 1)
        assert least is not None
        found[name] = (floors[name] - least, None if most is None else floors[name] + most)
    return found


_Tableau = tuple[list[Row], list[int]]


def _feasible(rows: list[Row], width: int) -> _Tableau:
    """A first solution, its basis beside it: artificial unknowns driven out."""
    table: list[Row] = []
    for row in rows:
        sign = -1 if row[-1] < 0 else 1
        table.append([sign * value for value in row])
    count = len(table)
    for place, row in enumerate(table):
        row[-1:-1] = [Fraction(int(place == other)) for other in range(count)]
    basis = [width + place for place in range(count)]
    costs = [Fraction(-int(column >= width)) for column in range(width + count)]
    if _optimise(table, basis, costs) != 0:
        raise Impossible
    for place in range(count - 1, -1, -1):
        if basis[place] >= width:
            column = next((c for c in range(width) if table[place][c]), None)
            if column is None:
                del table[place], basis[place]
            else:
                _pivot(table, basis, place, column)
    return [[*row[:width], row[-1]] for row in table], basis


def _greatest(tableau: _Tableau, place: int, sign: int) -> Fraction | None:
    table, basis = [list(row) for row in tableau[0]], list(tableau[1])
    width = len(table[0]) - 1 if table else place + 1
    costs = [Fraction(sign * int(column == place)) for column in range(width)]
    if not table:
        return None if sign > 0 else Fraction(0)
    return _optimise(table, basis, costs)


def _optimise(table: list[Row], basis: list[int], costs: list[Fraction]) -> Fraction | None:
    """Raise the costs' sum as far as it goes; None where it has no end."""
    while True:
        entering = next(
            (
                column
                for column in range(len(costs))
                if column not in basis
                and costs[column]
                > sum(costs[b] * row[column] for b, row in zip(basis, table, strict=True))
            ),
            None,
        )
        if entering is None:
            return sum(
                (costs[b] * row[-1] for b, row in zip(basis, table, strict=True)), Fraction()
            )
        ratios = [
            (row[-1] / row[entering], basis[place], place)
            for place, row in enumerate(table)
            if row[entering] > 0
        ]
        if not ratios:
            return None
        _pivot(table, basis, min(ratios)[2], entering)


def _pivot(table: list[Row], basis: list[int], place: int, column: int) -> None:
    lead = table[place][column]
    table[place] = [value / lead for value in table[place]]
    for other, row in enumerate(table):
        if other != place and row[column]:
            factor = row[column]
            table[other] = [a - factor * b for a, b in zip(row, table[place], strict=True)]
    basis[place] = column
