# SPDX-License-Identifier: Apache-2.0
"""Hands a bank out in the formats of `kit.formats`; disabled entries stay behind.

    with open("bank.csv", "wb") as out:
        hash_csv.write(out, known_hashes(bank, at=now))

Each gives the items one by one, so that a bank of any size is written in constant memory.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from hearthline.kit.formats.known_hash import HashKind, KnownHash
from hearthline.kit.formats.vics import Media
from hearthline.kit.matching.banks.bank import Bank
from hearthline.kit.matching.banks.entry import Entry, State

_COMMON = ("size", "mime_type", "photo_dna", "victim_identified", "distributed", "suspected")


def known_hashes(
    bank: Bank, *, at: datetime, kind: HashKind | None = None, left_out: Counter[str] | None = None
) -> Iterator[KnownHash]:
    """The entries as items of a list: for `hash_csv`, `threat_exchange`, or another bank.

    Hashes of one content share its id in this bank and come one behind the other, so that who
    takes them in batch by batch does not part them. `left_out` counts what was not given, by
    reason.
    """
    for entry in chain.from_iterable(bank.contents()):
        if kind not in (None, entry.kind):
            continue
        if entry.state(at) == State.DISABLED:
            _count(left_out, "disabled")
            continue
        metadata: dict[str, Any] = dict(entry.metadata)
        if entry.disputed:
            metadata["disputed"] = True
        category = entry.category or bank.settings.category
        yield KnownHash(entry.kind, entry.value, category, str(entry.content), metadata)


def media(
    bank: Bank,
    categories: Mapping[str, int | str],
    *,
    at: datetime,
    left_out: Counter[str] | None = None,
) -> Iterator[Media]:
    """The contents as media for `vics.write`.

    `categories` tells the VICS category, in the namespace it will be written for, of each
    category code of the bank. A content with any other is left out: null would say that nobody
    judged it.
    """
    for hashes in bank.contents():
        active = [entry for entry in hashes if entry.state(at) != State.DISABLED]
        if not active:
            _count(left_out, "disabled")
            continue
        category = active[0].category or bank.settings.category
        if category not in categories:
            _count(left_out, f"category {category or 'none'} has no VICS category")
            continue
        yield _medium(active, categories[category], left_out)


def _medium(hashes: list[Entry], category: int | str, left_out: Counter[str] | None) -> Media:
    metadata = hashes[0].metadata
    told = {name: metadata[name] for name in _COMMON if name in metadata}
    first: dict[HashKind, bytes] = {}
    further_pdq = []
    for entry in hashes:
        if first.setdefault(entry.kind, entry.value) == entry.value:
            continue
        if entry.kind == HashKind.PDQ:
            further_pdq.append(entry.value)
        else:
            _count(left_out, f"a further {entry.kind} of one content, of which VICS has one")
    return Media(
        media_id=hashes[0].content,
        category=category,
        hashes=first,
        further_pdq=tuple(further_pdq),
        **told,
    )


def _count(left_out: Counter[str] | None, reason: str) -> None:
    if left_out is not None:
        left_out[reason] += 1
