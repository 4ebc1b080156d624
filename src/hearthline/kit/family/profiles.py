# SPDX-License-Identifier: Apache-2.0
"""Profiles: for an age band, when the web is open and whether only some sites are.

Data, not code: ``profiles.toml`` is a proposal, a country brings its own file. A profile says
nothing about a child but the band, and nothing is counted or kept.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

SHIPPED: Final = Path(__file__).parent / "profiles.toml"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_NAME: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


class ProfilesWrong(ValueError):
    """A file of profiles is not in order; the message names the file and the fault."""


def _minutes(text: object) -> int:
    """``HH:MM``, 00:00 to 24:00, as minutes since midnight."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise ValueError("a time is written HH:MM, from 00:00 to 24:00")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


Minutes = Annotated[int, BeforeValidator(_minutes)]
Name = Annotated[str, Field(pattern=rf"^{_NAME}$", max_length=253)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(_Shape):
    """Open from ``opens`` until before ``closes``, in minutes since midnight of each day."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    opens: Minutes
    closes: Minutes

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("closes must be after opens; write a night as two spans")
        return self


class Profile(_Shape):
    """One age band. With ``allow_only``, only the names in ``allow`` and below them open."""

    code: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str
    from_years: int = Field(ge=0)
    before_years: int = Field(le=18)
    allow_only: bool
    allow: tuple[Name, ...]
    hours: tuple[Hours, ...]
    source: str
    verified: bool

    @model_validator(mode="after")
    def _useful(self) -> Self:
        if self.from_years >= self.before_years:
            raise ValueError("before_years must be above from_years")
        if self.allow_only is not bool(self.allow):
            raise ValueError("allow names sites exactly when allow_only is true")
        return self

    def is_open(self, at: datetime) -> bool:
        """Whether the web is open at a time of the device's own clock."""
        day, minute = DAYS[at.weekday()], at.hour * 60 + at.minute
        return any(day in span.days and span.opens <= minute < span.closes for span in self.hours)


def read_profiles(path: Path = SHIPPED) -> tuple[Profile, ...]:
    """The profiles of a file, youngest first. Raises ``ProfilesWrong``."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        shared = document.get("set", {})
        profiles = [Profile.model_validate(shared | each) for each in document.get("profile", [])]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as fault:
        raise ProfilesWrong(f"{path.name}: {fault}") from fault
    _check_bands(path.name, profiles)
    return tuple(profiles)


def _check_bands(name: str, profiles: Sequence[Profile]) -> None:
    if not profiles:
        raise ProfilesWrong(f"{name}: there is no profile")
    if len({profile.code for profile in profiles}) < len(profiles):
        raise ProfilesWrong(f"{name}: a code stands twice")
    for younger, older in pairwise(profiles):
        if younger.before_years != older.from_years:
            raise ProfilesWrong(f"{name}: {older.code} must begin where {younger.code} ends")
