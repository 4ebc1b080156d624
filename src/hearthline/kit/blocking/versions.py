# SPDX-License-Identifier: Apache-2.0
"""A version of the list: its entries in one order, and one digest for the same entries."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from hearthline.kit.blocking.scopes import Scope

_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_ORDER = attrgetter("address", "scope", "id")
_AT_ONCE = 10_000


class Entry(NamedTuple):
    """What is blocked, on what ground, since when.

    `id` is opaque. `address` is canonical: host and path as `kit.urls.expressions` gives the
    first one for a page or a path, a bare name for a host or a domain. `listed_at` is aware.
    """

    id: str
    scope: Scope
    address: str
    category: str
    basis: str
    listed_at: datetime


class ListVersion:
    """The entries in force under one serial, in one order whatever order they came in.

    Raises ValueError for an address with a space or a control character, which no canonical
    address has and which would blur where one field ends.
    """

    def __init__(self, serial: int, made_at: datetime, entries: Iterable[Entry]) -> None:
        self.serial = serial
        self.made_at = made_at
        self.entries: tuple[Entry, ...] = tuple(sorted(entries, key=_ORDER))
        if any(_CONTROL.search(entry.address) for entry in self.entries):
            raise ValueError("an address holds a space or a control character; make it canonical")

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the canonical form: one line an entry, fields parted by tabs.

        Serial and time are no part of it: equal lists have equal digests. The manifest signs all.
        """
        found = sha256(b"hearthline-blocklist/1\n")
        rows = iter(self.entries)
        while some := list(islice(rows, _AT_ONCE)):
            found.update("".join(map(_line, some)).encode())
        return found.digest()


def changes_digest(changes: Iterable[tuple[str, str, str]]) -> bytes:
    """SHA-256 of what a version adds and removes.

    Each change is (entry's id, "add" or "remove", why: a code or nothing).
    """
    found = sha256(b"hearthline-blocklist-changes/1\n")
    for change in sorted(changes):
        found.update(("\t".join(change) + "\n").encode())
    return found.digest()


def hosts_for_dns(version: ListVersion) -> list[tuple[str, bool]]:
    """The names that name servers block, sorted: (name, whether all names below it too).

    Pages and paths never enter DNS: a name server would take their whole host with them. A name
    listed both ways stands once, as the wider.
    """
    found: dict[str, bool] = {}
    for entry in version.entries:
        if entry.scope in (Scope.HOST, Scope.DOMAIN):
            found[entry.address] = found.get(entry.address, False) or entry.scope == Scope.DOMAIN
    return sorted(found.items())


def _line(entry: Entry) -> str:
    listed = entry.listed_at.astimezone(UTC).isoformat(timespec="microseconds")
    return (
        f"{entry.address}\t{entry.scope}\t{entry.id}\t{entry.category}\t{entry.basis}\t{listed}\n"
    )
