# SPDX-License-Identifier: Apache-2.0
"""The same act on several cases: each on its own, each kept on its own, none for another's sake."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.closing import ask_to_close
from hearthline.hub.cases.actions.queueing import ROWS
from hearthline.hub.cases.actions.rules import AlreadyRequested, SamePerson, WrongState
from hearthline.hub.cases.actions.triage import (
    AlreadyClaimed,
    NotHolder,
    SameLevel,
    claim,
    lower_level,
    raise_level,
    release,
)
from hearthline.hub.cases.models import Case
from hearthline.kit.urls import refuse_file_content

REFUSED = (
    AlreadyClaimed, AlreadyRequested, NotAllowed, NotHolder, SameLevel, SamePerson, WrongState,
)  # fmt: skip
# Ending a case takes two people whoever asks: several can be asked for, none closed, at once.
PERMISSIONS = {
    "claim": Permission.CASES_CASE_CLAIM,
    "release": Permission.CASES_CASE_CLAIM,
    "level": Permission.CASES_URGENCY_SET,
    "ask_to_close": Permission.CASES_ASSESSMENT_DECIDE,
}


@dataclass(frozen=True)
class Outcome:
    """What became of one case: done, or refused and why."""

    case: Case
    refused: Exception | None = None


def act_on_several(
    *,
    do: str,
    cases: Sequence[uuid.UUID],
    by: User,
    at: datetime,
    level: str = "",
    reason: str = "",
) -> list[Outcome]:
    """Do one thing ("claim", "release", "level", "ask_to_close") to at most a page of cases.

    Each case is checked and written in its own transaction with its own audit entry; one more
    entry holds the whole, without the reason, which ends with each case. Raises NotAllowed,
    ReasonNeeded and FileContentRefused before any is touched. Cases that are not this person's to
    see are left out.
    """
    require(by, PERMISSIONS[do])
    refuse_file_content(reason)
    if do in ("level", "ask_to_close") and not reason.strip():
        raise ReasonNeeded
    act = _act(do, by, at, level, reason)
    found = Case.objects.open_to(by).by_urgency().filter(pk__in=list(cases)[:ROWS])
    outcomes = [_tried(act, case) for case in found]
    done = sum(outcome.refused is None for outcome in outcomes)
    record(
        at=at, actor=by.actor, verb="cases.bulk", about=by, act=do, done=done,
        refused=len(outcomes) - done, level=level if do == "level" else "",
    )  # fmt: skip
    return outcomes


def _tried(act: Callable[[Case], None], case: Case) -> Outcome:
    try:
        act(case)
    except REFUSED as refused:
        return Outcome(case, refused)
    return Outcome(case)


def _act(do: str, by: User, at: datetime, level: str, reason: str) -> Callable[[Case], None]:
    def set_level(case: Case) -> None:
        change = raise_level if level < case.level else lower_level
        change(case=case, level=level, by=by, at=at, reason=reason)

    acts: dict[str, Callable[[Case], None]] = {
        "claim": lambda case: claim(case=case, by=by, at=at),
        "release": lambda case: release(case=case, by=by, at=at),
        "level": set_level,
        "ask_to_close": lambda case: ask_to_close(case=case, reason=reason, by=by, at=at),
    }
    return acts[do]
