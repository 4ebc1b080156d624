# SPDX-License-Identifier: Apache-2.0
"""XARF 4 notices about child sexual abuse material and exploitation, written and read.

Source: XARF specification 4.2.0, schemas `content-csam` and `content-csem`, checked by the
`xarf` library. Our own rules are narrower: a notice carries hashes and references, never content
(the specification says the same of these two types), so `evidence`, `screenshot_url`, `data:`
addresses and fields the schema does not know are refused both ways, and so is every `_internal`
field, at any depth.

How an assessment becomes a type (the schema's `classification` is required for `csam` and mixes
the INTERPOL baseline with the industry's A1 to B2, which state an age group and an act):

- `baseline`: type `csam`, classification `baseline`. This is what was assessed.
- `national`: type `csem`, which has no classification. We hold neither age group nor act, so
  any of A1 to B2 would be invented. `exploitation_type` states what is known: the kind of
  approach where the report is about one, otherwise `distribution`, since a host is asked to stop
  distributing it.
- peer and self-generated cases found illegal only nationally, kinds that are not sexual, and
  every other outcome: refused. No code says the truth, and a wrong one could make a child an
  offender in somebody's system. Send the notice in plain words.

Hashes travel in `csam` only; `csem` has no field for them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from xarf import XARFParseError, parse

from hearthline.kit.codelists import find, incident_types
from hearthline.kit.formats.canonical import read_json
from hearthline.kit.formats.refused import FormatRefused

SPECIFICATION = "4.2.0"
TEST_TAG = "lifecycle:test"
LONGEST_TEXT = 4096

# From the code of an incident type to the schema's exploitation_type.
_EXPLOITATION = {
    "csam_url": "distribution",
    "synthetic": "distribution",
    "live_abuse": "distribution",
    "grooming": "grooming",
    "extortion_sexual": "sextortion",
    "extortion_money": "sextortion",
    "trafficking": "trafficking",
}
_HASHES = ("md5", "sha1", "sha256", "photodna")
_ADDRESS = re.compile(r"https?://[!-~]+")
_PICTURES = ("evidence", "screenshot_url")


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation in a notice: its name, an e-mail address, a domain that proves it."""

    org: str
    contact: str
    domain: str


def notice(
    *,
    report_id: UUID,
    at: datetime,
    reporter: Party,
    sender: Party,
    url: str,
    domain: str,
    outcome: str,
    incident_type: str,
    hashes: Mapping[str, str] | None = None,
    test: bool = False,
) -> dict[str, Any]:
    """A valid notice. `at` is when the content was seen there; `domain` is lower-case ASCII.

    `outcome` and `incident_type` are codes of `kit.codelists`. `hashes` may hold `md5`, `sha1`,
    `sha256` and `photodna`. `test` adds the tag receivers know as "act on nothing". Raises
    FormatRefused naming the field, and UnknownCodeError for an unknown incident type.
    """
    if at.utcoffset() is None:
        raise FormatRefused("at", "a time without a time zone; say which")
    stated = _stated_type(outcome, incident_type)
    document: dict[str, Any] = {
        "xarf_version": SPECIFICATION,
        "report_id": str(report_id),
        "timestamp": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "reporter": asdict(reporter),
        "sender": asdict(sender),
        "source_identifier": domain,
        "category": "content",
        "url": url,
        "domain": domain,
        "detection_method": "manual_review",
        "verification_method": "manual",
        **stated,
    }
    for name in hashes or {}:
        if name not in _HASHES:
            raise FormatRefused(f"hashes.{name}", f"not one of {', '.join(_HASHES)}")
    if hashes and stated["type"] == "csam":
        document["hash_values"] = dict(hashes)
    if test:
        document["tags"] = [TEST_TAG]
    return read(document)


def read(data: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    """A notice as plain values, checked against the schema and our own rules.

    Takes JSON text or an already parsed object. Raises FormatRefused naming the field.
    """
    document: object = dict(data) if isinstance(data, Mapping) else read_json(data, fractions=True)
    if not isinstance(document, dict):
        raise FormatRefused("$", "a notice is a JSON object")
    for place, name, value in _fields(document, ""):
        if name in _PICTURES:
            raise FormatRefused(place, "no content and no pictures of it; hashes only")
        if name.startswith("_internal"):
            raise FormatRefused(place, "internal notes stay inside; take them out")
        if isinstance(value, str) and value.lstrip().lower().startswith("data:"):
            raise FormatRefused(place, "no content in place of an address")
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise FormatRefused(place, f"longer than {LONGEST_TEXT} characters")
    _check_kind(document)
    try:
        result = parse(document)
    except (XARFParseError, ValueError, TypeError, KeyError) as fault:
        raise FormatRefused("$", f"not a XARF notice: {fault}") from fault
    for error in result.errors:
        raise FormatRefused(error.field or "$", error.message)
    # The library only warns of fields it does not know; anything could hide in them.
    for warning in result.warnings:
        raise FormatRefused(warning.field or "$", warning.message)
    return document


def is_test(document: Mapping[str, Any]) -> bool:
    """Whether a notice is marked as a test, on which nobody may act."""
    return TEST_TAG in document.get("tags", ())


def _stated_type(outcome: str, incident_type: str) -> dict[str, str]:
    kind = find(incident_types(), incident_type)
    if outcome == "baseline":
        return {"type": "csam", "classification": "baseline"}
    if outcome == "national" and kind.code in _EXPLOITATION:
        return {"type": "csem", "exploitation_type": _EXPLOITATION[kind.code]}
    raise FormatRefused(
        "outcome",
        f"no XARF code is true of the outcome {outcome!r} for {kind.code!r}; "
        "send the notice in plain words",
    )


def _check_kind(document: Mapping[str, Any]) -> None:
    version = document.get("xarf_version")
    if not isinstance(version, str) or not version.startswith("4."):
        raise FormatRefused("xarf_version", "only XARF 4 is read here")
    if document.get("category") != "content":
        raise FormatRefused("category", "only notices about content are read here")
    if document.get("type") not in ("csam", "csem"):
        raise FormatRefused("type", "only csam and csem are read here")
    # The schema states these two formats, but its library checks them only where optional
    # packages happen to be installed.
    url = document.get("url")
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url):
        raise FormatRefused("url", "an http or https address in plain ASCII is needed")
    timestamp = document.get("timestamp")
    if not isinstance(timestamp, str) or not _is_moment(timestamp):
        raise FormatRefused("timestamp", "a time with its zone is needed (RFC 3339)")


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        return False


def _fields(value: object, place: str) -> Iterator[tuple[str, str, object]]:
    """Every field of a document, at any depth: its place, its name and its value."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            inner = f"{place}.{name}" if place else str(name)
            yield inner, str(name), part
            yield from _fields(part, inner)
    elif isinstance(value, list | tuple):
        for at, part in enumerate(value):
            yield f"{place}[{at}]", "", part
            yield from _fields(part, f"{place}[{at}]")
