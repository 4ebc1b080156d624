# SPDX-License-Identifier: Apache-2.0
"""What the letters of a notice say. Plain words first; XARF 4 where one of its codes is true."""

import logging
import textwrap
from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from hearthline.hub.cases.actions import SubjectAddress
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.mail.actions import message_id
from hearthline.hub.notices.models import Delivery, Notice
from hearthline.kit.formats import FormatRefused, feedback, xarf
from hearthline.kit.urls import defang

log = logging.getLogger(__name__)

WIDTH = 72


def language_of(contact: Contact, organisation: Organisation) -> str:
    """The first of their languages that this site speaks, or the country's own."""
    spoken = {code for code, _name in settings.LANGUAGES}
    asked = [contact.language, *organisation.languages]
    return next((code for code in asked if code in spoken), settings.LANGUAGE_CODE)


def notice_letter(
    *, notice: Notice, contact: Contact, address: SubjectAddress, number: int, at: datetime
) -> EmailMessage:
    """The notice itself: subject neutral, plain words, and XARF beside them where it is honest."""
    hours = settings.PACK.clocks.notice.acknowledge_hours
    with translation.override(language_of(contact, contact.organisation)):
        subject = _("Notice %(reference)s: please read within %(hours)s hours") % {
            "reference": notice.reference,
            "hours": hours,
        }
        opening = (
            _("The content is there again. We told you about it before and it was removed.")
            if notice.reopened
            else ""
        )
        text = _paragraphs([opening, *_notice_words(notice, address, hours)])
    return feedback.compose(
        sender=settings.MAIL_FROM,
        recipient=contact.value,
        subject=subject,
        message_id=_name(notice, Delivery.Kind.FIRST, number),
        date=at,
        plain_text=text,
        xarf=machine_part(notice, address),
        headers={},
    )


def reminder_letter(
    *, notice: Notice, contact: Contact, first_id: str, number: int, at: datetime
) -> EmailMessage:
    """A short reminder in the thread of the notice; the address stands in the notice only."""
    hours = settings.PACK.clocks.notice.acknowledge_hours
    with translation.override(language_of(contact, contact.organisation)):
        names = {"reference": notice.reference, "hours": hours}
        subject = _("Reminder of notice %(reference)s") % names
        text = _paragraphs(
            [
                _("This is a reminder of our notice %(reference)s.") % names,
                _("Our last look found the content still there, or could not tell."),
                _(
                    "Please answer this letter within %(hours)s hours and say what you did: "
                    "removed, passed on to a customer, not your service, or not possible, and why."
                )
                % names,
                *_signature(),
            ]
        )
    return _thread(notice, contact, subject, text, Delivery.Kind.REMINDER, number, first_id, at)


def escalation_letter(
    *, notice: Notice, contact: Contact, first_id: str, number: int, at: datetime
) -> EmailMessage:
    """To the host's lawyers or to the regulator: that a notice went unheeded, not the address."""
    with translation.override(language_of(contact, contact.organisation)):
        names = {
            "reference": notice.reference,
            "host": notice.host.name if notice.host else "",
            "hours": settings.PACK.clocks.notice.escalate_hours,
            "law": _law(notice.case),
        }
        subject = _("Notice %(reference)s has not been acted on") % names
        text = _paragraphs(
            [
                _("We sent notice %(reference)s to %(host)s more than %(hours)s hours ago.")
                % names,
                _("It is about content that two of our analysts found unlawful: %(law)s.") % names,
                _(
                    "At our last look it had not been removed. For everybody's safety the address "
                    "is not in this letter; the notice holds it, and we give it to you on request."
                ),
                _("Please see to it, and answer this letter."),
                *_signature(),
            ]
        )
    return _thread(notice, contact, subject, text, Delivery.Kind.ESCALATION, number, first_id, at)


def machine_part(notice: Notice, address: SubjectAddress) -> dict[str, Any] | None:
    """The notice as XARF 4, or None where no code of it is true of what was found.

    Content found illegal by national law alone, on the child-first track, gets none: "distribution"
    would make the child an offender in somebody's system. Then the notice is in plain words only.
    """
    case = notice.case
    if case.track == Case.Track.CHILD_FIRST and case.outcome == "national":
        return None
    domain = settings.MAIL_FROM.rpartition("@")[2]
    us = xarf.Party(org=settings.REPORTER_ORGANISATION, contact=settings.MAIL_FROM, domain=domain)
    try:
        return xarf.notice(
            report_id=notice.pk,
            at=case.confirmed_at or notice.queued_at,
            reporter=us,
            sender=us,
            url=address.url,
            domain=address.host,
            outcome=case.outcome,
            incident_type=case.kind,
            test=settings.DEMO,
        )
    except FormatRefused as refused:
        # The reason may quote the address, so only the field is logged.
        log.info("notice %s goes in plain words: XARF refuses %s", notice.pk, refused.field)
        return None


def _notice_words(notice: Notice, address: SubjectAddress, hours: int) -> Iterable[str]:
    names = {
        "service": settings.REPORTER_ORGANISATION,
        "country": settings.PACK.country.name,
        "law": _law(notice.case),
        "hours": hours,
        "reference": notice.reference,
    }
    yield (
        _(
            "%(service)s is the hotline against the sexual exploitation of children online in "
            "%(country)s. You receive this notice because your service hosts the address below."
        )
        % names
    )
    yield _("Two of our analysts found its content unlawful: %(law)s.") % names
    yield _("Address, written so that nobody opens it by accident (hxxp is http, [.] is a dot):")
    yield "    " + defang(address.url)
    yield _(
        "Please remove the content or disable access to it. Keep what the law asks you to keep "
        "for an investigation, and do not copy, send or search for the content."
    )
    yield (
        _(
            "Please answer this letter within %(hours)s hours and say what you did: removed, "
            "passed on to a customer, not your service, or not possible, and why. We look again "
            "ourselves and never need the content or a picture of it."
        )
        % names
    )
    yield _("Reference: %(reference)s") % names
    yield from _signature()


def _signature() -> Iterable[str]:
    yield _("Thank you for protecting children.")
    yield settings.REPORTER_ORGANISATION
    yield _("This letter was written by a program. Answers to it are read by people.")


def _law(case: Case) -> str:
    """The legal basis of the finding in force, as the country pack words it."""
    found = case.assessments.latest("at", "pk")
    bases = {basis.key: basis for basis in settings.PACK.legal_bases}
    basis = bases.get(found.legal_basis)
    return f"{basis.label} ({basis.citation})" if basis else found.legal_basis


def _paragraphs(paragraphs: Iterable[str]) -> str:
    """Lines that fit a mail; an indented one is an address and stays whole."""
    filled = [
        one if one.startswith(" ") else textwrap.fill(one, WIDTH, break_on_hyphens=False)
        for one in paragraphs
        if one
    ]
    return "\n\n".join(filled) + "\n"


def _thread(
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
        message_id=_name(notice, kind, number),
        date=at,
        plain_text=text,
        xarf=None,
        headers={"In-Reply-To": first_id, "References": first_id},
    )


def _name(notice: Notice, kind: Delivery.Kind, number: int) -> str:
    return message_id(f"notice-{notice.pk}-{kind.value}-{number}")
