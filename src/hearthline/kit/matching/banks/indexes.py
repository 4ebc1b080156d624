# SPDX-License-Identifier: Apache-2.0
"""The indexes of a bank: made from the ledger, one folder a kind, and never ahead of it.

Each index remembers the last change of the ledger it has followed. A crash between the two leaves
it behind, and the next to open the bank or to change it lets it follow.
"""

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching import (
    DigestIndex,
    HashIndex,
    IndexBroken,
    IndexBusy,
    Matches,
    move_in,
)
from hearthline.kit.matching.banks.ledger import Ledger
from hearthline.kit.matching.banks.refusals import (
    BankBusy,
    IndexDamaged,
    IndexUnwritable,
    LedgerUnwritable,
)
from hearthline.kit.matching.manifest import FILE as MANIFEST

Index = HashIndex | DigestIndex
Pairs = tuple[NDArray[np.uint8], NDArray[np.uint64]]
"""Hashes of one kind, and the id of the entry of each."""

_LOCK, _TURN = "changing.lock", "waiting.lock"
_STEP = 1_000_000
# Each segment is searched on its own: past so many, one merge costs less than all searches.
_MOST_SEGMENTS = 12
_TRIES, _PAUSE = 6_000, 0.005
_NOTHING = Matches(np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.int16))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a bank, and what to do about it."""

    where: str
    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """What the change just written added, so that it need not be read back."""

    sequence: int
    pairs: Mapping[HashKind, Pairs]


_UNKNOWN = Fresh(0, {})


class Indexes:
    """The indexes beside a ledger. Threads may share them."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger
        self._open: dict[HashKind, Index] = {}
        # Up to which change nothing happened to a kind, so that it is not looked for again.
        self._nothing_upto: dict[HashKind, int] = {}
        self._opening = threading.Lock()

    def close(self) -> None:
        """Lets go of the files."""
        with self._opening:
            for index in self._open.values():
                index.close()
            self._open.clear()

    def search(self, kind: HashKind, queries: NDArray[np.uint8], radius: int) -> Matches:
        """All entries near the queries, as of now. Raises IndexDamaged."""
        try:
            index = self._reader(kind)
            if index is None:
                return _NOTHING
            return _search(index, queries, radius)
        except IndexBroken as fault:
            raise self._damaged(kind, fault) from fault

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps other writers out, here and in other processes.

        Raises BankBusy, LedgerUnwritable.
        """
        # Whoever waits for the lock holds the turn, so that nobody who has just let go of the lock
        # takes it again before them.
        turn = self._waited_for(_TURN)
        try:
            lock = self._waited_for(_LOCK)
        finally:
            _let_go(turn)
        try:
            yield
        finally:
            _let_go(lock)

    def _waited_for(self, name: str) -> int:
        """A file of the bank, locked. Raises BankBusy, LedgerUnwritable."""
        try:
            handle = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as fault:
            advice = "look at the disk and its permissions"
            raise LedgerUnwritable(f"the bank cannot be changed: {fault}; {advice}") from fault
        for _ in range(_TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_PAUSE)
            else:
                return handle
        os.close(handle)
        raise BankBusy("another process is changing the bank for long; try again later")

    def check(self) -> None:
        """Before a change: raises IndexDamaged if an index could not follow it."""
        for kind in HashKind:
            try:
                self._reader(kind)
            except IndexBroken as fault:
                raise self._damaged(kind, fault) from fault

    def recover(self) -> None:
        """Lets indexes follow that a crash left behind; a damaged one waits for `rebuild`.

        One that cannot be written waits for the next change; whoever is busy lets them follow.
        """
        with suppress(IndexDamaged, IndexUnwritable, LedgerUnwritable, BankBusy):
            self.check()
            if any(self._missing(kind) for kind in HashKind):
                with self.held():
                    self.follow()

    def follow(self, fresh: Fresh = _UNKNOWN) -> None:
        """Brings every index to where the ledger is. Call it `held`.

        Raises IndexDamaged, IndexUnwritable.
        """
        for kind in HashKind:
            if self._missing(kind):
                with self._writer(self._folder / kind, kind) as index:
                    self._fill(index, kind, fresh)

    def merge(self) -> None:
        """Makes each index one segment again, which searches fastest. Call it `held`."""
        for kind in HashKind:
            if self._exists(kind):
                with self._writer(self._folder / kind, kind) as index:
                    index.merge()

    def rebuild(self) -> None:
        """Makes every index anew from the ledger; readers keep the old until it stands."""
        for kind in HashKind:
            fresh, place = self._folder / f"{kind}.new", self._folder / kind
            if not (self._ledger.count(kind) or place.is_dir()):
                continue
            shutil.rmtree(fresh, ignore_errors=True)
            try:
                with self._writer(fresh, kind) as index:
                    self._fill(index, kind)
                    index.merge()
                move_in(fresh, place)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
            with self._writer(place, kind):
                pass  # Opening to write sweeps what the index had before.
        self._nothing_upto.clear()

    def verify(self) -> list[Finding]:
        """Compares every index with the ledger, hash by hash. Nothing found: all is well.

        Raises BankBusy where it cannot tell because others are changing the bank.
        """
        advice = "run `rebuild`: the ledger has everything an index needs"
        found = []
        for kind in HashKind:
            problem = self._problem(kind)
            if problem:
                # Others may have changed the bank meanwhile: look again while nobody can.
                with suppress(LedgerUnwritable), self.held():
                    problem = self._problem(kind)
            if problem:
                found.append(Finding(str(kind), problem, advice))
        return found

    def _problem(self, kind: HashKind) -> str:
        try:
            index = self._reader(kind)
            if index is not None:
                index.verify()
            return self._difference(kind, index)
        except IndexBroken as fault:
            return str(fault)

    def _difference(self, kind: HashKind, index: Index | None) -> str:
        expected, held = self._ledger.count(kind), 0 if index is None else len(index)
        if index is not None:
            present = 0
            for hashes, ids in self._pages(kind, after=0):
                found = _search(index, hashes, 0)
                present += int(np.count_nonzero(ids[found.query] == found.id))
            if present != expected:
                return f"{expected - present} of {expected} entries are not in the index"
        if held != expected:
            return f"the index holds {held} entries, the ledger {expected}"
        return ""

    def _damaged(self, kind: HashKind, fault: IndexBroken) -> IndexDamaged:
        bank = self._folder.name
        return IndexDamaged(f"bank {bank}, {kind} index: {fault} Or run `rebuild` for the bank.")

    def _reader(self, kind: HashKind) -> Index | None:
        """The index to search, refreshed; None where there never was an entry of the kind."""
        index = self._open.get(kind)
        if index is None:
            with self._opening:
                index = self._open.get(kind)
                if index is None:
                    if not self._exists(kind):
                        return None
                    index = _opened(self._folder / kind, kind, writable=False)
                    self._open[kind] = index
        # Somebody may have deleted it to have it made anew: what is open is still whole.
        with suppress(FileNotFoundError):
            index.refresh()
        return index

    def _exists(self, kind: HashKind) -> bool:
        """Whether there is an index. A crash while it was made leaves a folder and no manifest."""
        return (self._folder / kind / MANIFEST).exists()

    @contextmanager
    def _writer(self, place: Path, kind: HashKind) -> Iterator[Index]:
        """An index to write. Raises IndexDamaged, IndexUnwritable, BankBusy."""
        try:
            index = _opened(place, kind, writable=True)
            try:
                yield index
            finally:
                index.close()
        except IndexBroken as fault:
            raise self._damaged(kind, fault) from fault
        except IndexBusy as fault:
            raise BankBusy(str(fault)) from fault
        except OSError as fault:
            raise IndexUnwritable(
                f"bank {self._folder.name}, {kind} index: {fault}; look at the disk and its "
                "permissions. The ledger is whole, and the index follows it with the next change."
            ) from fault

    def _missing(self, kind: HashKind) -> bool:
        """Whether something happened to this kind of hash that its index has not followed."""
        index = self._reader(kind)
        upto = self._ledger.sequence()
        mark = max(0 if index is None else index.mark, self._nothing_upto.get(kind, 0))
        if any(kind in batch.kinds for batch in self._ledger.batches(mark)):
            return True
        if index is not None and self._ledger.removed(mark):
            return True
        self._nothing_upto[kind] = upto
        return False

    def _fill(self, index: Index, kind: HashKind, fresh: Fresh = _UNKNOWN) -> None:
        """Removes and adds what the index has not followed yet; its mark moves with the last."""
        mark, upto = index.mark, self._ledger.sequence()
        removed = np.array(self._ledger.removed(mark), np.uint64)
        last = None
        for page in self._added(kind, mark, fresh):
            if last is None and len(removed):
                index.remove(removed, mark=mark)
            if last is not None:
                index.add(*last, mark=mark)
            last = page
        if last is None:
            index.remove(removed, mark=upto)
        else:
            index.add(*last, mark=upto)
        if index.segments > _MOST_SEGMENTS:
            index.merge()

    def _added(self, kind: HashKind, mark: int, fresh: Fresh) -> Iterator[Pairs]:
        """Hashes and ids that were added behind a change."""
        for batch in self._ledger.batches(mark):
            if kind not in batch.kinds:
                continue
            if batch.sequence == fresh.sequence:
                yield fresh.pairs[kind]
            else:
                yield from self._pages(kind, batch.first - 1, batch.last)

    def _pages(self, kind: HashKind, after: int, upto: int = 2**63 - 1) -> Iterator[Pairs]:
        """Hashes and ids of a kind, as the index takes them in."""
        upto = min(upto, int(self._ledger.mark("next_entry")) - 1)
        while after < upto:
            ids, hashes = self._ledger.hashes(kind, after, min(after + _STEP, upto))
            if ids:
                yield shaped(hashes, kind), np.array(ids, np.uint64)
            after += _STEP


def _let_go(handle: int) -> None:
    # Said, not only closed: a process forked meanwhile would hold on to it.
    fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)


def _opened(place: Path, kind: HashKind, *, writable: bool) -> Index:
    if kind == HashKind.PDQ:
        return HashIndex.open(place, writable=writable)
    return DigestIndex.open(place, width=kind.width, writable=writable)


def shaped(hashes: bytes, kind: HashKind) -> NDArray[np.uint8]:
    """Hashes one behind another as an array of shape (n, width)."""
    return np.frombuffer(hashes, np.uint8).reshape(-1, kind.width)


def _search(index: Index, queries: NDArray[np.uint8], radius: int) -> Matches:
    if isinstance(index, HashIndex):
        return index.search(queries, radius)
    return index.search(queries)
