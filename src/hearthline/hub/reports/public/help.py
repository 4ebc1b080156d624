# SPDX-License-Identifier: Apache-2.0
"""Helplines as the pages of this room show them."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language

from hearthline.hub.directory.hours import in_words
from hearthline.hub.directory.models import Organisation, helplines_for
from hearthline.hub.reports.models import Audience


class Line(NamedTuple):
    """A helpline, and its hours in words."""

    line: Organisation
    hours: str


def lines_for(audience: str, at: datetime) -> list[Line]:
    """Who can help this audience, in the language of the page, open now first."""
    lines = helplines_for(language=get_language() or "", child=audience == Audience.CHILD, at=at)
    return [Line(line, in_words(line.hours)) for line in lines]
