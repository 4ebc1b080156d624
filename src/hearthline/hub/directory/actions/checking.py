# SPDX-License-Identifier: Apache-2.0
"""What may be written into the directory, and the refusals that say why not."""

import re
from datetime import date, datetime
from zoneinfo import available_timezones

import pyrage
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearthline.hub.directory.hours import is_readable
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.kit.urls import AddressRefused, canonicalise

_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{1,30}")
_NOT_A_DOMAIN = re.compile(r"[/:@?#\\\s]")
_web = URLValidator(schemes=["https", "http"])
_SECURE = "https://"


class DirectoryRefused(ValueError):
    """The directory does not take this; the text says why and what to do."""

    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class AlreadyListed(DirectoryRefused):
    """The organisation, contact or domain is there already."""


class NoLongerCurrent(DirectoryRefused):
    """The row was superseded or retired meanwhile; what was meant for it was not written."""


class NotReachable(DirectoryRefused):
    """The value is not an address or number of its channel, or not a domain."""


class HoursUnreadable(DirectoryRefused):
    """Working hours, or a time zone, that nobody could keep to."""


class NotConfirmed(DirectoryRefused):
    """A contact that was found, and that no person has confirmed."""


class NotAnEndpoint(DirectoryRefused):
    """Only an HTTPS endpoint in use has a secret."""


class NotPolice(DirectoryRefused):
    """Only a police unit has an age key, and members who pick up its packages."""


class SamePerson(DirectoryRefused):
    """The first of two cannot be the second."""


class NothingWaits(DirectoryRefused):
    """Confirmed, replaced or ended meanwhile."""


class ReasonMissing(DirectoryRefused):
    """The act needs a reason, and none was given."""


class RecipientRefused(DirectoryRefused):
    """The text is not an age public key."""


class WrongDay(DirectoryRefused):
    """A day of checking that lies ahead, or before the last one."""


def current(organisation: Organisation) -> Organisation:
    """The organisation as it is now; refused once it is retired."""
    fresh = Organisation.objects.get(pk=organisation.pk)
    if fresh.retired_at is not None:
        raise NoLongerCurrent(_("This organisation was retired. Nothing was changed."))
    return fresh


def current_contact(contact: Contact) -> Contact:
    """The contact as it is now; refused once it or its organisation is out of use."""
    fresh = Contact.objects.select_related("organisation").get(pk=contact.pk)
    if fresh.superseded_at is not None:
        raise NoLongerCurrent(
            _("This contact was replaced meanwhile. Look at the current ones and try again.")
        )
    current(fresh.organisation)
    if fresh.found_at is not None and fresh.confirmed_at is None:
        raise NotConfirmed(_("A program found this contact. Confirm it first, or refuse it."))
    return fresh


def police(organisation: Organisation) -> Organisation:
    """The organisation as it is now, if it is a police unit."""
    fresh = current(organisation)
    if fresh.kind != Organisation.Kind.POLICE:
        raise NotPolice(_("Only a police unit can have this."))
    return fresh


def keyed(organisation: Organisation) -> Organisation:
    """The organisation as it is now, if sealed packages may be made for it."""
    fresh = current(organisation)
    if fresh.kind not in {Organisation.Kind.POLICE, Organisation.Kind.HOTLINE}:
        raise NotPolice(_("Only a police unit or a partner hotline can have this."))
    return fresh


def past_day(day: date, at: datetime) -> date:
    """`day`, unless it lies ahead by the country's own calendar."""
    if day > at.astimezone(timezone.get_default_timezone()).date():
        raise WrongDay(_("The day of checking lies ahead. Give the day somebody checked it."))
    return day


def reason_text(reason: str) -> str:
    """`reason` without the space around it, unless nothing is left."""
    if not reason.strip():
        raise ReasonMissing(_("Write a short reason. It is kept with the act."))
    return reason.strip()


def reachable(channel: str, value: str) -> str:
    """`value` as it is stored, if it is an address or number of `channel`."""
    value = value.strip()
    try:
        match channel:
            case Contact.Channel.EMAIL:
                validate_email(value)
            case Contact.Channel.WEB:
                _web(value)
            case Contact.Channel.POST:
                return _endpoint(value)
            case Contact.Channel.PHONE:
                if not _PHONE.fullmatch(value):
                    raise NotReachable(_("Write the number as people dial it, such as 555-0100."))
    except ValidationError:
        raise NotReachable(
            _("Write an e-mail address such as abuse@host.example.org.")
            if channel == Contact.Channel.EMAIL
            else _("Write the whole address, such as https://host.example.org/report.")
        ) from None
    return value


def _endpoint(value: str) -> str:
    """An HTTPS address without a name, a password or a fragment, in its one spelling."""
    try:
        found = canonicalise(value)
    except AddressRefused:
        found = None
    if found is None or not value.lower().startswith(_SECURE) or re.search(r"[@#\s]", value):
        raise NotReachable(
            _("Write the endpoint's whole address with https, such as https://host.example.org/x.")
        )
    return value


def working_hours(hours: str) -> str:
    """Working hours as they are stored; "" where none are stated."""
    hours = hours.strip()
    if hours and not is_readable(hours):
        raise HoursUnreadable(
            _("We cannot read these hours. Write them like Mo-Fr 08:00-20:00, or 24/7.")
        )
    return hours


def zone_name(name: str) -> str:
    """A time zone of the IANA list, or ""."""
    name = name.strip()
    if name and name not in available_timezones():
        raise HoursUnreadable(_("Write the time zone as in Africa/Lagos or Europe/Paris."))
    return name


def domain_name(name: str) -> str:
    """A domain in its one spelling: lower case, international names in their ASCII form."""
    name = name.strip().rstrip(".")
    try:
        found = canonicalise(f"https://{name}/")
    except AddressRefused:
        found = None
    if found is None or found.is_ip or "." not in found.host or _NOT_A_DOMAIN.search(name):
        raise NotReachable(_("Write one domain and nothing else, such as host.example.org."))
    return found.host


def recipient_text(recipient: str) -> str:
    """An age public key (the X25519 recipient type of the age file format), or ""."""
    recipient = recipient.strip()
    if recipient.upper().startswith("AGE-SECRET-KEY-"):
        raise RecipientRefused(
            _(
                "This is the unit's secret key. It was not kept. Tell the unit to make a new "
                "pair, and enter the public key, which begins with “age1”."
            )
        )
    if recipient:
        try:
            pyrage.x25519.Recipient.from_str(recipient)
        except pyrage.RecipientError:
            raise RecipientRefused(
                _(
                    "This is not an age public key, or a letter of it is missing. It begins with "
                    "“age1” and has 62 characters. Copy the whole line again."
                )
            ) from None
    return recipient
