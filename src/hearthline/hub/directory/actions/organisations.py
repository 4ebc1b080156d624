# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.directory.actions.checking import (
    AlreadyListed,
    current,
    domain_name,
    past_day,
    reason_text,
)
from hearthline.hub.directory.models import Domain, Organisation


@dataclass(frozen=True)
class Facts:
    """What is written about an organisation. `hours` as in `directory.hours`."""

    name: str
    kind: str
    source: str
    verified_on: date
    country: str = ""
    website: str = ""
    languages: list[str] = field(default_factory=list)
    hours: str = ""
    free: bool = False
    under_age_only: bool = False
    public: bool = False


@transaction.atomic
def add_organisation(*, facts: Facts, by: User, at: datetime) -> Organisation:
    """Enter an organisation. Two of the same kind cannot have the same name."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    past_day(facts.verified_on, at)
    _refuse_second(facts, kind=facts.kind, but=None)
    organisation = Organisation.objects.create(**vars(facts))
    record(at=at, actor=by.actor, verb="directory.add", about=organisation, kind=facts.kind)
    return organisation


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, facts: Facts, by: User, at: datetime
) -> Organisation:
    """Correct what is written about an organisation. Its kind stays: its contacts rest on it."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    organisation = current(organisation)
    past_day(facts.verified_on, at)
    _refuse_second(facts, kind=organisation.kind, but=organisation)
    new = {name: value for name, value in vars(facts).items() if name != "kind"}
    changed = sorted(name for name in new if new[name] != getattr(organisation, name))
    for name in changed:
        setattr(organisation, name, new[name])
    organisation.save(update_fields=changed)
    record(at=at, actor=by.actor, verb="directory.change", about=organisation, fields=changed)
    return organisation


@transaction.atomic
def retire(*, organisation: Organisation, reason: str, by: User, at: datetime) -> Organisation:
    """Stop working with an organisation. It stays on record; nothing is sent to it any more."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    reason = reason_text(reason)
    organisation = current(organisation)
    organisation.retired_at = at
    organisation.save(update_fields=["retired_at"])
    record(at=at, actor=by.actor, verb="directory.retire", about=organisation, reason=reason)
    return organisation


@transaction.atomic
def add_domain(*, organisation: Organisation, name: str, by: User, at: datetime) -> Domain:
    """Record that a host serves a domain, and with it every sub-domain not listed itself."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    organisation, name = current(organisation), domain_name(name)
    held = Domain.objects.select_related("organisation").filter(name=name).first()
    if held is not None and held.organisation.retired_at is None:
        raise AlreadyListed(
            _("%(domain)s is listed under %(organisation)s. Take it off there first.")
            % {"domain": name, "organisation": held.organisation.name}
        )
    domain, _new = Domain.objects.update_or_create(
        name=name, defaults={"organisation": organisation}
    )
    record(at=at, actor=by.actor, verb="directory.add_domain", about=organisation, domain=name)
    return domain


@transaction.atomic
def drop_domain(*, domain: Domain, by: User, at: datetime) -> None:
    """Record that an organisation no longer serves a domain."""
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    record(
        at=at,
        actor=by.actor,
        verb="directory.drop_domain",
        about=domain.organisation,
        domain=domain.name,
    )
    domain.delete()


def _refuse_second(facts: Facts, *, kind: str, but: Organisation | None) -> None:
    same = Organisation.objects.current().filter(name=facts.name, kind=kind)
    if any(organisation != but for organisation in same):
        raise AlreadyListed(_("An organisation of this kind already has this name."))
