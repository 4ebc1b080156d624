# SPDX-License-Identifier: Apache-2.0
"""What every stage asks first: what may be written, the row as it is now, and its text."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from hearthline.hub.complaints.models import Complaint
from hearthline.kit.sealing import DataKey
from hearthline.kit.urls import refuse_file_content

WORDS_LIMIT: Final = 5_000
CONTACT_LIMIT: Final = 254


class NothingSaid(Exception):
    """There are no words to answer."""


class TooLong(ValueError):
    """A text is longer than is kept; the text names the field."""


@dataclass(frozen=True)
class Text:
    """A complaint opened. The answer and the change are "" until it is answered."""

    words: str
    contact: str
    answer: str
    change: str


def opened(complaint: Complaint, key: DataKey) -> Text:
    fields = ("words", "contact", "answer", "change")
    return Text(*(complaint.unseal(key, field) for field in fields))


def check(field: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise TooLong(field)
    refuse_file_content(text)


def lock(complaint: Complaint) -> None:
    rows = Complaint.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    complaint.refresh_from_db(from_queryset=rows)
