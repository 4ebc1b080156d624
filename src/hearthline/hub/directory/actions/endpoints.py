# SPDX-License-Identifier: Apache-2.0
"""Contacts that are HTTPS endpoints: their secret, and parking one that says it is gone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.actions.checking import NotAnEndpoint, current_contact
from hearthline.hub.directory.models import Contact, Endpoint
from hearthline.hub.sealing.actions import destroy, mint, open_as_desk
from hearthline.kit.formats import webhook


@transaction.atomic
def new_secret(*, contact: Contact, by: User, at: datetime) -> str:
    """A fresh secret for an endpoint, given back this once; an earlier one is destroyed.

    It is for whoever runs the endpoint, so that they know what is ours.
    """
    require(by, Permission.DIRECTORY_ORGANISATION_EDIT)
    contact = current_contact(contact)
    if contact.channel != Contact.Channel.POST:
        raise NotAnEndpoint(_("Only an HTTPS endpoint has a secret."))
    earlier = Endpoint.objects.filter(contact=contact).select_related("data_key").first()
    row, key = mint(at=at)
    secret = webhook.new_secret()
    endpoint = Endpoint(pk=earlier.pk if earlier else None, contact=contact, made_at=at)
    endpoint.data_key = row
    endpoint.secret = b""
    endpoint.save()  # the envelope is bound to the row's number
    endpoint.seal(key, "secret", secret)
    endpoint.save(update_fields=["secret"])
    if earlier:
        destroy(earlier.data_key, at=at)
    record(
        at=at,
        actor=by.actor,
        verb="directory.new_secret",
        about=contact.organisation,
        contact=contact.pk,
    )
    return secret


def secret_of(contact: Contact) -> str:
    """The secret in clear, for signing in this moment only. Raises Endpoint.DoesNotExist."""
    endpoint = Endpoint.objects.select_related("data_key").get(contact=contact)
    return endpoint.unseal(open_as_desk(endpoint.data_key), "secret")


@transaction.atomic
def park_contact(*, contact: Contact, because: str, at: datetime, actor: Actor) -> None:
    """Nothing goes there until a person has looked and marks it as checked. Twice is once."""
    contact = Contact.objects.select_related("organisation").get(pk=contact.pk)
    if contact.parked_at is not None or contact.superseded_at is not None:
        return
    contact.parked_at, contact.parked_because = at, because[:200]
    contact.save(update_fields=["parked_at", "parked_because"])
    record(
        at=at,
        actor=actor,
        verb="directory.park_contact",
        about=contact.organisation,
        contact=contact.pk,
        reason=because,
    )
