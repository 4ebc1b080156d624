# SPDX-License-Identifier: Apache-2.0
"""Rows of `hearthline hash` and `hearthline scan`: JSON Lines, one file each, taken into a bank.

Of a row its hashes are taken, never its path. A PDQ hash that could find what is harmless, or that
was made in haste, is told apart and left out; the digests of the same file are taken all the same.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem, kind_and_value

#: Under this quality a picture has too little in it to be told from others.
LEAST_QUALITY: Final = 50
_LONGEST = 1 << 22


def read(file: BinaryIO) -> Iterator[KnownHash | RefusedItem]:
    """The hashes of every row, in order. Hashes of one row share a `content`."""
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            _step_over(file)
            yield RefusedItem(f"line {number}", f"longer than {_LONGEST} bytes")
        elif line.strip():
            yield from _of_row(line, f"line {number}")


def _step_over(file: BinaryIO) -> None:
    """Reads the rest of a line, and keeps none of it."""
    while (rest := file.readline(_LONGEST)) and not rest.endswith(b"\n"):
        pass


def _of_row(line: bytes, place: str) -> Iterator[KnownHash | RefusedItem]:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        yield RefusedItem(place, "no row of `hearthline hash`: not a JSON object")
        return
    found = [kind for kind in HashKind if kind.value in row]
    if not found:
        yield RefusedItem(place, "a row without hashes")
    for kind in found:
        text = row[kind.value]
        why = _doubt(row) if kind is HashKind.PDQ else ""
        try:
            if why:
                raise ValueError(why)
            _kind, value = kind_and_value(text if isinstance(text, str) else "", kind)
        except ValueError as fault:
            yield RefusedItem(place, f"{kind}: {fault}")
        else:
            yield KnownHash(kind, value, content=place if len(found) > 1 else "", place=place)


def _doubt(row: dict[str, Any]) -> str:
    """Why the PDQ hash of a row does not belong in a bank; empty if it does."""
    if row.get("exact") is False:
        return "hashed in haste for a scan; hash the file again with --exact"
    quality = row.get("quality", 100)
    if not isinstance(quality, int) or quality < LEAST_QUALITY:
        return f"a quality under {LEAST_QUALITY}: it would find much that is harmless"
    return ""
