# SPDX-License-Identifier: Apache-2.0
"""One bank: its settings, its ledger and its indexes, in a folder."""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind, KnownHash
from hearthline.kit.matching import Matches
from hearthline.kit.matching.banks import additions, changes, checks, schema
from hearthline.kit.matching.banks.additions import Hashes, Outcome
from hearthline.kit.matching.banks.checks import (
    Checked,
    category_of,
    check_kind,
    check_values,
    metadata_of,
)
from hearthline.kit.matching.banks.entry import (
    ADDED,
    Added,
    Change,
    Entry,
    Opinion,
    Removed,
    Says,
    State,
    Stats,
    What,
    microseconds,
)
from hearthline.kit.matching.banks.indexes import Finding, Fresh, Indexes, shaped
from hearthline.kit.matching.banks.journal import Signature, checked_name, record
from hearthline.kit.matching.banks.ledger import Ledger, Standing
from hearthline.kit.matching.banks.refusals import KindRefused, SettingRefused
from hearthline.kit.matching.banks.settings import Settings, read_settings, write_settings

SETTINGS_FILE, LEDGER_FILE = "bank.toml", "ledger.sqlite3"


class Bank:
    """An open bank. Threads may share it; a process opens its own after it was forked.

    Every change names who makes it and when (`by`, `at`), is written whole or not at all, and is
    journaled. It is on the disk, and seen by readers in other processes, when the call returns.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._settings_file = os.path.join(folder, SETTINGS_FILE)
        self._settings_seen: tuple[int, int] | None = None
        self._settings = read_settings(folder / SETTINGS_FILE)
        self._ledger = Ledger(folder / LEDGER_FILE)
        self._indexes = Indexes(folder, self._ledger)
        self._refreshing = threading.Lock()
        self._version = -1
        self._standing_at = -1
        self._standing = Standing(*(np.empty(0, kind) for kind in ("u8", "i8", "u8")))
        try:
            self._indexes.recover()
        except BaseException:
            self.close()
            raise

    @staticmethod
    def make(folder: Path, settings: Settings) -> None:
        """Writes the files of a new bank into an empty folder."""
        schema.create(folder / LEDGER_FILE)
        write_settings(folder / SETTINGS_FILE, settings)

    def close(self) -> None:
        """Lets go of all files."""
        self._indexes.close()
        self._ledger.close()

    # What it is

    @property
    def name(self) -> str:
        """The name, as it is now."""
        return self.settings.name

    @property
    def settings(self) -> Settings:
        """The settings as they are now in `bank.toml`; those before, while that cannot be read."""
        try:
            status = os.stat(self._settings_file)
            seen = (status.st_ino, status.st_mtime_ns)
            if seen != self._settings_seen:
                self._settings = read_settings(self.folder / SETTINGS_FILE)
                self._settings_seen = seen
        except (OSError, SettingRefused):
            pass  # An editor may be about to write it.
        return self._settings

    def change(self, *, by: str, at: datetime, **settings: Any) -> Settings:
        """Changes settings, by their names in Settings. Raises SettingRefused, RadiusRefused."""
        for name in {"name", "retired"} & settings.keys():
            raise SettingRefused(name, "the library changes it, which knows the other banks")
        return self._change(What.SETTINGS, Signature.of(by, at), settings)

    def rename(self, name: str, *, by: str, at: datetime) -> None:
        """Use `Library.rename_bank`, which sees that no other bank has the name."""
        self._change(What.SETTINGS, Signature.of(by, at), {"name": name})

    def retire(self, *, by: str, at: datetime) -> None:
        """Takes the bank out of use; its folder stays, as a record."""
        self._change(What.RETIRED, Signature.of(by, at), {"retired": True})

    def begin(self, *, by: str, at: datetime) -> None:
        """Journals who created the bank. `Library.create_bank` calls it."""
        with self._indexes.held():
            self._journal_hand_edits(Signature.of(by, at))

    # Entries

    def add(self, hashes: Iterable[KnownHash], *, source: str, by: str, at: datetime) -> Added:
        """Adds hashes. The same hash twice is one entry with several sources.

        Hashes with the same `content` become hashes of one content. Raises EntryRefused or
        KindRefused for the first that cannot be taken; then nothing was added.
        """
        settings = self.settings
        rows = [checks.checked(one, settings) for one in hashes]
        return self.add_checked(rows, source=source, by=by, at=at)

    def add_checked(self, rows: Sequence[Checked], *, source: str, by: str, at: datetime) -> Added:
        """Adds hashes that `checks.checked` gave, as `add` does."""
        columns = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        return self._add(Hashes(*columns), source, Signature.of(by, at))

    def add_array(
        self,
        kind: HashKind,
        hashes: NDArray[np.uint8],
        *,
        source: str,
        by: str,
        at: datetime,
        category: str = "",
    ) -> Added:
        """Adds many hashes of one kind, uint8 of shape (n, `kind.width`), as `add` does."""
        if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != kind.width:
            raise KindRefused(f"{kind} hashes are bytes of shape (n, {kind.width})")
        check_kind(kind, self.settings)
        code = category_of(category)
        raw, width = hashes.tobytes(), kind.width
        values = [raw[start : start + width] for start in range(0, len(raw), width)]
        check_values(values)
        many = len(values)
        columns = Hashes([kind] * many, values, [code] * many, [None] * many, [""] * many)
        return self._add(columns, source, Signature.of(by, at))

    def remove(
        self, ids: Sequence[int], *, by: str, at: datetime, source: str | None = None
    ) -> Removed:
        """Removes entries; with a source, only what that source listed.

        An entry stays while another source lists it. Raises EntryUnknown.
        """
        signed = Signature.of(by, at)
        with self._indexes.held():
            self._indexes.check()
            removed = changes.remove(self._ledger, ids, signed, source)
            self._indexes.follow()
        return removed

    def disable(self, ids: Sequence[int], *, until: datetime, by: str, at: datetime) -> None:
        """Lets entries match no more until a moment, or FOREVER. Raises EntryUnknown."""
        end = microseconds(until, "until")
        changes.pause(self._ledger, ids, end, Signature.of(by, at))

    def enable(self, ids: Sequence[int], *, by: str, at: datetime) -> None:
        """Lets disabled entries match again. Raises EntryUnknown."""
        changes.pause(self._ledger, ids, None, Signature.of(by, at))

    def dispute(self, ids: Sequence[int], *, reason: str, by: str, at: datetime) -> None:
        """Marks entries as disputed: they match still, and every match says so."""
        changes.dispute(
            self._ledger, ids, True, checked_name("reason", reason), Signature.of(by, at)
        )

    def settle(self, ids: Sequence[int], *, reason: str, by: str, at: datetime) -> None:
        """Takes the mark of a dispute away. Raises EntryUnknown."""
        changes.dispute(
            self._ledger, ids, False, checked_name("reason", reason), Signature.of(by, at)
        )

    def give_opinion(self, ids: Sequence[int], says: Says | None, *, by: str, at: datetime) -> None:
        """What `by` says of entries, in the place of what they said before; None takes it back."""
        changes.give_opinion(self._ledger, ids, says, Signature.of(by, at))

    def note(
        self,
        ids: Sequence[int],
        *,
        by: str,
        at: datetime,
        category: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Replaces the category or the metadata of entries, whichever is given."""
        changes.note(
            self._ledger,
            ids,
            Signature.of(by, at),
            category=None if category is None else category_of(category),
            metadata=None if metadata is None else metadata_of(metadata),
        )

    # Reading

    def entry(self, entry: int) -> Entry:
        """One entry. Raises EntryUnknown."""
        return self._ledger.entries([entry])[0]

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """Entries in the order of their ids given. Raises EntryUnknown."""
        return self._ledger.entries(ids)

    def existing(self, ids: Sequence[int]) -> list[Entry]:
        """Those of the entries that still exist."""
        return self._ledger.known(ids)

    def find(self, kind: HashKind, value: bytes) -> Entry | None:
        """The entry of exactly this hash, in whatever state, or None."""
        return self._ledger.find(kind, value)

    def content(self, content: int) -> list[Entry]:
        """The hashes of one content, by the id that `Entry.content` tells. Raises EntryUnknown."""
        return self._ledger.content(content)

    def ids_of(self, hashes: Iterable[tuple[HashKind, bytes]]) -> list[int]:
        """The ids of those of the hashes that have an entry."""
        return self._ledger.ids_of(hashes)

    def contents(self) -> Iterator[list[Entry]]:
        """Every content with all its hashes, without holding up writers."""
        return self._ledger.contents()

    def all(self, kind: HashKind | None = None) -> Iterator[Entry]:
        """Every entry by ascending id, without holding up writers."""
        return self._ledger.all(kind)

    def opinions(self, entry: int) -> list[Opinion]:
        """Who says what of an entry."""
        return self._ledger.opinions(entry)

    def journal(self, after: int = 0, *, entry: int | None = None) -> Iterator[Change]:
        """Every change behind a sequence number, the oldest first; or those of one entry."""
        return self._ledger.journal(after, entry=entry)

    def stats(self, *, at: datetime) -> Stats:
        """Entries counted by state at a moment, kind, category and first source."""
        now = microseconds(at)
        kinds: Counter[HashKind] = Counter()
        categories: Counter[str] = Counter()
        sources: Counter[str] = Counter()
        for kind, category, source, count in self._ledger.counts():
            kinds[kind] += count
            categories[category] += count
            sources[source] += count
        standing = self._ledger.standing()
        off = standing.disabled[standing.until > now]
        disputed = int(np.count_nonzero(~np.isin(standing.disputed, off)))
        return Stats(
            entries=kinds.total(),
            states={
                State.ACTIVE: kinds.total() - len(off) - disputed,
                State.DISABLED: len(off),
                State.DISPUTED: disputed,
            },
            kinds=dict(kinds),
            categories=dict(categories),
            sources=dict(sources),
            opinions={Says(says): count for says, count in self._ledger.opinions_counted()},
        )

    # Matching

    def matches(
        self, kind: HashKind, queries: NDArray[np.uint8], radius: int | None = None
    ) -> Matches:
        """Entries near the queries, within the bank's radius or another, whatever their state."""
        within = self.settings.radius if radius is None else radius
        return self._indexes.search(kind, queries, within)

    def standing(self) -> Standing:
        """Who is disabled or disputed now: cheap to ask, read anew only after a change."""
        with self._refreshing:
            version = self._ledger.version()
            if version != self._version:
                changed_at = int(self._ledger.mark("standing"))
                if changed_at != self._standing_at:
                    self._standing = self._ledger.standing()
                    self._standing_at = changed_at
                self._version = version
            return self._standing

    # Keeping

    def verify(self) -> list[Finding]:
        """Compares ledger and indexes. Nothing found: all is well."""
        problems = self._ledger.check()
        advice = "bring the ledger back from a copy; the indexes cannot replace it"
        return [Finding("ledger", one, advice) for one in problems] + self._indexes.verify()

    def rebuild(self, *, by: str, at: datetime) -> None:
        """Makes all indexes anew from the ledger; readers go on meanwhile."""
        signed = Signature.of(by, at)
        with self._indexes.held():
            self._indexes.rebuild()
            record(self._ledger, What.REBUILT, signed)

    def merge(self) -> None:
        """Makes each index one segment, which searches fastest; after large imports."""
        with self._indexes.held():
            self._indexes.merge()

    def _add(self, hashes: Hashes, source: str, signed: Signature) -> Added:
        name = checked_name("source", source)
        with self._indexes.held():
            self._indexes.check()
            self._journal_hand_edits(signed)
            made = additions.add(self._ledger, hashes, name, signed)
            self._indexes.follow(_fresh(hashes, made))
        return Added(made.ids, made.outcomes)

    def _change(self, what: What, signed: Signature, settings: Mapping[str, Any]) -> Settings:
        with self._indexes.held():
            self._journal_hand_edits(signed)
            before = read_settings(self.folder / SETTINGS_FILE)
            after = before.changed(**settings)
            if after != before:
                # The file first: a reader who hears of the change must find it there.
                write_settings(self.folder / SETTINGS_FILE, after)
                self._journal_settings(what, signed, before.as_json(), after.as_json())
        return self.settings

    def _journal_hand_edits(self, signed: Signature) -> None:
        """Records a new bank, and what somebody changed in `bank.toml` itself."""
        told = self._ledger.mark("settings")
        now = read_settings(self.folder / SETTINGS_FILE).as_json()
        if told is None:
            record(self._ledger, What.CREATED, signed, after=now, settings=now)
        elif json.loads(told) != now:
            edited = Signature(SETTINGS_FILE, signed.at)
            self._journal_settings(What.SETTINGS, edited, json.loads(told), now)

    def _journal_settings(
        self, what: What, signed: Signature, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        changed = [name for name in after if before.get(name) != after[name]]
        record(
            self._ledger,
            what,
            signed,
            before={name: before.get(name) for name in changed},
            after={name: after[name] for name in changed},
            settings=after,
        )


def _fresh(hashes: Hashes, made: Outcome) -> Fresh:
    """What an addition made, as the indexes take it in without reading it back."""
    new = np.flatnonzero(made.outcomes == ADDED)
    places: dict[HashKind, list[int]] = {}
    for n in new.tolist():
        places.setdefault(hashes.kinds[n], []).append(n)
    return Fresh(
        made.change,
        {
            kind: (
                shaped(b"".join(map(hashes.values.__getitem__, some)), kind),
                made.ids[some].astype(np.uint64),
            )
            for kind, some in places.items()
        },
    )
