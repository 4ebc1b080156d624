# SPDX-License-Identifier: Apache-2.0
"""What the letters of a notice say. Plain words first; XARF 4 where one of its codes is true."""

import logging
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearthline.hub.cases.actions import SubjectAddress
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.mail.actions import message_id
from hearthline.hub.notices.actions.timing import zone_of
from hearthline.hub.notices.models import Delivery, Notice
from hearthline.kit.formats import FormatRefused, feedback, xarf
from hearthline.kit.urls import defang

log = logging.getLogger(__name__)

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


def notice_letter(
    *,
    named: Sequence[tuple[Notice, SubjectAddress]],
    contact: Contact,
    number: int,
    at: datetime,
    headers: Mapping[str, str],
) -> EmailMessage:
    """The notice itself: subject neutral, plain words, and XARF beside them where it is honest.

    Several notices are one letter that lists them; the first one names it.
    """
    leader, address = named[0]
    hours = settings.PACK.clocks.notice.acknowledge_hours
    with translation.override(language_of(contact, contact.organisation)):
        names = {"reference": leader.reference, "hours": hours, "count": len(named)}
        if len(named) == 1:
            subject = (
                ngettext(
                    "Notice %(reference)s: please read within %(hours)s hour",
                    "Notice %(reference)s: please read within %(hours)s hours",
                    hours,
                )
                % names
            )
            text = _paragraphs([_again(leader), *_notice_words(leader, address, hours)])
        else:
            subject = (
                ngettext(
                    "Several notices, the first %(reference)s: please read within %(hours)s hour",
                    "Several notices, the first %(reference)s: please read within %(hours)s hours",
                    hours,
                )
                % names
            )
            text = _paragraphs(_several_words(named, hours))
        parts = [
            feedback.Part(_reference(notice), document)
            for notice, place in named
            if (document := machine_part(notice, place)) is not None
        ]
    envelope = Envelope(
        sender=settings.MAIL_FROM,
        recipient=contact.value,
        subject=subject,
        message_id=_name(leader, Delivery.Kind.FIRST, number),
        date=at,
        headers=headers,
    )
    if len(named) > 1 and parts:
        return feedback.compose_several(**asdict(envelope), plain_text=text, parts=parts)
    alone = parts[0].xarf if parts else None
    return feedback.compose(**asdict(envelope), plain_text=text, xarf=alone)


def reminder_letter(
    *, notices: Sequence[Notice], contact: Contact, first_id: str, number: int, at: datetime
) -> EmailMessage:
    """A short reminder in the thread of the notice; the address stands in the notice only."""
    leader = notices[0]
    hours = settings.PACK.clocks.notice.acknowledge_hours
    with translation.override(language_of(contact, contact.organisation)):
        names = {"reference": leader.reference, "hours": hours, "count": len(notices)}
        within = {"reference": _isolated(leader.reference)}
        if len(notices) == 1:
            subject = _("Reminder of notice %(reference)s") % names
            opening = [_("This is a reminder of our notice %(reference)s.") % within]
        else:
            subject = _("Reminder of several notices, the first %(reference)s") % names
            opening = [_("This is a reminder of these notices:")]
            opening += ["    " + _isolated(one.reference) for one in notices]
        text = _paragraphs(
            [
                *opening,
                *_sent_on(leader, contact),
                _("Our last look found the content still there, or could not tell."),
                ngettext(
                    "Please answer this letter within %(hours)s hour and say what you did: "
                    "removed, passed on to a customer, not your service, or not possible, and why.",
                    "Please answer this letter within %(hours)s hours and say what you did: "
                    "removed, passed on to a customer, not your service, or not possible, and why.",
                    hours,
                )
                % names,
                _each_its_own() if len(notices) > 1 else "",
                *_signature(),
            ]
        )
    return _thread(leader, contact, subject, text, Delivery.Kind.REMINDER, number, first_id, at)


def escalation_letter(
    *, notice: Notice, contact: Contact, first_id: str, number: int, at: datetime
) -> EmailMessage:
    """To the host's lawyers or to the regulator: that a notice went unheeded, not the address."""
    with translation.override(language_of(contact, contact.organisation)):
        names = {
            "reference": _isolated(notice.reference),
            "host": notice.host.name if notice.host else "",
            "law": _law(notice.case),
        }
        subject = _("Notice %(reference)s has not been acted on") % {"reference": notice.reference}
        text = _paragraphs(
            [
                _("We sent notice %(reference)s to %(host)s. It has not been acted on.") % names,
                *_sent_on(notice, contact),
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


@dataclass(frozen=True)
class Envelope:
    """What every letter has besides its words."""

    sender: str
    recipient: str
    subject: str
    message_id: str
    date: datetime
    headers: Mapping[str, str]


def _several_words(named: Sequence[tuple[Notice, SubjectAddress]], hours: int) -> Iterable[str]:
    names = {
        "service": settings.REPORTER_ORGANISATION,
        "country": settings.PACK.country.name,
        "hours": hours,
        "count": len(named),
    }
    yield (
        _(
            "%(service)s is the hotline against the sexual exploitation of children online in "
            "%(country)s. You receive this letter because your service hosts the %(count)s "
            "addresses below. It holds one notice for each."
        )
        % names
    )
    yield _("Two of our analysts found the content of each unlawful.")
    yield _("Addresses, written so that nobody opens one by accident (hxxp is http, [.] is a dot):")
    for number, (notice, address) in enumerate(named, start=1):
        yield _("%(number)s. Reference %(reference)s: %(law)s.") % {
            "number": number,
            "reference": _isolated(notice.reference),
            "law": _law(notice.case),
        }
        yield _again(notice)
        yield "    " + _isolated(defang(address.url))
    yield _what_to_do()
    yield _please_answer(hours)
    yield _each_its_own()
    yield from _signature()


def _again(notice: Notice) -> str:
    if not notice.reopened:
        return ""
    return _("The content is there again. We told you about it before and it was removed.")


def _each_its_own() -> str:
    return _("Each reference has an answer of its own: say for each what you did.")


def _reference(notice: Notice) -> str:
    return _("Reference: %(reference)s") % {"reference": _isolated(notice.reference)} + "\n"


def _sent_on(notice: Notice, contact: Contact) -> Iterable[str]:
    """The day the notice was sent, in the letter's language and by the reader's clock."""
    if notice.clocks_from is not None:
        day = timezone.localtime(notice.clocks_from, zone_of(contact))
        yield _("The first letter about it was sent on %(day)s.") % {
            "day": date_format(day, "DATE_FORMAT")
        }


def _isolated(text: str) -> str:
    """Text that runs from left to right, kept whole where the letter runs the other way."""
    return f"{LRI}{text}{PDI}" if translation.get_language_bidi() else text


def _what_to_do() -> str:
    return _(
        "Please remove the content or disable access to it. Keep what the law asks you to keep "
        "for an investigation, and do not copy, send or search for the content."
    )


def _please_answer(hours: int) -> str:
    return _(
        "Please answer this letter within %(hours)s hours and say what you did: removed, "
        "passed on to a customer, not your service, or not possible, and why. We look again "
        "ourselves and never need the content or a picture of it."
    ) % {"hours": hours}


def _notice_words(notice: Notice, address: SubjectAddress, hours: int) -> Iterable[str]:
    names = {
        "service": settings.REPORTER_ORGANISATION,
        "country": settings.PACK.country.name,
        "law": _law(notice.case),
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
    yield "    " + _isolated(defang(address.url))
    yield _what_to_do()
    yield _please_answer(hours)
    yield _reference(notice).strip()
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
