# SPDX-License-Identifier: Apache-2.0
"""hearthline match: hashes from standard input, what banks know of them as one JSON object a line.

Reads what `hearthline hash` and `hearthline scan` write, or plain hashes in hexadecimal, one a
line: 32 digits are MD5, 40 SHA-1, 64 PDQ (or SHA-256 with --kind sha256). Rows without a match are
left out, unless --all asks for them. Rows are looked up as they come, many at once where they wait.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from hearthline.commands import options
from hearthline.commands.ending import FAILED, CallRefused, ended, parser, tell
from hearthline.kit.formats.known_hash import HashKind, kind_and_value
from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning import Hashed, look_up, names, row_line
from hearthline.kit.scanning.hashed import from_row

_MOST_TOLD = 20
_TELLS = ("matches", "suppressed", "reason", "videos")


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    return ended("match", lambda: _match(chosen))


def _parser() -> argparse.ArgumentParser:
    made = parser("match", __doc__)
    options.add_library(made)
    options.add_banks(made)
    made.add_argument("--kind", choices=options.KINDS, help="what plain hashes are")
    made.add_argument("--all", action="store_true", help="also rows without a match")
    made.add_argument("--negatives", action="store_true", help="look up negatives too")
    return made


def _match(chosen: argparse.Namespace) -> int:
    if sys.stdin.isatty():
        raise CallRefused("give hashes on standard input: hearthline hash FILE | hearthline match.")
    kind = HashKind(chosen.kind) if chosen.kind else None
    bad = 0
    with options.library(chosen) as library:
        for batch in _batches():
            hashed: list[Hashed] = []
            for number, line in batch:
                try:
                    hashed.append(_read(line, kind, negatives=chosen.negatives))
                except ValueError as fault:
                    bad += 1
                    if bad <= _MOST_TOLD:
                        tell("match", f"line {number}: {fault}.")
            _answer(library, hashed, chosen)
    if bad > _MOST_TOLD:
        tell("match", f"{bad} lines could not be read; the first {_MOST_TOLD} are told above.")
    return FAILED if bad else 0


def _answer(library: Library, hashed: list[Hashed], chosen: argparse.Namespace) -> None:
    look_up(library, hashed, banks=chosen.bank, at=datetime.now(UTC))
    out = sys.stdout.buffer
    for each in hashed:
        if chosen.all or "matches" in each.row or "suppressed" in each.row:
            out.write(row_line(each.row))
    out.flush()


def _batches() -> Iterator[list[tuple[int, bytes]]]:
    """Numbered lines, those together that came together; empty ones are stepped over."""
    number, waiting = 0, b""
    for piece in names.pieces(sys.stdin.buffer):
        *lines, waiting = (waiting + piece).split(b"\n")
        yield [(number + n, line) for n, line in enumerate(lines, start=1) if line.strip()]
        number += len(lines)
    if waiting.strip():
        yield [(number + 1, waiting)]


def _read(line: bytes, kind: HashKind | None, *, negatives: bool) -> Hashed:
    """The hashes of a line. Raises ValueError with the reason."""
    text = line.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            row: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise ValueError("not a JSON object") from None
        for key in _TELLS:
            row.pop(key, None)  # an answer of before
        return from_row(row, negatives=negatives)
    if kind is None and len(text) == 64:
        kind = HashKind.PDQ
    found, value = kind_and_value(text, kind)
    return from_row({"kind": str(found), str(found): value.hex()}, negatives=negatives)
