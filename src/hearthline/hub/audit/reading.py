# SPDX-License-Identifier: Apache-2.0
"""The lines of the log from the database.

Rows that somebody altered by hand may hold anything, so nothing here relies on a column having
its type: what cannot be read becomes a line that says so, and the proof names it.
"""

from collections.abc import Iterable, Iterator

from django.db import DatabaseError

from hearthline.hub.audit.lines import CheckpointLine, EntryLine, LeafLine, Line
from hearthline.hub.audit.models import Checkpoint, CheckpointQuerySet, Entry, Leaf, utc

CHUNK = 500
# Stands for a place or size that is no number any more; it sorts after all others.
NOWHERE = 2**63 - 1
# What reading a row with an altered byte may raise.
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, DatabaseError)


def read_database() -> Iterator[Line]:
    """The whole log, CHUNK rows at a time, while it may go on growing.

    A leaf and the checkpoint over it appear in one transaction. So checkpoints are read only as
    far as leaves have been, and those left over at the end only once no leaf follows.
    """
    place = size = -NOWHERE
    while True:
        leaves = _leaves_after(place) if place < NOWHERE else []
        if leaves:
            place = leaves[-1].index
            read = Checkpoint.objects.filter(size__gt=size, size__lte=place + 1)
        else:
            read = Checkpoint.objects.filter(size__gt=size)
        checkpoints = _checkpoints(read)
        if not leaves and place < NOWHERE and _leaves_after(place):
            continue
        size = max([size, *(checkpoint.size for checkpoint in checkpoints)])
        lines: list[Line] = [*leaves, *checkpoints]
        yield from sorted(lines, key=_order)
        if not leaves:
            break
    yield from _loose()


def _order(line: Line) -> tuple[int, int]:
    """A checkpoint over n leaves stands before the leaf at place n."""
    match line:
        case LeafLine():
            return line.index, 1
        case CheckpointLine():
            return line.size, 0
        case EntryLine():
            return NOWHERE, 1


def _leaves_after(place: int) -> list[LeafLine]:
    leaves = list(Leaf.objects.filter(index__gt=place).order_by("index")[:CHUNK])
    entries = _entries([leaf.entry_id for leaf in leaves])
    return [
        LeafLine(_number(leaf.index), leaf.entry_id, _bytes(leaf.hash), entries.get(leaf.entry_id))
        for leaf in leaves
    ]


def _entries(numbers: Iterable[int]) -> dict[int, EntryLine]:
    """The entries of these numbers, as far as there are any."""
    numbers = list(numbers)
    try:
        return {entry.id: _entry(entry) for entry in Entry.objects.filter(id__in=numbers)}
    except UNREADABLE:
        lines = (_single_entry(number) for number in numbers)
        return {line.id: line for line in lines if line is not None}


def _entry(entry: Entry) -> EntryLine:
    return EntryLine.of(entry.fields())


def _single_entry(number: int) -> EntryLine | None:
    try:
        if not Entry.objects.filter(id=number).exists():
            return None
    except UNREADABLE:  # the number itself is none
        return None
    try:
        return _entry(Entry.objects.get(id=number))
    except UNREADABLE:
        return EntryLine(number, {}, b"")


def _checkpoints(rows: CheckpointQuerySet) -> list[CheckpointLine]:
    rows = rows.order_by("size")
    try:
        return [_checkpoint(row) for row in rows]
    except UNREADABLE:
        return [_single_checkpoint(size) for size in rows.values_list("size", flat=True)]


def _checkpoint(row: Checkpoint) -> CheckpointLine:
    return CheckpointLine(
        size=_number(row.size),
        signed_at=utc(row.signed_at),
        root=_bytes(row.root),
        frontier=_bytes(row.frontier),
        note=row.note if isinstance(row.note, str) else "",
    )


def _single_checkpoint(size: int) -> CheckpointLine:
    try:
        return _checkpoint(Checkpoint.objects.get(size=size))
    except UNREADABLE:
        return CheckpointLine(_number(size), "", b"", b"", "")


def _loose() -> Iterator[EntryLine]:
    """Entries that are no leaves."""
    numbers = list(Entry.objects.without_leaf().values_list("id", flat=True)[:CHUNK])
    while numbers:
        found = _entries(numbers)
        yield from (found[number] for number in numbers if number in found)
        after = Entry.objects.without_leaf().filter(id__gt=numbers[-1])
        numbers = list(after.values_list("id", flat=True)[:CHUNK])


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _number(value: object) -> int:
    return value if isinstance(value, int) else NOWHERE
