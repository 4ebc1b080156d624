# SPDX-License-Identifier: Apache-2.0
"""Ending a confirmed case for which nothing more can be done: one person asks, another agrees."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.acting import conclude
from hearthline.hub.cases.actions.rules import (
    AlreadyRequested,
    SamePerson,
    in_state,
    refuse_judges,
    require_on,
)
from hearthline.hub.cases.models import Case
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.urls import refuse_file_content


class NotAsked(Exception):
    """Nobody asks to close this case: it was never asked, or somebody has kept it open."""


@transaction.atomic
def ask_to_close(*, case: Case, reason: str, by: User, at: datetime) -> None:
    """A senior who judged neither way asks to end the case. Colleagues read the reason.

    Raises SamePerson, ReasonNeeded, FileContentRefused and AlreadyRequested.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_DECIDE)
    in_state(case, [Case.State.CONFIRMED])
    refuse_judges(case, by)
    reason = _stated(reason)
    if case.closing_asked_at is not None:
        raise AlreadyRequested
    reason = seal_words(reason, about=case.pk, at=at)
    case.closing_asked_by, case.closing_asked_at, case.closing_reason = by, at, reason
    case.save(update_fields=Case.CLOSING)
    record(at=at, actor=by.actor, verb="cases.ask_to_close", about=case, reason=reason)


@transaction.atomic
def agree_to_close(*, case: Case, by: User, at: datetime) -> None:
    """The second person agrees: the case is closed, and who reported it is told.

    The first judges may agree, because whoever asked is neither of them. Raises NotAsked and
    SamePerson.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_CONFIRM)
    _asked(case)
    if case.closing_asked_by_id == by.pk:
        raise SamePerson
    conclude(case=case, because="nothing_more", at=at, actor=by.actor, reason=case.closing_reason)


@transaction.atomic
def keep_open(*, case: Case, reason: str, by: User, at: datetime) -> None:
    """The second person does not agree, or whoever asked takes it back. Work goes on."""
    require_on(case, by, Permission.CASES_ASSESSMENT_CONFIRM)
    _asked(case)
    reason = seal_words(_stated(reason), about=case.pk, at=at)
    case.forget_closing()
    case.save(update_fields=Case.CLOSING)
    record(at=at, actor=by.actor, verb="cases.keep_open", about=case, reason=reason)


def _asked(case: Case) -> None:
    """Lock the case and raise NotAsked unless somebody asks to close it."""
    in_state(case, [Case.State.CONFIRMED])
    if case.closing_asked_at is None:
        raise NotAsked


def _stated(reason: str) -> str:
    """The reason as it is kept. Raises ReasonNeeded and FileContentRefused."""
    refuse_file_content(reason)
    if not reason.strip():
        raise ReasonNeeded
    return reason.strip()[:500]
