# SPDX-License-Identifier: Apache-2.0
"""What a bank keeps: entries with their standing, opinions, changes; and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks.refusals import TimeRefused

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

FOREVER = datetime.max.replace(tzinfo=UTC)
"""As the end of a pause: until somebody enables the entry again."""


class State(StrEnum):
    """Whether an entry matches: active and disputed ones do, disabled ones do not."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DISPUTED = "disputed"


class Says(StrEnum):
    """An opinion on an entry: it belongs in this bank, or it does not."""

    CONFIRM = "confirm"
    DENY = "deny"


class What(StrEnum):
    """What a change did; the codes of the journal."""

    CREATED = "created"
    SETTINGS = "settings"
    RETIRED = "retired"
    ADDED = "added"
    LISTED = "listed"
    UNLISTED = "unlisted"
    REMOVED = "removed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    DISPUTED = "disputed"
    SETTLED = "settled"
    OPINION = "opinion"
    NOTED = "noted"
    REBUILT = "rebuilt"


@dataclass(frozen=True, slots=True)
class Entry:
    """One hash of a bank.

    `content` is the id that the hashes of one picture or file share: the first of them. `sources`
    are all that listed the hash, the first one first; `category` and `metadata` are the first
    one's. `disabled_until` is None, a moment, or FOREVER.
    """

    id: int
    kind: HashKind
    value: bytes
    category: str
    content: int
    sources: tuple[str, ...]
    added_at: datetime
    added_by: str
    disabled_until: datetime | None = None
    disputed: bool = False
    confirmations: int = 0
    denials: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hex(self) -> str:
        """The hash in lower-case hexadecimal."""
        return self.value.hex()

    def state(self, at: datetime) -> State:
        """The state at a moment; a pause that has ended leaves the entry as it was before."""
        if self.disabled_until is not None and self.disabled_until > at:
            return State.DISABLED
        return State.DISPUTED if self.disputed else State.ACTIVE


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one actor says of an entry. An actor has one opinion, and may change it."""

    entry: int
    by: str
    says: Says
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the journal: who did what, when, and how it was before and after.

    `entry` is None where a change is not about one entry: an addition of many tells their number
    in `count`, and the first and last id in `after`.
    """

    sequence: int
    at: datetime
    by: str
    what: What
    count: int
    entry: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """The change as plain values, for a journal that is handed on."""
        return {
            "sequence": self.sequence,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "by": self.by,
            "what": str(self.what),
            "count": self.count,
            "entry": self.entry,
            "before": self.before,
            "after": self.after,
        }


ADDED, LISTED, KNOWN = np.uint8(0), np.uint8(1), np.uint8(2)
"""Outcomes of an addition: new; known, and this source is new to it; known from this source."""


@dataclass(frozen=True, slots=True)
class Removed:
    """The ids of entries that are gone, and of those that other sources still list."""

    gone: Sequence[int]
    unlisted: Sequence[int]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of hashes that were added, one place for each, in their order.

    `ids` are those of their entries (int64). An entry is `new`; or known, and the source new to
    it (`listed`); or known from this source already.
    """

    ids: NDArray[np.int64]
    outcomes: NDArray[np.uint8]

    @property
    def new(self) -> int:
        """How many entries were made."""
        return int(np.count_nonzero(self.outcomes == ADDED))

    @property
    def listed(self) -> int:
        """How many known entries got one more source."""
        return int(np.count_nonzero(self.outcomes == LISTED))

    @property
    def known(self) -> int:
        """How many were known from this source, where nothing changed."""
        return int(np.count_nonzero(self.outcomes == KNOWN))


@dataclass(frozen=True, slots=True)
class Stats:
    """How many entries a bank has, in several views."""

    entries: int
    states: Mapping[State, int]
    kinds: Mapping[HashKind, int]
    categories: Mapping[str, int]
    sources: Mapping[str, int]
    opinions: Mapping[Says, int]


def microseconds(moment: datetime, name: str = "at") -> int:
    """A moment as microseconds since 1970 (UTC). Raises TimeRefused if it has no zone."""
    if moment.utcoffset() is None:
        raise TimeRefused(name)
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(microseconds_since: int) -> datetime:
    """The moment of `microseconds`, in UTC."""
    return _EPOCH + microseconds_since * _MICROSECOND
