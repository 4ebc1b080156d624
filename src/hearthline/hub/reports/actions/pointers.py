# SPDX-License-Identifier: Apache-2.0
"""From what was typed to where it happened: addresses made canonical, accounts made comparable.

What cannot be read is kept as it was typed, with the reason, and is matched with nothing.
"""

import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from hearthline.hub.reports.actions.answers import (
    PLACES_AT_ONCE,
    PLACES_IN_ALL,
    AnswerRefused,
)
from hearthline.hub.reports.models import Pointer, Report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.sealing import DataKey
from hearthline.kit.urls import (
    AddressRefused,
    Canonical,
    Refusal,
    canonicalise,
    find_addresses,
    subject_key,
)

# An account without its service, or a service without an account, is no place yet.
INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Place:
    """One place as named: `subject` and `host` are what is indexed, "" where unreadable."""

    kind: str
    raw: str
    canonical: str = ""
    subject: str = ""
    host: str = ""
    refusal: str = ""


def places(*, addresses: str, service: str, account: str, words: str) -> list[Place]:
    """Every place named, in order, each subject once.

    Raises AnswerRefused("addresses", "too_many") when they are more than one takes in at once.
    """
    named = [*_in_lines(addresses), *_in_words(words)]
    if service.strip() or account.strip():
        named.append(_account(service, account))
    known: dict[str, Place] = {}
    for place in named:
        known.setdefault(place.subject or f"{place.refusal} {place.raw}", place)
    if len(known) > PLACES_AT_ONCE:
        raise AnswerRefused("addresses", "too_many")
    return list(known.values())


def add_pointers(report: Report, key: DataKey, named: list[Place]) -> int:
    """Seal the places under the report's key, leaving out those it has already; how many.

    Raises AnswerRefused("addresses", "too_many") when the report cannot hold that many.
    """
    have = {bytes(pointer.digest) for pointer in report.pointers.all()}
    new = [pointer for pointer in pointers(report, key, named) if pointer.digest not in have]
    if len(have) + len(new) > PLACES_IN_ALL:
        raise AnswerRefused("addresses", "too_many")
    Pointer.objects.bulk_create(new)
    return len(new)


def pointers(report: Report, key: DataKey, named: list[Place]) -> list[Pointer]:
    """The places sealed under the report's key, not saved yet."""
    return [_pointer(report, key, place) for place in named]


def purpose(of: str, *, exercise: bool) -> str:
    """What a digest of a subject or host is for. Those of exercises are apart from all others."""
    return f"exercise {of}" if exercise else of


def _pointer(report: Report, key: DataKey, place: Place) -> Pointer:
    pointer = Pointer(
        report=report, data_key=report.data_key, kind=place.kind, refusal=place.refusal
    )
    # In an exercise no place is a real one: its digests are of another kind and meet no other.
    # A place that cannot be read has a digest of its own, so that it never joins another.
    pointer.digest = (
        sealing.digest(place.subject, purpose=purpose("subject", exercise=report.exercise))
        if place.subject
        else sealing.digest(str(uuid.uuid4()), purpose="unreadable")
    )
    if place.host:
        kind = purpose("host", exercise=report.exercise)
        pointer.host_digest = sealing.digest(place.host, purpose=kind)
    pointer.seal(key, "raw", place.raw)
    if place.canonical:
        pointer.seal(key, "canonical", place.canonical)
    return pointer


def _in_lines(text: str) -> Iterator[Place]:
    for line in filter(None, map(str.strip, text.splitlines())):
        found = find_addresses(line)
        for each in found:
            if each.canonical is not None:
                yield _address(line, each.canonical)
            else:
                yield _unreadable(line, each.refusal or Refusal.NOT_AN_ADDRESS)
        if not found:
            yield _whole(line)


def _whole(line: str) -> Place:
    """A line in which no address was seen: perhaps it is one as a whole."""
    try:
        return _address(line, canonicalise(line))
    except AddressRefused as refused:
        return _unreadable(line, refused.code)


def _in_words(text: str) -> Iterator[Place]:
    """Addresses of pages within the story. A bare host there only names a service."""
    for each in find_addresses(text):
        page = each.canonical
        if page is not None and (page.path != "/" or page.query):
            yield _address(each.raw, page)


def _address(raw: str, page: Canonical) -> Place:
    return Place(Pointer.Kind.URL, raw, page.url, subject_key(page), page.host)


def _unreadable(raw: str, refusal: Refusal) -> Place:
    return Place(Pointer.Kind.URL, raw, refusal=refusal.value)


def _account(service: str, account: str) -> Place:
    raw = " ".join(filter(None, (service.strip(), account.strip())))
    where, who = _folded(service), _folded(account).removeprefix("@")
    if not (where and who):
        return Place(Pointer.Kind.ACCOUNT, raw, refusal=INCOMPLETE)
    name = f"{where}/{who}"
    return Place(Pointer.Kind.ACCOUNT, raw, name, name, where)


def _folded(text: str) -> str:
    """Case, width and spaces make no difference to which account is meant."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
