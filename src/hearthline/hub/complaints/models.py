# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.models import SealedRow


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def of_receipt(self, digest: bytes) -> "Complaint | None":
        """The complaint this receipt's digest belongs to."""
        return self.select_related("data_key").filter(receipt_digest=digest).first()

    def real(self) -> Self:
        """Without those about exercises, which no figure speaks of."""
        return self.exclude(report__exercise=True)

    def open(self) -> Self:
        return self.exclude(state=Complaint.State.ANSWERED)

    def for_the_desk(self) -> Self:
        """Open ones first, the one due first at the top; then the answered, newest first."""
        open_first = F("answered_at").desc(nulls_first=True)
        return self.select_related("handler", "report").order_by(open_first, "answer_due_at", "pk")

    def newly_late(self, at: datetime) -> Self:
        """Past the clock of a step not done yet, and not noted as late for that step."""
        unread = Q(acknowledged_at__isnull=True, acknowledge_due_at__lt=at, late_unread_at=None)
        unanswered = Q(answered_at__isnull=True, answer_due_at__lt=at, late_unanswered_at=None)
        return self.filter(unread | unanswered)

    def received_in(self, start: datetime, end: datetime) -> Self:
        return self.filter(received_at__gte=start, received_at__lt=end)

    def answered_in(self, start: datetime, end: datetime) -> Self:
        return self.filter(answered_at__gte=start, answered_at__lt=end)

    def answered_late(self) -> Self:
        return self.filter(answered_at__gt=F("answer_due_at"))

    def counted_by(self, field: str) -> dict[str, int]:
        """How many complaints have each code of one field, for the figures."""
        return dict(self.order_by().values_list(field).annotate(Count("pk")))

    def past_retention(self, at: datetime) -> Self:
        return self.filter(retain_until__lte=at, data_key__destroyed_at__isnull=True)


class Complaint(SealedRow):
    class About(models.TextChoices):
        NOT_HEARD = "not_heard", _("You did not listen to me")
        SLOW = "slow", _("It took too long")
        WRONG_DECISION = "wrong_decision", _("Your decision was wrong")
        UNKIND = "unkind", _("Somebody was not kind to me")
        PRIVACY = "privacy", _("Somebody learned what I told you")
        STAFF_MEMBER = "staff_member", _("It is about a person of your team")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        ACKNOWLEDGED = "acknowledged", _("Being looked into")
        ANSWERED = "answered", _("Answered")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("You are right")
        PARTLY = "partly", _("You are partly right")
        NOT_UPHELD = "not_upheld", _("We see it differently")
        OUT_OF_SCOPE = "out_of_scope", _("It is not for us to decide")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt_digest = models.BinaryField(max_length=32, unique=True)
    about = models.CharField(max_length=20, choices=About.choices)
    # The report it is about, where the complainant gave its receipt.
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    received_at = models.DateTimeField(db_index=True)
    acknowledge_due_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(db_index=True)
    words = models.BinaryField()
    contact = models.BinaryField(default=b"")
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    handler = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    # To the complainant, sealed like their own words: the answer, and what we change.
    answer = models.BinaryField(default=b"")
    change = models.BinaryField(default=b"")
    # When the sweep noted that a step was late; empty where it was not.
    late_unread_at = models.DateTimeField(null=True)
    late_unanswered_at = models.DateTimeField(null=True)
    retain_until = models.DateTimeField(null=True, db_index=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(handler__isnull=False),
                name="complaints_answered_by_somebody",
            )
        ]
        # For the figures and the overview of promises, which ask for a time.
        indexes = [
            models.Index(fields=["acknowledge_due_at"], name="complaints_read_due"),
            models.Index(fields=["acknowledged_at"], name="complaints_read"),
            models.Index(fields=["answered_at"], name="complaints_answered"),
        ]

    @property
    def reference(self) -> str:
        """A short name for talk at the desk."""
        return str(self.id)[:8]
