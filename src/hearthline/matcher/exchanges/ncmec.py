# SPDX-License-Identifier: Apache-2.0
"""Lists shared in the manner of NCMEC's hash sharing, version 2: XML, by range of time.

Shape from public documentation and code; `VERIFIED` is false: no live endpoint was asked, and
nobody there endorses this. The environments for providers (ESP), for hotlines and other
organisations (NPO, NGO) and for the police differ in address, access and content, not in shape.

Entries come in no order of time, so a range counts only once all its pages are read. Ranges grow
while they are small, and shrink around what does not read. An entry always shows its latest state,
and a retracted one stays as a deletion, so an old checkpoint is never stale.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element

from hearthline.kit.formats.known_hash import HashKind
from hearthline.matcher.exchanges.client import Client, Query
from hearthline.matcher.exchanges.documents import read_xml
from hearthline.matcher.exchanges.feed import (
    Checkpoint,
    Gap,
    Malformed,
    NotASignal,
    Opinion,
    Page,
    Signal,
    checked_key,
    tidy,
)
from hearthline.matcher.exchanges.walk import Place, Reading, walk

VERIFIED: Final = False

WIDEST: Final = 30 * 86_400
"""Seconds of the widest range asked for at once."""

BEHIND: Final = 60
"""Seconds left out before now: entries of this very second may still be arriving."""

BEGINNING: Final = datetime(2014, 1, 1, tzinfo=UTC)

_KINDS: Final = {
    "pdq": HashKind.PDQ,
    "md5": HashKind.MD5,
    "sha1": HashKind.SHA1,
    "sha256": HashKind.SHA256,
}
_MEDIA: Final = {
    "image": ("image", False),
    "video": ("video", False),
    "deletedImage": ("image", True),
    "deletedVideo": ("video", True),
}
_NEXT: Final = re.compile(rb"<(?:\w+:)?next>([^<>]{1,2000})</(?:\w+:)?next>")


class Ncmec:
    """The entries of one environment; only those of `members` (ids), if any are named."""

    def __init__(
        self, client: Client, *, members: frozenset[str] = frozenset(), begin: datetime = BEGINNING
    ) -> None:
        self._client = client
        self._shape = _Shape(members, int(begin.timestamp()))

    def starts_anew(self, since: Checkpoint, *, at: datetime) -> bool:
        return False

    def pages(self, since: Checkpoint | None, *, at: datetime) -> Iterator[Page]:
        place = Place.of(since, self._shape.first(), at)
        until = int(at.timestamp()) - BEHIND
        return walk(self._shape, self._client, place, at=at, until=until)

    def reread(self, gap: Gap, *, at: datetime) -> Iterator[Page]:
        place = Place(gap.start, size=min(max(gap.end - gap.start, 1), WIDEST))
        return walk(self._shape, self._client, place, at=at, until=gap.end)


class _Shape:
    path = "/v2/entries"

    def __init__(self, members: frozenset[str], begin: int) -> None:
        self._members = members
        self._begin = begin

    def first(self) -> Place:
        return Place(start=self._begin, size=WIDEST)

    def query(self, place: Place, until: int) -> Query:
        if place.cursor:
            return parse_qsl(place.cursor)
        end = self.reach(place, until)
        return [("from", _written(place.start)), ("to", _written(end))]

    def narrowed(self, place: Place, until: int) -> Place:
        return Place(place.start, size=max(min(place.size, until - place.start) // 2, 1))

    def reach(self, place: Place, until: int) -> int:
        return min(place.start + place.size, until)

    def cursor_in(self, raw: bytes) -> str:
        found = _NEXT.search(raw)
        try:
            return self._cursor(unescape(found[1].decode("ascii"))) if found else ""
        except (Malformed, UnicodeDecodeError):
            return ""

    def read(self, body: bytes, place: Place, until: int) -> Reading:
        root = read_xml(body)
        if root.tag != "queryResult":
            raise Malformed("not a result of a query")
        cursor = self._cursor((root.findtext("paging/next") or "").strip())
        end = self.reach(place, until)
        # A range that fitted one page may be wider next time; one of many pages stays.
        size = place.size if place.cursor or cursor else min(place.size * 2, WIDEST)
        following = Place(place.start, cursor, size) if cursor else Place(end, size=size)
        reading = Reading(next=following, last=not cursor and end >= until)
        for group in (*root.findall("images"), *root.findall("videos")):
            for element in group:
                self._take(element, reading)
        return reading

    def _cursor(self, address: str) -> str:
        """The query of the next page's address; the path is known, and nothing else is followed."""
        if not address:
            return ""
        try:
            parts = urlsplit(address)
        except ValueError:
            raise Malformed("the address of the next page does not read") from None
        if parts.scheme or parts.netloc or not parts.path.endswith(self.path):
            raise Malformed("the next page is said to be at another place")
        pairs = parse_qsl(parts.query)
        if not pairs:
            raise Malformed("the address of the next page says nothing")
        return urlencode(pairs)

    def _take(self, element: Element, reading: Reading) -> None:
        key = ""
        try:
            media, deleted = _MEDIA.get(element.tag, ("", False))
            if not media:
                raise NotASignal("neither an image nor a video")
            member, name = _member(element)
            key = checked_key(f"{member}/{media}/{(element.findtext('id') or '').strip()}")
            if key.endswith("/"):
                raise NotASignal("an entry without an id")
            if self._members and member not in self._members:
                reading.filtered += 1
            elif deleted:
                reading.put(key, ())
            else:
                before = len(reading.rejected)
                signals = tuple(_signals(element, reading, key, media, name or member))
                # Where every hash was rejected, what we hold is better than nothing.
                if signals or len(reading.rejected) == before:
                    reading.put(key, signals)
        except NotASignal as reason:
            reading.reject(reason, key)


def _signals(
    element: Element, reading: Reading, key: str, media: str, reported_by: str
) -> Iterator[Signal]:
    """The hashes of one entry. One that cannot be taken does not take the others with it."""
    doubted = {
        (one.get("type") or "").lower() for one in element.findall("feedback/negativeFeedback")
    }
    category = (element.findtext("classification") or "").strip()
    tags = tidy([media, category, *_categories(element)])
    for fingerprint in element.findall("fingerprints/*"):
        kind = _KINDS.get(fingerprint.tag.lower())
        if kind is None:
            reading.unknown(fingerprint.tag)
            continue
        try:
            yield Signal(
                kind=kind,
                value=(fingerprint.text or "").strip().lower(),
                key=key,
                tags=tags,
                opinion=Opinion.DISPUTED if kind.value in doubted else Opinion.CONFIRM,
                reported_by=tidy([reported_by]),
                category=category,
            )
        except NotASignal as reason:
            reading.reject(reason, key)


def _member(element: Element) -> tuple[str, str]:
    member = element.find("member")
    identity = (member.get("id") or "").strip() if member is not None else ""
    if not identity:
        raise NotASignal("an entry without a member")
    return identity, ((member.text or "") if member is not None else "").strip()


def _categories(element: Element) -> Iterator[str]:
    for one in element.findall("categorizations//categorization"):
        yield one.get("name") or ""


def _written(moment: int) -> str:
    return datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
