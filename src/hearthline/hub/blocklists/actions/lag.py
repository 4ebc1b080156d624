# SPDX-License-Identifier: Apache-2.0
"""How far each network is behind, and the letter that tells it so."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists.models import CanaryTest, LagAlarm, Subscriber, Version
from hearthline.hub.directory.models import Contact
from hearthline.hub.mail import actions as mail


@dataclass(frozen=True)
class Standing:
    """Where one network stands at a moment."""

    subscriber: Subscriber
    # The newest version it acknowledged, and when; None where it never did.
    acknowledged: int | None
    acknowledged_at: datetime | None
    # Versions after that, and when the first of them had to be in use; None with nothing to do.
    behind: int
    due_at: datetime | None
    late: bool
    test: CanaryTest | None
    test_overdue: bool

    @property
    def is_well(self) -> bool:
        return not self.late and not self.test_overdue and not self.test_failed

    @property
    def test_failed(self) -> bool:
        return self.test is not None and self.test.result != CanaryTest.Result.PASSED


def standings(at: datetime) -> list[Standing]:
    """Every network that fetches the list, the one longest behind first."""
    newest = Version.objects.newest()
    found = [
        _standing(subscriber, newest.serial if newest else 0, at)
        for subscriber in Subscriber.objects.current().with_standing()
    ]
    last = datetime.max.replace(tzinfo=at.tzinfo)
    return sorted(
        found, key=lambda one: (one.is_well, one.due_at or last, one.subscriber.organisation.name)
    )


@transaction.atomic
def warn(*, standing: Standing, at: datetime) -> LagAlarm | None:
    """Mark a late network and write to it, once until it has caught up; None where it was done."""
    subscriber = standing.subscriber
    if not standing.late or LagAlarm.objects.open().filter(subscriber=subscriber).exists():
        return None
    version = _first_after(standing.acknowledged)
    if version is None:
        return None
    contact = _mailbox(subscriber)
    letter = None
    if contact is not None:
        message = _letter(standing, contact, version)
        letter = mail.post(
            recipient=contact.value, message=message, purpose="blocklists.behind", at=at
        )
    alarm = LagAlarm.objects.create(subscriber=subscriber, version=version, at=at, letter=letter)
    record(
        at=at, actor=Actor.worker(), verb="blocklists.warn", about=alarm,
        subscriber=subscriber.pk, serial=version.serial, written=letter is not None,
    )  # fmt: skip
    return alarm


@transaction.atomic
def close_alarm(*, alarm: LagAlarm, at: datetime) -> None:
    """The network has caught up, or fetches no longer."""
    if LagAlarm.objects.open().filter(pk=alarm.pk).update(over_at=at):
        record(at=at, actor=Actor.worker(), verb="blocklists.caught_up", about=alarm)


def _standing(subscriber: Subscriber, newest: int, at: datetime) -> Standing:
    policy = settings.PACK.blocking
    first = _first_after(subscriber.acknowledged)
    due_at = None
    if first is not None:
        # A network that is new has its time from the day it was added on.
        since = max(first.made_at, subscriber.added_at)
        due_at = since + timedelta(minutes=policy.behind_minutes)
    test = subscriber.canary_tests.order_by("tested_on", "at", "id").last()
    tested_on = test.tested_on if test else timezone.localdate(subscriber.added_at)
    return Standing(
        subscriber=subscriber,
        acknowledged=subscriber.acknowledged,
        acknowledged_at=subscriber.acknowledged_at,
        behind=Version.objects.filter(serial__gt=subscriber.acknowledged or 0).count(),
        due_at=due_at,
        late=due_at is not None and due_at <= at,
        test=test,
        test_overdue=_overdue(tested_on, timezone.localdate(at), policy.test_days),
    )


def _overdue(tested_on: date, today: date, days: int) -> bool:
    return tested_on + timedelta(days=days) < today


def _first_after(serial: int | None) -> Version | None:
    return Version.objects.filter(serial__gt=serial or 0).order_by("serial").first()


def _mailbox(subscriber: Subscriber) -> Contact | None:
    """Its duty officer, else any mailbox that is not the lawyers'."""
    mailboxes = subscriber.organisation.contacts.usable().filter(channel=Contact.Channel.EMAIL)
    duty = mailboxes.filter(scope=Contact.Scope.DUTY).first()
    return duty or mailboxes.exclude(scope=Contact.Scope.LEGAL).first() or mailboxes.first()


def _letter(standing: Standing, contact: Contact, version: Version) -> EmailMessage:
    subscriber = standing.subscriber
    with translation.override(contact.language or settings.LANGUAGE_CODE):
        message = EmailMessage()
        message["Message-ID"] = (
            f"<blocklist-{subscriber.pk}-{version.serial}@{settings.MAIL_FROM.partition('@')[2]}>"
        )
        message["Subject"] = _("The block list in your network is behind")
        made = date_format(timezone.localtime(version.made_at), "DATETIME_FORMAT")
        message.set_content(
            _(
                "Your network has not confirmed version %(serial)s of the block list, made on "
                "%(made)s.\n\n"
                "What was lifted since may still be blocked for your customers, and what was "
                "added may still be open. Please fetch the newest version at %(url)s, load it, "
                "and acknowledge it there with your key.\n\n"
                "If you cannot, answer this letter and say when you will."
            )
            % {"serial": version.serial, "made": made, "url": f"{settings.PARTNERS_URL}/blocklist/"}
            + f"\n\n{settings.REPORTER_ORGANISATION}\n"
        )
    return message
