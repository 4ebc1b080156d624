# SPDX-License-Identifier: Apache-2.0
"""The log as a file: JSON Lines, one object a line, so that other software can check it too.

    {"log":"hearthline/audit"}                                                   the first line
    {"entry":{…},"entry_id":1,"hash":"<base64>","leaf":0}                        a leaf
    {"checkpoint":1,"frontier":…,"note":…,"root":…,"signed_at":…}                a checkpoint
    {"entry":{…},"loose":2}                                                      no leaf yet

The leaf hash is that of the bytes of `entry` as they stand in the line: sorted keys, no spaces.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hearthline.hub.audit.keys import ORIGIN
from hearthline.hub.audit.lines import CheckpointLine, EntryLine, LeafLine, Line

_HEAD = {"log": ORIGIN}


class NotALog(ValueError):
    """The file is not an export of the log; the text names the line."""


def write_file(path: Path, lines: Iterable[Line]) -> int:
    """Write a new file that only its owner may read; returns how many lines follow its head.

    Raises OSError, FileExistsError when there is one already.
    """
    path.touch(mode=0o600, exist_ok=False)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(_text(_HEAD) + "\n")
        for line in lines:
            file.write(_text(_plain(line)) + "\n")
            count += 1
    return count


def read_file(path: Path) -> Iterator[Line]:
    """The lines `write_file` wrote, one at a time. Raises `NotALog` and OSError."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                text = raw.decode()
                plain = json.loads(text)
                # One spelling only, so that no byte of the file is without meaning.
                if text != _text(plain) + "\n":
                    raise ValueError
                if number > 1:
                    yield _line(plain)
                elif plain != _HEAD:
                    raise ValueError
            except (ValueError, KeyError, TypeError, AttributeError):
                raise NotALog(f"Line {number} is not a line of an exported log.") from None


def _text(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(line: Line) -> dict[str, Any]:
    match line:
        case LeafLine():
            return {
                "leaf": line.index,
                "entry_id": line.entry_id,
                "hash": b64encode(line.hash).decode(),
                "entry": line.entry.fields if line.entry else None,
            }
        case CheckpointLine():
            return {
                "checkpoint": line.size,
                "signed_at": line.signed_at,
                "root": b64encode(line.root).decode(),
                "frontier": b64encode(line.frontier).decode(),
                "note": line.note,
            }
        case EntryLine():
            return {"loose": line.id, "entry": line.fields}


def _line(plain: dict[str, Any]) -> Line:
    if "leaf" in plain:
        entry = None if plain["entry"] is None else _entry(plain["entry_id"], plain["entry"])
        return LeafLine(int(plain["leaf"]), int(plain["entry_id"]), _bytes(plain["hash"]), entry)
    if "checkpoint" in plain:
        return CheckpointLine(
            int(plain["checkpoint"]),
            str(plain["signed_at"]),
            _bytes(plain["root"]),
            _bytes(plain["frontier"]),
            str(plain["note"]),
        )
    return _entry(plain["loose"], plain["entry"])


def _entry(number: int, fields: dict[str, Any]) -> EntryLine:
    if not fields:
        return EntryLine(int(number), {}, b"")
    line = EntryLine.of(fields)
    # Its name needs these two; any other field that is missing shows in the hash.
    if line.id != number or not {"at", "verb"} <= fields.keys():
        raise ValueError
    return line


def _bytes(text: str) -> bytes:
    value = b64decode(text, validate=True)
    if b64encode(value).decode() != text:
        raise ValueError
    return value
