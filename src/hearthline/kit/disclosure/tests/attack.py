# SPDX-License-Identifier: Apache-2.0
"""An attacker who tries every table that fits the published numbers."""

from collections.abc import Iterator
from itertools import product

from hearthline.kit.disclosure import TOTAL, Key, Table


def covers(margin: Key, inner: Key) -> bool:
    return all(m in (TOTAL, i) for m, i in zip(margin, inner, strict=True))


def fitting_tables(table: Table, floor: int, ceiling: int) -> Iterator[dict[Key, int]]:
    """Inner cells of every table that fits: hidden cells from `floor` to `ceiling`."""
    inner = [cell for cell in table.cells if TOTAL not in cell.key]
    unknown = [cell.key for cell in inner if cell.value is None]
    known = {cell.key: cell.value for cell in inner if cell.value is not None}
    margins = [
        ([key for key in unknown if covers(cell.key, key)],
         cell.value - sum(v for key, v in known.items() if covers(cell.key, key)))
        for cell in table.cells
        if TOTAL in cell.key and cell.value is not None
    ]  # fmt: skip
    assert all(rest >= 0 for _, rest in margins)

    def fits(chosen: dict[Key, int]) -> bool:
        for parts, rest in margins:
            done = [chosen[key] for key in parts if key in chosen]
            left = len(parts) - len(done)
            if sum(done) + left * floor > rest or (left == 0 and sum(done) != rest):
                return False
        return True

    def extend(chosen: dict[Key, int], remaining: list[Key]) -> Iterator[dict[Key, int]]:
        if not remaining:
            yield {**known, **chosen}
            return
        for value in range(floor, ceiling + 1):
            further = {**chosen, remaining[0]: value}
            if fits(further):
                yield from extend(further, remaining[1:])

    if fits({}):
        yield from extend({}, unknown)


def possible_values(table: Table, floor: int, ceiling: int) -> dict[Key, set[int]]:
    """For every hidden cell, margins too, the counts it has in some table that fits."""
    hidden = [cell.key for cell in table.cells if cell.value is None]
    found: dict[Key, set[int]] = {key: set() for key in hidden}
    for inner in fitting_tables(table, floor, ceiling):
        for key in hidden:
            found[key].add(sum(count for place, count in inner.items() if covers(key, place)))
    return found


def inner_keys(*sizes: int) -> list[Key]:
    return list(product(*(tuple("abcdefg"[:size]) for size in sizes)))
