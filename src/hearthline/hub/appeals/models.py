# SPDX-License-Identifier: Apache-2.0
import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.cases.models import Case
from hearthline.hub.notices.models import Notice
from hearthline.hub.sealing.models import SealedRow
from hearthline.kit.disclosure import publishable_quantile, publishable_rate, suppress_series


class Lane(models.TextChoices):
    """The lanes at the side of the appeals."""

    NEW = "new", _("New")
    MINE = "mine", _("Mine")
    SECOND = "second", _("For a second person")
    LATE = "late", _("Late")
    DECIDED = "decided", _("Decided")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def of_receipt(self, digest: bytes) -> "Appeal | None":
        """The appeal this receipt's digest belongs to."""
        return self.select_related("data_key").filter(receipt_digest=digest).first()

    def open(self) -> Self:
        return self.exclude(state=Appeal.State.DECIDED)

    def to_look_up(self) -> Self:
        """Received, and the ledgers not searched yet for what they dispute."""
        waiting = self.filter(state=Appeal.State.RECEIVED, looked_up_at__isnull=True)
        return waiting.order_by("received_at", "pk")

    def in_lane(self, lane: str, user: User, at: datetime) -> Self:
        match lane:
            case Lane.MINE:
                return self.filter(state=Appeal.State.ACKNOWLEDGED, handler=user)
            case Lane.SECOND:
                return self.filter(state=Appeal.State.AGREEING).exclude(handler=user)
            case Lane.LATE:
                return self.late(at)
            case Lane.DECIDED:
                return self.filter(state=Appeal.State.DECIDED)
        return self.filter(state=Appeal.State.RECEIVED)

    def lane_counts(self, user: User, at: datetime) -> dict[str, int]:
        return {lane: self.in_lane(lane, user, at).count() for lane in Lane.values}

    def by_clock(self) -> Self:
        """The one due first at the top; the decided after them, newest first."""
        decided_last = F("decided_at").desc(nulls_first=True)
        return self.select_related("handler").order_by(decided_last, "decide_due_at", "pk")

    def late(self, at: datetime) -> Self:
        """Open, and past the clock of a step that is not done."""
        unread = Q(acknowledged_at__isnull=True, acknowledge_due_at__lt=at)
        return self.open().filter(unread | Q(decide_due_at__lt=at))

    def newly_late(self, at: datetime) -> Self:
        """Past the clock of a step not done yet, and not noted as late for that step."""
        unread = Q(acknowledged_at=None, acknowledge_due_at__lt=at, late_unread_at=None)
        undecided = Q(decided_at=None, decide_due_at__lt=at, late_undecided_at=None)
        return self.filter(unread | undecided)

    def past_retention(self, at: datetime) -> Self:
        return self.filter(retain_until__lte=at, data_key__destroyed_at__isnull=True)

    def received_in(self, start: datetime, end: datetime) -> Self:
        return self.filter(received_at__gte=start, received_at__lt=end)

    def decided_in(self, start: datetime, end: datetime) -> Self:
        return self.filter(decided_at__gte=start, decided_at__lt=end)

    def decided_late(self) -> Self:
        return self.filter(decided_at__gt=F("decide_due_at"))

    def counted_by(self, field: str) -> dict[str, int]:
        """How many appeals have each code of one field. For the desk: nothing is withheld."""
        return dict(self.order_by().values_list(field).annotate(Count("pk")))

    def published_counts(self, field: str, codes: Iterable[str], threshold: int) -> Any:
        """The same with every code, and their total `_T`; None where a count is withheld."""
        counted = self.counted_by(field)
        return suppress_series({code: counted.get(code, 0) for code in codes}, threshold)

    def overturn_rate(self, threshold: int) -> float | None:
        """Of 100 decided about a measure of ours, how many were lifted or made narrower.

        None where the rate would tell of too few.
        """
        ours = self.filter(decided_at__isnull=False).exclude(outcome=Appeal.Outcome.NOT_OURS)
        undone = ours.filter(outcome__in=[Appeal.Outcome.LIFTED, Appeal.Outcome.PARTLY]).count()
        return publishable_rate(undone, ours.count(), threshold)

    def days_to_lift(self, threshold: int) -> float | None:
        """The median of days from an appeal to its lifting; None where it tells of too few."""
        lifted = self.filter(outcome__in=[Appeal.Outcome.LIFTED, Appeal.Outcome.PARTLY])
        times = lifted.filter(decided_at__isnull=False).values_list("received_at", "decided_at")
        days = [(end - start) / timedelta(days=1) for start, end in times if end is not None]
        return publishable_quantile(days, 0.5, threshold)


class Appeal(SealedRow):
    """One dispute by somebody outside. Address, words, contact and answer are sealed."""

    class Who(models.TextChoices):
        PROVIDER = "provider", _("I run the service it is on")
        OWNER = "owner", _("It is my site or my page")
        SUBJECT = "subject", _("It is about me, or I made it")
        READER = "reader", _("I wanted to open it")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        ACKNOWLEDGED = "acknowledged", _("Being looked into")
        AGREEING = "agreeing", _("A second person looks")
        DECIDED = "decided", _("Decided")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("The measure stands")
        LIFTED = "lifted", _("The measure is lifted")
        PARTLY = "partly", _("The measure is made narrower")
        NOT_OURS = "not_ours", _("We took no measure there")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt_digest = models.BinaryField(max_length=32, unique=True)
    who = models.CharField(max_length=10, choices=Who.choices)
    language = models.CharField(max_length=12)
    received_at = models.DateTimeField(db_index=True)
    acknowledge_due_at = models.DateTimeField()
    decide_due_at = models.DateTimeField(db_index=True)
    # As it was typed; sealed. What it means is kept as keyed digests until the words end.
    address = models.BinaryField()
    words = models.BinaryField()
    contact = models.BinaryField(default=b"")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    # When the ledgers were searched for what it disputes. Never while whoever appeals waits: how
    # long that took would tell them whether anything was found.
    looked_up_at = models.DateTimeField(null=True)
    handler = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    # The second person, where a finding is undone.
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    # Codes of `sentences`: why, what we do about it, and in which words we are sorry.
    reasons = models.JSONField(default=list)
    remedies = models.JSONField(default=list)
    apology = models.CharField(max_length=20, blank=True)
    # Our own words besides; sealed.
    answer = models.BinaryField(default=b"")
    # Why a second person did not agree: a token of the sealed words.
    turned_back = models.CharField(max_length=500, blank=True)
    # When the sweep noted that a step was late; empty where it was not.
    late_unread_at = models.DateTimeField(null=True)
    late_undecided_at = models.DateTimeField(null=True)
    retain_until = models.DateTimeField(null=True, db_index=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | (Q(handler__isnull=False) & ~Q(outcome="")),
                name="appeals_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("handler")),
                name="appeals_second_is_another",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "decide_due_at"], name="appeals_by_state"),
            models.Index(fields=["decided_at"], name="appeals_decided"),
        ]

    @property
    def reference(self) -> str:
        """A short name for talk at the desk."""
        return str(self.id)[:8].upper()

    @property
    def clock(self) -> tuple[datetime, datetime] | None:
        """From when until when the next step is due; None once it is decided."""
        if self.decided_at:
            return None
        due = self.decide_due_at if self.acknowledged_at else self.acknowledge_due_at
        return self.received_at, due

    def is_late(self, at: datetime) -> bool:
        clock = self.clock
        return clock is not None and clock[1] < at


class Measure(models.Model):
    """One measure of ours that an appeal disputes, and what became of it."""

    class Kind(models.TextChoices):
        BLOCK = "block", _("Block")
        NOTICE = "notice", _("Notice to the host")
        FINDING = "finding", _("Finding")

    class Result(models.TextChoices):
        UPHELD = "upheld", _("Stands")
        LIFTED = "lifted", _("Lifted")
        NARROWED = "narrowed", _("Made narrower")

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    # What the decision says of it. Done at once, but for a finding: that waits for the second.
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["found_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="block", entry__isnull=False, notice=None, case=None)
                | Q(kind="notice", entry=None, notice__isnull=False, case__isnull=False)
                | Q(kind="finding", entry=None, notice=None, case__isnull=False),
                name="appeals_measure_is_one_thing",
            ),
            models.UniqueConstraint(fields=["appeal", "entry"], name="appeals_entry_once"),
            models.UniqueConstraint(fields=["appeal", "case"], name="appeals_case_once"),
        ]

    @property
    def reference(self) -> str:
        """The short name of the block, the notice or the case."""
        row = self.entry or self.notice or self.case
        return row.reference if row else ""

    @property
    def asks_two(self) -> bool:
        """Whether undoing it takes two: what two people found is not undone by one."""
        return self.kind != self.Kind.BLOCK


class StopDayQuerySet(models.QuerySet["StopDay"]):
    def shown_in(self, first: date, end: date) -> int:
        """How often the stop page was shown from one day until before another."""
        days = self.filter(day__gte=first, day__lt=end)
        return int(days.aggregate(all=Sum("shown"))["all"] or 0)


class StopDay(models.Model):
    """How often the stop page was shown on one day. Nothing else about it is kept anywhere."""

    day = models.DateField(primary_key=True)
    shown = models.PositiveBigIntegerField(default=0)

    objects = StopDayQuerySet.as_manager()


class BlockingReportQuerySet(models.QuerySet["BlockingReport"]):
    def newest(self) -> "BlockingReport | None":
        return self.order_by("-period").first()

    def periods(self) -> list[str]:
        """The months that are published, newest first."""
        return list(self.order_by("-period").values_list("period", flat=True))


class BlockingReport(models.Model):
    """What is published of a month of blocking. Append-only by trigger: it is never corrected."""

    period = models.CharField(primary_key=True, max_length=7)
    made_at = models.DateTimeField()
    # Canonical JSON with its signature, see `actions.reporting`.
    body = models.TextField()

    objects = BlockingReportQuerySet.as_manager()

    @property
    def said(self) -> dict[str, Any]:
        """The report as it was published."""
        read: dict[str, Any] = json.loads(self.body)
        return read


def listed_by(end: datetime) -> dict[tuple[str, str], int]:
    """How many entries were in force at a time, by category and scope. Without exercises."""
    then = _real().filter(listed_at__lt=end).filter(Q(delisted_at=None) | Q(delisted_at__gte=end))
    counted = then.order_by().values_list("category", "scope").annotate(Count("pk"))
    return {(category, scope): count for category, scope, count in counted}


def added_in(start: datetime, end: datetime) -> dict[str, int]:
    """How many entries came into force in a time, by category."""
    came = _real().filter(listed_at__gte=start, listed_at__lt=end)
    return dict(came.order_by().values_list("category").annotate(Count("pk")))


def delisted_in(start: datetime, end: datetime) -> dict[str, int]:
    """How many entries left the list in a time, by why."""
    left = _real().filter(delisted_at__gte=start, delisted_at__lt=end)
    return dict(left.order_by().values_list("delisted_because").annotate(Count("pk")))


def appealed_in(start: datetime, end: datetime) -> int:
    """How many entries somebody appealed against in a time."""
    return _real().filter(appealed_at__gte=start, appealed_at__lt=end).count()


def _real() -> models.QuerySet[Entry]:
    return Entry.objects.exclude(case__exercise=True)
