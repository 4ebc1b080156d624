# SPDX-License-Identifier: Apache-2.0
"""Somebody who reads the published table and works out what was withheld.

Every line of a table says: the total is the sum of its parts. From all lines together the
attacker solves for what is uniquely determined (linear algebra), and narrows the least and most
each hidden count can be (interval arithmetic) until nothing changes. A hidden count is at least
`floor`. Finds less than somebody who tries every table, but ends on tables of any size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from hearthline.kit.disclosure import TOTAL, Key, Table

# Arithmetic modulo a large prime is exact and fast; that a false solution appears is negligible.
_PRIME = (1 << 61) - 1
_MANY = 10**9


@dataclass(frozen=True)
class Found:
    """How many hidden cells were worked out: exactly, or at least to be below the threshold."""

    exactly: int
    small: int


@dataclass(frozen=True)
class _Line:
    """total - sum(parts) = 0, with the hidden cells left standing: their signs, and the rest."""

    signs: dict[Key, int]
    rest: int


def attack(table: Table, *, threshold: int, floor: int = 1) -> Found:
    """What follows from the published cells."""
    hidden = [cell.key for cell in table.cells if cell.value is None]
    lines = [line for line in _lines(table) if line.signs]
    bounds = _narrow(lines, hidden, floor)
    solved = _determined(lines, hidden)
    exact = {key for key in hidden if key in solved or bounds[key][0] == bounds[key][1]}
    small = sum(key not in exact and bounds[key][1] < threshold for key in hidden)
    return Found(len(exact), small)


def lines_of(table: Table) -> Iterator[tuple[Key, list[Key]]]:
    """Every line: the key of its total and the keys of its parts."""
    for place, axis in enumerate(table.axes):
        others = [table.axes[n] for n in range(len(table.axes)) if n != place]
        for rest in product(*others):
            yield (
                (*rest[:place], TOTAL, *rest[place:]),
                [(*rest[:place], c, *rest[place:]) for c in axis if c != TOTAL],
            )


def _lines(table: Table) -> Iterator[_Line]:
    for total, parts in lines_of(table):
        signs, rest = {}, 0
        for key, sign in ((total, 1), *((part, -1) for part in parts)):
            value = table[key].value
            if value is None:
                signs[key] = sign
            else:
                rest += sign * value
        yield _Line(signs, rest)


def _narrow(lines: list[_Line], hidden: list[Key], floor: int) -> dict[Key, tuple[int, int]]:
    bounds = dict.fromkeys(hidden, (floor, _MANY))
    changed = True
    while changed:
        changed = False
        for line in lines:
            for key, sign in line.signs.items():
                others = [(s, bounds[k]) for k, s in line.signs.items() if k != key]
                # sign * count = -(rest + the others), at their least and at their most.
                most = -line.rest - sum(s * (b[0] if s > 0 else b[1]) for s, b in others)
                least = -line.rest - sum(s * (b[1] if s > 0 else b[0]) for s, b in others)
                low, high = (least, most) if sign > 0 else (-most, -least)
                new = max(bounds[key][0], low), min(bounds[key][1], high)
                if new != bounds[key]:
                    bounds[key], changed = new, True
    return bounds


def _determined(lines: list[_Line], hidden: list[Key]) -> set[Key]:
    """The cells with one solution: rows with a single entry once the lines are fully reduced."""
    rows: dict[Key, dict[Key, int]] = {}
    for line in lines:
        row = {key: sign % _PRIME for key, sign in line.signs.items()}
        for pivot in [key for key in row if key in rows]:
            row = _minus(row, rows[pivot], row.get(pivot, 0))
        if not row:
            continue
        pivot = next(iter(row))
        inverse = pow(row[pivot], -1, _PRIME)
        row = {key: value * inverse % _PRIME for key, value in row.items()}
        for key, other in rows.items():
            if pivot in other:
                rows[key] = _minus(other, row, other[pivot])
        rows[pivot] = row
    return {pivot for pivot, row in rows.items() if len(row) == 1}


def _minus(row: dict[Key, int], other: dict[Key, int], times: int) -> dict[Key, int]:
    left = dict(row)
    for key, value in other.items():
        left[key] = (left.get(key, 0) - times * value) % _PRIME
    return {key: value for key, value in left.items() if value}
