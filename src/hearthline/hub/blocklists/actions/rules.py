# SPDX-License-Identifier: Apache-2.0
"""What several stages ask first, and the refusals they share."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.blocklists.models import Act, Entry
from hearthline.hub.cases.actions.rules import require_on
from hearthline.hub.cases.models import Case
from hearthline.hub.sealing.words import seal_words
from hearthline.kit import blocking
from hearthline.kit.codelists import assessment_outcomes
from hearthline.kit.packs.pack import LegalBasis

REASON_LIMIT = 500


class WrongState(Exception):
    """The entry has moved on: this act does not belong to the state it is in."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = Entry.State(state)


class SamePerson(Exception):
    """The rule of two people: whoever took the earlier step may not take this one."""


class NotIllegal(Exception):
    """The case is not confirmed illegal, or not any more: there is no ground to block."""


class PoliceHold(Exception):
    """Police asked to wait with the host; a block would warn whoever runs the place."""


class LawDoesNotAllow(Exception):
    """No law of the country pack lets this category be blocked on this legal basis."""


def require_entry(entry: Entry, by: User, permission: Permission) -> None:
    """Raise NotAllowed unless `by` holds `permission`; SteppedBack where the case is not theirs."""
    require(by, permission)
    if entry.case is not None:
        require_on(entry.case, by, permission)


def in_state(entry: Entry, allowed: Collection[str]) -> None:
    """Lock the entry and raise WrongState unless it is in one of these states."""
    queryset = Entry.objects.all()
    if connection.features.has_select_for_update:
        queryset = queryset.select_for_update()
    entry.refresh_from_db(from_queryset=queryset)
    if entry.state not in allowed:
        raise WrongState(entry.state)


def sealed_reason(reason: str, entry: Entry, at: datetime, *, needed: bool = True) -> str:
    """The token of what somebody wrote. Raises ReasonNeeded where nothing was."""
    if needed and not reason.strip():
        raise ReasonNeeded
    return seal_words(reason.strip()[:REASON_LIMIT], about=entry.pk, at=at)


def note(
    entry: Entry,
    code: Act.Code,
    *,
    at: datetime,
    by: User | None = None,
    because: str = "",
    reason: str = "",
) -> None:
    """A line of the entry's own history."""
    Act.objects.create(entry=entry, code=code, by=by, at=at, because=because, reason=reason)


def bases_for(category: str) -> list[LegalBasis]:
    """The laws on which content of this category may be blocked in this country."""
    return [basis for basis in settings.PACK.legal_bases_for(category) if basis.allows_blocking]


def check_law(category: str, legal_basis: str) -> None:
    """Raise LawDoesNotAllow unless the law lets this category be blocked."""
    if legal_basis not in {basis.key for basis in bases_for(category)}:
        raise LawDoesNotAllow


def check_case(case: Case) -> None:
    """Raise NotIllegal unless two people's finding that it is illegal is in force."""
    illegal = {outcome.code for outcome in assessment_outcomes() if outcome.illegal}
    gone = case.subject.gone_at is not None
    if case.exercise or gone or case.state != Case.State.CONFIRMED or case.outcome not in illegal:
        raise NotIllegal


def check_hold(case: Case, at: datetime) -> None:
    """Raise PoliceHold while police ask to wait, also where they asked after it was proposed."""
    if case.notice_held_until is not None and case.notice_held_until > at:
        raise PoliceHold


def guards() -> blocking.Guards:
    """The guarded names, with this service's own: its doors, its canary, its stop page."""
    own = [urlsplit(url).hostname or "" for url in _own_urls()]
    return blocking.read_guards([*own, settings.PACK.blocking.canary])


def _own_urls() -> tuple[str, ...]:
    return (settings.PUBLIC_URL, settings.DESK_URL, settings.PARTNERS_URL)
