# SPDX-License-Identifier: Apache-2.0
"""One letter of a notice into the post: numbered, so that none is written twice."""

from datetime import datetime
from email.message import EmailMessage

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.models import Contact
from hearthline.hub.mail.actions import post
from hearthline.hub.notices.models import Delivery, Notice

PURPOSE = "notice"
WORKER = Actor.worker()


def post_delivery(
    notice: Notice,
    kind: Delivery.Kind,
    number: int,
    contact: Contact,
    message: EmailMessage,
    at: datetime,
) -> None:
    letter = post(
        recipient=contact.value, message=message, purpose=PURPOSE, at=at, about=notice.case_id
    )
    Delivery.objects.create(notice=notice, kind=kind, number=number, letter=letter, queued_at=at)
    record(
        at=at,
        actor=WORKER,
        verb="notices.write",
        about=notice,
        kind=kind.value,
        number=number,
        letter=letter.pk,
    )


def next_number(notice: Notice, kind: Delivery.Kind) -> int:
    return notice.deliveries.filter(kind=kind).count() + 1


def first_message_id(notice: Notice) -> str:
    newest = notice.deliveries.filter(kind=Delivery.Kind.FIRST).select_related("letter").last()
    return newest.letter.message_id if newest else ""
