# SPDX-License-Identifier: Apache-2.0
"""What every hash list has in common: entries that come, change and go, page by page.

Pages are applied in order and may be applied twice: an update says what stands under a key now,
a removal that nothing does. So a fetch that was killed repeats at most one page and doubles
nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from hearthline.kit.formats.known_hash import HashKind

Checkpoint = Mapping[str, int | str]
"""Where a feed stands, in the exchange's own words. Small, and never with a credential in it."""

MOST_TAGS: Final = 50
LONGEST_TAG: Final = 200
LONGEST_KEY: Final = 300


class Opinion(StrEnum):
    """What those who share the entry say of it, all together."""

    CONFIRM = "confirm"
    DENY = "deny"
    DISPUTED = "disputed"
    UNSTATED = "unstated"


_HEX_DIGITS: Final = frozenset("0123456789abcdef")

# A list that carries the hash of nothing would match every empty file or flat picture.
_OF_NOTHING: Final = {
    HashKind.PDQ: frozenset({"0" * 64, "f" * 64}),
    HashKind.MD5: frozenset({"0" * 32, hashlib.md5(usedforsecurity=False).hexdigest()}),
    HashKind.SHA1: frozenset({"0" * 40, hashlib.sha1(usedforsecurity=False).hexdigest()}),
    HashKind.SHA256: frozenset({"0" * 64, hashlib.sha256().hexdigest()}),
}


class NotASignal(ValueError):
    """An item that cannot be taken. The text is the reason, without the item's content."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One hash of one entry. `value` is lower-case hexadecimal, `key` names the entry at the
    source: several signals may share a key, and several keys a value. `content` is alike for
    hashes of one picture under several keys; empty: those of one key are."""

    kind: HashKind
    value: str
    key: str
    tags: tuple[str, ...] = ()
    opinion: Opinion = Opinion.UNSTATED
    reported_by: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    category: str = ""
    content: str = ""

    def __post_init__(self) -> None:
        """Raises `NotASignal` for a value or key that cannot be kept."""
        if len(self.value) != 2 * self.kind.width or not set(self.value) <= _HEX_DIGITS:
            raise NotASignal(f"not a {self.kind} hash of {2 * self.kind.width} hex digits")
        if self.value in _OF_NOTHING[self.kind]:
            raise NotASignal(f"the {self.kind} hash of empty content, which would match anything")
        checked_key(self.key)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item of a readable page that could not be taken, and why. `key` where it was readable."""

    reason: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer that could not be read as a page: its bytes, for the quarantine, and why."""

    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the source's time that could not be read and was passed over: from `start` up
    to `end`, in seconds since 1970. It is asked for again at every fetch until it reads."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer of a source says. No key is both updated and removed.

    `checkpoint` is where to go on once the page is kept. `unsupported` counts, by the source's
    name for them, hashes nobody here can match; `filtered` entries of members that were not asked
    for.
    """

    checkpoint: Checkpoint
    updates: tuple[Signal, ...] = ()
    removals: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    unsupported: Mapping[str, int] = field(default_factory=dict)
    filtered: int = 0
    unread: tuple[Unread, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Exchange(Protocol):
    """A source of hashes."""

    def starts_anew(self, since: Checkpoint, *, at: datetime) -> bool:
        """Whether `since` is no place to go on from: the whole list has to be read, and what it
        no longer names removed. So with a file that changed, and with a checkpoint so old that
        the source may have forgotten removals."""

    def pages(self, since: Checkpoint | None, *, at: datetime) -> Iterator[Page]:
        """Pages after `since` (None: from the beginning), each asked for when it is wanted.

        Raises `ExchangeFailed`; pages given before that are good.
        """

    def reread(self, gap: Gap, *, at: datetime) -> Iterator[Page]:
        """The pages of a stretch that could not be read before. Raises `ExchangeFailed`."""


class Receiver(Protocol):
    """Where signals go, such as a bank. Both calls are durable when they return, and both may
    come a second time with the same values."""

    def add(self, signals: Sequence[Signal], *, at: datetime) -> None:
        """Under each key named, keep these signals and no others. A signal whose opinion is
        `deny` is listed as harmless and must not match; a `disputed` one is a person's to judge.
        """

    def remove(self, keys: Sequence[str], *, at: datetime) -> None:
        """Forget what stands under these keys. A key that is not there is no error, and the same
        hash under another key stays."""


class ExchangeFailed(Exception):
    """A fetch that came to an end early. `code` is for programs; the text is for people and
    holds no credential and no query. `wait` is how long the source asked to be left alone."""

    def __init__(self, code: str, text: str, *, wait: timedelta | None = None) -> None:
        self.code = code
        self.wait = wait
        super().__init__(text)


class Malformed(ExchangeFailed):
    """An answer that is not a page. `raw` is what came, as far as it was read."""

    def __init__(self, reason: str, raw: bytes = b"", *, code: str = "malformed") -> None:
        self.raw = raw
        super().__init__(code, reason)


def checked_key(text: str) -> str:
    """`text` if it can name an entry. Raises `NotASignal`."""
    if not text or len(text) > LONGEST_KEY or not text.isprintable():
        raise NotASignal(f"no usable name for the entry (1 to {LONGEST_KEY} printable characters)")
    return text


def tidy(values: Iterable[object]) -> tuple[str, ...]:
    """Words a source attached, as sorted text that can be stored and shown: what is too long or
    not printable is left out, and so is what is more than `MOST_TAGS`."""
    words = {str(v).strip() for v in values if isinstance(v, str | int)}
    return tuple(sorted(w for w in words if w and len(w) <= LONGEST_TAG and w.isprintable()))[
        :MOST_TAGS
    ]


def combined(opinions: Iterable[Opinion]) -> Opinion:
    """One opinion from those of several members."""
    stated = {o for o in opinions if o is not Opinion.UNSTATED}
    if len(stated) > 1:
        return Opinion.DISPUTED
    return stated.pop() if stated else Opinion.UNSTATED
