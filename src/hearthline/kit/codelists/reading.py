# SPDX-License-Identifier: Apache-2.0
"""Reading the lists. A fault in a file stops the program at once and names the file."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from hearthline.kit.codelists.entries import (
    AgeBand,
    AssessmentOutcome,
    Channel,
    Entry,
    FourC,
    HostRefusal,
    IncidentType,
    PoliceOutcome,
    RemovalService,
    ReporterKind,
    Route,
    Sex,
    StatedFact,
    UrgencyLevel,
)

_LISTS = Path(__file__).parent / "lists"
_SPOKEN = (
    "label",
    "label_child",
    "label_public",
    "example",
    "example_public",
    "meaning",
    "sentence",
    "sentence_child",
    "sentence_child_first",
    "next_step",
)

AnyEntry = TypeVar("AnyEntry", bound=Entry)


class CodeListError(ValueError):
    """A code list file is not in order; the message names the file and the fault."""


class UnknownCodeError(LookupError):
    """A code is on no entry of the list it was looked up in; the message names the choices."""


class SourceString(NamedTuple):
    """One English string a reader may see: which list, which entry, which field, the words."""

    list_name: str
    code: str
    field: str
    text: str


def list_names() -> tuple[str, ...]:
    """The lists there are, by listing the folder."""
    return tuple(sorted(path.stem for path in _LISTS.glob("*.toml")))


def _tables(name: str) -> list[dict[str, object]]:
    path = _LISTS / f"{name}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise CodeListError(f"{path.name}: not TOML: {fault}") from fault
    shared = document.get("list", {})
    return [{**shared, **table} for table in document.get("entry", [])]


def _read(name: str, shape: type[AnyEntry]) -> tuple[AnyEntry, ...]:
    entries: list[AnyEntry] = []
    for table in _tables(name):
        try:
            entry = shape.model_validate(table)
        except ValidationError as fault:
            raise CodeListError(f"{name}.toml, entry {table.get('code')!r}: {fault}") from fault
        if any(entry.code == earlier.code for earlier in entries):
            raise CodeListError(f"{name}.toml: the code {entry.code!r} stands twice")
        entries.append(entry)
    if not entries:
        raise CodeListError(f"{name}.toml: the list is empty")
    return tuple(entries)


def find(entries: Iterable[AnyEntry], code: str) -> AnyEntry:
    """The entry with this code. Raises UnknownCodeError, naming the codes there are."""
    known = tuple(entries)
    for entry in known:
        if entry.code == code:
            return entry
    raise UnknownCodeError(f"{code!r} is not one of {', '.join(entry.code for entry in known)}")


@cache
def fourc() -> tuple[FourC, ...]:
    """The twelve cells of the 4Cs, `4C.<dimension>.<nature>`."""
    return _read("fourc", FourC)


@cache
def urgency_levels() -> tuple[UrgencyLevel, ...]:
    """The urgency ladder, most urgent first."""
    return _read("urgency_levels", UrgencyLevel)


@cache
def routes() -> tuple[Route, ...]:
    """The places a report can go."""
    return _read("routes", Route)


@cache
def incident_types() -> tuple[IncidentType, ...]:
    """The kinds of report, in the order a form shows them. Their references are checked here."""
    entries = _read("incident_types", IncidentType)
    for entry in entries:
        for cell in entry.fourc:
            find(fourc(), cell)
        for route in entry.routes:
            find(routes(), route)
    return entries


@cache
def stated_facts() -> tuple[StatedFact, ...]:
    """The facts that make a report more urgent, most urgent first."""
    return _read("stated_facts", StatedFact)


@cache
def assessment_outcomes() -> tuple[AssessmentOutcome, ...]:
    """What an assessment can find."""
    return _read("assessment_outcomes", AssessmentOutcome)


@cache
def age_bands() -> tuple[AgeBand, ...]:
    """Age bands, youngest first, then `unknown`."""
    return _read("age_bands", AgeBand)


@cache
def sexes() -> tuple[Sex, ...]:
    """Sex as stated."""
    return _read("sexes", Sex)


@cache
def channels() -> tuple[Channel, ...]:
    """The ways a report comes in."""
    return _read("channels", Channel)


@cache
def reporter_kinds() -> tuple[ReporterKind, ...]:
    """Who reports."""
    return _read("reporter_kinds", ReporterKind)


@cache
def police_outcomes() -> tuple[PoliceOutcome, ...]:
    """What police answer to a referral."""
    return _read("police_outcomes", PoliceOutcome)


@cache
def host_refusals() -> tuple[HostRefusal, ...]:
    """Why hosts do not remove."""
    return _read("host_refusals", HostRefusal)


@cache
def removal_services() -> tuple[RemovalService, ...]:
    """Services that help to get a private picture of oneself taken down."""
    return _read("removal_services", RemovalService)


def source_strings() -> Iterator[SourceString]:
    """Every English string in every list, for the wing that keeps the translations."""
    for name in list_names():
        for table in _tables(name):
            for field in _SPOKEN:
                text = table.get(field)
                if isinstance(text, str):
                    yield SourceString(name, str(table["code"]), field, text.strip())
