# SPDX-License-Identifier: Apache-2.0
"""Helplines as the pages of this room show them."""

from datetime import datetime
from typing import Literal, NamedTuple

from django.utils.translation import get_language

from hearthline.hub.directory.hours import in_words
from hearthline.hub.directory.models import Organisation, helplines_for
from hearthline.hub.directory.removal import Removal, removal_for
from hearthline.hub.reports.first_words import FIRST_WORDS, FirstWords
from hearthline.hub.reports.models import Audience
from hearthline.kit.codelists import UnknownCodeError, find, incident_types


class Line(NamedTuple):
    """A helpline, and its hours in words."""

    line: Organisation
    hours: str


def removal_help(*, audience: str, kind: str, age_band: str) -> list[Removal]:
    """Who helps to get a picture taken down; none where the kind is not about a picture."""
    try:
        about_a_picture = "image_removal" in find(incident_types(), kind).routes
    except UnknownCodeError:
        return []
    if not about_a_picture:
        return []
    pictures: Literal["under_18", "adult"] = "adult" if age_band == "adult" else "under_18"
    return removal_for(pictures, child=audience == Audience.CHILD)


def first_words_for(*, audience: str, kind: str) -> FirstWords | None:
    """What a child is told at once about this kind; None for others."""
    return FIRST_WORDS.get(kind) if audience == Audience.CHILD else None


def lines_for(audience: str, at: datetime) -> list[Line]:
    """Who can help this audience, in the language of the page, open now first."""
    lines = helplines_for(language=get_language() or "", child=audience == Audience.CHILD, at=at)
    return [Line(line, in_words(line.hours)) for line in lines]
