# SPDX-License-Identifier: Apache-2.0
"""What an appeal disputes; reading and taking it, and what time does to it."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, require
from hearthline.hub.appeals.actions.measures import TookPart, find_measures, refuse_involved
from hearthline.hub.appeals.actions.rules import Text, WrongStep, lock, opened
from hearthline.hub.appeals.models import Appeal
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import end_words


@transaction.atomic
def look_up(*, appeal: Appeal, at: datetime) -> int:
    """Join to a received appeal what it disputes, once; how many measures. Raises KeyDestroyed.

    The worker does it, or the desk where somebody opens the appeal before that.
    """
    lock(appeal)
    if appeal.state != Appeal.State.RECEIVED or appeal.looked_up_at is not None:
        return 0
    joined = join(appeal, at)
    record(at=at, actor=Actor.worker(), verb="appeals.look_up", about=appeal, measures=joined)
    return joined


@transaction.atomic
def read(*, appeal: Appeal, by: User, at: datetime) -> Text:
    """Open an appeal at the desk. Audited. Raises NotAllowed, TookPart, KeyDestroyed."""
    require(by, Permission.APPEALS_APPEAL_READ)
    look_up(appeal=appeal, at=at)
    if appeal.state == Appeal.State.ACKNOWLEDGED and appeal.handler == by:
        join(appeal, at)
    refuse_involved(appeal, by)
    text = opened(appeal, sealing.open_as_desk(appeal.data_key))
    record(at=at, actor=by.actor, verb="appeals.read", about=appeal)
    return text


@transaction.atomic
def acknowledge(*, appeal: Appeal, by: User, at: datetime) -> None:
    """Take an appeal: whoever appealed sees that a person looks into it.

    What was done since about the same address joins it. Raises NotAllowed, TookPart, KeyDestroyed,
    and WrongStep when somebody took it already who can still decide it.
    """
    require(by, Permission.APPEALS_APPEAL_DECIDE)
    refuse_involved(appeal, by)
    lock(appeal)
    if not is_free(appeal):
        raise WrongStep
    before = appeal.handler_id
    join(appeal, at)
    refuse_involved(appeal, by)
    appeal.state, appeal.handler = Appeal.State.ACKNOWLEDGED, by
    appeal.acknowledged_at = appeal.acknowledged_at or at
    appeal.save(update_fields=["state", "handler", "acknowledged_at"])
    record(at=at, actor=by.actor, verb="appeals.acknowledge", about=appeal, instead_of=before)


def is_free(appeal: Appeal) -> bool:
    """Whether somebody may take it: nobody has it, or whoever has it can decide it no more.

    Who left, has another role now, or took part in a measure since, would hold it up for good.
    """
    if appeal.state != Appeal.State.ACKNOWLEDGED or appeal.handler is None:
        return appeal.state == Appeal.State.RECEIVED
    try:
        require(appeal.handler, Permission.APPEALS_APPEAL_DECIDE)
        refuse_involved(appeal, appeal.handler)
    except (NotAllowed, TookPart):
        return True
    return False


@transaction.atomic
def give_back(*, appeal: Appeal, by: User, at: datetime) -> None:
    """Let go of an appeal, so that somebody else can take it. Its clocks go on.

    Raises NotAllowed and WrongStep.
    """
    require(by, Permission.APPEALS_APPEAL_DECIDE)
    lock(appeal)
    if appeal.state != Appeal.State.ACKNOWLEDGED or appeal.handler != by:
        raise WrongStep
    appeal.state, appeal.handler = Appeal.State.RECEIVED, None
    appeal.save(update_fields=["state", "handler"])
    record(at=at, actor=by.actor, verb="appeals.give_back", about=appeal)


@transaction.atomic
def note_late(*, appeal: Appeal, at: datetime) -> None:
    """Write down that a step of this appeal is late. Each step once."""
    lock(appeal)
    late = []
    if appeal.acknowledged_at is None and appeal.acknowledge_due_at < at:
        appeal.late_unread_at = appeal.late_unread_at or at
        late.append("acknowledge")
    if appeal.decided_at is None and appeal.decide_due_at < at:
        appeal.late_undecided_at = appeal.late_undecided_at or at
        late.append("decide")
    appeal.save(update_fields=["late_unread_at", "late_undecided_at"])
    record(at=at, actor=Actor.worker(), verb="appeals.late", about=appeal, steps=late)


@transaction.atomic
def end_retention(*, appeal: Appeal, at: datetime) -> None:
    """Destroy the appeal's key: address, words and answer can never be read. Its steps stay."""
    sealing.destroy(appeal.data_key, at=at)
    end_words(about=[appeal.pk], at=at)
    record(at=at, actor=Actor.worker(), verb="appeals.end_retention", about=appeal)


def join(appeal: Appeal, at: datetime) -> int:
    """Join what is in force now about the appeal's address; how many measures are new."""
    address = opened(appeal, sealing.open_as_desk(appeal.data_key)).address
    appeal.looked_up_at = at
    appeal.save(update_fields=["looked_up_at"])
    return find_measures(appeal=appeal, address=address, at=at)
