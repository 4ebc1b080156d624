# SPDX-License-Identifier: Apache-2.0
"""Where object storage is, if it is not where its provider says."""

from dataclasses import dataclass


class PlaceRefused(ValueError):
    """A place to scan that cannot be listed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """`endpoint`: address of a store that speaks like S3; `anonymous`: a public bucket."""

    endpoint: str = ""
    region: str = ""
    anonymous: bool = False
