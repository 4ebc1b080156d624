# SPDX-License-Identifier: Apache-2.0
"""The end of the host's time: its lawyers and the regulator hear, or the manager's lane has it."""

from datetime import datetime

from django.conf import settings

from hearthline.hub.audit.actions import record
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.notices.actions.posting import (
    WORKER,
    first_message_id,
    next_number,
    post_delivery,
)
from hearthline.hub.notices.actions.wording import escalation_letter
from hearthline.hub.notices.models import Delivery, Notice


def escalate(notice: Notice, at: datetime) -> int:
    """The host's lawyers and the regulator hear; without either, the manager's lane has it."""
    if notice.state == Notice.State.ESCALATED:
        return 0
    notice.state = Notice.State.ESCALATED
    record(at=at, actor=WORKER, verb="notices.escalate", about=notice)
    contacts = [_lawyers(notice.host), *_regulators()]
    written = 0
    for contact in filter(None, contacts):
        number = next_number(notice, Delivery.Kind.ESCALATION)
        letter = escalation_letter(
            notice=notice, contact=contact, first_id=first_message_id(notice), number=number, at=at
        )
        post_delivery(notice, Delivery.Kind.ESCALATION, number, contact, letter, at)
        written += 1
    return written


def _lawyers(host: Organisation | None) -> Contact | None:
    if host is None:
        return None
    mailboxes = host.contacts.current().filter(channel=Contact.Channel.EMAIL)
    return mailboxes.filter(scope=Contact.Scope.LEGAL).first()


def _regulators() -> list[Contact]:
    """The mailboxes of the country's regulators, one each."""
    home = [settings.PACK.country.code, ""]
    regulators = Organisation.objects.current().filter(
        kind=Organisation.Kind.REGULATOR, country__in=home
    )
    found = (regulator.contact(Contact.Channel.EMAIL) for regulator in regulators)
    return [contact for contact in found if contact is not None]
