# SPDX-License-Identifier: Apache-2.0
"""What a lookup answers, and how matches of several banks become one answer a query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks.bank import Bank
from hearthline.kit.matching.banks.entry import Entry, microseconds
from hearthline.kit.matching.banks.refusals import KindRefused
from hearthline.kit.matching.banks.settings import Settings


@dataclass(frozen=True, slots=True)
class Match:
    """An entry near a query: `distance` bits of at most `radius`, both 0 for digests.

    `disputed`: somebody contests the entry; a person should look. `details` is the entry itself
    where the lookup was asked for it.
    """

    bank: str
    kind: HashKind
    entry: int
    distance: int
    radius: int
    disputed: bool = False
    details: Entry | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one query.

    `harmless` are its matches in negative banks. Where there is one that nobody disputes, what
    other banks know is in `suppressed`, and `matches` is empty; `reason` says so in words.
    """

    matches: tuple[Match, ...] = ()
    suppressed: tuple[Match, ...] = ()
    harmless: tuple[Match, ...] = ()

    @property
    def reason(self) -> str:
        """Why matches were suppressed, empty if none were."""
        if not self.suppressed:
            return ""
        near = next(one for one in self.harmless if not one.disputed)
        return f"known to be harmless: bank {near.bank}, entry {near.entry}, {near.distance} bits"


NOTHING = Answer()


def answer(
    banks: Sequence[tuple[Bank, Settings]],
    kind: HashKind,
    queries: NDArray[np.uint8],
    *,
    at: datetime,
    seed: str = "",
    bypass_enabled_share: bool = False,
    details: bool = False,
) -> list[Answer]:
    """One answer for each query, in their order, from banks with their settings.

    Nearest matches come first. A bank with an enabled share below 1 takes part in that share of
    queries: the same ones for the same `seed`, in every process and on every machine.
    """
    now = microseconds(at)
    if not len(queries):
        return []
    known: dict[int, list[Match]] = {}
    harmless: dict[int, list[Match]] = {}
    for bank, settings in banks:
        if kind not in settings.kinds:
            continue
        share = 1.0 if bypass_enabled_share else settings.enabled_share
        found = _matches(bank, settings, kind, queries, now, share, seed)
        into = harmless if settings.negative else known
        for number, match in _with_details(bank, list(found)) if details else found:
            into.setdefault(number, []).append(match)
    answers = [NOTHING] * len(queries)
    for number in known.keys() | harmless.keys():
        answers[number] = _decided(known.get(number, []), harmless.get(number, []))
    return answers


def as_queries(kind: HashKind, queries: NDArray[np.uint8] | Sequence[bytes]) -> NDArray[np.uint8]:
    """Queries as uint8 of shape (m, `kind.width`). Raises KindRefused."""
    if not isinstance(queries, np.ndarray):
        if any(len(one) != kind.width for one in queries):
            raise KindRefused(f"a {kind} hash has {kind.width} bytes")
        queries = np.frombuffer(b"".join(queries), np.uint8).reshape(-1, kind.width)
    if queries.dtype != np.uint8 or queries.ndim != 2 or queries.shape[1] != kind.width:
        raise KindRefused(f"{kind} queries are bytes of shape (m, {kind.width})")
    return queries


def takes_part(bank: str, query: bytes, share: float, seed: str) -> bool:
    """Whether a bank with a share takes part in a query: a draw that only the three decide."""
    drawn = blake2b(query, digest_size=8, key=seed.encode()[:64], person=_person(bank)).digest()
    return int.from_bytes(drawn, "big") < share * 2**64


def _person(bank: str) -> bytes:
    return blake2b(bank.encode(), digest_size=16).digest()


def _matches(
    bank: Bank,
    settings: Settings,
    kind: HashKind,
    queries: NDArray[np.uint8],
    now: int,
    share: float,
    seed: str,
) -> Iterator[tuple[int, Match]]:
    """Query numbers and matches of one bank. Arrays to the end: objects only for what is told."""
    found = bank.matches(kind, queries, settings.radius)
    if not len(found):
        return
    standing = bank.standing()
    keep = ~_paused(standing.disabled, standing.until, found.id, now)
    if share < 1:
        keep &= _drawn(settings.name, queries, found.query, share, seed)
    disputed = np.isin(found.id[keep], standing.disputed)
    radius = settings.radius if kind == HashKind.PDQ else 0
    for number, entry, distance, contested in zip(
        found.query[keep].tolist(),
        found.id[keep].tolist(),
        found.distance[keep].tolist(),
        disputed.tolist(),
        strict=True,
    ):
        yield number, Match(settings.name, kind, entry, distance, radius, contested)


def _paused(
    disabled: NDArray[np.uint64], until: NDArray[np.int64], ids: NDArray[np.uint64], now: int
) -> NDArray[np.bool_]:
    """Which ids are disabled now; `disabled` is sorted."""
    if not len(disabled):
        return np.zeros(len(ids), bool)
    place = np.minimum(np.searchsorted(disabled, ids), len(disabled) - 1)
    paused: NDArray[np.bool_] = (disabled[place] == ids) & (until[place] > now)
    return paused


def _drawn(
    bank: str, queries: NDArray[np.uint8], numbers: NDArray[np.int64], share: float, seed: str
) -> NDArray[np.bool_]:
    """For each match, whether the bank takes part in its query."""
    distinct, which = np.unique(numbers, return_inverse=True)
    draws = [takes_part(bank, queries[number].tobytes(), share, seed) for number in distinct]
    return np.array(draws, bool)[which]


def _with_details(bank: Bank, found: list[tuple[int, Match]]) -> list[tuple[int, Match]]:
    """The matches with their entries; one that was removed since the search is left out."""
    entries = {entry.id: entry for entry in bank.existing([match.entry for _, match in found])}
    return [
        (number, replace(match, details=entries[match.entry]))
        for number, match in found
        if match.entry in entries
    ]


def _decided(known: list[Match], harmless: list[Match]) -> Answer:
    matches = tuple(sorted(known, key=_nearest_first))
    safe = tuple(sorted(harmless, key=_nearest_first))
    # A contested claim of harmlessness hides nothing.
    if any(not match.disputed for match in safe):
        return Answer((), matches, safe)
    return Answer(matches, (), safe)


def _nearest_first(match: Match) -> tuple[int, str, int]:
    return match.distance, match.bank, match.entry
