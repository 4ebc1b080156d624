# SPDX-License-Identifier: Apache-2.0
"""Frequency tables of any number of dimensions, with every margin."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

Key = tuple[str, ...]
Status = Literal["published", "primary", "complementary"]

# The SDMX code for "total", in place of a category.
TOTAL = "_T"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a category, or TOTAL, for each dimension. `value` is None where it is hidden."""

    key: Key
    value: int | None
    status: Status


@dataclass(frozen=True)
class Table:
    """A table with all its margins, its cells sorted by key.

    `threshold` is what the table was suppressed with, or None while it still holds every count.
    """

    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    threshold: int | None = None

    @classmethod
    def from_counts(
        cls,
        dimensions: Sequence[str],
        counts: Mapping[Key, int],
        categories: Mapping[str, Collection[str]] | None = None,
    ) -> "Table":
        """A table from its inner cells; margins are added up here.

        `categories` names, by dimension, categories that shall appear even when nothing was
        counted in them. A combination that is not in `counts` is zero. Raises ValueError for a
        key of the wrong length, a negative or fractional count, or a category called `_T`.
        """
        names = tuple(dimensions)
        if not names or len(set(names)) != len(names):
            raise ValueError("a table needs at least one dimension, each with its own name")
        found: list[set[str]] = [set((categories or {}).get(name, ())) for name in names]
        for key, count in counts.items():
            if len(key) != len(names):
                raise ValueError(f"the key {key} does not have {len(names)} parts")
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                raise ValueError(f"the count of {key} is not a whole number from 0: {count!r}")
            for seen, category in zip(found, key, strict=True):
                seen.add(category)
        if any(TOTAL in seen for seen in found):
            raise ValueError(f"{TOTAL} is the name of totals and cannot be a category")
        values = dict.fromkeys(product(*({*seen, TOTAL} for seen in found)), 0)
        for key, count in counts.items():
            for place in product(*((category, TOTAL) for category in key)):
                values[place] += count
        return cls(names, tuple(Cell(key, values[key], "published") for key in sorted(values)))

    @cached_property
    def by_key(self) -> dict[Key, Cell]:
        """Every cell by its key."""
        return {cell.key: cell for cell in self.cells}

    @cached_property
    def grand_total(self) -> Key:
        """The key of the total of everything."""
        return (TOTAL,) * len(self.dimensions)

    @cached_property
    def axes(self) -> tuple[tuple[str, ...], ...]:
        """For each dimension its categories in order, TOTAL among them."""
        return tuple(
            tuple(sorted({cell.key[place] for cell in self.cells}))
            for place in range(len(self.dimensions))
        )

    def __getitem__(self, key: Key) -> Cell:
        """The cell with this key. Raises KeyError."""
        return self.by_key[key]
