# SPDX-License-Identifier: Apache-2.0
"""The letter to everybody who was written to about a notice that no longer stands."""

from datetime import datetime
from email.message import EmailMessage
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.models import Contact
from hearthline.hub.mail.actions import message_id, post
from hearthline.hub.notices.actions.posting import first_message_id
from hearthline.hub.notices.actions.queue import mailbox_of
from hearthline.hub.notices.actions.wording.parts import (
    isolated,
    language_of,
    paragraphs,
    signature,
)
from hearthline.hub.notices.models import Notice
from hearthline.kit.formats import feedback

PURPOSE: Final = "notice lifted"


def tell_it_is_lifted(*, notice: Notice, actor: Actor, at: datetime) -> int:
    """Write to whoever had a letter about the notice, each once; how many.

    Where the notice went to a program's endpoint the mailbox of the same organisation is written
    to. Nobody hears of a notice that was never sent. Twice is once.
    """
    if notice.sent_at is None:
        return 0
    mailboxes = {contact.value: contact for contact in _told(notice)}
    for number, contact in enumerate(mailboxes.values(), start=1):
        with translation.override(language_of(contact, contact.organisation)):
            letter = post(
                recipient=contact.value,
                message=_letter(notice, contact, number, at),
                purpose=PURPOSE,
                at=at,
                about=notice.case_id,
                exercise=notice.case.exercise,
            )
        record(at=at, actor=actor, verb="appeals.tell_host", about=notice, letter=letter.pk)
    return len(mailboxes)


def _told(notice: Notice) -> list[Contact]:
    """The mailboxes of everybody who had a letter or a post, the first one first."""
    found: list[Contact] = []
    for delivery in notice.deliveries.select_related("contact__organisation"):
        contact = delivery.contact or notice.contact
        if contact is not None and contact.channel != Contact.Channel.EMAIL:
            contact = mailbox_of(contact.organisation)
        if contact is not None:
            found.append(contact)
    return found


def _letter(notice: Notice, contact: Contact, number: int, at: datetime) -> EmailMessage:
    reference = isolated(notice.reference)
    text = paragraphs(
        [
            _("We wrote to you about notice %(reference)s.") % {"reference": reference},
            _(
                "After an appeal, people who had no part in it looked again. The notice no longer "
                "stands, and you will get no more letters about it."
            ),
            _("What it was about may stay, or be put back where it was removed because of it."),
            _("We are sorry for the work this has cost you."),
            *signature(),
        ]
    )
    first = first_message_id(notice)
    return feedback.compose(
        sender=settings.MAIL_FROM,
        recipient=contact.value,
        subject=_("Notice %(reference)s no longer stands") % {"reference": notice.reference},
        message_id=message_id(f"notice-{notice.pk}-lifted-{number}"),
        date=at,
        plain_text=text,
        xarf=None,
        headers={"In-Reply-To": first, "References": first} if first else {},
    )
