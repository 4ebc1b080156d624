# SPDX-License-Identifier: Apache-2.0
"""The fields of VICS JSON: media, cases, and how each value is read. See `vics` for documents."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hearthline.kit.formats.known_hash import HashKind

ALTERNATIVES = "AlternativeHashes"
HASH_KEYS = ("MD5", "SHA1", "SHA256")

_MILLISECONDS = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Context:
    """What the document says of itself. `namespace` decides what a category means."""

    namespace: str
    holds: str


@dataclass(frozen=True, slots=True)
class Media:
    """One medium. None and empty text: the file does not say.

    `category` is a number in most namespaces and may be a letter. A time without a zone in the
    file has none here. `files` (names, paths, times) and `exifs` are kept as they came.
    `further_pdq` are PDQ hashes after the first: of frames, or of the picture turned.
    """

    media_id: int | str | None = None
    category: int | str | None = None
    hashes: Mapping[HashKind, bytes] = field(default_factory=dict)
    further_pdq: tuple[bytes, ...] = ()
    photo_dna: str = ""
    size: int | None = None
    mime_type: str = ""
    relative_path: str = ""
    updated: datetime | None = None
    victim_identified: bool | None = None
    offender_identified: bool | None = None
    distributed: bool | None = None
    suspected: bool | None = None
    self_generated: bool | None = None
    series: str = ""
    tags: str = ""
    comments: str = ""
    precategorized: bool | None = None
    precategorization_source: str = ""
    files: tuple[Mapping[str, Any], ...] = ()
    exifs: tuple[Mapping[str, Any], ...] = ()
    other: Mapping[str, Any] = field(default_factory=dict)
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A case. It is told behind its media: a file may give its number last."""

    case_id: str = ""
    number: str = ""
    source_application: str = ""
    total_precategorized: int | None = None
    other: Mapping[str, Any] = field(default_factory=dict)


# What a field may be: each returns the value, or raises ValueError, and the field stays in `other`.


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError
    return int(value)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word not in _WORDS:
        raise ValueError
    return _WORDS[word]


def _identifier(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError
    return value


def _category(value: Any) -> int | str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        value = value.strip()
        value = int(value) if re.fullmatch(r"-?\d{1,9}", value) else value
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][\w.-]{0,19}", value) is None:
            raise ValueError
    return _identifier(value)


def _moment(value: Any) -> datetime:
    text = _text(value)
    found = _MILLISECONDS.fullmatch(text)
    try:
        if found:
            return _EPOCH + timedelta(milliseconds=int(found.group(1)))
        return datetime.fromisoformat(text)
    except OverflowError as fault:
        raise ValueError from fault


def _objects(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError
    return tuple(value)


Reader = Callable[[Any], Any]
MEDIA_FIELDS: Mapping[str, tuple[str, Reader]] = {
    "MediaID": ("media_id", _identifier),
    "Category": ("category", _category),
    "PhotoDNA": ("photo_dna", _text),
    "MediaSize": ("size", _whole),
    "MimeType": ("mime_type", _text),
    "RelativeFilePath": ("relative_path", _text),
    "DateUpdated": ("updated", _moment),
    "VictimIdentified": ("victim_identified", _truth),
    "OffenderIdentified": ("offender_identified", _truth),
    "IsDistributed": ("distributed", _truth),
    "IsSuspected": ("suspected", _truth),
    "SelfGenerated": ("self_generated", _truth),
    "Series": ("series", _text),
    "Tags": ("tags", _text),
    "Comments": ("comments", _text),
    "IsPrecategorized": ("precategorized", _truth),
    "PrecategorizationSource": ("precategorization_source", _text),
    "MediaFiles": ("files", _objects),
    "Exifs": ("exifs", _objects),
}
CASE_FIELDS: Mapping[str, tuple[str, Reader]] = {
    "CaseID": ("case_id", _text),
    "CaseNumber": ("number", _text),
    "SourceApplicationName": ("source_application", _text),
    "TotalPrecategorized": ("total_precategorized", _whole),
}
_NAMES = {name.casefold(): name for name in (*MEDIA_FIELDS, *CASE_FIELDS, *HASH_KEYS, ALTERNATIVES)}


def attributes_of(
    values: Mapping[str, Any], fields: Mapping[str, tuple[str, Reader]]
) -> tuple[dict[str, Any], set[str]]:
    """The known fields by our names, all others under `other`; and which could not be read."""
    attributes: dict[str, Any] = {}
    other: dict[str, Any] = {}
    faults: set[str] = set()
    for key, value in values.items():
        name = key if key in fields else _NAMES.get(key.casefold(), key)
        known = fields.get(name)
        if known is None:
            other[name] = value
        elif value is not None and value != "":
            try:
                attributes[known[0]] = known[1](value)
            except ValueError:
                faults.add(name)
                other[name] = value
    return attributes | {"other": other}, faults
