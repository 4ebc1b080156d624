# SPDX-License-Identifier: Apache-2.0
"""The part of a country pack about hosts: their clocks, the letters, and who is told next."""

from typing import Literal, Self

from pydantic import Field, model_validator

from hearthline.kit.packs.section import Days, Hours, Minutes, Section


class LadderStep(Section):
    """Who is told next while content stays up, after the host's own time is over."""

    who: Literal["host", "site_owner", "network", "registrar", "regulator"] = Field(
        description="whose contact is told; a host's own step reaches its lawyers"
    )
    kind: Literal["service", "regulator"] = Field(
        default="service",
        description='"service" asks somebody to act, "regulator" asks an authority to see to it',
    )
    scope: Literal["", "abuse", "legal", "site_owner", "network", "registrar"] = Field(
        default="", description='the contact\'s scope; "" is the step\'s own, "legal" for a host'
    )
    wait_hours: int = Field(
        default=0,
        ge=0,
        le=24 * 90,
        description="hours that whoever was told last has before this step; counted as `counts`",
    )

    @model_validator(mode="after")
    def _an_authority_is_asked_as_one(self) -> Self:
        if (self.who == "regulator") != (self.kind == "regulator"):
            raise ValueError('the kind "regulator" belongs to the step of the regulator')
        return self


class NoticeClocks(Section):
    acknowledge_hours: Hours = Field(description="hours a host has to acknowledge a notice")
    reminder_hours: list[Hours] = Field(
        min_length=1, description="hours after the first notice for each reminder, e.g. [24, 48]"
    )
    escalate_hours: Hours = Field(description="hours after the first notice for escalation")
    recheck_minutes: Minutes = Field(description="minutes between two checks of availability")
    gone_checks: int = Field(
        ge=2, le=10, description="absent checks in a row that mean gone, e.g. 3"
    )
    watch_hours: list[Hours] = Field(
        description="hours after removal at which the address is looked at again, e.g. [24, 168]"
    )
    counts: Literal["hours", "business_days"] = Field(
        default="hours",
        description='"hours", or "business_days" where the hours of closed days do not count',
    )
    group_minutes: int = Field(
        default=0,
        ge=0,
        le=24 * 60,
        description="minutes a notice waits for others to the same host; 0: it waits for none",
    )
    group_largest: int = Field(
        default=25, ge=1, le=100, description="the most addresses one letter names"
    )
    urgent: list[Literal["U0", "U1", "U2", "U3", "U4"]] = Field(
        default=["U0", "U1"],
        description="urgency levels whose letters wait for no window, night or holiday",
    )
    post_hours: Hours = Field(
        default=24, description="hours in which an HTTPS endpoint is tried before a person is asked"
    )
    ladder: list[LadderStep] = Field(
        default=[LadderStep(who="host"), LadderStep(who="regulator", kind="regulator")],
        max_length=10,
        description="who is told after escalate_hours, in this order",
    )
    renotice_hours: int = Field(
        default=0,
        ge=0,
        le=24 * 90,
        description="hours between further reminders after the listed ones; 0: none, 24: daily",
    )
    door_days: Days = Field(
        default=30, description="days a letter's link to the providers' door opens it"
    )
