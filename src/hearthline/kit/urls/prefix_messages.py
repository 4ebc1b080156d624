# SPDX-License-Identifier: Apache-2.0
"""What publisher and readers of a prefix list send each other, as JSON.

Source: Safe Browsing v5, messages ``HashList`` and ``SearchHashesResponse``, field names as in
their JSON form; bytes are base64. Of v4 the raw coding is taken (``rawHashes``, ``rawIndices``)
for readers that do without Golomb-Rice. Removals are places in the reader's ascending list and
come before additions. Each full hash carries a detail of ours, ``scope``.

The same lists always give the same bytes, so an answer can be cached, signed and compared.
"""

from __future__ import annotations

import base64
import binascii
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.canonical import Json, canonical_json, read_json
from hearthline.kit.urls.prefixes import (
    HASH_BYTES,
    PREFIX_BYTES,
    SCOPES,
    VERSION_BYTES,
    Prefixes,
    PrefixList,
    from_bytes,
    in_bytes,
)
from hearthline.kit.urls.rice import MOST_ENTRIES, Rice, RiceRefused, decode, encode

LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes of the longest answer that is read: twelve million raw prefixes, twice as many coded."""

MOST_SEARCHED: Final = 1000
"""Prefixes one search may ask for (``hashes.search``). One address gives at most 30."""

_LONGEST_CACHE: Final = 86_400
_MOST_PARTS: Final = 250_000  # each costs a hundred bytes once parsed, and few are ever needed


class Coding(StrEnum):
    """How numbers are written. Rice takes less than half of raw and is decoded in a second."""

    RICE = "rice"
    RAW = "raw"


class ListFault(StrEnum):
    """Why an answer was not taken. The value is a stable code."""

    NOT_READABLE = "not_readable"
    ROLLED_BACK = "rolled_back"
    CHECKSUM = "checksum"
    NOT_SIGNED = "not_signed"


_FAULTS: Final = {
    ListFault.NOT_READABLE: "The answer is not one of a prefix list",
    ListFault.ROLLED_BACK: "The answer is older than the list that is held",
    ListFault.CHECKSUM: "The list that results is not the one the publisher made; fetch it whole",
    ListFault.NOT_SIGNED: "The publisher did not sign this list",
}


class ListRefused(ValueError):
    """An answer that is not taken; what was held before still holds. ``code`` says why."""

    def __init__(self, code: ListFault, detail: str = "") -> None:
        self.code = code
        super().__init__(_FAULTS[code] + (f": {detail}" if detail else ""))


@dataclass(frozen=True, slots=True)
class FoundHashes:
    """The answer to a search: full hashes with their scopes, and seconds it may be kept for.

    A prefix that was asked for and has no hash here is not listed; that is kept just as long.
    """

    hashes: Mapping[bytes, str]
    seconds: int


def delta(
    old: Prefixes | None,
    new: Prefixes,
    *,
    name: str = "national",
    coding: Coding = Coding.RICE,
    wait_seconds: int = 1800,
) -> bytes:
    """The answer that makes ``old`` into ``new``; the whole list when ``old`` is None.

    ``wait_seconds`` is how long readers are asked to wait before they ask again.
    """
    answer: dict[str, Json] = {
        "name": name,
        "version": _text(new.version),
        "partialUpdate": old is not None,
        "minimumWaitDuration": f"{wait_seconds}s",
        "sha256Checksum": _text(new.checksum),
    }
    added = new.values
    if old is not None:
        before, after = set(old.values), set(new.values)
        added = array("I", sorted(after - before))
        removed = [place for place, value in enumerate(old.values) if value not in after]
        if removed and coding is Coding.RICE:
            answer["compressedRemovals"] = _rice(removed)
        elif removed:
            answer["rawRemovals"] = {"rawIndices": _text(in_bytes(array("I", removed)))}
    if added and coding is Coding.RICE:
        answer["additionsFourBytes"] = _rice(added)
    elif added:
        answer["rawAdditions"] = {"prefixSize": PREFIX_BYTES, "rawHashes": _text(in_bytes(added))}
    return canonical_json(answer)


def apply(held: Prefixes | None, answer: bytes) -> Prefixes:
    """The list after an answer. Raises ``ListRefused``; ``held`` is never changed.

    An answer with the serial that is held already gives back ``held``.
    """
    message = _message(answer)
    version = _bytes(message.get("version"))
    if len(version) != VERSION_BYTES:
        raise ListRefused(ListFault.NOT_READABLE, "version")
    partial = message.get("partialUpdate", False)
    if held is not None and version == held.version:
        return held
    if held is not None and int.from_bytes(version[:8], "big") <= held.serial:
        raise ListRefused(ListFault.ROLLED_BACK)
    added = _numbers(message, "additionsFourBytes", "rawAdditions", "rawHashes")
    if partial is True and held is not None:
        removed = set(_numbers(message, "compressedRemovals", "rawRemovals", "rawIndices"))
        if removed and max(removed) >= len(held):
            raise ListRefused(ListFault.CHECKSUM, "a removal of what is not held")
        kept = [value for place, value in enumerate(held.values) if place not in removed]
        added = array("I", sorted([*kept, *added]))
    elif partial is not False:
        raise ListRefused(ListFault.CHECKSUM, "a difference without the list it starts from")
    if any(low >= high for low, high in pairwise(added)):
        raise ListRefused(ListFault.NOT_READABLE, "the prefixes do not ascend")
    result = Prefixes(added, version)
    if result.checksum != _bytes(message.get("sha256Checksum")):
        raise ListRefused(ListFault.CHECKSUM)
    return result


def search(published: PrefixList, prefixes: Iterable[bytes], *, cache_seconds: int) -> bytes:
    """The answer to a search for the full hashes behind some prefixes of four bytes.

    Raises ``ValueError`` for a prefix of another length and for more than ``MOST_SEARCHED``.
    """
    asked = sorted(set(prefixes))
    if len(asked) > MOST_SEARCHED or any(len(prefix) != PREFIX_BYTES for prefix in asked):
        raise ValueError(f"ask for at most {MOST_SEARCHED} prefixes of {PREFIX_BYTES} bytes each")
    found = [each for prefix in asked for each in published.behind(prefix).items()]
    return canonical_json(
        {
            "fullHashes": [
                {"fullHash": _text(full), "fullHashDetails": [{"scope": scope}]}
                for full, scope in found
            ],
            "cacheDuration": f"{cache_seconds}s",
        }
    )


def read_search(answer: bytes) -> FoundHashes:
    """The full hashes of an answer to a search. Raises ``ListRefused``."""
    message = _message(answer)
    rows = message.get("fullHashes", [])
    if not isinstance(rows, list) or len(rows) > MOST_SEARCHED * 64:
        raise ListRefused(ListFault.NOT_READABLE, "fullHashes")
    found = {}
    for row in rows:
        match row:
            case {"fullHash": text, "fullHashDetails": [{"scope": str(scope)}, *_]}:
                full = _bytes(text)
            case _:
                raise ListRefused(ListFault.NOT_READABLE, "fullHashes")
        if len(full) != HASH_BYTES or scope not in SCOPES:
            raise ListRefused(ListFault.NOT_READABLE, "fullHash")
        found[full] = scope
    duration = message.get("cacheDuration", "0s")
    if not isinstance(duration, str) or not duration.removesuffix("s").isdecimal():
        raise ListRefused(ListFault.NOT_READABLE, "cacheDuration")
    return FoundHashes(found, min(int(duration.removesuffix("s")[:9]), _LONGEST_CACHE))


def _message(answer: bytes) -> dict[str, Json]:
    if len(answer) > LARGEST_ANSWER:
        raise ListRefused(ListFault.NOT_READABLE, f"longer than {LARGEST_ANSWER} bytes")
    if answer.count(b",") > _MOST_PARTS:
        raise ListRefused(ListFault.NOT_READABLE, "too many parts")
    try:
        message = read_json(answer)
    except FormatRefused as fault:
        raise ListRefused(ListFault.NOT_READABLE, str(fault)) from fault
    if not isinstance(message, dict):
        raise ListRefused(ListFault.NOT_READABLE, "not an object")
    return message


def _numbers(message: Mapping[str, Json], coded: str, raw: str, raw_field: str) -> array[int]:
    """Ascending numbers of whichever of the two codings is there; none when neither is."""
    compressed, plain = message.get(coded), message.get(raw)
    if isinstance(compressed, dict) and plain is None:
        first, parameter, entries = (
            compressed.get(each, 0) for each in ("firstValue", "riceParameter", "entriesCount")
        )
        if not (isinstance(first, int) and isinstance(parameter, int) and isinstance(entries, int)):
            raise ListRefused(ListFault.NOT_READABLE, coded)
        try:
            data = _bytes(compressed.get("encodedData", ""))
            return decode(Rice(first, parameter, entries, data))
        except RiceRefused as fault:
            raise ListRefused(ListFault.NOT_READABLE, f"{coded}: {fault}") from fault
    if isinstance(plain, dict) and compressed is None:
        data = _bytes(plain.get(raw_field))
        size = plain.get("prefixSize", PREFIX_BYTES)
        if size != PREFIX_BYTES or len(data) % size or len(data) > MOST_ENTRIES * PREFIX_BYTES:
            raise ListRefused(ListFault.NOT_READABLE, raw)
        return from_bytes(data)
    if compressed is not None or plain is not None:
        raise ListRefused(ListFault.NOT_READABLE, coded)
    return array("I")


def _rice(numbers: array[int] | list[int]) -> dict[str, Json]:
    rice = encode(numbers)
    return {
        "firstValue": rice.first,
        "riceParameter": rice.parameter,
        "entriesCount": rice.entries,
        "encodedData": _text(rice.data),
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Json) -> bytes:
    if not isinstance(text, str):
        raise ListRefused(ListFault.NOT_READABLE, "base64 text is missing")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ListRefused(ListFault.NOT_READABLE, "base64 text is broken") from fault
