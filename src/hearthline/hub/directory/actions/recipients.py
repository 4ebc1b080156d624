# SPDX-License-Identifier: Apache-2.0
"""The key a police unit or a partner hotline reads with: alone, its chooser would read the rest.

One person enters a key, another confirms it; until then packages are sealed to the one before,
or wait. Taking a key away needs one person: nobody reads more by it.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.actions.checking import (
    NothingWaits,
    SamePerson,
    keyed,
    reason_text,
    recipient_text,
)
from hearthline.hub.directory.models import Organisation


@transaction.atomic
def set_age_recipient(
    *, organisation: Organisation, recipient: str, by: User | None, at: datetime
) -> Organisation:
    """Enter the age public key of a police unit, which a second person confirms; "" removes it.

    `by` is None at the server's console, whose word is enough.
    """
    if by is not None:
        require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    unit, recipient = _turn(organisation), recipient_text(recipient)
    if by is None or recipient in {"", unit.age_recipient}:
        return _use(unit, recipient, by.actor if by else Actor.operator(), at)
    if recipient != unit.next_recipient:
        _wait(unit, recipient, by)
        record(
            at=at,
            actor=by.actor,
            verb="directory.ask_age_recipient",
            about=unit,
            recipient=recipient,
        )
    return unit


@transaction.atomic
def confirm_age_recipient(
    *, organisation: Organisation, recipient: str, by: User, at: datetime
) -> Organisation:
    """The second person: the unit said that `recipient`, which waits, is its own.

    Raises NotAllowed, NothingWaits, SamePerson, NotPolice, NoLongerCurrent.
    """
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    unit = _turn(organisation)
    first = unit.next_recipient_by_id
    if not unit.next_recipient or unit.next_recipient != recipient:
        raise NothingWaits(_("This key does not wait any more. Look at the unit again."))
    if by.pk == first:
        raise SamePerson(_("You entered this key. Ask a colleague to be the second."))
    return _use(unit, recipient, by.actor, at, asked_by=str(first))


@transaction.atomic
def refuse_age_recipient(
    *, organisation: Organisation, reason: str, by: User, at: datetime
) -> Organisation:
    """Drop the key that waits, with a reason; the one in use stays."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    unit, reason = _turn(organisation), reason_text(reason)
    refused = unit.next_recipient
    if not refused:
        raise NothingWaits(_("This key does not wait any more. Look at the unit again."))
    _wait(unit, "", None)
    record(
        at=at,
        actor=by.actor,
        verb="directory.refuse_age_recipient",
        about=unit,
        reason=reason,
        recipient=refused,
    )
    return unit


def _turn(organisation: Organisation) -> Organisation:
    """The unit as it is now; whoever changes its key at once takes turns here."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return keyed(organisation)


def _wait(unit: Organisation, recipient: str, by: User | None) -> None:
    unit.next_recipient, unit.next_recipient_by = recipient, by
    unit.save(update_fields=["next_recipient", "next_recipient_by"])


def _use(
    unit: Organisation, recipient: str, actor: Actor, at: datetime, **detail: str
) -> Organisation:
    """From now on packages are sealed to `recipient`; nothing waits any more."""
    unit.age_recipient = recipient
    unit.save(update_fields=["age_recipient"])
    _wait(unit, "", None)
    record(
        at=at,
        actor=actor,
        verb="directory.set_age_recipient",
        about=unit,
        recipient=recipient,
        **detail,
    )
    return unit
