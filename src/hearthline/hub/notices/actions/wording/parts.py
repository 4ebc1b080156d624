# SPDX-License-Identifier: Apache-2.0
"""What every letter is made of."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.mail.actions import message_id
from hearthline.hub.notices.actions.timing import zone_of
from hearthline.hub.notices.models import Delivery, Notice
from hearthline.kit.formats import feedback

WIDTH = 72


# What letters are written in, whichever of these the public site offers.
LANGUAGES = ("en", "zh-hans", "ar", "es", "fr", "ru")
# Around an address or a reference, so that it keeps its order in a line that runs the other way
# (Unicode, LEFT-TO-RIGHT ISOLATE and POP DIRECTIONAL ISOLATE).
LRI, PDI = "\u2066", "\u2069"


def language_of(contact: Contact, organisation: Organisation) -> str:
    """The first of their languages that letters are written in, or the country's own, or English.

    "es-MX" is Spanish and "zh" is written in simplified characters.
    """
    asked = [contact.language, *organisation.languages, settings.LANGUAGE_CODE]
    for code in asked:
        plain = code.lower().replace("_", "-")
        base = plain.partition("-")[0]
        for name in (plain, base, "zh-hans" if base == "zh" else ""):
            if name in LANGUAGES:
                return name
    return "en"


@dataclass(frozen=True)
class Envelope:
    """What every letter has besides its words."""

    sender: str
    recipient: str
    subject: str
    message_id: str
    date: datetime
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Link:
    """The way to the providers' door that a letter gives its reader."""

    url: str
    until: datetime


def the_door(link: Link | None, contact: Contact) -> Iterable[str]:
    """Where the reader may answer without an account; nothing where there is no door to offer."""
    if link is None:
        return
    day = timezone.localtime(link.until, zone_of(contact))
    yield _(
        "You can also answer here, without an account. The link is for you alone and opens until "
        "%(day)s:"
    ) % {"day": date_format(day, "DATE_FORMAT")}
    yield "    " + isolated(link.url)


def each_its_own() -> str:
    return _("Each reference has an answer of its own: say for each what you did.")


def sent_on(notice: Notice, contact: Contact) -> Iterable[str]:
    """The day the notice was sent, in the letter's language and by the reader's clock."""
    if notice.clocks_from is not None:
        day = timezone.localtime(notice.clocks_from, zone_of(contact))
        yield _("The first letter about it was sent on %(day)s.") % {
            "day": date_format(day, "DATE_FORMAT")
        }


def isolated(text: str) -> str:
    """Text that runs from left to right, kept whole where the letter runs the other way."""
    return f"{LRI}{text}{PDI}" if translation.get_language_bidi() else text


def signature() -> Iterable[str]:
    yield _("Thank you for protecting children.")
    yield settings.REPORTER_ORGANISATION
    yield _("This letter was written by a program. Answers to it are read by people.")


def law_of(case: Case) -> str:
    """The legal basis of the finding in force, as the country pack words it."""
    found = case.assessments.latest("at", "pk")
    bases = {basis.key: basis for basis in settings.PACK.legal_bases}
    basis = bases.get(found.legal_basis)
    return f"{basis.label} ({basis.citation})" if basis else found.legal_basis


def paragraphs(paragraphs: Iterable[str]) -> str:
    """Lines that fit a mail; an indented one is an address and stays whole."""
    filled = [
        one if one.startswith(" ") else textwrap.fill(one, WIDTH, break_on_hyphens=False)
        for one in paragraphs
        if one
    ]
    return "\n\n".join(filled) + "\n"


def thread(
    notice: Notice,
    contact: Contact,
    subject: str,
    text: str,
    kind: Delivery.Kind,
    number: int,
    first_id: str,
    at: datetime,
) -> EmailMessage:
    """A plain letter that mail programs show beneath the notice."""
    return feedback.compose(
        sender=settings.MAIL_FROM,
        recipient=contact.value,
        subject=subject,
        message_id=name_of(notice, kind, number),
        date=at,
        plain_text=text,
        xarf=None,
        headers={"In-Reply-To": first_id, "References": first_id},
    )


def name_of(notice: Notice, kind: Delivery.Kind, number: int) -> str:
    return message_id(f"notice-{notice.pk}-{kind.value}-{number}")
