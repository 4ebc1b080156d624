# SPDX-License-Identifier: Apache-2.0
"""Letters after the notice: reminders, and what others are told when it went unheeded."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.message import EmailMessage

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearthline.hub.directory.models import Contact
from hearthline.hub.notices.actions.timing import zone_of
from hearthline.hub.notices.actions.wording.parts import (
    Link,
    each_its_own,
    isolated,
    language_of,
    law_of,
    paragraphs,
    sent_on,
    signature,
    the_door,
    thread,
)
from hearthline.hub.notices.models import Delivery, Escalation, Notice


def reminder_letter(
    *,
    notices: Sequence[Notice],
    contact: Contact,
    first_id: str,
    number: int,
    at: datetime,
    link: Link | None = None,
) -> EmailMessage:
    """A short reminder in the thread of the notice; the address stands in the notice only."""
    leader = notices[0]
    hours = settings.PACK.clocks.notice.acknowledge_hours
    with translation.override(language_of(contact, contact.organisation)):
        names = {"reference": leader.reference, "hours": hours, "count": len(notices)}
        within = {"reference": isolated(leader.reference)}
        if len(notices) == 1:
            subject = _("Reminder of notice %(reference)s") % names
            opening = [_("This is a reminder of our notice %(reference)s.") % within]
        else:
            subject = _("Reminder of several notices, the first %(reference)s") % names
            opening = [_("This is a reminder of these notices:")]
            opening += ["    " + isolated(one.reference) for one in notices]
        text = paragraphs(
            [
                *opening,
                *sent_on(leader, contact),
                _("Our last look found the content still there, or could not tell."),
                ngettext(
                    "Please answer this letter within %(hours)s hour and say what you did: "
                    "removed, passed on to a customer, not your service, or not possible, and why.",
                    "Please answer this letter within %(hours)s hours and say what you did: "
                    "removed, passed on to a customer, not your service, or not possible, and why.",
                    hours,
                )
                % names,
                each_its_own() if len(notices) > 1 else "",
                *the_door(link, contact),
                *signature(),
            ]
        )
    return thread(leader, contact, subject, text, Delivery.Kind.REMINDER, number, first_id, at)


def escalation_letter(
    *,
    notices: Sequence[Notice],
    contact: Contact,
    who: str,
    told: Sequence[tuple[str, datetime]],
    first_id: str,
    number: int,
    at: datetime,
    link: Link | None = None,
) -> EmailMessage:
    """To the next step of the ladder: that notices went unheeded. It never holds the address.

    `who` is one of `Escalation.Who`; `told` says who was told before, and when.
    """
    leader = notices[0]
    host = leader.host.name if leader.host else ""
    with translation.override(language_of(contact, contact.organisation)):
        if len(notices) == 1:
            subject = _("Notice %(reference)s has not been acted on")
            opening = [
                _("We sent notice %(reference)s to %(host)s. It has not been acted on.")
                % {"reference": isolated(leader.reference), "host": host},
                *sent_on(leader, contact),
                _("It is about content that two of our analysts found unlawful: %(law)s.")
                % {"law": law_of(leader.case)},
            ]
        else:
            subject = _("Several notices have not been acted on, the first %(reference)s")
            opening = [
                _("We sent these notices to %(host)s. They have not been acted on:")
                % {"host": host},
                *_listed(notices),
                *sent_on(leader, contact),
                _("Two of our analysts found the content of each unlawful."),
            ]
        text = paragraphs(
            [
                *opening,
                _asked_of(who),
                *_told_before(told, contact),
                _not_in_this_letter(link),
                *the_door(link, contact),
                _("Please see to it, and answer this letter."),
                each_its_own() if len(notices) > 1 else "",
                *signature(),
            ]
        )
        subject = subject % {"reference": leader.reference}
    return thread(leader, contact, subject, text, Delivery.Kind.ESCALATION, number, first_id, at)


def _listed(notices: Sequence[Notice]) -> Iterable[str]:
    for one in notices:
        yield _("    %(reference)s: %(law)s") % {
            "reference": isolated(one.reference),
            "law": law_of(one.case),
        }


def _asked_of(who: str) -> str:
    """Why they hear of it, and what is theirs to do."""
    match who:
        case Escalation.Who.SITE_OWNER:
            return _(
                "You receive this letter because the site is yours, as far as we know. Please "
                "remove the content, or have your host remove it."
            )
        case Escalation.Who.NETWORK:
            return _(
                "You receive this letter because the site is reached through your network. Please "
                "have your customer remove the content, or disable access to it."
            )
        case Escalation.Who.REGISTRAR:
            return _(
                "You receive this letter because the name of the site was registered with you. "
                "Please have its holder remove the content, or do what your rules provide for."
            )
        case Escalation.Who.REGULATOR:
            return _(
                "You receive this letter as the authority for such services. The service was "
                "asked before you, and its time is over."
            )
    return ""


def _told_before(told: Sequence[tuple[str, datetime]], contact: Contact) -> Iterable[str]:
    if not told:
        return
    yield _("Who was told since:")
    for who, at in told:
        day = date_format(timezone.localtime(at, zone_of(contact)), "DATE_FORMAT")
        yield _("    %(who)s: %(day)s") % {"who": Escalation.Who(who).label, "day": day}


def _not_in_this_letter(link: Link | None) -> str:
    if link is None:
        return _(
            "At our last look it had not been removed. For everybody's safety the address "
            "is not in this letter; the notice holds it, and we give it to you on request."
        )
    return _(
        "At our last look it had not been removed. For everybody's safety the address "
        "is not in this letter; you find it behind the link."
    )
