# SPDX-License-Identifier: Apache-2.0
"""Publishing the same tables again, so that two versions laid over each other tell nothing.

A reader keeps the earlier versions. What was hidden there and is shown now would be known for
good, and a count that grew from 12 to 13 tells of one report. So, beside what `suppress` hides:

- what any earlier version hid stays hidden;
- a count that differs from an earlier version by 1 to `threshold - 1` is hidden;
- so are others, until the hidden counts of a table have together changed by nothing or by at
  least the threshold, since their sum follows from the total;
- when the total itself changed by so little, nothing new is published at all.

The attacker reckoned with may even take it that counts only grew, as late reports do.
"""

from collections.abc import Mapping, Sequence

from hearthline.kit.disclosure.suppression import suppress_linked
from hearthline.kit.disclosure.table import Key, Table

# What one version shows of one table; None where it hides a count.
Shown = Mapping[Key, int | None]


def suppress_correction(
    tables: Sequence[Table], earlier: Sequence[Sequence[Shown]], threshold: int
) -> tuple[Table, ...] | None:
    """One-way tables of the same reports, suppressed beside their `earlier` published versions.

    Each earlier version has what it showed of each table, in the same order, grand total
    included; a category that a version does not have counts as 0 there. Returns None when the
    grand total changed too little to be told: the newest earlier version then stays as it is.
    Raises ValueError as `suppress_linked` does, and for tables of several dimensions.
    """
    if any(len(table.dimensions) != 1 for table in tables):
        raise ValueError("corrections are worked out for one-way tables only")
    total = _counts(tables[0])[tables[0].grand_total]
    for version in earlier:
        before = version[0].get(tables[0].grand_total)
        if before is not None and is_slight(total - before, threshold):
            return None
    keep = [
        _kept_hidden(table, [version[place] for version in earlier], threshold)
        for place, table in enumerate(tables)
    ]
    while True:
        found = suppress_linked(tables, threshold, also=keep)
        more = [
            _give_away(table, shown, [version[place] for version in earlier], threshold)
            for place, (table, shown) in enumerate(zip(tables, found, strict=True))
        ]
        if not any(more):
            return found
        keep = [
            {cell.key for cell in shown.cells if cell.value is None} | further
            for shown, further in zip(found, more, strict=True)
        ]


def is_slight(change: int, threshold: int) -> bool:
    """Whether a change would tell of fewer than `threshold` reports, though of some."""
    return 0 < abs(change) < threshold


def _counts(table: Table) -> dict[Key, int]:
    return {cell.key: cell.value for cell in table.cells if cell.value is not None}


def _kept_hidden(table: Table, versions: Sequence[Shown], threshold: int) -> set[Key]:
    """What earlier versions hid, and what differs from them by too little."""
    found: set[Key] = set()
    for key, count in _counts(table).items():
        for version in versions:
            before = version.get(key, 0)
            if before is None or is_slight(count - before, threshold):
                found.add(key)
    return found


def _give_away(table: Table, shown: Table, versions: Sequence[Shown], threshold: int) -> set[Key]:
    """One more count to hide where the change of all hidden ones together is a slight one."""
    total = table.grand_total
    if shown[total].value is None:
        return set()
    counts = _counts(table)
    for version in versions:
        before = version.get(total)
        if before is None:
            continue
        changes = {
            cell.key: counts[cell.key] - (version.get(cell.key, 0) or 0)
            for cell in shown.cells
            if cell.value is not None and cell.key != total
        }
        hidden = counts[total] - before - sum(changes.values())
        if len(changes) + 1 < len(table.cells) and is_slight(hidden, threshold):
            # The total changed by nothing or by enough, so something shown has changed too.
            return {max(sorted(changes), key=lambda key: abs(changes[key]))}
    return set()
