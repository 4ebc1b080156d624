# SPDX-License-Identifier: Apache-2.0
"""VICS JSON, in which forensic tools and hotlines exchange sets of hashes (Project VIC 2.0).

A document has the OData context `…/DataModels/2.0.xml/<namespace>/$metadata#<Cases or Media>` and
under `value` either cases, each with its `Media`, or media themselves. No schema is published
where we could read it: the fields were gathered from several independent readers and writers, and
what is not among them is carried along in `other`.

What differs between writers is read alike: a byte order mark, hashes in either case, truth as
"true" or "false" in quotes, numbers in quotes, `/Date(milliseconds)/` beside ISO 8601. A category
that is null (nobody judged) differs from 0 (judged not pertinent). `IsPrecategorized` is carried
but says nothing reliable, since writers fill it in differently: read `category`.

PhotoDNA is licensed: it is carried as the text it came as, never computed and never compared.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from hearthline.kit.formats.json_stream import (
    LONGEST_VALUE,
    BrokenDocument,
    BrokenValue,
    JsonStream,
)
from hearthline.kit.formats.known_hash import (
    HashKind,
    KnownHash,
    RefusedItem,
    kind_and_value,
    kind_named,
)
from hearthline.kit.formats.refused import FormatRefused
from hearthline.kit.formats.vics_fields import (
    ALTERNATIVES,
    CASE_FIELDS,
    HASH_KEYS,
    MEDIA_FIELDS,
    Case,
    Context,
    Media,
    attributes_of,
)

__all__ = ["Case", "Context", "Found", "Media", "known_hashes", "read", "write"]

_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{}/$metadata#{}"
_CONTEXT_PARTS = re.compile(r"\.xml(?:/(?P<namespace>[^/#]+)/\$metadata)?#(?P<holds>\w+)")
_NAMESPACE = re.compile(r"[A-Za-z0-9_-]{1,30}")
_LONGEST_KEY = 40


Found = Context | Media | Case | RefusedItem


def read(source: BinaryIO) -> Iterator[Found]:
    """What stands in a document, in constant memory however large it is.

    An item that cannot be read is told as RefusedItem with its place, and the rest goes on; so is
    a document that was cut. Raises FormatRefused when it is no VICS document at all.
    """
    stream = JsonStream(source)
    holds, seen = "", False
    try:
        for key in stream.members():
            if key == "value" and stream.next_is("["):
                seen = True
                yield from _values(stream, holds)
                continue
            value = _value_or_none(stream)
            if key in ("@odata.context", "odata.metadata") and isinstance(value, str):
                context = _context(value)
                holds = context.holds
                yield context
    except BrokenDocument as fault:
        if not seen:
            raise FormatRefused("$", f"not a VICS document: {fault}") from fault
        yield RefusedItem("$", f"the rest of the file was not read: {fault}")
    if not seen:
        raise FormatRefused("value", "no list of this name; is this a VICS document?")


def known_hashes(
    source: BinaryIO, *, categories: Collection[int | str] | None = None
) -> Iterator[KnownHash | RefusedItem]:
    """The hashes in a document, for a bank.

    Of all categories, or of those named. Without a choice, media that nobody judged (null) and
    that were judged not pertinent (0) are refused: a bank of them would report harmless pictures.
    Names of files, paths, comments, series and EXIF stay behind: a bank does not need them, and
    they may say who a child is.
    """
    namespace, begun = "Default", False
    for found in read(source):
        begun = begun or isinstance(found, Media)
        if isinstance(found, Context):
            if begun and found.namespace != namespace:
                reason = f"stood behind media, whose categories were read as {namespace} ones"
                yield RefusedItem("@odata.context", reason)
            namespace = found.namespace
        elif isinstance(found, RefusedItem):
            yield found
        elif isinstance(found, Media):
            reason = _left_out(found.category, categories)
            if reason:
                yield RefusedItem(found.place, reason)
            else:
                yield from _hashes_of(found, namespace)


def write(
    out: BinaryIO, media: Iterable[Media], *, namespace: str = "Default", case: Case | None = None
) -> int:
    """Writes a document piece by piece; with a case, its media stand inside it.

    Returns how many media were written. Raises FormatRefused for a namespace that is no plain
    name or a value that JSON cannot hold.
    """
    if _NAMESPACE.fullmatch(namespace) is None:
        raise FormatRefused("namespace", "letters, digits, _ and - only")
    context = _CONTEXT.format(namespace, "Cases" if case else "Media")
    out.write(b'{"@odata.context":' + _json(context) + b',"value":[')
    if case:
        # The list of media is the last member, and is closed below.
        out.write(_json(_case_as_json(case) | {"Media": []})[:-2])
    count = 0
    for count, medium in enumerate(media, start=1):
        out.write((b",\n" if count > 1 else b"\n") + _json(_media_as_json(medium)))
    out.write(b"\n]}]}\n" if case else b"\n]}\n")
    return count


def _values(stream: JsonStream, holds: str) -> Iterator[Found]:
    for number in stream.elements():
        place = f"value[{number}]"
        if holds == "Media" or not stream.next_is("{"):
            yield from _medium_at(stream, place)
        else:
            yield from _case_at(stream, place)


def _case_at(stream: JsonStream, place: str) -> Iterator[Found]:
    """A case with its media; or a medium, where a document does not say what it holds."""
    values: dict[str, Any] = {}
    is_case = False
    length = 0
    for key in stream.members():
        if key == "Media" and stream.next_is("["):
            is_case = True
            for number in stream.elements():
                yield from _medium_at(stream, f"{place}.Media[{number}]")
            continue
        begin = stream.position
        try:
            value = stream.value()
        except BrokenValue as fault:
            yield RefusedItem(f"{place}.{key[:_LONGEST_KEY]}", str(fault))
            continue
        length += stream.position - begin + len(key)
        if length <= LONGEST_VALUE:
            values[key] = value
        else:
            yield RefusedItem(f"{place}.{key[:_LONGEST_KEY]}", "left out: there was too much")
    if is_case or "CaseID" in values:
        if not is_case and values.get("Media", "missing") is not None:
            yield RefusedItem(place, "a case without a list of media")
        attributes, _faults = attributes_of(values, CASE_FIELDS)
        yield Case(**attributes)
    else:
        yield from _medium(values, place)


def _medium_at(stream: JsonStream, place: str) -> Iterator[Found]:
    try:
        value = stream.value()
    except BrokenValue as fault:
        yield RefusedItem(place, str(fault))
        return
    yield from _medium(value, place)


def _medium(value: Any, place: str) -> Iterator[Found]:
    if not isinstance(value, dict):
        yield RefusedItem(place, "not an object with hashes")
        return
    attributes, faults = attributes_of(value, MEDIA_FIELDS)
    if "Category" in faults:
        yield RefusedItem(f"{place}.Category", "neither a number nor a short code")
        return
    other = attributes["other"]
    hashes: dict[HashKind, bytes] = {}
    further: dict[bytes, None] = {}
    for kind, text, origin in _hash_texts(other):
        try:
            _kind, hash_ = kind_and_value(text if isinstance(text, str) else "", kind)
        except ValueError as fault:
            yield RefusedItem(f"{place}.{origin}", str(fault))
            continue
        if kind == HashKind.PDQ and hashes.setdefault(kind, hash_) != hash_:
            further[hash_] = None
        else:
            hashes[kind] = hash_
    if not hashes and not attributes.get("photo_dna"):
        yield RefusedItem(place, "no hash that can be read")
        return
    attributes["other"] = _without_hashes(other)
    yield Media(hashes=hashes, further_pdq=tuple(further), place=place, **attributes)


def _hash_texts(values: Mapping[str, Any]) -> Iterator[tuple[HashKind, Any, str]]:
    """Kind, text and place of every hash; the medium's own win over the alternatives."""
    alternatives = values.get(ALTERNATIVES)
    for number, item in enumerate(alternatives if isinstance(alternatives, list) else ()):
        kind = _kind_of_alternative(item)
        if kind is not None:
            yield kind, item.get("HashValue"), f"{ALTERNATIVES}[{number}]"
    for key in HASH_KEYS:
        kind = kind_named(key)
        if kind is not None and values.get(key):
            yield kind, values[key], key


def _kind_of_alternative(item: Any) -> HashKind | None:
    return kind_named(str(item.get("HashName", ""))) if isinstance(item, dict) else None


def _without_hashes(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is no hash of ours; alternatives of other kinds stay."""
    other = {key: value for key, value in values.items() if key not in HASH_KEYS}
    alternatives = other.get(ALTERNATIVES)
    if isinstance(alternatives, list):
        other[ALTERNATIVES] = [item for item in alternatives if _kind_of_alternative(item) is None]
        if not other[ALTERNATIVES]:
            del other[ALTERNATIVES]
    return other


def _left_out(category: int | str | None, wanted: Collection[int | str] | None) -> str:
    if wanted is not None:
        return "" if category in wanted else f"category {category} was not asked for"
    if category is None:
        return "no category: nobody judged it"
    return "category 0: judged not pertinent" if category == 0 else ""


def _hashes_of(medium: Media, namespace: str) -> Iterator[KnownHash | RefusedItem]:
    if not medium.hashes:
        yield RefusedItem(medium.place, "only PhotoDNA, which cannot be compared here")
        return
    category = "" if medium.category is None else f"vics-{namespace.lower()}-{medium.category}"
    told = {
        "media_id": medium.media_id,
        "size": medium.size,
        "mime_type": medium.mime_type or None,
        "photo_dna": medium.photo_dna or None,
        "updated": medium.updated.isoformat() if medium.updated else None,
        "victim_identified": medium.victim_identified,
        "distributed": medium.distributed,
        "suspected": medium.suspected,
        "self_generated": medium.self_generated,
    }
    metadata = {name: value for name, value in told.items() if value is not None}
    further = [(HashKind.PDQ, one) for one in medium.further_pdq]
    for kind, value in [*sorted(medium.hashes.items()), *further]:
        yield KnownHash(kind, value, category, medium.place, metadata, place=medium.place)


def _context(text: str) -> Context:
    found = _CONTEXT_PARTS.search(text)
    if found is None:
        return Context("Default", "")
    return Context(found["namespace"] or "Default", found["holds"])


def _value_or_none(stream: JsonStream) -> Any:
    try:
        return stream.value()
    except BrokenValue:
        return None


def _media_as_json(medium: Media) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, (attribute, _reader) in MEDIA_FIELDS.items():
        value = getattr(medium, attribute)
        if isinstance(value, datetime):
            value = value.isoformat().replace("+00:00", "Z")
        # A category is always told: null says that nobody judged.
        if name == "Category" or value not in (None, "", ()):
            written[name] = value
    alternatives = []
    for kind, value in sorted(medium.hashes.items()):
        if kind in (HashKind.MD5, HashKind.SHA1):
            written[kind.name] = value.hex().upper()
        else:
            alternatives.append({"HashName": kind.name, "HashValue": value.hex().upper()})
    for value in medium.further_pdq:
        alternatives.append({"HashName": "PDQ", "HashValue": value.hex().upper()})
    rest = dict(medium.other)
    if alternatives:
        kept = rest.pop(ALTERNATIVES, [])
        written[ALTERNATIVES] = alternatives + (kept if isinstance(kept, list) else [])
    return rest | written


def _case_as_json(case: Case) -> dict[str, Any]:
    written = {
        name: getattr(case, attribute)
        for name, (attribute, _reader) in CASE_FIELDS.items()
        if getattr(case, attribute) not in (None, "")
    }
    return {key: value for key, value in case.other.items() if key != "Media"} | written


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as fault:
        raise FormatRefused("other", "holds what JSON cannot") from fault
