# SPDX-License-Identifier: Apache-2.0
"""What every table of a country pack is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Hours = Annotated[int, Field(gt=0, le=24 * 365)]
Minutes = Annotated[int, Field(gt=0, le=60 * 24 * 30)]
Days = Annotated[int, Field(gt=0, le=365 * 30)]


class Section(BaseModel):
    """A table of the pack: closed (an unknown key is refused), strict and immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
