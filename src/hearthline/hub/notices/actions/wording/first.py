# SPDX-License-Identifier: Apache-2.0
"""The notice itself: plain words first, and XARF 4 where one of its codes is true."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearthline.hub.cases.actions import SubjectAddress
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact
from hearthline.hub.notices.actions.wording.parts import (
    Envelope,
    Link,
    each_its_own,
    isolated,
    language_of,
    law_of,
    name_of,
    paragraphs,
    signature,
    the_door,
)
from hearthline.hub.notices.models import Delivery, Notice
from hearthline.kit.formats import FormatRefused, feedback, xarf
from hearthline.kit.urls import defang

log = logging.getLogger(__name__)


def notice_letter(
    *,
    named: Sequence[tuple[Notice, SubjectAddress]],
    contact: Contact,
    number: int,
    at: datetime,
    headers: Mapping[str, str],
    link: Link | None = None,
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
            door = the_door(link, contact)
            text = paragraphs([_again(leader), *_notice_words(leader, address, hours, door)])
        else:
            subject = (
                ngettext(
                    "Several notices, the first %(reference)s: please read within %(hours)s hour",
                    "Several notices, the first %(reference)s: please read within %(hours)s hours",
                    hours,
                )
                % names
            )
            text = paragraphs(_several_words(named, hours, the_door(link, contact)))
        parts = [
            feedback.Part(reference_line(notice), document)
            for notice, place in named
            if (document := machine_part(notice, place)) is not None
        ]
    envelope = Envelope(
        sender=settings.MAIL_FROM,
        recipient=contact.value,
        subject=subject,
        message_id=name_of(leader, Delivery.Kind.FIRST, number),
        date=at,
        headers=headers,
    )
    if len(named) > 1 and parts:
        return feedback.compose_several(**asdict(envelope), plain_text=text, parts=parts)
    alone = parts[0].xarf if parts else None
    return feedback.compose(**asdict(envelope), plain_text=text, xarf=alone)


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
            test=settings.DEMO or case.exercise,
        )
    except FormatRefused as refused:
        # The reason may quote the address, so only the field is logged.
        log.info("notice %s goes in plain words: XARF refuses %s", notice.pk, refused.field)
        return None


def _several_words(
    named: Sequence[tuple[Notice, SubjectAddress]], hours: int, door: Iterable[str]
) -> Iterable[str]:
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
            "reference": isolated(notice.reference),
            "law": law_of(notice.case),
        }
        yield _again(notice)
        yield "    " + isolated(defang(address.url))
    yield _what_to_do()
    yield _please_answer(hours)
    yield each_its_own()
    yield from door
    yield from signature()


def _again(notice: Notice) -> str:
    if not notice.reopened:
        return ""
    return _("The content is there again. We told you about it before and it was removed.")


def reference_line(notice: Notice) -> str:
    return _("Reference: %(reference)s") % {"reference": isolated(notice.reference)} + "\n"


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


def _notice_words(
    notice: Notice, address: SubjectAddress, hours: int, door: Iterable[str]
) -> Iterable[str]:
    names = {
        "service": settings.REPORTER_ORGANISATION,
        "country": settings.PACK.country.name,
        "law": law_of(notice.case),
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
    yield "    " + isolated(defang(address.url))
    yield _what_to_do()
    yield _please_answer(hours)
    yield from door
    yield reference_line(notice).strip()
    yield from signature()
