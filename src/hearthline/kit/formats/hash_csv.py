# SPDX-License-Identifier: Apache-2.0
"""Lists of hashes as CSV, or plainly one hash a line, as agencies and tools hand them out.

With a header, columns are found by name: `md5`, `sha1`, `sha256`, `pdq` hold hashes of that kind;
`hash` (or `value`, `indicator`, `signal`) one whose kind stands in `kind` (or `type`, `algorithm`)
or follows from its length; `category`, and what else there is, is kept as metadata. But columns
named for files, paths, addresses, persons, series or remarks stay behind: a bank does not need
them, and they may say who a child is. Without a header, the first field of a line is the hash, so
that the output of `md5sum` and `sha256sum` can be read. 32 digits are MD5 and 40 SHA-1; 64 may be
SHA-256 or PDQ, so there the list has to say which, or the reader is told.

A line is a record: a quote that nobody closed costs its own line and not those behind it.
"""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from hearthline.kit.formats.known_hash import (
    HashKind,
    KnownHash,
    RefusedItem,
    checked_category,
    kind_and_value,
    kind_named,
    plain_json,
)

COLUMNS = ("kind", "hash", "category", "content", "metadata")
LONGEST_LINE = 100_000

_END_OF_LINE = re.compile(r"\r\n|\r|\n")
_AFTER_HASH = re.compile(r"[,;|\s]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
_HASH = {"hash", "hashvalue", "value", "indicator", "signal", "signalvalue", "digest"}
_KIND = {"kind", "type", "hashtype", "hashkind", "algorithm", "signaltype", "indicatortype"}
_CATEGORY = {"category", "classification", "label"}
_STAYS_BEHIND = re.compile(
    r"(file|folder|directory|path|name|ur[il]|link|address|mail|ip|user|child|victim|series"
    r"|comment|remark|note)s?$"
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class _Header:
    """Which column holds what, by place."""

    of_kind: Mapping[int, HashKind]
    any_kind: int | None
    kind: int | None
    category: int | None
    content: int | None
    metadata: int | None
    other: Mapping[int, str]
    delimiter: str


def read(source: BinaryIO, *, kind: HashKind | None = None) -> Iterator[KnownHash | RefusedItem]:
    """The hashes of a list, and each line that holds none with its number and the reason.

    `kind` tells what the hashes are where the list does not. Empty lines and lines that begin
    with `#` are stepped over.
    """
    header: _Header | None = None
    begun = False
    for number, line in enumerate(_lines(source), start=1):
        place = f"line {number}"
        if not line.strip() or line.startswith("#"):
            continue
        if len(line) > LONGEST_LINE:
            yield RefusedItem(place, f"longer than {LONGEST_LINE} characters")
            continue
        if not begun:
            begun = True
            header = _header(line)
            if header is not None:
                continue
        if header is None:
            yield _bare(line, place, kind)
        else:
            yield from _record(_fields(line, header.delimiter), header, place, kind)


def write(out: BinaryIO, hashes: Iterable[KnownHash]) -> int:
    """Writes a list with the columns of COLUMNS, which `read` reads back; returns how many."""
    count = 0
    out.write((",".join(COLUMNS) + "\r\n").encode())
    line = _Line()
    writer = csv.writer(line)
    for one in hashes:
        row = (one.kind, one.hex, one.category, one.content, plain_json(one.metadata))
        writer.writerow(row)
        out.write(line.text.encode("utf-8"))
        count += 1
    return count


def write_plain(out: BinaryIO, hashes: Iterable[KnownHash]) -> int:
    """Writes one hash a line and nothing else; returns how many."""
    count = 0
    for one in hashes:
        out.write(one.hex.encode() + b"\n")
        count += 1
    return count


class _Line:
    """What a csv.writer wrote last."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def _lines(source: BinaryIO) -> Iterator[str]:
    """Lines of text, UTF-8 or UTF-16; bytes that are no text become U+FFFD.

    Longer ones than any hash needs are cut, so that a file without an end of line is no danger.
    """
    start = source.read(4)
    while 0 < len(start) < 4 and (more := source.read(4)):
        start += more
    encoding = "utf-16" if start.startswith(_UTF16) else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    waiting = decoder.decode(start)
    while chunk := source.read(1 << 18):
        text = waiting + decoder.decode(chunk)
        # A `\r` at the edge may be half of a `\r\n`.
        edge = "\r" if text.endswith("\r") else ""
        *lines, waiting = _END_OF_LINE.split(text.removesuffix(edge))
        waiting = waiting[: LONGEST_LINE + 1] + edge
        yield from lines
    yield from _END_OF_LINE.split(waiting + decoder.decode(b"", final=True))


def _header(line: str) -> _Header | None:
    """What the first line names, or None where it is an entry already."""
    delimiter = max(",;\t|", key=line.count)
    names = _fields(line, delimiter)
    with suppress(ValueError):
        first = names[0] if names else ""
        kind_and_value(first, HashKind.SHA256 if len(first.strip()) == 64 else None)
        return None
    plain = [_NOT_ALPHANUMERIC.sub("", name.casefold()) for name in names]
    of_kind = {n: kind for n, name in enumerate(names) if (kind := kind_named(name))}
    any_kind = _place(plain, _HASH.__contains__)
    if not of_kind and any_kind is None:
        return None
    places = {
        "any_kind": any_kind,
        "kind": _place(plain, _KIND.__contains__),
        "category": _place(plain, _CATEGORY.__contains__),
        "content": _place(plain, "content".__eq__),
        "metadata": _place(plain, "metadata".__eq__),
    }
    taken = {*of_kind, *places.values()}
    other = {
        n: names[n].strip()
        for n, name in enumerate(plain)
        if n not in taken and name and not _STAYS_BEHIND.search(name)
    }
    return _Header(of_kind=of_kind, other=other, delimiter=delimiter, **places)


def _place(names: Sequence[str], wanted: Callable[[str], bool]) -> int | None:
    return next((n for n, name in enumerate(names) if wanted(name)), None)


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader((line,), delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _bare(line: str, place: str, kind: HashKind | None) -> KnownHash | RefusedItem:
    text = _AFTER_HASH.split(line.strip(), maxsplit=1)[0].strip("\"'\\")
    try:
        found, value = kind_and_value(text, kind)
    except ValueError as fault:
        return RefusedItem(place, str(fault))
    return KnownHash(found, value, place=place)


def _record(
    fields: list[str], header: _Header, place: str, kind: HashKind | None
) -> Iterator[KnownHash | RefusedItem]:
    def at(place: int | None) -> str:
        return "" if place is None or place >= len(fields) else fields[place].strip()

    texts: list[tuple[str, HashKind | None]] = [
        (at(n), named) for n, named in header.of_kind.items() if at(n)
    ]
    if at(header.any_kind):
        told = at(header.kind)
        named = kind_named(told) if told else kind
        if told and named is None:
            yield RefusedItem(place, "a kind of hash that is not kept here")
        else:
            texts.append((at(header.any_kind), named))
    elif not texts:
        yield RefusedItem(place, "no hash in this line")
    try:
        category = checked_category(at(header.category))
        metadata = _metadata(at(header.metadata))
    except ValueError as fault:
        yield RefusedItem(place, str(fault))
        return
    metadata |= {name: at(n) for n, name in header.other.items() if at(n)}
    content = at(header.content) or (place if len(texts) > 1 else "")
    for text, named in texts:
        try:
            found, value = kind_and_value(text, named)
        except ValueError as fault:
            yield RefusedItem(place, str(fault))
        else:
            yield KnownHash(found, value, category, content, metadata, place=place)


def _metadata(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ValueError("the metadata is not JSON") from fault
    if not isinstance(metadata, dict):
        raise ValueError("the metadata is no JSON object")
    return metadata
