# SPDX-License-Identifier: Apache-2.0
from django import template

from hearthline.hub.sealing.words import words_of

register = template.Library()


@register.filter
def words(token: str) -> str:
    """A reason or a note as it is shown; see `sealing.words.words_of`."""
    return words_of(token)
