# SPDX-License-Identifier: Apache-2.0
"""The end of the host's time: its lawyers and the regulator hear, or the manager's lane has it."""

from datetime import datetime

from django.conf import settings

from hearthline.hub.audit.actions import record
from hearthline.hub.clocks.actions import release
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.notices.actions.posting import (
    WORKER,
    first_message_id,
    next_number,
    post_delivery,
)
from hearthline.hub.notices.actions.timing import leaves
from hearthline.hub.notices.actions.wording import escalation_letter
from hearthline.hub.notices.models import Delivery, Notice


def escalate(notice: Notice, at: datetime) -> int:
    """The host's lawyers and the regulator hear; without either, the manager's lane has it.

    The state changes on time. Each letter waits for its reader's next open minute, unless the
    notice is urgent; the notice stays due until all are written. The number of letters now.
    """
    if notice.state != Notice.State.ESCALATED:
        notice.state = Notice.State.ESCALATED
        record(at=at, actor=WORKER, verb="notices.escalate", about=notice)
    elif notice.due_at is None:
        return 0
    told = notice.deliveries.filter(
        kind=Delivery.Kind.ESCALATION, queued_at__gte=notice.escalate_at or at
    )
    done = {delivery.carrier_addressee for delivery in told.select_related("letter")}
    waiting = [one for one in (_lawyers(notice.host), *_regulators()) if one is not None]
    written, later = 0, []
    for contact in waiting:
        if contact.value in done:
            continue
        leave = leaves(notice, contact, at)
        if leave > at:
            later.append(leave)
            continue
        message = escalation_letter(
            notice=notice,
            contact=contact,
            first_id=first_message_id(notice),
            number=next_number(notice, Delivery.Kind.ESCALATION),
            at=at,
        )
        post_delivery([notice], Delivery.Kind.ESCALATION, contact, message, at)
        written += 1
    release(notice, due_at=min(later, default=None))
    return written


def _lawyers(host: Organisation | None) -> Contact | None:
    if host is None:
        return None
    mailboxes = host.contacts.usable().filter(channel=Contact.Channel.EMAIL)
    return mailboxes.filter(scope=Contact.Scope.LEGAL).first()


def _regulators() -> list[Contact]:
    """The mailboxes of the country's regulators, one each."""
    home = [settings.PACK.country.code, ""]
    regulators = Organisation.objects.current().filter(
        kind=Organisation.Kind.REGULATOR, country__in=home
    )
    found = (regulator.contact(Contact.Channel.EMAIL) for regulator in regulators)
    return [contact for contact in found if contact is not None]
