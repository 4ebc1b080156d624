# SPDX-License-Identifier: Apache-2.0
"""Lists of hashes in the JSON of ThreatExchange-like feeds.

    {"data": [{"id": "7", "indicator": "<hash>", "type": "HASH_PDQ", "tags": ["…"],
               "status": "MALICIOUS", "privacy_type": "…"}, …]}

Read as a page with `data`, as a bare array, or one object a line. The hash stands in `indicator`
(or in an object there, with its type), `tags` are a list or a page of objects with `text`, and an
item with `should_delete` takes the hash back. Field names were gathered from clients of the feed;
fields not named here are left out, those of `paging` are the business of who fetches.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from hearthline.kit.formats.json_stream import BrokenDocument, BrokenValue, JsonStream
from hearthline.kit.formats.known_hash import (
    KnownHash,
    RefusedItem,
    kind_and_value,
    kind_named,
    plain_json,
)
from hearthline.kit.formats.refused import FormatRefused

# What is kept of an item beside its hash and its tags.
_KEPT = (
    "id",
    "status",
    "review_status",
    "severity",
    "privacy_type",
    "share_level",
    "added_on",
    "last_updated",
    "expire_time",
)
_READ = frozenset({"indicator", "type", "tags", "owner", "should_delete", *_KEPT})


def read(source: BinaryIO) -> Iterator[KnownHash | RefusedItem]:
    """The hashes in a document; an item that cannot be read is told, and the rest goes on.

    Raises FormatRefused when it is nothing of this kind.
    """
    stream = JsonStream(source)
    seen = False
    try:
        if stream.next_is("["):
            seen = True
            yield from _items(stream, "")
        else:
            for found in _pages_or_lines(stream):
                seen = True
                yield from found
    except BrokenDocument as fault:
        if not seen:
            raise FormatRefused("$", f"not a list of indicators: {fault}") from fault
        yield RefusedItem("$", f"the rest was not read: {fault}")
    if not seen:
        raise FormatRefused("data", "no list of this name and no indicator; is this such a feed?")


def write(out: BinaryIO, hashes: Iterable[KnownHash]) -> int:
    """Writes a document that `read` reads back, and returns how many hashes it has.

    Metadata that such feeds have no field for stays behind, and so does the category, unless its
    code is among `tags` in the metadata.
    """
    count = 0
    out.write(b'{"data":[')
    for count, one in enumerate(hashes, start=1):
        item: dict[str, Any] = {"indicator": one.hex, "type": f"HASH_{one.kind.name}"}
        item |= {key: one.metadata[key] for key in (*_KEPT, "tags") if key in one.metadata}
        if one.withdrawn:
            item["should_delete"] = True
        out.write((",\n" if count > 1 else "\n").encode() + plain_json(item).encode("utf-8"))
    out.write(b"\n]}\n")
    return count


def from_item(item: Any, place: str) -> KnownHash | RefusedItem:
    """One item of a feed, for a client that has a page in hand."""
    if not isinstance(item, dict):
        return RefusedItem(place, "not an object with an indicator")
    text: Any = item.get("indicator")
    kind_name: Any = item.get("type")
    if isinstance(text, dict):
        kind_name = text.get("type", kind_name)
        text = text.get("indicator")
    kind = kind_named(kind_name) if isinstance(kind_name, str) else None
    if kind is None:
        named = kind_name if isinstance(kind_name, str) and len(kind_name) <= 40 else "no type"
        return RefusedItem(place, f"a kind of indicator that is not kept here ({named})")
    try:
        _kind, value = kind_and_value(text if isinstance(text, str) else "", kind)
        metadata = _metadata(item)
    except ValueError as fault:
        return RefusedItem(place, str(fault))
    withdrawn = item.get("should_delete") in (True, "true", 1)
    return KnownHash(kind, value, metadata=metadata, withdrawn=withdrawn, place=place)


def _pages_or_lines(stream: JsonStream) -> Iterator[Iterator[KnownHash | RefusedItem]]:
    """What each object of the stream holds: a page of many, or one indicator."""
    number = 0
    while not stream.at_end():
        single: dict[str, Any] = {}
        page = False
        for key in stream.members():
            if key == "data" and stream.next_is("["):
                page = True
                yield _items(stream, "data")
            else:
                try:
                    value = stream.value()
                except BrokenValue as fault:
                    yield iter((RefusedItem(key[:40], str(fault)),))
                    continue
                # An object may have members without end.
                if key in _READ:
                    single[key] = value
        # One object alone without an indicator is no feed at all, which the caller says.
        if "indicator" in single or (not page and (number or not stream.at_end())):
            yield iter((from_item(single, f"item {number}"),))
        number += 1


def _items(stream: JsonStream, name: str) -> Iterator[KnownHash | RefusedItem]:
    for number in stream.elements():
        place = f"{name}[{number}]"
        try:
            item = stream.value()
        except BrokenValue as fault:
            yield RefusedItem(place, str(fault))
        else:
            yield from_item(item, place)


def _metadata(item: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: item[key] for key in _KEPT if item.get(key) not in (None, "")}
    tags = _tags(item.get("tags"))
    if tags:
        metadata["tags"] = tags
    owner = item.get("owner")
    if isinstance(owner, dict) and owner.get("id") is not None:
        metadata["owner"] = str(owner["id"])
    plain_json(metadata)
    return metadata


def _tags(tags: Any) -> list[str]:
    """Tags as a list of text: from a list, a page of objects, or one text with commas."""
    if isinstance(tags, dict):
        tags = tags.get("data")
    if isinstance(tags, str):
        tags = [one.strip() for one in tags.split(",")]
    if not isinstance(tags, list):
        return []
    texts: list[Any] = [one.get("text") if isinstance(one, dict) else one for one in tags]
    return [one for one in texts if isinstance(one, str) and one]
