# SPDX-License-Identifier: Apache-2.0
"""Suppression on growing tables, beside the naive way of finding companions.

The naive way looks at each line of the table by itself: where exactly one cell of a line is
hidden, it hides the smallest other, until no such line is left. Both tables are then given to the
same attacker. The counts are invented, with a fixed seed.
"""

import random
import time
from collections.abc import Callable
from itertools import product

from benchmarks.attacker import attack, lines_of
from hearthline.kit.disclosure import TOTAL, Cell, Key, Table, suppress

THRESHOLD = 5
SEED = 7
SHAPES = (
    (6,), (24,), (4, 4), (8, 6), (12, 10), (18, 14), (30, 24),
    (4, 4, 4), (8, 6, 4), (12, 6, 5), (16, 8, 6),
)  # fmt: skip
HEADER = (
    f"{'table':12}{'cells':>7}{'small':>7}  {'way':6}{'seconds':>9}{'withheld':>10}"
    f"{'worked out':>12}{'known small':>13}"
)


def main() -> None:
    print(f"Suppression at a threshold of {THRESHOLD}, and what an attacker works out of it")
    print(HEADER)
    for shape in SHAPES:
        table = invented(shape)
        small = sum(0 < (cell.value or 0) < THRESHOLD for cell in table.cells)
        for name, way in (("ours", _ours), ("naive", naive)):
            hidden, seconds = _timed(way, table)
            withheld = sum(cell.value is None for cell in hidden.cells)
            found = attack(hidden, threshold=THRESHOLD)
            print(
                f"{'×'.join(map(str, shape)):12}{len(table.cells):7}{small:7}  {name:6}"
                f"{seconds:9.3f}{withheld:10}{found.exactly:12}{found.small:13}"
            )


def invented(shape: tuple[int, ...]) -> Table:
    """A table as hotlines have them: a few large counts, many small ones, some zeros."""
    chance = random.Random(SEED)
    places = product(*([f"c{number:02}" for number in range(size)] for size in shape))
    counts = {place: int(chance.paretovariate(0.9) * 4) - 4 for place in places}
    return Table.from_counts([f"D{number}" for number in range(len(shape))], counts)


def naive(table: Table) -> Table:
    """Hide small cells, then per line the smallest companion, and no proof that it is enough."""
    counts = {cell.key: cell.value or 0 for cell in table.cells}
    hidden = {key for key, count in counts.items() if 0 < count < THRESHOLD}
    found = True
    while found:
        found = False
        for total, parts in lines_of(table):
            line = [total, *parts]
            open_cells = [key for key in line if key not in hidden and counts[key]]
            if sum(key in hidden for key in line) == 1 and open_cells:
                # The total only where nothing else is left.
                hidden.add(min(open_cells, key=lambda key: (TOTAL in key, counts[key], key)))
                found = True
    return _withhold(table, hidden)


def _withhold(table: Table, hidden: set[Key]) -> Table:
    cells = tuple(
        Cell(cell.key, None, "complementary") if cell.key in hidden else cell
        for cell in table.cells
    )
    return Table(table.dimensions, cells, THRESHOLD)


def _ours(table: Table) -> Table:
    return suppress(table, THRESHOLD)


def _timed(way: Callable[[Table], Table], table: Table) -> tuple[Table, float]:
    started = time.perf_counter()
    return way(table), time.perf_counter() - started


if __name__ == "__main__":
    main()
