# SPDX-License-Identifier: Apache-2.0
"""Hand-over to the hotline of the country where it is hosted, and what became of it.

The hotline tells the host there, so the rule of notices holds: nobody is told before police have
the case, nor while they ask us to wait. No system of another network is connected; a person who
enters the case there says so.
"""

import hashlib
from datetime import datetime, timedelta
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Organisation
from hearthline.hub.hosting.actions import read_facts
from hearthline.hub.hosting.models import HostingFact
from hearthline.hub.mail.actions import message_id, post
from hearthline.hub.mail.models import Letter
from hearthline.hub.referrals.actions.abroad_content import write_hand_over
from hearthline.hub.referrals.actions.prepare import (
    ChildFirst,
    NoMailContact,
    NoRecipientKey,
    NotConfirmed,
    language_of,
    mail_contact,
)
from hearthline.hub.referrals.models import HandOver
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.formats.package import seal

PURPOSE = "hand_over"


class NotHotlineAbroad(ValueError):
    """Only a partner hotline of another country, in use, is handed a case."""


class NotCleared(ValueError):
    """Police do not have the case yet, or asked us to wait; or every reporter left it."""


class GroundsNeeded(ValueError):
    """The newest look does not say that it is hosted there: say how it is known."""


class ExerciseStaysAtHome(ValueError):
    """No partner abroad hears of an exercise."""


@transaction.atomic
def hand_over(
    *,
    case: Case,
    hotline: Organisation,
    channel: str,
    by: User,
    at: datetime,
    grounds: str = "",
) -> HandOver:
    """Hand `case` to the hotline of the country that hosts it; by mail it leaves at once.

    Idempotent per case and hotline. `grounds` says how the country is known where the newest look
    does not show it. Raises NotAllowed, NotConfirmed, ExerciseStaysAtHome, ChildFirst, NotCleared,
    NotHotlineAbroad, NoRecipientKey, GroundsNeeded, NoMailContact.
    """
    require(by, Permission.REFERRALS_PACKAGE_PREPARE)
    case = Case.objects.select_for_update().get(pk=case.pk)
    hotline = Organisation.objects.get(pk=hotline.pk)
    handed = HandOver.objects.of_case(case).filter(hotline=hotline).first()
    if handed is not None:
        return handed
    _refuse(case, hotline, at)
    fact = HostingFact.objects.newest(bytes(case.subject.host_digest))
    shown = fact is not None and fact.country == hotline.country
    if not shown and not grounds.strip():
        raise GroundsNeeded
    sealed = _sealed(case, hotline, fact, grounds.strip(), by, at)
    row = HandOver(
        case=case,
        hotline=hotline,
        country=hotline.country,
        fact=fact,
        grounds=seal_words(grounds.strip()[:500], about=case.pk, at=at),
        classification=case.outcome,
        channel=channel,
        package=sealed,
        package_sha256=hashlib.sha256(sealed).digest(),
        prepared_at=at,
        prepared_by=by,
    )
    if channel == HandOver.Channel.MAIL:
        row.letter = _post(row, at=at)
    row.save()
    record(
        at=at,
        actor=by.actor,
        verb="referrals.hand_over",
        about=row,
        case=case.pk,
        hotline=hotline.pk,
        country=row.country,
        channel=channel,
        shown=shown,
    )
    return row


@transaction.atomic
def note_sent(*, row: HandOver, since: datetime, actor: Actor, at: datetime) -> bool:
    """It is with the hotline `since` then: its clocks run, and our looks begin. Twice is once."""
    row = HandOver.objects.select_for_update().get(pk=row.pk)
    if row.state != HandOver.State.PREPARED or row.ended_at is not None:
        return False
    clocks = settings.PACK.clocks.abroad
    row.state, row.sent_at = HandOver.State.SENT, since
    row.receive_due_at = since + timedelta(hours=clocks.receive_hours)
    row.act_due_at = since + timedelta(hours=clocks.act_hours)
    row.due_at = at + timedelta(hours=clocks.recheck_hours)
    row.save()
    record(at=at, actor=actor, verb="referrals.hand_over_sent", about=row)
    return True


def _sealed(
    case: Case,
    hotline: Organisation,
    fact: HostingFact | None,
    grounds: str,
    by: User,
    at: datetime,
) -> bytes:
    """The hand-over in the hotline's language, readable by the hotline alone."""
    facts = read_facts(fact=fact, by=by.actor, at=at, purpose=PURPOSE) if fact else None
    language = language_of(hotline)
    with translation.override(language):
        written = write_hand_over(
            case=case, hotline=hotline, hosting=facts, grounds=grounds,
            language=language, actor=by.actor, at=at,
        )  # fmt: skip
    return seal(written.to_bytes(), [hotline.age_recipient])


def _refuse(case: Case, hotline: Organisation, at: datetime) -> None:
    if case.state != Case.State.CONFIRMED:
        raise NotConfirmed
    if case.exercise:
        raise ExerciseStaysAtHome
    if case.track == Case.Track.CHILD_FIRST:
        raise ChildFirst
    if not Case.objects.cleared_for_notice(at).filter(pk=case.pk).exists():
        raise NotCleared
    abroad = Organisation.objects.hotlines_abroad(settings.PACK.country.code)
    if not abroad.filter(pk=hotline.pk).exists():
        raise NotHotlineAbroad
    if not hotline.age_recipient:
        raise NoRecipientKey


def _post(row: HandOver, *, at: datetime) -> Letter:
    """The letter around a sealed hand-over: neutral words, and the package as an opaque file."""
    contact = mail_contact(row.hotline)
    if contact is None:
        raise NoMailContact
    reference = row.case.reference
    message = EmailMessage()
    message["Message-ID"] = message_id(f"hand-over-{row.pk}")
    with translation.override(language_of(row.hotline)):
        message["Subject"] = _("A sealed hand-over for your hotline: %(reference)s") % {
            "reference": reference
        }
        message.set_content(
            _(
                "%(service)s hands %(hotline)s a case that is hosted in your country.\n"
                "\n"
                "Reference: %(reference)s\n"
                "\n"
                "The attached file is encrypted to your hotline's own key. Open it with age\n"
                "(age-encryption.org), on a computer that is allowed to hold such files.\n"
                "\n"
                "Please answer this letter: say that you have it, under which reference, and\n"
                "later what was done; or that it is not for you, and why.\n"
                "\n"
                "This letter was written by a program. Answers to it are read by people.\n"
            )
            % {
                "service": settings.REPORTER_ORGANISATION,
                "hotline": row.hotline.name,
                "reference": reference,
            }
        )
        message.add_attachment(
            bytes(row.package),
            maintype="application",
            subtype="octet-stream",
            filename=f"hand-over-{reference}.age",
        )
        return post(
            recipient=contact.value,
            message=message,
            purpose=PURPOSE,
            about=row.case_id,
            at=at,
        )
