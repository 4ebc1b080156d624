# SPDX-License-Identifier: Apache-2.0
"""The shapes of the entries: one class a list, checked when the file is read."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Level = Literal["U0", "U1", "U2", "U3", "U4"]


class Entry(BaseModel):
    """What every entry of every list has.

    `label` is the desk's wording. `code` is what is stored and exchanged; it never changes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    code: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.]*$")
    label: str = Field(min_length=1)
    source: str = Field(min_length=1)
    verified: bool


class FourC(Entry):
    """One cell of the 4Cs: how a child meets a risk, and of what nature it is."""

    dimension: Literal["content", "contact", "conduct", "contract"]
    nature: Literal["agg", "sex", "val"]


class UrgencyLevel(Entry):
    """A step of the urgency ladder. The hours it allows are a country's choice, not held here."""

    code: Level
    meaning: str = Field(min_length=1)


class Route(Entry):
    """A place a report can go."""


class IncidentType(Entry):
    """A kind of thing that is reported.

    `fourc` names the primary cell first. `routes` are where such a report usually goes; people
    decide. `child_first` marks peer and self-generated cases: support leads, not criminal law.
    """

    label_child: str = Field(min_length=1)
    label_public: str = Field(min_length=1)
    example: str = Field(min_length=1)
    # For grown-ups, where the example speaks to a child; otherwise they read the same one.
    example_public: str = ""
    fourc: tuple[str, ...]
    default_urgency: Level
    routes: tuple[str, ...] = Field(min_length=1)
    child_first: bool = False
    shown_to_children: bool = True
    shown_to_public: bool = True
    shown_to_professionals: bool = True


class StatedFact(Entry):
    """A box a reporter, or the desk, may tick. It describes the situation, never the child."""

    label_child: str = Field(min_length=1)
    label_public: str = Field(min_length=1)
    raises_to: Level
    shown_to_children: bool = True
    shown_to_public: bool = True
    shown_to_professionals: bool = True


class AssessmentOutcome(Entry):
    """What an analyst found. The sentences are what the reporter is told.

    `sentence_child_first` is for a child where young people made or shared it themselves: the law
    is not held against them. Empty where `sentence_child` says nothing of the law.
    """

    illegal: bool
    sentence: str = Field(min_length=1)
    sentence_child: str = Field(min_length=1)
    sentence_child_first: str = ""


class AgeBand(Entry):
    """Completed years, both ends included; None where a band is open or not known."""

    label_child: str = Field(min_length=1)
    from_years: int | None = Field(default=None, ge=0)
    to_years: int | None = Field(default=None, ge=0)
    sdmx: str


class Sex(Entry):
    """Sex as stated, never guessed."""

    label_child: str = Field(min_length=1)
    sdmx: str


class Channel(Entry):
    """The way a report came in."""


class ReporterKind(Entry):
    """Who is reporting, in the broad sense the form needs to speak fitting words."""

    label_public: str = Field(min_length=1)
    speaks_as_child: bool = False


class PoliceOutcome(Entry):
    """What police answered to a referral. `sentence` is safe to show to the reporter."""

    sentence: str = Field(min_length=1)
    final: bool


class RemovalService(Entry):
    """A service that helps people get a private picture of themselves taken down.

    `label` is its own name, `provider` who runs it. `for_pictures` says how old the person was in
    the picture. `countries` (ISO 3166-1) is empty where it serves everybody. `on_own_device`: the
    picture is sent to nobody, only a code made from it. A service that asks for an account first
    is named without a link.
    """

    provider: str = Field(min_length=1)
    sentence: str = Field(min_length=1)
    sentence_child: str = Field(min_length=1)
    for_pictures: Literal["under_18", "adult"]
    languages: tuple[str, ...] = Field(min_length=1)
    countries: tuple[str, ...] = ()
    website: str = Field(default="", pattern=r"^(https://[^\s/]+/\S*)?$")
    on_own_device: bool
    free: bool
    account_first: bool

    @model_validator(mode="after")
    def _no_link_to_an_account(self) -> Self:
        if self.account_first and self.website:
            raise ValueError("a service that asks for an account first is named without a link")
        return self


class HostRefusal(Entry):
    """Why a host did not remove what a notice named, and what comes next.

    `next_step` says it to the desk in a sentence. `then` is what the notice does by itself:
    `escalate` at once; `reroute` to the right contact, which a person finds; `second_look` at the
    assessment, by people; `look` at the address ourselves, now; `park` until a person acts.
    """

    next_step: str = Field(min_length=1)
    then: Literal["escalate", "reroute", "second_look", "look", "park"]
