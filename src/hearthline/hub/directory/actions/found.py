# SPDX-License-Identifier: Apache-2.0
"""Contacts that a look at a register found: taken in, and used only once a person confirmed them.

A register's answer is a stranger's word about where our letters go, and letters say what lies
where. So a program may note a contact, and a person decides.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.actions.checking import (
    AlreadyListed,
    NothingWaits,
    current,
    current_contact,
    past_day,
    reachable,
    reason_text,
)
from hearthline.hub.directory.models import Contact, Organisation


@dataclass(frozen=True)
class FoundContact:
    """What a register named: whose abuse desk it is, where, which register, and on which day."""

    scope: str
    channel: str
    value: str
    source: str
    found_on: date


@transaction.atomic
def take_in(
    *, organisation: Organisation, found: FoundContact, by: User | None, at: datetime
) -> Contact:
    """Note a contact that a register named. Nothing is sent there until a person confirms it.

    `by` is None for the worker. Raises NotAllowed, AlreadyListed, NotReachable, WrongDay,
    NoLongerCurrent.
    """
    if by is not None:
        require(by, Permission.NOTICES_NOTICE_SEND)
    organisation = current(organisation)
    value = reachable(found.channel, found.value)
    past_day(found.found_on, at)
    same = {"scope": found.scope, "channel": found.channel, "value": value}
    if organisation.contacts.filter(**same, superseded_at__isnull=True).exists():
        raise AlreadyListed(_("This contact is listed already. Mark it as checked instead."))
    contact = organisation.contacts.create(
        **same, source=found.source, verified_on=found.found_on, found_at=at
    )
    record(
        at=at,
        actor=by.actor if by else Actor.worker(),
        verb="directory.take_in",
        about=organisation,
        contact=contact.pk,
        scope=found.scope,
        channel=found.channel,
    )
    return contact


@transaction.atomic
def confirm_found(
    *,
    contact: Contact,
    source: str,
    verified_on: date,
    by: User,
    at: datetime,
    instead_of: Contact | None = None,
) -> Contact:
    """A person made sure that the contact is right: letters may go there from now on.

    `instead_of` is superseded by it. Raises NotAllowed, NothingWaits, WrongDay, NoLongerCurrent.
    """
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    contact = _waiting(contact)
    past_day(verified_on, at)
    if instead_of is not None:
        old = current_contact(instead_of)
        if old.organisation_id != contact.organisation_id:
            raise NothingWaits(_("The contact it replaces is another organisation's."))
        old.superseded_at = at
        old.save(update_fields=["superseded_at"])
    contact.confirmed_at, contact.confirmed_by = at, by
    contact.source, contact.verified_on = source, verified_on
    contact.save(update_fields=["confirmed_at", "confirmed_by", "source", "verified_on"])
    record(
        at=at,
        actor=by.actor,
        verb="directory.confirm_found",
        about=contact.organisation,
        contact=contact.pk,
        instead_of=instead_of.pk if instead_of else None,
    )
    return contact


@transaction.atomic
def refuse_found(*, contact: Contact, reason: str, by: User, at: datetime) -> Contact:
    """Drop a contact that was found, with a reason. It stays on record, unused."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    reason = reason_text(reason)
    contact = _waiting(contact)
    contact.superseded_at = at
    contact.save(update_fields=["superseded_at"])
    record(
        at=at,
        actor=by.actor,
        verb="directory.refuse_found",
        about=contact.organisation,
        reason=reason,
        contact=contact.pk,
    )
    return contact


def _waiting(contact: Contact) -> Contact:
    """The contact as it is now, if it still waits; whoever decides at once takes turns here."""
    rows = Contact.objects.found().select_for_update(of=("self",))
    fresh = rows.select_related("organisation").filter(pk=contact.pk).first()
    if fresh is None:
        raise NothingWaits(_("This contact waits for nobody any more. Nothing was changed."))
    current(fresh.organisation)
    return fresh
