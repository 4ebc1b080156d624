# SPDX-License-Identifier: Apache-2.0
"""When everybody who reported a subject took it back: stop what has not left, and who may go on.

Found by the desk's own sweep, since a report does not call upward. The case stays open: closing
without action takes two people, whoever withdrew.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions.rules import lock, require_on
from hearthline.hub.cases.models import Case, Withdrawal
from hearthline.hub.mail.actions import hold_back
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.urls import refuse_file_content

# A letter is held until somebody decides; no letter is that old.
_UNTIL_DECIDED: Final = timedelta(days=365 * 30)


class NotWithdrawn(Exception):
    """Nothing is stopped here: no withdrawal, or work goes on already."""


@transaction.atomic
def stop(*, case: Case, at: datetime) -> None:
    """Every reporter left: letters to the host wait, no new one is written. Twice is once."""
    lock(case)
    _, new = Withdrawal.objects.get_or_create(case=case, defaults={"since": at})
    if not new:
        return
    hold_back(about=case.pk, until=at + _UNTIL_DECIDED)
    case.news_at = at
    case.save(update_fields=["news_at"])
    record(at=at, actor=Actor.worker(), verb="cases.stop_withdrawn", about=case)


@transaction.atomic
def go_on(*, case: Case, reason: str, by: User, at: datetime) -> None:
    """A senior decides that work must go on though it was withdrawn, and why.

    Raises NotAllowed, ReasonNeeded, FileContentRefused, NotWithdrawn.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_DECIDE)
    refuse_file_content(reason)
    if not reason.strip():
        raise ReasonNeeded
    sealed = seal_words(reason.strip()[:500], about=case.pk, at=at)
    _end(case, at=at, by=by)
    record(at=at, actor=by.actor, verb="cases.go_on", about=case, reason=sealed)


@transaction.atomic
def reported_again(*, case: Case, at: datetime) -> None:
    """Somebody reported the subject again, or life is in danger: work goes on by itself."""
    _end(case, at=at, by=None)
    record(at=at, actor=Actor.worker(), verb="cases.go_on", about=case)


def _end(case: Case, *, at: datetime, by: User | None) -> None:
    lock(case)
    ended = Withdrawal.objects.in_force().filter(case=case).update(ended_at=at, ended_by=by)
    if not ended:
        raise NotWithdrawn
    held = case.notice_held_until
    hold_back(about=case.pk, until=held if held and held > at else None)
