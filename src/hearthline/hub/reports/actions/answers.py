# SPDX-License-Identifier: Apache-2.0
"""What a reporter told, checked and in one shape. Nothing is mandatory beyond what happened."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hearthline.hub.reports.models import Audience, ChildKnows, Profession, Report
from hearthline.kit.codelists import Entry, age_bands, find, incident_types, sexes, stated_facts
from hearthline.kit.urls import refuse_file_content

# Characters each answer may have.
LIMITS: Final = {
    "addresses": 8_000,
    "service": 120,
    "account": 200,
    "words": 10_000,
    "contact": 254,
    "code_word": 60,
}
MESSAGE_LIMIT: Final = 5_000
# Places named at once. Each becomes a subject with a key and a case of its own, so one sender
# with a long list would keep the desk from everybody else. More than a person gathers by hand.
PLACES_AT_ONCE: Final = 30
# Places of one report in all, with what its reporter adds: the same, over its whole life.
PLACES_IN_ALL: Final = 100
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE_DIGITS = range(3, 21)


class NothingTold(Exception):
    """There is nothing yet that somebody could look at: no words, no place."""


class AnswerRefused(ValueError):
    """One answer is not in order. `field` names it; `code` says why.

    The codes are too_long, too_many, unknown and unreadable.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True)
class Answers:
    """One report as it was told. Codes are those of `kit.codelists`; "" where skipped.

    `addresses` is text in which addresses stand, a line or a paste each. `contact` and
    `code_word` count only when `safe_contact` is not the receipt alone.
    """

    audience: str
    kind: str = ""
    addresses: str = ""
    service: str = ""
    account: str = ""
    facts: Sequence[str] = ()
    words: str = ""
    age_band: str = ""
    sex: str = ""
    safe_contact: str = Report.SafeContact.RECEIPT
    contact: str = ""
    code_word: str = ""
    profession: str = ""
    child_knows: str = ""

    def check(self) -> None:
        """Raise AnswerRefused or FileContentRefused when an answer cannot be kept."""
        _one_of("audience", self.audience, Audience.values)
        _one_of("safe_contact", self.safe_contact, Report.SafeContact.values)
        _one_of("profession", self.profession, ["", *Profession.values])
        _one_of("child_knows", self.child_knows, ["", *ChildKnows.values])
        _known("kind", self.kind, incident_types())
        _known("age_band", self.age_band, age_bands())
        _known("sex", self.sex, sexes())
        for fact in self.facts:
            _known("facts", fact, stated_facts())
        for field, limit in LIMITS.items():
            check_text(field, getattr(self, field), limit)
        if not contact_fits(self.safe_contact, self.contact):
            raise AnswerRefused("contact", "unreadable")

    @property
    def tells_something(self) -> bool:
        """Whether there is anything to look at: words, or a place. A kind alone is not enough."""
        told = (self.words, self.addresses, self.service, self.account)
        return any(text.strip() for text in told)


def check_text(field: str, text: str, limit: int) -> None:
    """Raise AnswerRefused when too long, FileContentRefused when it holds a file."""
    if len(text) > limit:
        raise AnswerRefused(field, "too_long")
    refuse_file_content(text)


def contact_fits(safe_contact: str, contact: str) -> bool:
    """Whether `contact` could be what `safe_contact` says: an e-mail address, a number."""
    contact = contact.strip()
    if safe_contact == Report.SafeContact.EMAIL:
        return _EMAIL.fullmatch(contact) is not None
    if safe_contact == Report.SafeContact.PHONE:
        return sum(sign.isdecimal() for sign in contact) in _PHONE_DIGITS
    return True


def _one_of(field: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise AnswerRefused(field, "unknown")


def _known(field: str, code: str, entries: Sequence[Entry]) -> None:
    if not code:
        return
    try:
        find(entries, code)
    except LookupError:
        raise AnswerRefused(field, "unknown") from None
