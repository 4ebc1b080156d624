# SPDX-License-Identifier: Apache-2.0
import hashlib
from datetime import datetime
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import drill_of
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.mail.actions import message_id, post
from hearthline.hub.mail.models import Letter
from hearthline.hub.referrals.actions.content import write_package
from hearthline.hub.referrals.models import Referral
from hearthline.kit.formats.package import seal

PURPOSE = "referral"


class NotConfirmed(ValueError):
    """Only what two people confirmed goes to police."""


class ChildFirst(ValueError):
    """A child-first case goes to police only after two people found an adult behind it."""


class NotPoliceUnit(ValueError):
    """Packages are for police units only."""


class NoRecipientKey(ValueError):
    """The unit has no age key in the directory, and nothing about a case goes out in clear."""


class NoMailContact(ValueError):
    """The unit has no e-mail address in the directory; use the partners' door."""


class AlreadySent(ValueError):
    """The letter is on its way or has arrived; it goes again only after it was given up."""


@transaction.atomic
def prepare(
    *, case: Case, unit: Organisation, channel: str, by: User | None, at: datetime
) -> Referral:
    """One package of `case` for `unit`, sealed to the unit's key; by mail it leaves at once.

    Idempotent per case and unit. `by` is None for the worker. Nothing of the case stands in the
    letter itself. Raises NotConfirmed, ChildFirst, NotPoliceUnit, NoRecipientKey, NoMailContact.
    """
    if by is not None:
        require(by, Permission.REFERRALS_PACKAGE_PREPARE)
    actor = by.actor if by else Actor.worker()
    # The lock makes two workers take turns, so a unit is handed one package.
    case = Case.objects.select_for_update().get(pk=case.pk)
    prepared = Referral.objects.of_case(case).filter(unit=unit).first()
    if prepared:
        return prepared
    _refuse(case, unit)
    language = language_of(unit)
    with translation.override(language):
        package = write_package(case=case, unit=unit, language=language, actor=actor, at=at)
    # An exercise is sealed to its own key, so that the unit's people could not even open it.
    drill = drill_of(case)
    sealed = seal(package.to_bytes(), [drill.age_recipient if drill else unit.age_recipient])
    referral = Referral(
        case=case,
        unit=unit,
        channel=channel,
        package=sealed,
        package_sha256=hashlib.sha256(sealed).digest(),
        prepared_at=at,
        police_due_at=(case.confirmed_at or at) + settings.PACK.clocks.police,
    )
    if channel == Referral.Channel.MAIL:
        referral.letter = _post(referral, number=1, at=at)
    referral.save()
    record(
        at=at,
        actor=actor,
        verb="referrals.prepare",
        about=referral,
        case=case.pk,
        unit=unit.pk,
        channel=channel,
    )
    return referral


@transaction.atomic
def send_again(*, referral: Referral, by: User, at: datetime) -> Referral:
    """Post the same package again, to the address the directory has now, after it was given up."""
    require(by, Permission.REFERRALS_PACKAGE_PREPARE)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    kept = referral.ended_at is None
    if not kept or referral.letter is None or referral.letter.state != Letter.State.GIVEN_UP:
        raise AlreadySent
    sent_before = Letter.objects.for_purpose(PURPOSE).filter(
        message_id__startswith=f"<{_name(referral)}-"
    )
    referral.letter = _post(referral, number=sent_before.count() + 1, at=at)
    referral.save()
    record(at=at, actor=by.actor, verb="referrals.send_again", about=referral)
    return referral


def mail_contact(unit: Organisation) -> Contact | None:
    """Where mail reaches the unit."""
    return unit.contact(Contact.Channel.EMAIL)


def language_of(unit: Organisation) -> str:
    """The first language of the unit that this site speaks, or the country's own."""
    contact = mail_contact(unit)
    asked = [contact.language if contact else "", *unit.languages]
    spoken = {code for code, _name in settings.LANGUAGES}
    return next((code for code in asked if code in spoken), settings.LANGUAGE_CODE)


def _refuse(case: Case, unit: Organisation) -> None:
    if case.state != Case.State.CONFIRMED:
        raise NotConfirmed
    if case.track == Case.Track.CHILD_FIRST:
        raise ChildFirst
    if unit.kind != Organisation.Kind.POLICE or unit.retired_at is not None:
        raise NotPoliceUnit
    if not unit.age_recipient:
        raise NoRecipientKey


def _name(referral: Referral) -> str:
    return f"referral-{referral.pk}"


def _post(referral: Referral, *, number: int, at: datetime) -> Letter:
    """The letter around a sealed package: neutral words, and the package as an opaque file."""
    contact = mail_contact(referral.unit)
    if contact is None:
        raise NoMailContact
    reference = referral.case.reference
    message = EmailMessage()
    message["Message-ID"] = message_id(f"{_name(referral)}-{number}")
    with translation.override(language_of(referral.unit)):
        message["Subject"] = _("A sealed package for your unit: %(reference)s") % {
            "reference": reference
        }
        message.set_content(
            _(
                "%(service)s has prepared a package for %(unit)s.\n"
                "\n"
                "Reference: %(reference)s\n"
                "\n"
                "The attached file is encrypted to your unit's own key. Open it with age\n"
                "(age-encryption.org), on a computer that is allowed to hold such files.\n"
                "\n"
                "Please acknowledge it, or ask us to wait before the host is told, here:\n"
                "%(url)s\n"
                "\n"
                "This letter was written by a program. Answers to it are read by people.\n"
            )
            % {
                "service": settings.REPORTER_ORGANISATION,
                "unit": referral.unit.name,
                "reference": reference,
                "url": settings.PARTNERS_URL,
            }
        )
    message.add_attachment(
        bytes(referral.package),
        maintype="application",
        subtype="octet-stream",
        filename=f"package-{reference}.age",
    )
    with translation.override(language_of(referral.unit)):
        return post(
            recipient=contact.value,
            message=message,
            purpose=PURPOSE,
            about=referral.pk,
            at=at,
            exercise=referral.case.exercise,
        )
