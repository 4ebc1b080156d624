# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.mail.models import Letter
from hearthline.hub.sealing.models import SealedRow


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, at: datetime) -> Self:
        """Notices whose next letter is due, oldest first."""
        return self.filter(free(at), due_at__lte=at).order_by("due_at")

    def open(self) -> Self:
        return self.filter(state__in=Notice.OPEN)

    def newest_first(self) -> Self:
        return self.order_by("-queued_at")

    def breached(self, at: datetime) -> Self:
        """Open notices past the time the host had to answer."""
        return self.open().filter(escalate_at__lt=at)

    def answer_breached_in(self, start: datetime, end: datetime) -> Self:
        """The host's time to answer ran out in the period, with no answer or removal by then."""
        due = F("acknowledge_due_at")
        answered = Answer.objects.filter(
            notice=OuterRef("pk"), at__lte=OuterRef("acknowledge_due_at")
        )
        return self.filter(
            Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gt=due),
            Q(removed_at__isnull=True) | Q(removed_at__gt=due),
            ~Exists(answered),
            acknowledge_due_at__gte=start,
            acknowledge_due_at__lt=end,
        )

    def waits_for_notice(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """From a case's first report to the notice to its host, for notices of the period."""
        sent = self.filter(sent_at__gte=start, sent_at__lt=end)
        return list(sent.values_list("case__opened_at", "sent_at"))

    def waits_for_removal(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """From a case's first report to its removal, for removals of the period."""
        removed = self.filter(removed_at__gte=start, removed_at__lt=end)
        return list(removed.values_list("case__opened_at", "removed_at"))


class Notice(DueRow):
    """One notice to one host about one case. Its number is the XARF report_id."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        REMOVED = "removed", _("Removed")
        MOVED = "moved", _("Moved elsewhere")
        REFUSED = "refused", _("Refused")
        NO_RESPONSE = "no_response", _("No response")
        ESCALATED = "escalated", _("Escalated")

    OPEN = (
        State.QUEUED,
        State.SENT,
        State.ACKNOWLEDGED,
        State.REFUSED,
        State.NO_RESPONSE,
        State.ESCALATED,
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    # Empty while nobody knows who hosts it: a person at the desk finds out.
    host = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledge_due_at = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True)
    reminders = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    reopened = models.PositiveIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()


class Delivery(models.Model):
    """One letter of a notice: the first, a reminder or an escalation."""

    class Kind(models.TextChoices):
        FIRST = "first", _("Notice")
        REMINDER = "reminder", _("Reminder")
        ESCALATION = "escalation", _("Escalation")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.PositiveIntegerField()
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="+")
    queued_at = models.DateTimeField()

    class Meta:
        ordering = ["queued_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "kind", "number"], name="notices_delivery_once"
            )
        ]


class WatchQuerySet(models.QuerySet["Watch"]):
    def due(self, at: datetime) -> Self:
        return self.filter(free(at), due_at__lte=at).order_by("due_at")


class Watch(DueRow):
    """The availability checks of one notice."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="watch")
    # Absent checks in a row; the pack says how many mean gone.
    absent = models.PositiveIntegerField(default=0)
    # How many of the pack's later looks after removal were made.
    looks = models.PositiveIntegerField(default=0)

    objects = WatchQuerySet.as_manager()


class Check(SealedRow):
    """What one check saw; its facts sealed, since they hold the address. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=20)
    facts = models.BinaryField()

    class Meta:
        ordering = ["at", "id"]


class Answer(models.Model):
    """What the host said, as recorded by the desk. Append-only by database trigger."""

    class Code(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("They have the notice")
        REMOVED = "removed", _("They say it is removed")
        MOVED = "moved", _("It moved elsewhere")
        REFUSED = "refused", _("They refuse")
        WRONG_RECIPIENT = "wrong_recipient", _("Not their service")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="answers")
    code = models.CharField(max_length=20, choices=Code.choices)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
