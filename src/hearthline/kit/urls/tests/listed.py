# SPDX-License-Identifier: Apache-2.0
"""A small block list for the tests, and a look-up that remembers what it was asked."""

from collections.abc import Sequence
from typing import NamedTuple

from hearthline.kit.urls import FoundHashes, PrefixList, canonicalise, expressions, hashes_of
from hearthline.kit.urls.prefix_messages import read_search, search
from hearthline.kit.urls.prefixes import build


class Entry(NamedTuple):
    scope: str
    address: str


def page(url: str) -> Entry:
    """The entry of one page."""
    return Entry("url", expressions(canonicalise(url))[0])


def listing(*entries: Entry, serial: int = 1) -> PrefixList:
    return build(hashes_of(entries), serial=serial)


class Publisher:
    """Looks up full hashes in a list, as the publisher's door does."""

    def __init__(self, published: PrefixList, *, seconds: int = 300) -> None:
        self.published, self.seconds = published, seconds
        self.asked: list[bytes] = []

    def __call__(self, prefixes: Sequence[bytes]) -> FoundHashes:
        self.asked.extend(prefixes)
        return read_search(search(self.published, prefixes, cache_seconds=self.seconds))
