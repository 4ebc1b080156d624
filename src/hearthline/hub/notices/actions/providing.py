# SPDX-License-Identifier: Apache-2.0
"""Answers that providers give themselves: one at a time, or many, each by itself.

What a provider says is evidence: kept as it was said, never changed, and closing nothing.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from hearthline.hub.notices.actions.answers import (
    NotAsked,
    NotOpen,
    Said,
    Source,
    UnknownAnswer,
    UnknownRefusal,
    take_answer,
)
from hearthline.hub.notices.actions.door import NotTheirs, Visit
from hearthline.hub.notices.models import Answer, Notice, Reader
from hearthline.kit.codelists import HostRefusal, host_refusals
from hearthline.kit.urls import (
    AddressRefused,
    FileContentRefused,
    canonicalise,
    refuse_file_content,
)

ROWS: Final = 500


class GroundNeeded(ValueError):
    """A refusal says why."""


class PlaceNeeded(ValueError):
    """What moved has a new address."""


class PlaceRefused(ValueError):
    """The new address is none that can be visited."""


class AlreadySaid(Exception):
    """The newest answer of this reader is the same; it is kept already."""


class TooManyRows(ValueError):
    """A table has 500 rows at most; nothing of it was read."""


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file, the notice's reference, the answer."""

    line: int
    reference: str
    said: Said


@dataclass(frozen=True)
class Result:
    """What became of a row. `code` is "recorded", "already", or why it was not taken."""

    row: Row
    code: str

    @property
    def taken(self) -> bool:
        return self.code in ("recorded", "already")


_REFUSALS: Final = {
    NotTheirs: "not_yours",
    NotAsked: "over",
    NotOpen: "over",
    UnknownAnswer: "unknown_answer",
    UnknownRefusal: "unknown_ground",
    GroundNeeded: "ground_needed",
    PlaceNeeded: "address_needed",
    PlaceRefused: "address_refused",
    FileContentRefused: "file_content",
    AlreadySaid: "already",
}


# Everything that can be wrong with one answer.
ANSWER_REFUSED: Final[tuple[type[Exception], ...]] = tuple(_REFUSALS)


@transaction.atomic
def answer_as_provider(
    *, visit: Visit, notice: uuid.UUID, said: Said, way: Answer.Way, at: datetime
) -> Answer:
    """What this reader says about one of its notices.

    Raises NotTheirs, AlreadySaid, GroundNeeded, PlaceNeeded, PlaceRefused, FileContentRefused,
    and what `take_answer` raises.
    """
    reader = visit.reader
    # Locked, so that the same answer sent twice at once is one.
    theirs = Notice.objects.told_to(reader).select_for_update(of=("self",))
    found = theirs.filter(pk=notice).first()
    if found is None:
        raise NotTheirs
    said = _checked(said)
    last = found.answers.filter(contact=reader.contact, key=reader.key).last()
    if last is not None and bytes(last.digest or b"") == said.digest:
        raise AlreadySaid
    source = Source(reader.actor, way, contact=reader.contact, key=reader.key)
    of_host = reader.answers_for_host and found.host_id == reader.organisation.pk
    return take_answer(found, said, source, at, of_host=of_host)


def answer_in_bulk(
    *, visit: Visit, rows: Iterable[Row], way: Answer.Way, at: datetime
) -> list[Result]:
    """Each row by itself, in order: one that is refused never costs another. Raises TooManyRows."""
    asked = list(rows)
    if len(asked) > ROWS:
        raise TooManyRows
    theirs = Theirs.of(visit.reader)
    results = []
    for row in asked:
        notice = theirs.named(row.reference)
        try:
            if notice is None:
                raise NotTheirs
            answer_as_provider(visit=visit, notice=notice, said=row.said, way=way, at=at)
        except ANSWER_REFUSED as refused:
            results.append(Result(row, code_of(refused)))
        else:
            results.append(Result(row, "recorded"))
    return results


def providers_grounds() -> list[HostRefusal]:
    """The grounds a provider may give. Silence is for us to note, not for them to say."""
    return [entry for entry in host_refusals() if entry.code != "no_answer"]


def code_of(refused: Exception) -> str:
    """The code under which a program or a table hears of a refusal."""
    return next(code for kind, code in _REFUSALS.items() if isinstance(refused, kind))


@dataclass(frozen=True)
class Theirs:
    """The notices of one reader by their short and by their whole number."""

    by_name: dict[str, uuid.UUID | None]

    @classmethod
    def of(cls, reader: Reader) -> "Theirs":
        names: dict[str, uuid.UUID | None] = {}
        for pk in Notice.objects.told_to(reader).values_list("pk", flat=True):
            short = str(pk)[:8].upper()
            names[short] = None if short in names else pk  # two with one name: the whole number
            names[str(pk).upper()] = pk
        return cls(names)

    def named(self, reference: str) -> uuid.UUID | None:
        return self.by_name.get(reference.strip().upper())


def _checked(said: Said) -> Said:
    """The answer with nothing that does not belong to it. Raises what is wrong with it."""
    for text in (said.note, said.place):
        refuse_file_content(text)
    if said.code not in Answer.Code.values:
        raise UnknownAnswer(said.code)
    place = refusal = ""
    if said.code == Answer.Code.REFUSED:
        refusal = said.refusal
        if not refusal:
            raise GroundNeeded
        if refusal not in {entry.code for entry in providers_grounds()}:
            raise UnknownRefusal(refusal)
    if said.code == Answer.Code.MOVED:
        if not said.place.strip():
            raise PlaceNeeded
        try:
            place = canonicalise(said.place.strip()).url
        except AddressRefused as refused:
            raise PlaceRefused from refused
    return Said(said.code, refusal, place, said.note)
