# SPDX-License-Identifier: Apache-2.0
"""A hash list in a local file: CSV with a header, or one JSON object a line.

Columns or keys: `kind` and `value`, or one column named for its kind (`md5`); and, where wanted,
`key`, `tags` (CSV: separated by `;`), `opinion`, `reported_by`, `removed`. The file is the whole
list: what it no longer names is removed. A file that has not changed is not read again; one that is
being rewritten is left for the next fetch.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    ExchangeFailed,
    Gap,
    Kind,
    NotASignal,
    Opinion,
    Page,
    Rejected,
    Signal,
    checked_key,
    tidy,
)

PAGE_LINES: Final = 2000
LONGEST_LINE: Final = 64 * 1024

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Removed:
    """A row that takes an entry away."""

    key: str


Lines = Iterator[tuple[int, bytes]]
"""Lines with the offset behind each, in octets."""

Format = Callable[[bytes], Callable[[bytes], Row]]
"""Given the first line: how each line reads. Raises `NotASignal` or, for the file, `ValueError`."""


def csv_rows(header: bytes) -> Callable[[bytes], Row]:
    """Rows under `header`. A value with a line break inside is not read: hashes have none."""
    names = [name.strip().lower() for name in next(csv.reader([_text(header)]), [])]
    if not {"value", *Kind} & set(names):
        raise ValueError("has no column `value` and none named for a kind of hash, such as `md5`")

    def row(line: bytes) -> Row:
        fields = next(csv.reader([_text(line)]), [])
        if len(fields) > len(names):
            raise NotASignal("more fields than the header names")
        found: dict[str, Any] = dict(zip(names, (field.strip() for field in fields), strict=False))
        found["tags"] = found.get("tags", "").split(";")
        return found

    return row


def json_rows(_: bytes) -> Callable[[bytes], Row]:
    """One JSON object a line."""

    def row(line: bytes) -> Row:
        try:
            found = json.loads(_text(line))
        except (ValueError, RecursionError):
            raise NotASignal("not JSON") from None
        if not isinstance(found, dict):
            raise NotASignal("not a JSON object")
        return {str(name).lower(): value for name, value in found.items()}

    return row


FORMATS: Final[Mapping[str, tuple[Format, bool]]] = {
    # name: how it reads, and whether its first line is a header
    "csv": (csv_rows, True),
    "jsonl": (json_rows, False),
}


class File:
    """The list in `path`, written as `format` (a name in `FORMATS`)."""

    def __init__(self, path: Path, format_name: str) -> None:
        self._path = path
        self._rows, self._header = FORMATS[format_name]

    def starts_anew(self, since: Checkpoint, *, at: datetime) -> bool:
        """Whether this is another file than the one that was being read."""
        with self._open() as file:
            return since.get("digest") != _digest(file)

    def pages(self, since: Checkpoint | None, *, at: datetime) -> Iterator[Page]:
        """From where this very file was left, else from its beginning."""
        with self._open() as file:
            digest = _digest(file)
            same = since is not None and since.get("digest") == digest
            offset = int(since["offset"]) if same and since is not None else 0
            yield from self._read(file, offset, digest)
            if _digest(file) != digest:
                raise ExchangeFailed("changing", f"{self._path.name} was changed while it was read")

    def reread(self, gap: Gap, *, at: datetime) -> Iterator[Page]:
        """A file has no gaps: a line that does not read is rejected by itself."""
        return iter(())

    def _open(self) -> BufferedReader:
        try:
            return self._path.open("rb")
        except OSError as error:
            raise ExchangeFailed("file", f"{self._path} cannot be read: {error.strerror}") from None

    def _read(self, file: BufferedReader, offset: int, digest: str) -> Iterator[Page]:
        file.seek(0)
        try:
            row = self._rows(file.readline(LONGEST_LINE) if self._header else b"")
        except (ValueError, csv.Error) as error:
            raise ExchangeFailed("file", f"{self._path.name} {error}") from None
        file.seek(max(offset, file.tell() if self._header else 0))
        page = _Gathering()
        for end, line in _lines(file):
            page.take(line, row)
            if page.lines == PAGE_LINES:
                yield page.page({"digest": digest, "offset": end})
                page = _Gathering()
        yield page.page({"digest": digest, "offset": file.tell()})


class _Gathering:
    """The page that is being filled."""

    def __init__(self) -> None:
        self.lines = 0
        self._changes: dict[str, Signal | None] = {}
        self._rejected: list[Rejected] = []
        self._unsupported: dict[str, int] = {}

    def take(self, line: bytes, row: Callable[[bytes], Row]) -> None:
        self.lines += 1
        if not line.strip():
            return
        try:
            if len(line) >= LONGEST_LINE:
                raise NotASignal(f"a line of more than {LONGEST_LINE} octets")
            found = _signal(row(line))
        except (NotASignal, csv.Error) as reason:
            self._rejected.append(Rejected(str(reason)))
        else:
            if isinstance(found, str):
                self._unsupported[found] = self._unsupported.get(found, 0) + 1
            else:
                self._changes[found.key] = None if isinstance(found, Removed) else found

    def page(self, checkpoint: Checkpoint) -> Page:
        return Page(
            checkpoint=checkpoint,
            updates=tuple(signal for signal in self._changes.values() if signal),
            removals=tuple(key for key, signal in self._changes.items() if not signal),
            rejected=tuple(self._rejected),
            unsupported=self._unsupported,
        )


def _signal(row: Row) -> Signal | Removed | str:
    """What one row says; the name of its kind where that is not one we match."""
    kind, value = _kind_and_value(row)
    if not isinstance(kind, Kind):
        return kind[:40]
    # The hash is part of the key, so that lines sharing a key never replace each other.
    given = checked_key(str(row.get("key") or "line"))[:200]
    key = f"{given}/{kind}/{value}"
    if str(row.get("removed") or "").lower() in {"1", "true", "yes"}:
        return Removed(checked_key(key))
    opinion = str(row.get("opinion") or Opinion.UNSTATED).lower()
    if opinion not in set(Opinion):
        raise NotASignal(f"an opinion other than {', '.join(Opinion)}")
    tags = row.get("tags")
    return Signal(
        kind=kind,
        value=value,
        key=key,
        tags=tidy(tags if isinstance(tags, list) else [tags]),
        opinion=Opinion(opinion),
        reported_by=tidy([row.get("reported_by")]),
    )


def _kind_and_value(row: Row) -> tuple[Kind | str, str]:
    value = str(row.get("value") or "").strip().lower()
    if value:
        kind = str(row.get("kind") or "").strip().lower().replace("-", "")
        if not kind or not kind.isprintable():
            raise NotASignal("a value without its kind")
        return (Kind(kind) if kind in set(Kind) else kind), value
    named = [(kind, str(row[kind]).strip().lower()) for kind in Kind if row.get(kind)]
    if len(named) != 1:
        raise NotASignal("no hash, or several in one line")
    return named[0]


def _lines(file: BufferedReader) -> Lines:
    """Lines up to the longest allowed; the rest of a longer one is passed over."""
    while line := file.readline(LONGEST_LINE):
        rest = line
        while len(rest) >= LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        yield file.tell(), line


def _digest(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise NotASignal("not UTF-8") from None
