# SPDX-License-Identifier: Apache-2.0
"""What every stage asks first: what may be written, the row as it is now, and its text."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from hearthline.hub.appeals.models import Appeal
from hearthline.kit.sealing import DataKey
from hearthline.kit.urls import refuse_file_content

ADDRESS_LIMIT: Final = 2_000
WORDS_LIMIT: Final = 5_000
CONTACT_LIMIT: Final = 254


class NothingSaid(Exception):
    """A text that is needed is empty; the text names the field."""


class TooLong(ValueError):
    """A text is longer than is kept; the text names the field."""


class WrongStep(Exception):
    """The appeal is not at the step for this."""


@dataclass(frozen=True)
class Text:
    """An appeal opened. The answer is "" until it is decided, or where no words were added."""

    address: str
    words: str
    contact: str
    answer: str


def opened(appeal: Appeal, key: DataKey) -> Text:
    fields = ("address", "words", "contact", "answer")
    return Text(*(appeal.unseal(key, field) for field in fields))


def check(field: str, text: str, limit: int, *, needed: bool = False) -> None:
    """Raises NothingSaid, TooLong and FileContentRefused."""
    if needed and not text.strip():
        raise NothingSaid(field)
    if len(text) > limit:
        raise TooLong(field)
    refuse_file_content(text)


def lock(appeal: Appeal) -> None:
    rows = Appeal.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    appeal.refresh_from_db(from_queryset=rows)
