# SPDX-License-Identifier: Apache-2.0
"""The shapes of the providers' interface."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hearthline.hub.notices.actions.providing import ROWS
from hearthline.hub.reports.api_shapes import ProblemOut


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoticeOut(_Shape):
    """One notice. `xarf` is missing where none of its codes is true; `url` names the place then."""

    id: uuid.UUID
    reference: str = Field(description="the short name in letters, and the first column of tables")
    state: str = Field(description="sent, acknowledged, moved, refused, no_response, escalated")
    sent_at: datetime
    answer_by: datetime | None
    law: str
    url: str = Field(description="empty for a few minutes, until it is ready for your key")
    xarf: dict[str, Any] | None = Field(description="XARF 4, category content")
    test: bool = Field(description="an exercise for your program: act on nothing")


class FeedOut(_Shape):
    """A page of the notices that are still open, the oldest first."""

    page: int
    pages: int
    total: int
    notices: list[NoticeOut]


class AnswerIn(_Shape):
    """What you did about one notice."""

    answer: str = Field(
        max_length=40,
        description="acknowledged, removed, moved, refused or wrong_recipient",
    )
    ground: str = Field(default="", max_length=40, description="why you refuse; see /grounds")
    address: str = Field(default="", max_length=2_000, description="where it stands now, if moved")
    note: str = Field(default="", max_length=500, description="such as your ticket number")


class RowIn(AnswerIn):
    """The same in a batch."""

    notice: str = Field(max_length=40, description="its id or its reference")


class AnswersIn(_Shape):
    """Up to 500 answers; each is taken or refused by itself."""

    answers: list[RowIn] = Field(min_length=1, max_length=ROWS)


class AnswerOut(_Shape):
    """`recorded`; `already` for an answer that is kept already; `test` for the test notice."""

    status: str


class RowOut(_Shape):
    """What became of one answer, in the order they came."""

    line: int
    notice: str
    status: str = Field(description="recorded, already, test or refused")
    problem: ProblemOut | None = None


class AnswersOut(_Shape):
    taken: int
    refused: int
    results: list[RowOut]


class GroundOut(_Shape):
    code: str
    label: str


class GroundsOut(_Shape):
    grounds: list[GroundOut]
