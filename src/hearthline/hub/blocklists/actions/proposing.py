# SPDX-License-Identifier: Apache-2.0
"""Proposing an entry: as narrow as can be, on a named law, for a case that two people confirmed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.blocklists.actions.rules import (
    bases_for,
    check_case,
    check_hold,
    check_law,
    guards,
    note,
    sealed_reason,
)
from hearthline.hub.blocklists.models import Act, Entry, address_digest, host_digest
from hearthline.hub.cases.actions import subject_address
from hearthline.hub.cases.actions.rules import require_on
from hearthline.hub.cases.models import Case, Subject
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.models import DataKey
from hearthline.kit import blocking, urls
from hearthline.kit.formats import rpz
from hearthline.kit.formats.refused import FormatRefused
from hearthline.kit.packs.pack import LegalBasis
from hearthline.kit.sealing import DataKey as Key
from hearthline.kit.urls.prefixes import NotListable, check_listable


class NoAddress(Exception):
    """The case is about an account or about words: there is nothing a network could block."""


class NotOfThisCase(Exception):
    """The place does not hold the case's own address."""


class CannotBeListed(Exception):
    """No network could tell this address from others: it lies too deep, or is no host name."""


class AlreadyStands(Exception):
    """This address is proposed or in force already."""


class WidthReasonNeeded(ReasonNeeded):
    """Everything wider than one page says why a narrower entry does not do."""


class Guarded(Exception):
    """A guard speaks against it; `code` says which. It can be proposed to two seniors."""

    def __init__(self, code: blocking.Against) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True)
class Offer:
    """One way to block an address, and what speaks against it (nothing, mostly)."""

    place: blocking.Place
    against: blocking.Against | None


@dataclass(frozen=True)
class Ground:
    """What somebody who proposes sees: the ways to block, the laws, whether a reason is needed."""

    address: str
    offers: list[Offer]
    bases: list[LegalBasis]
    host_had_its_time: bool


@dataclass(frozen=True)
class Proposal:
    """What is proposed. `reason` may stay empty where the host had its time and did nothing."""

    scope: str
    address: str
    legal_basis: str
    reason: str = ""
    width_reason: str = ""
    # The proposer has seen that a guard speaks against it, and asks two seniors all the same.
    against_guard: bool = False


def ground_of(*, case: Case, by: User, at: datetime) -> Ground:
    """What can be proposed for a case. Reading the address is audited.

    Raises NotIllegal, NoAddress, PoliceHold, LawDoesNotAllow.
    """
    require_on(case, by, Permission.BLOCKLISTS_ENTRY_PROPOSE)
    canonical = _canonical(case, by, at)
    offers = [Offer(place, _against(place)) for place in blocking.places(canonical)]
    usable = [offer for offer in offers if not (offer.against and offer.against.final)]
    return Ground(
        address=canonical.url,
        offers=[offer for offer in usable if _listable(offer.place)],
        bases=bases_for(case.outcome),
        host_had_its_time=host_had_its_time(case, at),
    )


@transaction.atomic
def propose(*, case: Case, proposal: Proposal, by: User, at: datetime) -> Entry:
    """Propose to block a confirmed case's address. A second person approves it.

    Raises NotIllegal, NoAddress, PoliceHold, LawDoesNotAllow, NotOfThisCase, WidthReasonNeeded,
    ReasonNeeded (the host still has time), Guarded, kit.blocking.ScopeRefused (no override),
    CannotBeListed and AlreadyStands.
    """
    require_on(case, by, Permission.BLOCKLISTS_ENTRY_PROPOSE)
    case = Case.objects.select_related("subject").get(pk=case.pk)
    canonical = _canonical(case, by, at)
    if (proposal.scope, proposal.address) not in blocking.places(canonical):
        raise NotOfThisCase
    if not proposal.reason.strip() and not host_had_its_time(case, at):
        raise ReasonNeeded
    return _enter(proposal, category=case.outcome, case=case, by=by, at=at)


@transaction.atomic
def propose_without_case(*, proposal: Proposal, category: str, by: User, at: datetime) -> Entry:
    """Propose an address that a court or an agency named: the reason says who, and where.

    `proposal.address` is the page in any spelling, or for a host or domain its bare name.
    Raises what `propose` does, and kit.urls.AddressRefused.
    """
    require(by, Permission.BLOCKLISTS_ENTRY_PROPOSE)
    if not proposal.reason.strip():
        raise ReasonNeeded
    canonical = urls.canonicalise(proposal.address)
    scope = blocking.Scope(proposal.scope)
    found = canonical.host if scope.in_dns else urls.expressions(canonical)[0]
    if scope.in_dns and (canonical.path != "/" or canonical.query):
        raise NotOfThisCase
    whole = Proposal(
        scope=scope,
        address=found,
        legal_basis=proposal.legal_basis,
        reason=proposal.reason,
        width_reason=proposal.width_reason,
        against_guard=proposal.against_guard,
    )
    return _enter(whole, category=category, case=None, by=by, at=at)


def host_had_its_time(case: Case, at: datetime) -> bool:
    """Whether the host could be told so long ago that its time to act is over."""
    if case.notice_cleared_at is None:
        return False
    time = timedelta(hours=settings.PACK.clocks.notice.escalate_hours)
    return case.notice_cleared_at + time <= at


def _enter(
    proposal: Proposal, *, category: str, case: Case | None, by: User, at: datetime
) -> Entry:
    check_law(category, proposal.legal_basis)
    place = blocking.Place(blocking.Scope(proposal.scope), proposal.address)
    if place.scope is not blocking.Scope.URL and not proposal.width_reason.strip():
        raise WidthReasonNeeded
    guard = _against(place)
    if guard is not None and guard.final:
        raise blocking.ScopeRefused(guard)
    if guard is not None and not proposal.against_guard:
        raise Guarded(guard)
    if not _listable(place):
        raise CannotBeListed
    digest = address_digest(*place)
    if Entry.objects.standing(digest).exists():
        raise AlreadyStands
    row, key = list_key(at=at)
    entry = Entry(
        data_key=row,
        case=case,
        scope=place.scope,
        digest=digest,
        host_digest=host_digest(place.address.partition("/")[0]),
        category=category,
        legal_basis=proposal.legal_basis,
        guard=guard or "",
        proposed_by=by,
        proposed_at=at,
    )
    entry.seal(key, "address", place.address)
    entry.reason = sealed_reason(proposal.reason, entry, at, needed=False)
    entry.width_reason = sealed_reason(proposal.width_reason, entry, at, needed=False)
    entry.save(force_insert=True)
    note(entry, Act.Code.PROPOSED, by=by, at=at, reason=entry.reason)
    record(
        at=at, actor=by.actor, verb="blocklists.propose", about=entry, reason=entry.reason,
        case=case.pk if case else None, scope=entry.scope, guard=entry.guard,
    )  # fmt: skip
    return entry


def list_key(*, at: datetime) -> tuple[DataKey, Key]:
    """The key that addresses entered in this month share, made with the month's first.

    A million entries are read for each version; with a key each that would take minutes.
    """
    month = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = (
        Entry.objects.filter(proposed_at__gte=month, data_key__destroyed_at__isnull=True)
        .select_related("data_key")
        .order_by("-proposed_at")
        .first()
    )
    if last is None:
        return sealing.mint(at=at)
    return last.data_key, sealing.open_as_desk(last.data_key)


def _canonical(case: Case, by: User, at: datetime) -> urls.Canonical:
    check_case(case)
    if case.subject.kind != Subject.Kind.URL:
        raise NoAddress
    check_hold(case, at)
    if not bases_for(case.outcome):
        check_law(case.outcome, "")
    address = subject_address(case=case, actor=by.actor, at=at, purpose="block list: propose")
    return urls.canonicalise(address.url)


def _against(place: blocking.Place) -> blocking.Against | None:
    try:
        blocking.check_scope(place.scope, place.address, guards())
    except blocking.ScopeRefused as refused:
        return refused.code
    return None


def _listable(place: blocking.Place) -> bool:
    """Whether every output can hold it."""
    try:
        check_listable(place.scope, place.address)
        if place.scope.in_dns:
            rpz.checked_name(place.address)
    except (NotListable, FormatRefused):
        return False
    return True
