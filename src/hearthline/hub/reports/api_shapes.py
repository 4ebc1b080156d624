# SPDX-License-Identifier: Apache-2.0
"""The shapes of the interface: what a partner's program sends and what it is answered."""

import unicodedata
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hearthline.hub.reports.actions import Answers
from hearthline.hub.reports.actions.answers import LIMITS, PLACES_AT_ONCE
from hearthline.hub.reports.actions.partners import BATCH_LIMIT
from hearthline.kit.sealing import format_receipt

_LAYOUT = "\n\r\t"


def _plain(text: str) -> str:
    """Control characters have no place in text, and one of them ends it in many databases."""
    if any(unicodedata.category(sign) == "Cc" and sign not in _LAYOUT for sign in text):
        raise ValueError("control characters")
    return text


def _text(limit: int) -> Any:
    return Annotated[str, Field(max_length=limit), AfterValidator(_plain)]


Code = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.]*$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReportIn(_Shape):
    """One report. Codes are those of GET /api/codes; leave out what is not known.

    Text and addresses only: the contents of a file are refused.
    """

    audience: Literal["child", "public", "professional"] = Field(
        default="public", description="whose words these are"
    )
    language: str = Field(
        default="en", max_length=12, pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})?$",
        description="the language of the words, such as en or zh-hans",
    )  # fmt: skip
    kind: Code = Field(default="", description="a code of `kinds`")
    addresses: list[_text(2_000)] = Field(default=[], max_length=PLACES_AT_ONCE)  # type: ignore[valid-type]
    service: _text(LIMITS["service"]) = ""  # type: ignore[valid-type]
    account: _text(LIMITS["account"]) = ""  # type: ignore[valid-type]
    facts: list[Code] = Field(default=[], max_length=20, description="codes of `facts`")
    words: _text(LIMITS["words"]) = ""  # type: ignore[valid-type]
    age_band: Code = Field(default="", description="a code of `age_bands`")
    sex: Code = Field(default="", description="a code of `sexes`")
    safe_contact: Literal["receipt", "email", "phone"] = "receipt"
    contact: _text(LIMITS["contact"]) = Field(  # type: ignore[valid-type]
        default="", description="how the reporter can be reached, where safe_contact says so"
    )
    code_word: _text(LIMITS["code_word"]) = ""  # type: ignore[valid-type]
    profession: Code = Field(default="", description="a code of `professions`")
    child_knows: Literal["", "yes", "no", "unsure"] = ""
    with_receipt: bool = Field(
        default=False, description="true to get a receipt to hand to the reporter"
    )

    def answers(self) -> Answers:
        told = self.model_dump(exclude={"addresses", "language", "with_receipt"})
        return Answers(**told, addresses="\n".join(self.addresses))


class BatchIn(_Shape):
    """Up to 1,000 reports. Each is taken or refused by itself."""

    # Read one by one as ReportIn, so that what is wrong with one is no matter for the others.
    reports: list[Any] = Field(min_length=1, max_length=BATCH_LIMIT)


class FieldProblem(_Shape):
    """What is wrong with one field."""

    field: str
    code: str


class ProblemOut(_Shape):
    """Problem details (RFC 9457). Compare `type`; show `detail` to a person."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None


class ReportOut(_Shape):
    """A report that was received. The receipt is there only when it was asked for, and only now."""

    id: uuid.UUID
    received_at: datetime
    receipt: str | None = Field(default=None, description="sixteen digits in groups of four")


class ResultOut(_Shape):
    """What became of the report at `index` of the batch, counted from 0."""

    index: int
    status: Literal["received", "refused"]
    id: uuid.UUID | None = None
    received_at: datetime | None = None
    receipt: str | None = None
    problem: ProblemOut | None = None


class BatchOut(_Shape):
    received: int
    refused: int
    results: list[ResultOut]


class StepOut(_Shape):
    code: str
    at: datetime


class StatusOut(_Shape):
    """The steps taken with a report, oldest first; codes are those of `steps`."""

    id: uuid.UUID
    received_at: datetime
    steps: list[StepOut]


class CodeOut(_Shape):
    code: str
    label: str


class CodesOut(_Shape):
    """The code lists. A code never changes its meaning; new ones may come."""

    kinds: list[CodeOut]
    facts: list[CodeOut]
    age_bands: list[CodeOut]
    sexes: list[CodeOut]
    professions: list[CodeOut]
    steps: list[CodeOut]


def shown(receipt: str) -> str | None:
    """A receipt as it is written down, or None where there is none."""
    return format_receipt(receipt) if receipt else None
