# SPDX-License-Identifier: Apache-2.0
"""Bytes to hashes, hashes to what is known of them, without holding up other calls.

A look-up takes less time than handing it to a thread, so a few are made at once. Batches and files
go to small pools; who would have to wait too long is told so instead.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.hashing.decoding import Limits
from hearthline.kit.hashing.pictures import PictureHashes, hash_picture
from hearthline.kit.hashing.refusals import NotHashable
from hearthline.kit.matching.banks import (
    Answer,
    BankRefused,
    HashKind,
    IndexDamaged,
    Library,
    NoSuchBank,
)
from hearthline.matcher.configuration import Configuration
from hearthline.matcher.web import Refusal

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_AT_ONCE = 4
"""So few are looked up without a thread, which would cost more than the look-up."""

SIDES = (
    "as_it_is",
    "turned_90",
    "turned_180",
    "turned_270",
    "flipped_vertically",
    "flipped_horizontally",
    "mirrored_in_the_main_diagonal",
    "mirrored_in_the_other_diagonal",
)
"""The eight ways a picture may lie, in the order of `Spectrum.dihedral`."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """What a file is known by: the digests asked for, and what a picture of it is known by.

    `picture` is None where it is none, and `refusal` says why; both are where nobody asked.
    """

    digests: Mapping[HashKind, bytes]
    picture: PictureHashes | None = None
    refusal: NotHashable | None = None

    @property
    def outcome(self) -> str:
        """What became of the file, for the counters."""
        if self.refusal is not None:
            return str(self.refusal.code)
        return "picture" if self.picture is not None else "bytes"

    def views(self, *, dihedral: bool = False, negative: bool = False) -> dict[bytes, str]:
        """Every PDQ hash to ask for and how it sees the picture, each hash once."""
        if self.picture is None:
            return {}
        seen = [(self.picture.pdq, SIDES[0])]
        if dihedral:
            seen += zip(self.picture.dihedral[1:], SIDES[1:], strict=True)
        seen += [(each.pdq, _view(str(each.view), each.frame)) for each in self.picture.extra]
        if negative:
            seen += [(pdq.complement(), f"{view}_negative") for pdq, view in seen]
        views: dict[bytes, str] = {}
        for pdq, view in seen:
            views.setdefault(pdq.bits, view)
        return views


class Recognition:
    """The library behind the calls of one worker process."""

    def __init__(self, library: Library, configuration: Configuration) -> None:
        self.library = library
        self._limits = Limits(
            file_bytes=configuration.largest_file, pixels=configuration.most_pixels
        )
        self._hashing = _Pool("hashing", configuration.hashing_threads, configuration.waiting)
        self._searching = _Pool("searching", 1, configuration.waiting)
        self._fetching = _Pool("fetching", 4, configuration.waiting)
        self._others = _Pool("others", 4, configuration.waiting)

    def close(self) -> None:
        """Ends the pools; what is under way is finished."""
        for pool in (self._hashing, self._searching, self._fetching, self._others):
            pool.close()

    async def hashed(
        self, content: bytes, kinds: Collection[HashKind] = tuple(HashKind), *, exact: bool = True
    ) -> Hashed:
        """A file's hashes of these kinds and no others, because each costs a reading of it.

        Raises Refusal where it is empty, or where there is no time.
        """
        return await self._hashing.run(lambda: self._hash(content, kinds, exact))

    async def fetched(self, work: Callable[[], Result]) -> Result:
        """What `work` gets from an address. Apart, so that a slow host holds up nothing else."""
        return await self._fetching.run(work)

    async def aside(self, work: Callable[[], Result]) -> Result:
        """What `work` gives, without holding up other calls: for the ledgers."""
        return await self._others.run(work)

    async def known(
        self,
        kind: HashKind,
        queries: NDArray[np.uint8] | Sequence[bytes],
        *,
        banks: Collection[str] | None = None,
        seed: str = "",
        bypass: bool = False,
        details: bool = False,
    ) -> list[Answer]:
        """What is known of hashes: of a few at once, of many aside. Raises Refusal."""

        def look() -> list[Answer]:
            return self._look(kind, queries, banks, seed, bypass, details)

        return look() if len(queries) <= _AT_ONCE else await self._searching.run(look)

    def warm(self) -> None:
        """Loads what is compiled and opens every bank, so that no caller waits for it.

        Raises Refusal where a bank cannot be asked.
        """
        for kind in HashKind:
            self._look(kind, [bytes(kind.width)])

    def _look(
        self,
        kind: HashKind,
        queries: NDArray[np.uint8] | Sequence[bytes],
        banks: Collection[str] | None = None,
        seed: str = "",
        bypass: bool = False,
        details: bool = False,
    ) -> list[Answer]:
        with asking_banks(self.library):
            return self.library.lookup(
                kind,
                queries,
                at=now(),
                banks=banks,
                seed=seed,
                bypass_enabled_share=bypass,
                details=details,
            )

    def _hash(self, content: bytes, kinds: Collection[HashKind], exact: bool) -> Hashed:
        if not content:
            empty = NotHashable.empty()
            raise Refusal(400, str(empty.code), str(empty))
        digests: dict[HashKind, bytes] = {
            kind: hashlib.new(str(kind), content, usedforsecurity=False).digest()
            for kind in kinds
            if kind is not HashKind.PDQ
        }
        if HashKind.PDQ not in kinds:
            return Hashed(digests)
        try:
            picture = hash_picture(content, exact=exact, limits=self._limits)
        except NotHashable as fault:
            return Hashed(digests, None, fault)
        return Hashed(digests, picture)


@contextmanager
def asking_banks(library: Library) -> Iterator[None]:
    """While all banks are asked. Never an answer without one: that would read as "not known".

    Raises Refusal: 404 for a bank that is not there, 503 where one cannot be asked.
    """
    try:
        if library.faults():
            raise IndexDamaged("a bank cannot be opened")
        yield
    except NoSuchBank as fault:
        raise Refusal(404, "no_such_bank", str(fault)) from None
    except BankRefused as fault:
        logger.error("a bank cannot be asked: %s", type(fault).__name__)
        raise Refusal(
            503, "bank_damaged", "a bank cannot be asked; `hearthline bank verify` says why"
        ) from None


class _Pool:
    """Threads, and how many may wait for one."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room = threads + waiting

    def close(self) -> None:
        self._threads.shutdown()

    async def run(self, work: Callable[[], Result]) -> Result:
        if self._room <= 0:
            raise Refusal(503, "busy", "too much is waiting already; try again", retry_after=1)
        self._room -= 1
        loop = asyncio.get_running_loop()
        held = [work]
        started = self._threads.submit(lambda: held.pop()())
        # A caller whose time is up leaves; the thread keeps its place until it is through.
        started.add_done_callback(lambda _: _later(loop, self._leave))
        try:
            return await asyncio.shield(_awaited(started))
        except asyncio.CancelledError:
            # What was not begun is done for nobody, and its bytes are let go of at once.
            if started.cancel():
                held.clear()
            raise

    def _leave(self) -> None:
        self._room += 1


def _awaited(started: "Future[Result]") -> "asyncio.Future[Result]":
    waiting = asyncio.wrap_future(started)
    # Where nobody awaits it any more, its fault is nobody's.
    waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
    return waiting


def _later(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(what)


def now() -> datetime:
    """The time, here where there is a clock."""
    return datetime.now(UTC)


def _view(name: str, frame: int) -> str:
    return f"{name}_{frame}" if frame else name
