# SPDX-License-Identifier: Apache-2.0
"""A child-first case goes to police only after two people found an adult behind it.

Peer and self-generated cases are not for criminal law against children. An adult who made a child
take pictures, or threatens with them, is: one person says so with a reason, another agrees, and
the case leaves the child-first track.
"""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.rules import AlreadyRequested, SamePerson, in_state, require_on
from hearthline.hub.cases.models import AdultFinding, Case
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.urls import refuse_file_content


class NotChildFirst(ValueError):
    """The case is not on the child-first track: police hear of it as of every other."""


class NobodySaysSo(LookupError):
    """Nobody says that an adult is behind this case, or it was turned down."""


@transaction.atomic
def find_adult(*, case: Case, reason: str, by: User, at: datetime) -> AdultFinding:
    """Say that an adult is behind a confirmed child-first case, and why. A second person decides.

    Raises NotChildFirst, AlreadyRequested, ReasonNeeded and FileContentRefused.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_MAKE)
    in_state(case, [Case.State.CONFIRMED])
    if case.track != Case.Track.CHILD_FIRST:
        raise NotChildFirst
    if not reason.strip():
        raise ReasonNeeded
    refuse_file_content(reason)
    if AdultFinding.objects.filter(case=case).exists():
        raise AlreadyRequested
    sealed = seal_words(reason.strip(), about=case.pk, at=at)
    found = AdultFinding.objects.create(case=case, asked_by=by, asked_at=at, reason=sealed)
    record(at=at, actor=by.actor, verb="cases.find_adult", about=case, reason=sealed)
    return found


@transaction.atomic
def agree_on_adult(*, case: Case, by: User, at: datetime) -> None:
    """A second person agrees: the case leaves the child-first track, and police come next.

    Raises NobodySaysSo and SamePerson.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_CONFIRM)
    in_state(case, [Case.State.CONFIRMED])
    found = _open(case)
    if found.asked_by_id == by.pk:
        raise SamePerson
    found.agreed_by, found.agreed_at = by, at
    found.save(update_fields=["agreed_by", "agreed_at"])
    case.track = Case.Track.STANDARD
    case.save(update_fields=["track"])
    record(at=at, actor=by.actor, verb="cases.agree_on_adult", about=case, reason=found.reason)


@transaction.atomic
def turn_down_adult(*, case: Case, reason: str, by: User, at: datetime) -> None:
    """A second person sees it differently, or whoever said so takes it back. Nothing goes out.

    Raises NobodySaysSo, ReasonNeeded and FileContentRefused.
    """
    require_on(case, by, Permission.CASES_ASSESSMENT_CONFIRM)
    in_state(case, [Case.State.CONFIRMED])
    found = _open(case)
    if not reason.strip():
        raise ReasonNeeded
    refuse_file_content(reason)
    sealed = seal_words(reason.strip(), about=case.pk, at=at)
    found.delete()
    record(at=at, actor=by.actor, verb="cases.turn_down_adult", about=case, reason=sealed)


def _open(case: Case) -> AdultFinding:
    found = AdultFinding.objects.filter(case=case, agreed_at__isnull=True).first()
    if found is None:
        raise NobodySaysSo
    return found
