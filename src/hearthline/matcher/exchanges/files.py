# SPDX-License-Identifier: Apache-2.0
"""A hash list in a local file, in any format the library reads.

The file is the whole list: what it no longer names is removed. A file that has not changed is not
read again; one that is being rewritten is left for the next fetch.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from hearthline.kit.formats import hash_csv, threat_exchange, vics
from hearthline.kit.formats.known_hash import KnownHash, RefusedItem
from hearthline.kit.formats.refused import FormatRefused
from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    ExchangeFailed,
    Gap,
    NotASignal,
    Page,
    Rejected,
    Signal,
    checked_key,
    tidy,
)

PAGE_ITEMS: Final = 2000

Reader = Callable[[BinaryIO], Iterator[KnownHash | RefusedItem]]

READERS: Final[Mapping[str, Reader]] = {
    "csv": hash_csv.read,
    "json": threat_exchange.read,  # a page, an array, or JSON Lines
    "vics": vics.known_hashes,
}


class File:
    """The list in `path`, written as `format_name` (a name in `READERS`)."""

    def __init__(self, path: Path, format_name: str) -> None:
        self._path = path
        self._reader = READERS[format_name]

    def starts_anew(self, since: Checkpoint, *, at: datetime) -> bool:
        """Whether this is another file than the one that was being read."""
        with self._open() as file:
            return since.get("digest") != _digest(file)

    def pages(self, since: Checkpoint | None, *, at: datetime) -> Iterator[Page]:
        """From where this very file was left, else from its beginning."""
        with self._open() as file:
            digest = _digest(file)
            same = since is not None and since.get("digest") == digest
            done = int(since["items"]) if same and since is not None else 0
            file.seek(0)
            try:
                yield from self._read(file, done, digest)
            except FormatRefused as refused:
                raise ExchangeFailed("file", f"{self._path.name}: {refused}") from None
            if _digest(file) != digest:
                raise ExchangeFailed("changing", f"{self._path.name} was changed while it was read")

    def reread(self, gap: Gap, *, at: datetime) -> Iterator[Page]:
        """A file has no gaps: an item that does not read is rejected by itself."""
        return iter(())

    def _open(self) -> BufferedReader:
        try:
            return self._path.open("rb")
        except OSError as error:
            raise ExchangeFailed("file", f"{self._path} cannot be read: {error.strerror}") from None

    def _read(self, file: BufferedReader, done: int, digest: str) -> Iterator[Page]:
        items = islice(self._reader(file), done, None)
        while part := list(islice(items, PAGE_ITEMS)):
            done += len(part)
            yield _page(part, {"digest": digest, "items": done})
        if not done:
            # An empty list is a list, and has to be remembered as read.
            yield Page({"digest": digest, "items": 0})


def _page(items: list[KnownHash | RefusedItem], checkpoint: Checkpoint) -> Page:
    changes: dict[str, Signal | None] = {}
    rejected = []
    for item in items:
        if isinstance(item, RefusedItem):
            rejected.append(Rejected(f"{item.place}: {item.reason}"))
            continue
        try:
            key, signal = _taken(item)
        except NotASignal as reason:
            rejected.append(Rejected(f"{item.place}: {reason}"))
        else:
            changes[key] = signal
    return Page(
        checkpoint,
        updates=tuple(signal for signal in changes.values() if signal),
        removals=tuple(key for key, signal in changes.items() if not signal),
        rejected=tuple(rejected),
    )


def _taken(item: KnownHash) -> tuple[str, Signal | None]:
    """The key of an item and its signal, none where the list takes it back. The hash is the key,
    so that lines about one content never replace each other."""
    key = checked_key(f"{item.kind}/{item.hex}")
    if item.withdrawn:
        return key, None
    tags, owner = item.metadata.get("tags"), item.metadata.get("owner")
    return key, Signal(
        kind=item.kind,
        value=item.hex,
        key=key,
        tags=tidy(tags if isinstance(tags, list) else [tags]),
        reported_by=tidy([owner]),
        category=item.category,
        content=item.content,
    )


def _digest(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
