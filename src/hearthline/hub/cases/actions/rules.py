# SPDX-License-Identifier: Apache-2.0
"""What several stages ask first: the case as it is now, its state, and who has judged it."""

from collections.abc import Collection

from django.db import connection, models

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, require
from hearthline.hub.cases.models import Case, StepBack


class WrongState(Exception):
    """The case has moved on: this act does not belong to the state it is in."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = Case.State(state)


class SamePerson(Exception):
    """The rule of two people: whoever took the earlier step may not take this one."""


class SteppedBack(NotAllowed):
    """The person has nothing to do with this subject any more: they stepped back or reported it."""


class AlreadyRequested(Exception):
    """The same was asked before, and still waits for a second person or to be used."""


class NotInCase(LookupError):
    """The report or exhibit does not belong to this case."""


def require_on(case: Case, by: User, permission: Permission) -> None:
    """Raise NotAllowed unless `by` holds `permission`, SteppedBack where this case is not theirs.

    Every act on a case begins here.
    """
    require(by, permission)
    if StepBack.objects.filter(person=by, subject=case.subject_id).exists():
        raise SteppedBack


def lock(row: models.Model) -> None:
    """Read the row again and keep it locked for this transaction. SQLite locks as a whole."""
    queryset = type(row)._default_manager.all()
    if connection.features.has_select_for_update:
        queryset = queryset.select_for_update()
    row.refresh_from_db(from_queryset=queryset)


def in_state(case: Case, allowed: Collection[str]) -> None:
    """Lock the case and raise WrongState unless it is in one of these states."""
    lock(case)
    if case.state not in allowed:
        raise WrongState(case.state)


def refuse_judges(case: Case, by: User) -> None:
    """Raise SamePerson when `by` has assessed or reviewed this case."""
    if case.assessments.filter(by=by).exists():
        raise SamePerson
