# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from hearthline.hub.cases.models import Case, Subject, Withdrawal
from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.hosting.models import HostingFact
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.models.answering import Answer
from hearthline.hub.notices.models.carrying import Delivery
from hearthline.hub.notices.models.door import Reader

THERE = Q(removed_at__isnull=True, ended_at__isnull=True)
# The times that figures ask for.
MEASURED = ("sent_at", "acknowledge_due_at", "acknowledged_at", "escalate_at", "removed_at")


class Lane(models.TextChoices):
    """The lanes at the side of the notices."""

    OPEN = "open", _("In progress")
    FIND_HOST = "find_host", _("Find the host")
    LATE = "late", _("No answer in time")
    ESCALATED = "escalated", _("Needs the manager")
    PERSON = "person", _("Waits for a person")
    GONE = "gone", _("Removed")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, at: datetime) -> Self:
        """Notices whose next letter is due, oldest first; a first letter that is urgent always is.

        A case may become urgent while its notice waits for a window or for the morning.
        """
        pressing = Case.objects.cleared_for_notice(at).filter(
            level__in=settings.PACK.clocks.notice.urgent
        )
        urgent = Q(state=Notice.State.QUEUED, due_at__isnull=False, case__in=pressing)
        # No join, which PostgreSQL would not lock: none of a case that every reporter left.
        left = Withdrawal.objects.in_force().values("case")
        due = self.filter(free(at), Q(due_at__lte=at) | urgent)
        return due.exclude(case__in=left).order_by("due_at", "pk")

    def travelling_with(self, notice: "Notice", at: datetime) -> Self:
        """Other notices that wait to go to the same contact, and may go in the same letter."""
        waiting = self.filter(
            free(at), state=Notice.State.QUEUED, contact=notice.contact, due_at__isnull=False
        ).filter(case__exercise=notice.case.exercise)
        return waiting.filter(case__in=Case.objects.cleared_for_notice(at)).exclude(pk=notice.pk)

    def sent_with(self, notice: "Notice", at: datetime) -> Self:
        """Other open notices of the same first letter with something due too."""
        letter = notice.deliveries.filter(kind=Delivery.Kind.FIRST).last()
        if letter is None or letter.letter_id is None:
            return self.none()
        same = Delivery.objects.filter(kind=Delivery.Kind.FIRST, letter=letter.letter_id)
        together = self.filter(free(at), due_at__lte=at, pk__in=same.values("notice"))
        return together.filter(case__in=Case.objects.cleared_for_notice(at)).exclude(pk=notice.pk)

    def told_to(self, reader: Reader) -> Self:
        """What this reader may see: it was written to, and the notice is still its business.

        A link is for what its own contact was told, a key for what any contact of its
        organisation was. Exercises are nobody's outside; what waits for a letter is not told yet,
        nor is a letter that has not gone. Who is listed beside the host, such as its network, sees
        what its own letter of this round was about.
        """
        organisation = reader.organisation
        to = Q(contact=reader.contact) if reader.contact else Q(contact__organisation=organisation)
        went = Q(letter__sent_at__isnull=False) | Q(post__sent_at__isnull=False)
        written = Delivery.objects.filter(to, went, notice=OuterRef("pk"))
        hosts = written.filter(notice__host=organisation).exclude(contact__scope__in=Contact.OTHERS)
        higher = written.filter(
            kind=Delivery.Kind.ESCALATION, queued_at__gte=OuterRef("clocks_from")
        )
        known = self.real().exclude(state=Notice.State.QUEUED)
        return known.filter(Exists(hosts) | Exists(higher))

    def real(self) -> Self:
        """Without exercises, which no figure speaks of."""
        return self.filter(case__exercise=False)

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
            case Lane.PERSON:
                return self.open().exclude(waits_for="")
            case Lane.GONE:
                return self.filter(state=Notice.State.REMOVED)
        return self.open()

    def host_changed(self) -> Self:
        """Open notices whose address was found at another host since they were sent.

        What waits for a person already, and what a person has taken note of, is not among them.
        """
        since = Coalesce(OuterRef("hosting_noted_at"), OuterRef("clocks_from"))
        moved = HostingFact.objects.filter(
            host_digest=OuterRef("case__host_digest"), moved=True, at__gt=since
        )
        sent = self.real().open().exclude(state=Notice.State.QUEUED).filter(waits_for="")
        return sent.exclude(case__host_digest=b"").filter(Exists(moved))

    def unanswered(self, at: datetime) -> Self:
        """Open notices whose host had to acknowledge by now and has not."""
        return self.open().filter(acknowledged_at__isnull=True, acknowledge_due_at__lte=at)

    def posted(self) -> Self:
        """Queued notices whose letter is with the mail room, which may know its fate by now."""
        ended = [Letter.State.SENT, Letter.State.GIVEN_UP]
        known = Delivery.objects.filter(
            Q(letter__state__in=ended) | Q(post__state__in=ended),
            notice=OuterRef("pk"),
            kind=Delivery.Kind.FIRST,
        )
        queued = self.filter(state=Notice.State.QUEUED, due_at__isnull=True)
        return queued.filter(Exists(known), contact__isnull=False)

    def of_ended_cases(self) -> Self:
        """Notices that outlived their case."""
        return self.filter(case__ended_at__isnull=False, ended_at__isnull=True)

    def breached(self, at: datetime) -> Self:
        """Open notices past the time the host had to answer."""
        return self.open().filter(escalate_at__lt=at)

    def answer_breached_in(self, start: datetime, end: datetime) -> Self:
        """The host's time to answer ran out in the period, with no answer or removal by then."""
        due = F("acknowledge_due_at")
        answered = Answer.objects.filter(
            notice=OuterRef("pk"), at__lte=OuterRef("acknowledge_due_at")
        )
        return self.real().filter(
            Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gt=due),
            Q(removed_at__isnull=True) | Q(removed_at__gt=due),
            ~Exists(answered),
            acknowledge_due_at__gte=start,
            acknowledge_due_at__lt=end,
        )


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

    class Waits(models.TextChoices):
        PARK = "park", _("A person decides what comes next")
        SECOND_LOOK = "second_look", _("Somebody else looks at the assessment again")
        HOST_CHANGED = "host_changed", _("The host changed: a person says who is told now")

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
    # When what was seen and written for it was deleted, with the case.
    ended_at = models.DateTimeField(null=True)
    # When the host's time began: with the letter in force. Empty until it was sent.
    clocks_from = models.DateTimeField(null=True)
    # What is left to a person: by a refusal, see `then` of kit.codelists.host_refusals, or by a
    # change of host.
    waits_for = models.CharField(max_length=20, choices=Waits.choices, blank=True, db_default="")
    # Until when a person has taken note of who hosts it.
    hosting_noted_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            # What is still there, as far as we know, and kept: for the overview of promises.
            models.Index(fields=["case", "state"], condition=THERE, name="notices_there"),
            *(models.Index(fields=[time], name=f"notices_{time}") for time in MEASURED),
        ]

    @property
    def reference(self) -> str:
        """A short name for letters and talk."""
        return str(self.id)[:8].upper()

    @property
    def needs_host(self) -> bool:
        """Whether a person has to find out where to write."""
        return self.state == self.State.QUEUED and self.contact_id is None

    @property
    def started_at(self) -> datetime | None:
        """When the host's time began."""
        if self.clocks_from is None and self.escalate_at is not None:
            return self.escalate_at - timedelta(hours=settings.PACK.clocks.notice.escalate_hours)
        return self.clocks_from

    @property
    def is_urgent(self) -> bool:
        """Whether its letters wait for no window, night or holiday."""
        return self.case.level in settings.PACK.clocks.notice.urgent

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
        started = self.started_at
        if started is None:
            return None
        if self.acknowledged_at is None and self.acknowledge_due_at is not None:
            return started, self.acknowledge_due_at
        return started, self.escalate_at


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
