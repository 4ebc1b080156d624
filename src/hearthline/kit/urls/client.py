# SPDX-License-Identifier: Apache-2.0
"""A reader of the national prefix list: keeps its copy up to date and checks addresses.

How answers travel is the caller's: two callables, one that fetches the list and one that looks up
full hashes, over HTTP or from a folder. What they bring is checked here. A list that is broken,
older than the one held, or not confirmed is refused, and the one held goes on serving.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from hearthline.kit.urls.canonical import Canonical
from hearthline.kit.urls.checker import Checker, LookUp, Match
from hearthline.kit.urls.prefix_messages import ListFault, ListRefused, apply, delta
from hearthline.kit.urls.prefixes import (
    PREFIX_BYTES,
    VERSION_BYTES,
    Prefixes,
    from_bytes,
    in_bytes,
)

Fetch: TypeAlias = Callable[[bytes | None], bytes]
"""The version token that is held, None for none, to an answer made by ``delta``."""

Confirm: TypeAlias = Callable[[Prefixes], None]
"""Raises ``ListRefused`` unless the list is the publisher's own: see ``signed.signed_by``."""

_CHECKSUM_BYTES = 32


class PrefixClient:
    """A checker whose list is fetched, confirmed and kept in a file.

    ``kept_in`` may be deleted at any time; the list is then fetched whole. Making a client raises
    what ``fetch`` raises, and ``ListRefused``, when there is no kept list: a client without a list
    would let everything pass.
    """

    def __init__(
        self, *, fetch: Fetch, look_up: LookUp, confirm: Confirm, kept_in: Path | None = None
    ) -> None:
        self._fetch, self._confirm, self._kept_in = fetch, confirm, kept_in
        kept = _kept(kept_in)
        self._checker = Checker(kept or Prefixes(array("I"), b""), look_up)
        if kept is None:
            self.update()

    @property
    def serial(self) -> int:
        """The serial of the list in use: what a network acknowledges."""
        return self._checker.prefixes.serial

    def update(self) -> bool:
        """Fetch what changed; whether there was anything. Raises ``ListRefused``."""
        held = self._checker.prefixes if self._checker.prefixes.version else None
        try:
            new = apply(held, self._fetch(held.version if held else None))
        except ListRefused as refused:
            if held is None or refused.code is not ListFault.CHECKSUM:
                raise
            new = apply(held, self._fetch(None))
        if new is held:
            return False
        self._confirm(new)
        if self._kept_in is not None:
            _keep(self._kept_in, new)
        self._checker.prefixes = new
        return True

    def check(self, address: str | Canonical, *, now: float) -> Match | None:
        """What lists this address; see ``Checker.check``."""
        return self._checker.check(address, now=now)


def publish(folder: Path, new: Prefixes, earlier: Iterable[Prefixes] = ()) -> None:
    """Write the answers that ``from_folder`` reads: the whole list and what changed since each."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (None, *earlier):
        _replace(folder / _name(old.version if old else None), delta(old, new))


def from_folder(folder: Path) -> Fetch:
    """Answers from a folder, which a file server or a removable disk may bring."""

    def fetch(version: bytes | None) -> bytes:
        path = folder / _name(version)
        return (path if path.exists() else folder / _name(None)).read_bytes()

    return fetch


def _name(version: bytes | None) -> str:
    return "whole.json" if version is None else f"since-{version.hex()}.json"


def _keep(path: Path, prefixes: Prefixes) -> None:
    raw = in_bytes(prefixes.values)
    _replace(path, prefixes.version + sha256(prefixes.version + raw).digest() + raw)


def _kept(path: Path | None) -> Prefixes | None:
    """The kept list; None when there is none or its file was damaged."""
    if path is None or not path.exists():
        return None
    data = path.read_bytes()
    version, raw = data[:VERSION_BYTES], data[VERSION_BYTES + _CHECKSUM_BYTES :]
    checksum = data[VERSION_BYTES : VERSION_BYTES + _CHECKSUM_BYTES]
    if checksum != sha256(version + raw).digest() or len(raw) % PREFIX_BYTES:
        return None
    return Prefixes(from_bytes(raw), version)


def _replace(path: Path, data: bytes) -> None:
    """Write in one step, so that a reader never meets half a file."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    os.replace(beside, path)
