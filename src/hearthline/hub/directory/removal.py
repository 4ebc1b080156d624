# SPDX-License-Identifier: Apache-2.0
"""Services that help to get a private picture of oneself taken down, as pages show them."""

from typing import Literal, NamedTuple

from django.conf import settings
from django.utils.translation import gettext

from hearthline.kit.codelists import RemovalService, removal_services


class Removal(NamedTuple):
    """A service and what it does, in words for who reads it."""

    service: RemovalService
    text: str


def removal_for(pictures: Literal["under_18", "adult"], *, child: bool) -> list[Removal]:
    """The services that serve this country, for pictures of somebody this old then.

    `child`: whether a child reads it.
    """
    here = settings.PACK.country.code
    return [
        Removal(one, gettext(one.sentence_child if child else one.sentence))
        for one in removal_services()
        if one.for_pictures == pictures and (not one.countries or here in one.countries)
    ]
