# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Case, Subject
from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.mail.models import Letter
from hearthline.hub.sealing.models import SealedRow


class Lane(models.TextChoices):
    """The lanes at the side of the notices."""

    OPEN = "open", _("In progress")
    FIND_HOST = "find_host", _("Find the host")
    LATE = "late", _("No answer in time")
    ESCALATED = "escalated", _("Needs the manager")
    GONE = "gone", _("Removed")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, at: datetime) -> Self:
        """Notices whose next letter is due, oldest first."""
        return self.filter(free(at), due_at__lte=at).order_by("due_at", "pk")

    def open(self) -> Self:
        return self.filter(state__in=Notice.OPEN, case__state=Case.State.CONFIRMED)

    def newest_first(self) -> Self:
        return self.select_related("case", "host").order_by("-queued_at", "pk")

    def in_lane(self, lane: str, at: datetime) -> Self:
        match lane:
            case Lane.FIND_HOST:
                return self.open().filter(state=Notice.State.QUEUED, contact__isnull=True)
            case Lane.LATE:
                return self.unanswered(at)
            case Lane.ESCALATED:
                return self.open().filter(state=Notice.State.ESCALATED)
            case Lane.GONE:
                return self.filter(state=Notice.State.REMOVED)
        return self.open()

    def unanswered(self, at: datetime) -> Self:
        """Open notices whose host had to acknowledge by now and has not."""
        return self.open().filter(acknowledged_at__isnull=True, acknowledge_due_at__lte=at)

    def posted(self) -> Self:
        """Queued notices whose letter is with the mail room, which may know its fate by now."""
        known = Delivery.objects.filter(
            notice=OuterRef("pk"),
            kind=Delivery.Kind.FIRST,
            letter__state__in=[Letter.State.SENT, Letter.State.GIVEN_UP],
        )
        queued = self.filter(state=Notice.State.QUEUED, due_at__isnull=True)
        return queued.filter(Exists(known), contact__isnull=False)

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
        sent = self.filter(sent_at__gte=start, sent_at__lt=end).select_related("case")
        return [(one.case.opened_at, one.sent_at) for one in sent if one.sent_at]

    def waits_for_removal(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """From a case's first report to its removal, for removals of the period."""
        removed = self.filter(removed_at__gte=start, removed_at__lt=end).select_related("case")
        return [(one.case.opened_at, one.removed_at) for one in removed if one.removed_at]


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

    # What moved is open too, until our own looks find it gone from here.
    OPEN = (
        State.QUEUED,
        State.SENT,
        State.ACKNOWLEDGED,
        State.MOVED,
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

    @property
    def reference(self) -> str:
        """A short name for letters and talk."""
        return str(self.id)[:8].upper()

    @property
    def needs_host(self) -> bool:
        """Whether a person has to find out where to write."""
        return self.state == self.State.QUEUED and self.contact_id is None

    @property
    def clock(self) -> tuple[datetime, datetime] | None:
        """Start and end of the clock that runs for the host; None while none does."""
        waiting = (
            self.State.SENT,
            self.State.NO_RESPONSE,
            self.State.ACKNOWLEDGED,
            self.State.REFUSED,
        )
        if self.state not in waiting or self.escalate_at is None:
            return None
        started = self.escalate_at - timedelta(hours=settings.PACK.clocks.notice.escalate_hours)
        if self.acknowledged_at is None and self.acknowledge_due_at is not None:
            return started, self.acknowledge_due_at
        return started, self.escalate_at


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
    # Signs of absence in a row, counted in halves: two for an address that is not there, one for
    # a host that cannot be reached, since a host that is down may well come back with the page.
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
    # Why they refuse: a code of kit.codelists.host_refusals, where the answer is a refusal.
    refusal = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


def cases_awaiting_notice(at: datetime) -> models.QuerySet[Case]:
    """Cases whose host may be told now and that have no notice, the oldest clearance first.

    Only an address has a host; accounts and words are for a person to act on.
    """
    cleared = Case.objects.cleared_for_notice(at).filter(subject__kind=Subject.Kind.URL)
    told = Notice.objects.values("case")
    return cleared.exclude(pk__in=told).order_by("notice_cleared_at", "pk")


def cases_by_hand(at: datetime) -> models.QuerySet[Case]:
    """Cases cleared for a notice that is nobody's to send by itself: accounts and words."""
    cleared = Case.objects.cleared_for_notice(at).exclude(subject__kind=Subject.Kind.URL)
    return cleared.select_related("subject").order_by("notice_cleared_at", "pk")
