# SPDX-License-Identifier: Apache-2.0
"""One letter or post of a notice on its way: numbered, so that none is written twice."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.utils import translation

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.models import Contact
from hearthline.hub.mail.actions import post
from hearthline.hub.notices.actions.wording import language_of
from hearthline.hub.notices.models import Delivery, Notice, Post
from hearthline.hub.sealing.actions import mint

PURPOSE = "notice"
WORKER = Actor.worker()


def post_delivery(
    notices: Sequence[Notice],
    kind: Delivery.Kind,
    contact: Contact,
    message: EmailMessage,
    at: datetime,
) -> None:
    """One letter about one or several notices. While police hold one of them back, it waits."""
    cases = [notice.case_id for notice in notices]
    with translation.override(language_of(contact, contact.organisation)):
        letter = post(
            recipient=contact.value,
            message=message,
            purpose=PURPOSE,
            at=at,
            about=cases[0] if len(cases) == 1 else None,
            also=cases if len(cases) > 1 else (),
            exercise=any(notice.case.exercise for notice in notices),
        )
    for notice in notices:
        number = next_number(notice, kind)
        Delivery.objects.create(
            notice=notice, kind=kind, number=number, letter=letter, contact=contact, queued_at=at
        )
        record(
            at=at,
            actor=WORKER,
            verb="notices.write",
            about=notice,
            kind=kind.value,
            number=number,
            letter=letter.pk,
        )


def post_document(
    notice: Notice, contact: Contact, document: Mapping[str, Any], at: datetime
) -> None:
    """One XARF document for an endpoint. Each goes alone: a document is about one address."""
    kind, number = Delivery.Kind.FIRST, next_number(notice, Delivery.Kind.FIRST)
    key_row, key = mint(at=at)
    parcel = Post(
        data_key=key_row,
        notice=notice,
        contact=contact,
        message_id=f"notice-{notice.pk}-{kind.value}-{number}",
        recipient=contact.value,
        queued_at=at,
        due_at=at,
    )
    parcel.seal(key, "message", json.dumps(document, ensure_ascii=False, sort_keys=True))
    parcel.save(force_insert=True)
    Delivery.objects.create(
        notice=notice, kind=kind, number=number, post=parcel, contact=contact, queued_at=at
    )
    record(
        at=at,
        actor=WORKER,
        verb="notices.write",
        about=notice,
        kind=kind.value,
        number=number,
        post=parcel.pk,
    )


def next_number(notice: Notice, kind: Delivery.Kind) -> int:
    return notice.deliveries.filter(kind=kind).count() + 1


def first_message_id(notice: Notice) -> str:
    """The Message-ID of the letter the host has; "" where it came by another way."""
    newest = notice.deliveries.filter(kind=Delivery.Kind.FIRST).select_related("letter").last()
    return newest.letter.message_id if newest and newest.letter else ""
