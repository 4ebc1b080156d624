# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models.measured import ASSESSMENTS
from hearthline.hub.sealing.models import SealedRow


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def settled_in(self, start: datetime, end: datetime) -> Self:
        """Findings that two people, or a senior, made final in the period."""
        agreed = Q(stage=Assessment.Stage.SECOND, agrees=True)
        final = agreed | Q(stage=Assessment.Stage.SENIOR)
        # Exercises are few: each finding is not looked up in the ledger of cases to leave them out.
        cases = Assessment._meta.get_field("case").related_model
        exercises = cases._default_manager.filter(exercise=True).values("pk")
        return self.filter(final, at__gte=start, at__lt=end).exclude(case__in=exercises)

    def counted_by_outcome(self) -> dict[str, int]:
        """How many cases have each outcome among these assessments."""
        by_outcome = self.order_by().values_list("outcome")
        return dict(by_outcome.annotate(Count("case", distinct=True)))


class Assessment(SealedRow):
    """One person's judgement. Never edited, only superseded. Append-only by database trigger."""

    class Stage(models.TextChoices):
        FIRST = "first", _("First assessment")
        SECOND = "second", _("Second review")
        SENIOR = "senior", _("Senior's decision")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="assessments")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=Stage.choices)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # For a second review: does the reviewer agree with what it reviews?
    agrees = models.BooleanField(null=True)
    outcome = models.CharField(max_length=20)
    incident_type = models.CharField(max_length=40)
    fourc = models.JSONField(default=list)
    age_band = models.CharField(max_length=20, default="unknown")
    sex = models.CharField(max_length=20, default="unknown")
    self_generated = models.BooleanField(default=False)
    peer = models.BooleanField(default=False)
    legal_basis = models.CharField(max_length=60, blank=True)
    # Sealed under the subject's key, which is its data key.
    note = models.BinaryField(default=b"")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = ASSESSMENTS
