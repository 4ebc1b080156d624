# SPDX-License-Identifier: Apache-2.0
"""Which measures an address is about, and who took part in them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q

from hearthline.hub.accounts.models import User
from hearthline.hub.appeals.models import Appeal, Measure
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.blocklists import actions as blocklists
from hearthline.hub.blocklists.models import Act, Entry, address_digest
from hearthline.hub.cases.models import Assessment, Case, StepBack
from hearthline.hub.notices.models import Notice
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.urls import (
    AddressRefused,
    Canonical,
    canonicalise,
    find_addresses,
    subject_key,
    within_scope,
)

PAGES_AT_ONCE: Final = 5
# A large site may have thousands of pages listed: more than these nobody decides on at once.
MOST: Final = 50
# Looking is not taking part: whoever decides has to look.
_LOOKING: Final = (
    "cases.read", "cases.queue", "cases.subject_address", "notices.open_check", "blocklists.read",
)  # fmt: skip


class TookPart(Exception):
    """The person took part in a measure that is disputed here: somebody else decides."""


def pages(address: str) -> list[Canonical]:
    """The pages that somebody means by what they typed; none where no browser would open it."""
    found = [each.canonical for each in find_addresses(address) if each.canonical is not None]
    if not found:
        try:
            found = [canonicalise(address)]
        except AddressRefused:
            return []
    return found[:PAGES_AT_ONCE]


def find_measures(*, appeal: Appeal, address: str, at: datetime) -> int:
    """Join to the appeal what is in force about the address and is not joined yet; how many.

    Everything is found by keyed digests, without opening any list. Blocks are marked as appealed.
    Whoever appeals is told nothing of what was found.
    """
    have = Measure.objects.filter(appeal=appeal)
    entries = set(have.values_list("entry", flat=True))
    cases = set(have.values_list("case", flat=True))
    new = 0
    for page in pages(address):
        for entry in _blocks(page):
            if entry.pk not in entries and _appealed(entry, at):
                entries.add(entry.pk)
                Measure.objects.create(
                    appeal=appeal, kind=Measure.Kind.BLOCK, entry=entry, found_at=at
                )
                new += 1
        for case in _findings(page, at):
            if case.pk not in cases:
                cases.add(case.pk)
                notice = Notice.objects.filter(case=case).first()
                kind = Measure.Kind.NOTICE if notice else Measure.Kind.FINDING
                Measure.objects.create(
                    appeal=appeal, kind=kind, case=case, notice=notice, found_at=at
                )
                new += 1
    return new


def refuse_involved(appeal: Appeal, by: User) -> None:
    """Raise TookPart when `by` proposed, approved, assessed or confirmed what is disputed.

    Nor does somebody decide who did anything else on it but look, as the log says, or who has
    nothing to do with its subject any more. What the appeal itself had them do is no part in it.
    """
    measures = list(appeal.measures.select_related("entry__case", "case"))
    settled = [measure.done_at for measure in measures if measure.done_at is not None]
    for measure in measures:
        if by.pk in _hands(measure, settled) or _acted(measure, by, settled):
            raise TookPart


def _appealed(entry: Entry, at: datetime) -> bool:
    """Mark an entry as appealed; False where it was lifted a moment ago."""
    try:
        blocklists.mark_appealed(entry=entry, at=at)
    except blocklists.WrongState:
        return False
    return True


def _blocks(page: Canonical) -> Iterator[Entry]:
    """Entries that keep this page from being opened; of a whole site, also those below it."""
    blocking = Entry.objects.blocking(page.host)
    narrow = (Entry.Scope.URL, Entry.Scope.PATH)
    yield from blocking.exclude(scope__in=narrow)
    below = blocking.filter(scope__in=narrow)
    if page.path != "/" or page.query:
        # As networks look: every directory counts, however deep.
        met = [(scope, name) for name, scopes in within_scope(page) for scope in scopes]
        below = below.filter(
            digest__in=[address_digest(scope, name) for scope, name in met if scope in narrow]
        )
    yield from below.order_by("listed_at", "pk")[:MOST]


def _findings(page: Canonical, at: datetime) -> Iterator[Case]:
    """Cases in which two people found this page unlawful, and that act on it or had it removed.

    Not those that police hold back and nobody outside was told of: nothing was done yet that could
    be disputed, and an answer would warn whoever runs the place.
    """
    about = Q(subject__digest=sealing.digest(subject_key(page), purpose="subject"))
    if page.path == "/" and not page.query:
        about |= Q(subject__host_digest=sealing.digest(page.host, purpose="host"))
    told = Notice.objects.filter(case=OuterRef("pk"), sent_at__isnull=False)
    quiet = Q(notice_held_until__gt=at) & ~Exists(told)
    acted = Q(state=Case.State.CONFIRMED) | Q(state=Case.State.CLOSED, closed_because="removed")
    found = Case.objects.real().filter(about, acted).exclude(quiet)
    yield from found.order_by("opened_at", "pk")[:MOST]


def _hands(measure: Measure, settled: list[datetime]) -> set[object]:
    """The numbers of those who took the measure, as its own ledger names them."""
    hands: set[object] = set()
    entry = measure.entry
    if entry is not None:
        hands |= {entry.proposed_by_id, entry.approved_by_id, entry.second_senior_id}
        acts = Act.objects.filter(entry=entry).exclude(at__in=settled)
        hands |= set(acts.values_list("by", flat=True))
    case = _case(measure)
    if case is not None:
        hands |= set(Assessment.objects.filter(case=case).values_list("by", flat=True))
    return hands


def _acted(measure: Measure, by: User, settled: list[datetime]) -> bool:
    case = _case(measure)
    if case and StepBack.objects.filter(person=by, subject=case.subject_id).exists():
        return True
    records = [measure.entry_id]
    if case is not None:
        records += [case.pk, *Notice.objects.filter(case=case).values_list("pk", flat=True)]
    acts = Logged.objects.of_actor(str(by.actor)).exclude(verb__in=_LOOKING)
    acts = acts.exclude(at__in=settled)
    return acts.filter(object_id__in=[str(each) for each in records if each]).exists()


def _case(measure: Measure) -> Case | None:
    return measure.case or (measure.entry.case if measure.entry else None)
