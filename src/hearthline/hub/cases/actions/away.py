# SPDX-License-Identifier: Apache-2.0
"""Stepping away: one press, and everything in a person's hands goes back to the queue."""

from datetime import datetime, timedelta

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.care.actions import pause
from hearthline.hub.cases.actions.triage import release
from hearthline.hub.cases.models import Case

AWAY = timedelta(hours=1)


@transaction.atomic
def step_away(*, by: User, at: datetime) -> int:
    """Give back every case that `by` holds, and begin a break of an hour. How many cases.

    The log says that the cases were given back, as it always does, and nothing else.
    """
    require(by, Permission.CARE_OWN_USE)
    held = list(Case.objects.open().claimed_by(by, at))
    for case in held:
        release(case=case, by=by, at=at)
    pause(by=by, at=at, length=AWAY)
    return len(held)
