# SPDX-License-Identifier: Apache-2.0
"""What a hotline abroad answered, and what our own looks found meanwhile."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.actions import hold, release
from hearthline.hub.hosting import actions as hosting
from hearthline.hub.referrals.actions.abroad import note_sent
from hearthline.hub.referrals.models import HandOver
from hearthline.kit.urls import Observation, Verdict


class NotOpen(ValueError):
    """The hotline has returned it, or acted on it; what it said stands."""


class NotByHand(ValueError):
    """A letter says itself when it arrived."""


class UnknownReason(ValueError):
    """A return has one of the reasons listed."""


@transaction.atomic
def note_sent_by_hand(*, row: HandOver, by: User, at: datetime) -> HandOver:
    """A person entered it in the network's own system. Raises NotAllowed, NotByHand, NotOpen."""
    require(by, Permission.REFERRALS_PACKAGE_PREPARE)
    row = _turn(row)
    if row.channel != HandOver.Channel.HAND:
        raise NotByHand
    note_sent(row=row, since=at, actor=by.actor, at=at)
    return _turn(row)


@transaction.atomic
def note_received(*, row: HandOver, reference: str, by: User, at: datetime) -> HandOver:
    """The hotline has it, under its own reference, if it gave one. Again corrects the reference."""
    require(by, Permission.REFERRALS_PACKAGE_PREPARE)
    row = _turn(row)
    row.hotline_reference = reference.strip()[:80]
    _received(row, at)
    row.save()
    record(at=at, actor=by.actor, verb="referrals.hand_over_received", about=row)
    return row


@transaction.atomic
def note_acted(*, row: HandOver, by: User, at: datetime) -> HandOver:
    """The hotline told the host, or its police. Our looks go on until it is gone."""
    require(by, Permission.REFERRALS_PACKAGE_PREPARE)
    row = _turn(row)
    _received(row, at)
    row.state, row.acted_at = HandOver.State.ACTED, at
    row.save()
    record(at=at, actor=by.actor, verb="referrals.hand_over_acted", about=row)
    return row


@transaction.atomic
def note_returned(*, row: HandOver, because: str, by: User, at: datetime) -> HandOver:
    """The hotline gave it back; another may be handed it. Raises NotAllowed, UnknownReason."""
    require(by, Permission.REFERRALS_PACKAGE_PREPARE)
    row = _turn(row)
    if because not in HandOver.Returned.values:
        raise UnknownReason(because)
    _received(row, at)
    row.state, row.returned_at = HandOver.State.RETURNED, at
    row.returned_because, row.due_at = because, None
    row.save()
    record(at=at, actor=by.actor, verb="referrals.hand_over_returned", about=row, because=because)
    return row


def ask_for_host(*, case: Case, at: datetime) -> bool:
    """Have the case's host looked up, or looked up again; False where it has none."""
    worker = Actor.worker()
    host = cases.subject_address(case=case, actor=worker, at=at, purpose="hosting").host
    if not host:
        return False
    try:
        hosting.ask(host=host, at=at)
    except hosting.NotAHost:
        return False
    return True


def address_to_look_at(*, row: HandOver, at: datetime) -> str | None:
    """The address, for one look; None when there is nothing left to look at."""
    case = Case.objects.select_related("subject__data_key").get(pk=row.case_id)
    if case.state != Case.State.CONFIRMED or case.subject.kind != case.subject.Kind.URL:
        return None
    worker = Actor.worker()
    return cases.subject_address(case=case, actor=worker, at=at, purpose="look abroad").url


@transaction.atomic
def note_look(*, row: HandOver, seen: Observation | None, holder: str, at: datetime) -> None:
    """Count a look; so many that found nothing, in a row, mean that the content is gone."""
    row = hold(row, holder=holder)
    again = at + timedelta(hours=settings.PACK.clocks.abroad.recheck_hours)
    if seen is None:
        release(row, due_at=None)
        row.save()
        return
    row.looked_at = at
    if seen.verdict == Verdict.ABSENT:
        row.absent += 1
    elif seen.verdict == Verdict.PRESENT:
        row.absent = 0
    was_gone, actor = row.gone_at is not None, Actor.worker()
    if not was_gone and row.absent >= settings.PACK.clocks.notice.gone_checks:
        row.gone_at = at
        cases.content_gone(case=row.case, at=at, actor=actor)
        record(at=at, actor=actor, verb="referrals.hand_over_gone", about=row)
    elif was_gone and seen.verdict == Verdict.PRESENT:
        row.gone_at = None
        cases.content_back(case=row.case, at=at, actor=actor)
        record(at=at, actor=actor, verb="referrals.hand_over_back", about=row)
    release(row, due_at=again)
    row.save()


@transaction.atomic
def end_hand_over(*, row: HandOver, at: datetime) -> bool:
    """Delete package and reference of a case that has ended; False when done before."""
    row = HandOver.objects.select_for_update().get(pk=row.pk)
    if row.ended_at is not None:
        return False
    row.package, row.hotline_reference, row.ended_at, row.due_at = b"", "", at, None
    row.save(update_fields=["package", "hotline_reference", "ended_at", "due_at"])
    record(at=at, actor=Actor.worker(), verb="referrals.end_hand_over", about=row)
    return True


def _turn(row: HandOver) -> HandOver:
    """The hand-over as it is now, if the hotline still has it before it."""
    fresh = HandOver.objects.select_for_update().get(pk=row.pk)
    if fresh.state not in HandOver.OPEN or fresh.ended_at is not None:
        raise NotOpen
    return fresh


def _received(row: HandOver, at: datetime) -> None:
    """Whoever answers has it, even where our letter's own fate is not known yet."""
    if row.sent_at is None:
        note_sent(row=row, since=at, actor=Actor.worker(), at=at)
        row.refresh_from_db(fields=["sent_at", "receive_due_at", "act_due_at", "due_at"])
    row.received_at = row.received_at or at
    row.state = HandOver.State.RECEIVED
