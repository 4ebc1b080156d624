# SPDX-License-Identifier: Apache-2.0
"""Walk through a paged source from one place to the end, around what cannot be read.

A page that does not read is asked for once more, because most broken answers are accidents. Then
less is asked for at once, until only the broken part is left; that part is passed over, by the
cursor if one can be made out in the broken answer, else by time. What was passed over is a `Gap`,
which later fetches ask for again. The way around is given to the caller only together with the
next readable page that holds something, so a source that is broken altogether moves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol, Self

from hearthline.matcher.exchanges.client import Client, NotThere, Query
from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    ExchangeFailed,
    Gap,
    Malformed,
    NotASignal,
    Page,
    Rejected,
    Signal,
    Unread,
)

CURSOR_LIVES: Final = timedelta(hours=12)
"""An older cursor is not used: the list behind it has moved, and entries could fall between."""

LONGEST_CURSOR: Final = 4_000

AHEAD: Final = timedelta(days=1)
"""How far a source's clock may be ahead of ours."""

MOST_TURNS: Final = 120
"""Broken answers before a walk ends: enough to halve a size and to search fifty years."""

MOST_LEAPS: Final = 20
"""Broken answers in a row whose own word on the next page is followed."""

MOST_UNREAD: Final = 5
"""Broken answers handed over for one gap; the others are the same or parts of these."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands, in seconds since 1970 and the source's own words.

    All up to `reached` is taken. Requests ask from `start`; it stays while a cursor leads on from
    there, and is `reached` otherwise. `size` is how much to ask for at once, in the source's own
    measure.
    """

    start: int
    cursor: str = ""
    size: int = 1
    reached: int = -1

    def __post_init__(self) -> None:
        if self.reached < self.start:
            object.__setattr__(self, "reached", self.start)

    @classmethod
    def of(cls, checkpoint: Checkpoint | None, first: Self, at: datetime) -> Self:
        """The place a checkpoint means at the time `at`; without one, `first`."""
        if checkpoint is None:
            return first
        start = int(checkpoint.get("start", first.start))
        found = cls(
            start=start,
            cursor=str(checkpoint.get("cursor", "")),
            size=min(max(int(checkpoint.get("size", first.size)), 1), first.size),
            reached=int(checkpoint.get("reached", start)),
        )
        return found.without_cursor() if older_than(CURSOR_LIVES, checkpoint, at) else found

    def without_cursor(self, start: int | None = None) -> Self:
        """The place from which to ask by time: what is reached, or `start`."""
        return replace(
            self,
            start=self.reached if start is None else start,
            cursor="",
            reached=self.reached if start is None else start,
        )

    def checkpoint(self, at: datetime) -> Checkpoint:
        return {
            "start": self.start,
            "cursor": self.cursor,
            "size": self.size,
            "reached": self.reached,
            "at": int(at.timestamp()),
        }


def older_than(age: timedelta, checkpoint: Checkpoint, at: datetime) -> bool:
    """Whether `checkpoint` was made more than `age` before `at`."""
    return at.timestamp() - int(checkpoint.get("at", 0)) > age.total_seconds()


@dataclass(slots=True)
class Reading:
    """One page as its shape read it. Gathers changes in the order the source gave them."""

    next: Place
    last: bool
    unsupported: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    filtered: int = 0
    _changes: dict[str, tuple[Signal, ...]] = field(default_factory=dict)

    def put(self, key: str, signals: tuple[Signal, ...]) -> None:
        """What stands under `key` from now on; without signals, nothing. The later word counts."""
        self._changes[key] = signals

    def reject(self, reason: NotASignal | str, key: object = "") -> None:
        """Note an item that cannot be taken; nothing is changed for its key."""
        name = str(key) if isinstance(key, str | int) else ""
        self.rejected.append(Rejected(str(reason), name if name.isprintable() else ""))

    def unknown(self, kind: str) -> None:
        """Count a hash that is not of a kind this system matches."""
        name = kind[:40] if kind.isprintable() else "?"
        if name in self.unsupported or len(self.unsupported) < 50:
            self.unsupported[name] = self.unsupported.get(name, 0) + 1

    @property
    def empty(self) -> bool:
        return not (self._changes or self.rejected or self.unsupported or self.filtered)

    def page(self, at: datetime, unread: tuple[Unread, ...], gaps: tuple[Gap, ...]) -> Page:
        return Page(
            checkpoint=self.next.checkpoint(at),
            updates=tuple(s for signals in self._changes.values() for s in signals),
            removals=tuple(key for key, signals in self._changes.items() if not signals),
            rejected=tuple(self.rejected),
            unsupported=dict(self.unsupported),
            filtered=self.filtered,
            unread=unread,
            gaps=gaps,
        )


class Shape(Protocol):
    """How one source is asked and how its answers read."""

    path: str

    def first(self) -> Place:
        """The place to begin at, with the largest size."""

    def query(self, place: Place, until: int) -> Query:
        """The request for `place`. `until`: nothing beyond this second is wanted."""

    def read(self, body: bytes, place: Place, until: int) -> Reading:
        """What `body` says. Raises `Malformed` if it is not a page of this shape."""

    def narrowed(self, place: Place, until: int) -> Place:
        """The same place with half the size."""

    def reach(self, place: Place, until: int) -> int:
        """The second up to which the page at `place` may hold entries."""

    def cursor_in(self, raw: bytes) -> str:
        """The next cursor, if it can be made out in an answer that does not read; else empty."""


@dataclass(slots=True)
class _Trouble:
    """The way around answers that do not read, since the last good page.

    By time it is a search for the first second from which a page reads: farther and farther ahead
    until one does, then by halves back to what does not.
    """

    since: int
    unread: list[Unread] = field(default_factory=list)
    reason: str = ""
    passed: int = 0
    turns: int = 0
    _leaps: int = 0
    _broken: int = -1
    _reads: int = -1
    _step: int = 1

    def way_on(self, shape: Shape, place: Place, broken: Malformed, until: int) -> Place:
        """Where to ask next. Raises `Malformed` when nothing up to `until` reads."""
        self.reason = str(broken)
        seen = Unread(broken.raw, self.reason)
        if broken.raw and seen not in self.unread and len(self.unread) < MOST_UNREAD:
            self.unread.append(seen)
        self.turns += 1
        if self.turns == 1:
            return place
        if self.turns > MOST_TURNS:
            raise broken
        if place.size > 1:
            return shape.narrowed(place, until)
        cursor = shape.cursor_in(broken.raw)
        if cursor and cursor != place.cursor and self._leaps < MOST_LEAPS:
            self._leaps += 1
            self.passed = shape.reach(place, until)
            return replace(place, cursor=cursor)
        self._broken = place.reached
        if self._reads < 0:
            ahead, self._step = place.reached + self._step, self._step * 2
            if ahead < until:
                return place.without_cursor(ahead)
            self._reads = until
        if self._reads - self._broken <= 1 and self._reads >= until:
            raise broken
        return place.without_cursor(self._between())

    def nearer(self, place: Place) -> Place | None:
        """Where to ask instead of `place`, which reads, to pass over less; None: nowhere."""
        if self._broken < 0:
            return None
        self._reads = place.reached
        if self._reads - self._broken > 1:
            return place.without_cursor(self._between())
        self.passed, self._broken, self._reads, self._step = place.reached, -1, -1, 1
        return None

    def gaps(self, reached: int) -> tuple[Gap, ...]:
        """What was passed over before a page that came as far as `reached`."""
        if not self.passed:
            return ()
        # A page that moved on in time says that what is missing lies before it.
        end = min(self.passed, reached) if reached > self.since else self.passed
        return (Gap(self.since, end, self.reason),)

    def _between(self) -> int:
        return (self._broken + self._reads + 1) // 2


def walk(
    shape: Shape, client: Client, place: Place, *, at: datetime, until: int | None = None
) -> Iterator[Page]:
    """The pages of a source from `place` on, up to `until` (seconds since 1970) or to its end.

    Raises `ExchangeFailed`; what was yielded before stays good.
    """
    end = int((at + AHEAD).timestamp()) if until is None else until
    trouble, visited, restarted = _Trouble(place.reached), {place.cursor}, {-1}
    while place.reached < end:
        try:
            reading = _one(shape, client, place, end, visited, patient=trouble.turns == 0)
        except NotThere:
            if not place.cursor or place.reached in restarted:
                raise
            restarted.add(place.reached)
            place = place.without_cursor()
            visited.clear()
            continue
        except Malformed as broken:
            broken.raw = client.without_secrets(broken.raw)
            place = trouble.way_on(shape, place, broken, end)
            if not place.cursor:
                visited.clear()
            continue
        if (nearer := trouble.nearer(place)) is not None:
            place = nearer
            continue
        if trouble.passed and reading.empty:
            if reading.last:
                break
            place = reading.next
            continue
        yield reading.page(at, tuple(trouble.unread), trouble.gaps(reading.next.reached))
        if reading.last:
            return
        place = reading.next
        visited.add(place.cursor)
        trouble = _Trouble(place.reached)
    if trouble.passed:
        raise Malformed(trouble.reason)


def _one(
    shape: Shape, client: Client, place: Place, end: int, visited: set[str], *, patient: bool
) -> Reading:
    body = client.get(shape.path, shape.query(place, end), patient=patient)
    try:
        reading = shape.read(body, place, end)
    except NotASignal as reason:
        raise Malformed(str(reason), body) from None
    except Malformed as broken:
        broken.raw = body
        raise
    cursor = reading.next.cursor
    if len(cursor) > LONGEST_CURSOR or not cursor.isprintable():
        # Kept as the place to go on from, it would stop every fetch until it is too old.
        raise Malformed("the next page has a name that no request can hold", body)
    if not reading.last and cursor and cursor in visited:
        # No way around this: every page reads, and there would always be one more.
        raise ExchangeFailed("circle", "the source's pages lead in a circle")
    return reading
