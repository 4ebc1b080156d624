# SPDX-License-Identifier: Apache-2.0
"""Lists shared in the manner of ThreatExchange: JSON, pages by cursor, in order of update.

Shape from memory and public documentation of `threat_updates` (a privacy group's indicators with
the descriptors of its members); `VERIFIED` is false: no live endpoint was asked, and nobody there
endorses this. The source keeps word of removals for a limited time, so an old checkpoint is stale.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from hearthline.kit.formats.known_hash import HashKind
from hearthline.matcher.exchanges.client import Client, Query
from hearthline.matcher.exchanges.documents import array, listed, object_of, read_json, whole_number
from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    Gap,
    Malformed,
    NotASignal,
    Opinion,
    Page,
    Signal,
    checked_key,
    combined,
    tidy,
)
from hearthline.matcher.exchanges.walk import Place, Reading, older_than, walk

VERIFIED: Final = False

PAGE_SIZE: Final = 500
STALE_AFTER: Final = timedelta(days=25)
FIELDS: Final = (
    "id,indicator,type,last_updated,should_delete,descriptors{owner{id,name},status,tags,reactions}"
)

_KINDS: Final = {
    "HASH_PDQ": HashKind.PDQ,
    "HASH_MD5": HashKind.MD5,
    "HASH_VIDEO_MD5": HashKind.MD5,
    "HASH_SHA1": HashKind.SHA1,
    "HASH_SHA256": HashKind.SHA256,
}
_STATUS: Final = {"MALICIOUS": Opinion.CONFIRM, "NON_MALICIOUS": Opinion.DENY}
_REACTIONS: Final = {"HELPFUL": Opinion.CONFIRM, "DISAGREE_WITH_TAGS": Opinion.DENY}
_AFTER: Final = re.compile(rb'"after"\s*:\s*"([^"\\\s]{1,2000})"')


class ThreatExchange:
    """The indicators of one privacy group."""

    def __init__(self, client: Client, group: str) -> None:
        self._client = client
        self._shape = _Shape(f"/{group}/threat_updates/")

    def starts_anew(self, since: Checkpoint, *, at: datetime) -> bool:
        return older_than(STALE_AFTER, since, at)

    def pages(self, since: Checkpoint | None, *, at: datetime) -> Iterator[Page]:
        place = Place.of(since, self._shape.first(), at)
        return walk(self._shape, self._client, place, at=at)

    def reread(self, gap: Gap, *, at: datetime) -> Iterator[Page]:
        place = Place(gap.start, size=PAGE_SIZE)
        return walk(self._shape, self._client, place, at=at, until=gap.end)


class _Shape:
    def __init__(self, path: str) -> None:
        self.path = path

    def first(self) -> Place:
        return Place(start=0, size=PAGE_SIZE)

    def query(self, place: Place, until: int) -> Query:
        asked = [
            ("start_time", str(place.start)),
            ("limit", str(place.size)),
            ("fields", FIELDS),
        ]
        return [*asked, ("after", place.cursor)] if place.cursor else asked

    def narrowed(self, place: Place, until: int) -> Place:
        return replace(place, size=place.size // 2)

    def reach(self, place: Place, until: int) -> int:
        return until

    def cursor_in(self, raw: bytes) -> str:
        found = _AFTER.search(raw)
        return found[1].decode("ascii", errors="ignore") if found else ""

    def read(self, body: bytes, place: Place, until: int) -> Reading:
        document = read_json(body)
        items = array(document, "data")
        after = _after(document)
        reading = Reading(next=place, last=not after)
        reached = max([place.reached, *(_take(item, reading) for item in items)])
        start = place.start if after else reached
        reading.next = Place(start, after, min(place.size * 2, PAGE_SIZE), reached)
        return reading


def _after(document: dict[str, Any]) -> str:
    """The cursor of the next page, empty on the last. Only the cursor is kept of the next page's
    address: the rest of it repeats the credential."""
    paging = document.get("paging") or {}
    if not isinstance(paging, dict):
        raise Malformed("`paging` is not an object")
    following = paging.get("next")
    if not following:
        return ""
    cursors = paging.get("cursors")
    named = cursors.get("after") if isinstance(cursors, dict) else None
    if not named and isinstance(following, str):
        named = next(iter(parse_qs(urlsplit(following).query).get("after", [])), "")
    if not isinstance(named, str) or not named:
        raise Malformed("a next page without a cursor")
    return named


def _take(item: Any, reading: Reading) -> int:
    """Put one indicator into `reading`; its time of update, 0 where it has none."""
    key = ""
    try:
        item = object_of(item)
        key = checked_key(str(item.get("id") or ""))
        updated = whole_number(item.get("last_updated"))
        # An indicator whose descriptors are gone is gone too, even where the mark is missing.
        if item.get("should_delete") or not listed(item.get("descriptors")):
            reading.put(key, ())
            return updated
        kind = _KINDS.get(str(item.get("type")))
        if kind is None:
            reading.unknown(str(item.get("type")))
            return updated
        reading.put(key, (_signal(item, key, kind),))
    except NotASignal as reason:
        reading.reject(reason, key)
        return 0
    return updated


def _signal(item: dict[str, Any], key: str, kind: HashKind) -> Signal:
    descriptors = [object_of(d) for d in listed(item["descriptors"])]
    owners = [object_of(d.get("owner") or {}) for d in descriptors]
    return Signal(
        kind=kind,
        value=str(item.get("indicator") or "").strip().lower(),
        key=key,
        tags=tidy(tag for d in descriptors for tag in _tags(d)),
        opinion=combined(opinion for d in descriptors for opinion in _opinions(d)),
        reported_by=tidy(owner.get("name") or owner.get("id") for owner in owners),
    )


def _opinions(descriptor: dict[str, Any]) -> Iterator[Opinion]:
    yield _STATUS.get(str(descriptor.get("status")), Opinion.UNSTATED)
    for reaction in listed(descriptor.get("reactions")):
        yield _REACTIONS.get(str(object_of(reaction).get("key")), Opinion.UNSTATED)


def _tags(descriptor: dict[str, Any]) -> Iterable[object]:
    for tag in listed(descriptor.get("tags")):
        yield tag.get("text") if isinstance(tag, dict) else tag
