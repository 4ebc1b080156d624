# SPDX-License-Identifier: Apache-2.0
"""The next case of a lane, into one person's hands and nobody else's."""

import uuid
from datetime import datetime

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, require
from hearthline.hub.care.reading import paused_until
from hearthline.hub.cases.actions.queueing import Place, order_of
from hearthline.hub.cases.actions.rules import SamePerson, WrongState
from hearthline.hub.cases.actions.triage import AlreadyClaimed, claim
from hearthline.hub.cases.models import Case, Lane

# Where several people take from one lane at once, each tries the next few in turn.
TRIES = 25


def take_next(*, place: Place, by: User, at: datetime, leave: uuid.UUID) -> Case | None:
    """Claim the first case of the lane that is still free; None when nothing is left to take.

    `leave` is the case just worked on. Two people who ask at once never get the same: the claim
    looks again under the lock. What waits on others cannot be taken, and whoever is on a break
    is given nothing.
    """
    require(by, Permission.CASES_CASE_CLAIM)
    if place.lane not in Lane.values or place.lane == Lane.WAITING or paused_until(by, at):
        return None
    found = Case.objects.in_lane(place.lane, by, at).narrowed(place.narrowing, at)
    if place.lane != Lane.MINE:
        found = found.unclaimed(at)
    ordered = found.exclude(pk=leave).page(order_of(place.lane, place.sort))
    for case in ordered[:TRIES]:
        try:
            claim(case=case, by=by, at=at)
        except (AlreadyClaimed, NotAllowed, SamePerson, WrongState):
            continue
        return case
    return None
