# SPDX-License-Identifier: Apache-2.0
"""Taking a case in hand, giving it back, and saying how urgent it is."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.intake import due
from hearthline.hub.cases.actions.rules import in_state, refuse_judges, require_on
from hearthline.hub.cases.actions.telling import tell_reporters
from hearthline.hub.cases.models import Case, LevelChange
from hearthline.hub.reports.models import Step
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.codelists import find, urgency_levels

OPEN = tuple(state for state in Case.State if state != Case.State.CLOSED)
REVIEW = (Case.State.AWAITING_SECOND, Case.State.DISAGREED)


class AlreadyClaimed(Exception):
    """Somebody else works on the case until `until`."""

    def __init__(self, holder: User, until: datetime) -> None:
        super().__init__(holder.name)
        self.holder = holder
        self.until = until


class NotHolder(Exception):
    """The case is not in this person's hands; claim it first."""


class SameLevel(ValueError):
    """The case is not more (or not less) urgent at the level given."""


@transaction.atomic
def claim(*, case: Case, by: User, at: datetime) -> None:
    """Take the case for `claim_minutes` of the pack; again prolongs it. Raises AlreadyClaimed.

    The first claim is the first look by a person: the first clock stops and reporters are told.
    """
    require_on(case, by, Permission.CASES_CASE_CLAIM)
    in_state(case, OPEN)
    refuse_other_holder(case, by, at)
    if case.state in REVIEW:
        refuse_judges(case, by)
    case.holder = by
    case.claim_until = at + timedelta(minutes=settings.PACK.clocks.claim_minutes)
    if case.state == Case.State.AWAITING_TRIAGE:
        case.state = Case.State.IN_ASSESSMENT
    first_look = case.first_reviewed_at is None
    case.first_reviewed_at = case.first_reviewed_at or at
    case.save(update_fields=["holder", "claim_until", "state", "first_reviewed_at"])
    record(at=at, actor=by.actor, verb="cases.claim", about=case)
    if first_look:
        tell_reporters(case=case, step=Step.Code.IN_REVIEW, at=at)


@transaction.atomic
def release(*, case: Case, by: User, at: datetime) -> None:
    """Give the case back to the queue. Raises NotHolder."""
    require_on(case, by, Permission.CASES_CASE_CLAIM)
    in_state(case, OPEN)
    if case.holder_id != by.pk:
        raise NotHolder
    if case.state == Case.State.IN_ASSESSMENT:
        case.state = Case.State.AWAITING_TRIAGE
    let_go(case)
    case.save(update_fields=["holder", "claim_until", "state"])
    record(at=at, actor=by.actor, verb="cases.release", about=case)


@transaction.atomic
def raise_level(*, case: Case, level: str, by: User, at: datetime, reason: str = "") -> None:
    """Make the case more urgent, at once and without asking why. Raises SameLevel."""
    require_on(case, by, Permission.CASES_URGENCY_SET)
    find(urgency_levels(), level)
    in_state(case, OPEN)
    if level >= case.level:
        raise SameLevel
    _set_level(case, level, by, at, reason.strip())


@transaction.atomic
def lower_level(*, case: Case, level: str, reason: str, by: User, at: datetime) -> None:
    """Make the case less urgent, with a reason. Raises ReasonNeeded, SameLevel."""
    require_on(case, by, Permission.CASES_URGENCY_SET)
    find(urgency_levels(), level)
    in_state(case, OPEN)
    if level <= case.level:
        raise SameLevel
    if not reason.strip():
        raise ReasonNeeded
    _set_level(case, level, by, at, reason.strip())


def _set_level(case: Case, level: str, by: User, at: datetime, reason: str) -> None:
    before, case.level = case.level, level
    reason = seal_words(reason[:500], about=case.pk, at=at)
    # Once somebody has looked, the clock of the first look is history and stays as it was.
    if case.first_reviewed_at is None:
        case.review_due_at = due(case.opened_at, level)
    case.save(update_fields=["level", "review_due_at"])
    LevelChange.objects.create(case=case, by=by, at=at, before=before, after=level, reason=reason)
    record(
        at=at,
        actor=by.actor,
        verb="cases.level",
        about=case,
        reason=reason,
        before=before,
        level=level,
    )


def refuse_other_holder(case: Case, by: User, at: datetime) -> None:
    """Raise AlreadyClaimed while somebody else's claim lives; one that ran out holds nothing."""
    holder = case.holder_at(at)
    if holder is not None and holder != by and case.claim_until is not None:
        raise AlreadyClaimed(holder, case.claim_until)


def let_go(case: Case) -> None:
    """Nobody's any more. The caller saves."""
    case.holder, case.claim_until = None, None
