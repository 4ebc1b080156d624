# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.directory.actions.checking import (
    AlreadyListed,
    WrongDay,
    current,
    current_contact,
    past_day,
    reachable,
    reason_text,
    working_hours,
    zone_name,
)
from hearthline.hub.directory.models import Contact, Organisation


@dataclass(frozen=True)
class Way:
    """One way to reach an organisation, and where and when it was checked."""

    scope: str
    channel: str
    value: str
    source: str
    verified_on: date
    language: str = ""
    hours: str = ""
    timezone: str = ""


@transaction.atomic
def add_contact(*, organisation: Organisation, way: Way, by: User, at: datetime) -> Contact:
    """Record one more way to reach an organisation."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    contact = _write(current(organisation), way, at)
    record(
        at=at,
        actor=by.actor,
        verb="directory.add_contact",
        about=contact.organisation,
        contact=contact.pk,
        channel=way.channel,
    )
    return contact


@transaction.atomic
def supersede_contact(
    *, contact: Contact, value: str, source: str, verified_on: date, by: User, at: datetime
) -> Contact:
    """Put a new value in the place of a contact; the old one stays on record."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    old = current_contact(contact)
    way = Way(old.scope, old.channel, value, source, verified_on, old.language, old.hours,
              old.timezone)  # fmt: skip
    new = _write(old.organisation, way, at)
    old.superseded_at = at
    old.save(update_fields=["superseded_at"])
    record(
        at=at,
        actor=by.actor,
        verb="directory.supersede_contact",
        about=new.organisation,
        old=old.pk,
        new=new.pk,
    )
    return new


@transaction.atomic
def end_contact(*, contact: Contact, reason: str, by: User, at: datetime) -> Contact:
    """Stop using a contact that leads nowhere, with nothing in its place."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    reason = reason_text(reason)
    contact = current_contact(contact)
    contact.superseded_at = at
    contact.save(update_fields=["superseded_at"])
    record(
        at=at,
        actor=by.actor,
        verb="directory.end_contact",
        about=contact.organisation,
        reason=reason,
        contact=contact.pk,
    )
    return contact


@transaction.atomic
def verify_contact(
    *, contact: Contact, source: str, verified_on: date, by: User, at: datetime
) -> Contact:
    """Note that somebody checked a contact and it still leads there."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    contact = current_contact(contact)
    if past_day(verified_on, at) < contact.verified_on:
        raise WrongDay(_("It was checked after that day already. Give the later day."))
    before, contact.verified_on, contact.source = contact.verified_on, verified_on, source
    # Whoever made sure it leads there has looked: letters may go there again.
    contact.parked_at, contact.parked_because = None, ""
    contact.save(update_fields=["verified_on", "source", "parked_at", "parked_because"])
    record(
        at=at,
        actor=by.actor,
        verb="directory.verify_contact",
        about=contact.organisation,
        contact=contact.pk,
        before=before.isoformat(),
        now=verified_on.isoformat(),
    )
    return contact


@transaction.atomic
def set_ways(
    *, contact: Contact, language: str, hours: str, timezone: str, by: User, at: datetime
) -> Contact:
    """In which language, and at which hours by which clock, a contact is written to."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    contact = current_contact(contact)
    contact.language = language.strip()
    contact.hours, contact.timezone = working_hours(hours), zone_name(timezone)
    contact.save(update_fields=["language", "hours", "timezone"])
    record(
        at=at,
        actor=by.actor,
        verb="directory.set_ways",
        about=contact.organisation,
        contact=contact.pk,
        language=contact.language,
        hours=contact.hours,
        timezone=contact.timezone,
    )
    return contact


def _write(organisation: Organisation, way: Way, at: datetime) -> Contact:
    value = reachable(way.channel, way.value)
    past_day(way.verified_on, at)
    same = {"scope": way.scope, "channel": way.channel, "value": value}
    if organisation.contacts.current().filter(**same).exists():
        raise AlreadyListed(_("This contact is listed already. Mark it as checked instead."))
    return organisation.contacts.create(
        **same,
        source=way.source,
        verified_on=way.verified_on,
        language=way.language,
        hours=working_hours(way.hours),
        timezone=zone_name(way.timezone),
    )
