# SPDX-License-Identifier: Apache-2.0
"""The keys file: one line of JSON for each data key, in its wrapped forms, in any database."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from hearthline.hub.sealing.models import DataKey

CHUNK = 2_000


def write(rows: Iterable[DataKey], path: Path) -> tuple[int, int]:
    """Write the keys; how many there are, and how many of them live."""
    count = living = 0
    with path.open("w", encoding="ascii") as file:
        for row in rows:
            count, living = count + 1, living + (row.destroyed_at is None)
            file.write(json.dumps(_as_line(row)) + "\n")
    return count, living


def fill(path: Path, *, at: datetime, rows_are_there: bool) -> int:
    """Put the wrapped keys back into a restored database; how many live.

    A key that the file does not hold, or holds as destroyed, is destroyed in the database too:
    what has ended since the data was saved does not come back. Without `rows_are_there` the table
    is empty and every key of the file is written.
    """
    living = 0
    for lines in _chunks(path):
        if not rows_are_there:
            new = [_filled(DataKey(pk=line["id"]), line) for line in lines]
            living += sum(row.destroyed_at is None for row in new)
            DataKey.objects.bulk_create(new)
            continue
        rows = DataKey.objects.in_bulk([line["id"] for line in lines])
        known = {str(pk): row for pk, row in rows.items()}
        changed = [_filled(known[line["id"]], line) for line in lines if line["id"] in known]
        living += sum(row.destroyed_at is None for row in changed)
        DataKey.objects.bulk_update(
            changed, ["wrapped_desk", "wrapped_receipt", "desk_key", "destroyed_at"]
        )
    DataKey.objects.filter(wrapped_desk=b"", destroyed_at__isnull=True).update(destroyed_at=at)
    return living


def _as_line(row: DataKey) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "desk": _text(row.wrapped_desk),
        "receipt": None if row.wrapped_receipt is None else _text(row.wrapped_receipt),
        "desk_key": row.desk_key,
        "made_at": row.made_at.isoformat(),
        "destroyed_at": row.destroyed_at.isoformat() if row.destroyed_at else None,
    }


def _filled(row: DataKey, line: dict[str, Any]) -> DataKey:
    row.wrapped_desk = b64decode(line["desk"])
    row.wrapped_receipt = None if line["receipt"] is None else b64decode(line["receipt"])
    row.desk_key = line["desk_key"]
    row.made_at = datetime.fromisoformat(line["made_at"])
    destroyed = line["destroyed_at"]
    row.destroyed_at = datetime.fromisoformat(destroyed) if destroyed else None
    return row


def _chunks(path: Path) -> Iterator[list[dict[str, Any]]]:
    lines: list[dict[str, Any]] = []
    with path.open(encoding="ascii") as file:
        for text in file:
            lines.append(json.loads(text))
            if len(lines) == CHUNK:
                yield lines
                lines = []
    if lines:
        yield lines


def _text(value: bytes | memoryview) -> str:
    return b64encode(bytes(value)).decode()
