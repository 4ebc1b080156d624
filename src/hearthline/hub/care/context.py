# SPDX-License-Identifier: Apache-2.0
"""What every page of the desk may say to the person in front of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpRequest
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.care import reading


@dataclass
class Prompt:
    """Asked only by pages that show it, so that no other page pays for it."""

    by: User
    at: datetime

    @cached_property
    def paused_until(self) -> datetime | None:
        return reading.paused_until(self.by, self.at)

    @cached_property
    def many(self) -> bool:
        return reading.needs_a_break(self.by, self.at)


def care(request: HttpRequest) -> dict[str, object]:
    """`care.paused_until` and `care.many`, for people whose work can be hard."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.has(Permission.CARE_OWN_USE):
        return {}
    return {"care": Prompt(user, timezone.now())}
