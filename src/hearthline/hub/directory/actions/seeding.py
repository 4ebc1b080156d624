# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.actions.checking import domain_name, reachable, recipient_text
from hearthline.hub.directory.models import Contact, Domain, Organisation
from hearthline.kit.packs import Agency, Pack, PhoneNumber

# Whom an agency's e-mail address reaches, when the country pack gives one.
_MAIL_SCOPE = {
    "police": Contact.Scope.DUTY,
    "host": Contact.Scope.ABUSE,
    "hotline": Contact.Scope.ABUSE,
    "helpline": Contact.Scope.HELP,
    "service": Contact.Scope.HELP,
    "regulator": Contact.Scope.LEGAL,
}


@transaction.atomic
def seed_from_pack(*, pack: Pack, by: User | None, at: datetime) -> int:
    """Enter the pack's agencies and helplines that are not there yet; returns how many were new.

    What staff have entered, changed or retired is never touched. `by` is None at the server's
    console.
    """
    if by is not None:
        require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    actor = by.actor if by else Actor.operator()
    entered = [_enter_agency(agency) for agency in pack.agencies]
    entered += [_enter_helpline(line, pack.country.code) for line in pack.helplines]
    new = [organisation for organisation in entered if organisation is not None]
    for organisation in new:
        record(at=at, actor=actor, verb="directory.seed", about=organisation)
    return len(new)


def _enter_agency(agency: Agency) -> Organisation | None:
    organisation, new = Organisation.objects.get_or_create(
        name=agency.name,
        kind=agency.kind,
        defaults={
            "country": agency.country,
            "website": agency.website,
            "languages": agency.languages,
            "age_recipient": recipient_text(agency.age_recipient),
            "source": agency.source,
            "verified_on": agency.verified_on,
        },
    )
    if not new:
        return None
    if agency.email:
        organisation.contacts.create(
            scope=_MAIL_SCOPE[agency.kind],
            channel=Contact.Channel.EMAIL,
            value=reachable(Contact.Channel.EMAIL, agency.email),
            source=agency.source,
            verified_on=agency.verified_on,
        )
    for name in agency.hosts:
        # A domain that staff have given to somebody else stays where it is.
        Domain.objects.get_or_create(
            name=domain_name(name), defaults={"organisation": organisation}
        )
    return organisation


def _enter_helpline(line: PhoneNumber, country: str) -> Organisation | None:
    organisation, new = Organisation.objects.get_or_create(
        name=line.name,
        kind=Organisation.Kind.HELPLINE,
        defaults={
            "country": country,
            "website": line.website,
            "languages": line.languages,
            "hours": line.hours,
            "free": line.free,
            "under_age_only": line.under_age_only,
            "public": True,
            "source": line.source,
            "verified_on": line.verified_on,
        },
    )
    if not new:
        return None
    organisation.contacts.create(
        scope=Contact.Scope.HELP,
        channel=Contact.Channel.PHONE,
        value=reachable(Contact.Channel.PHONE, line.number),
        source=line.source,
        verified_on=line.verified_on,
    )
    return organisation
