# SPDX-License-Identifier: Apache-2.0
"""What hangs on a case: changes of urgency, exhibits, requests to read who a reporter is."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models.case import Case
from hearthline.hub.evidence.models import Exhibit
from hearthline.hub.reports.models import Report
from hearthline.kit.packs.pack import Retention


class LevelChange(models.Model):
    """Urgency raised or lowered by a person. Append-only by database trigger."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="level_changes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    before = models.CharField(max_length=2)
    after = models.CharField(max_length=2)
    reason = models.CharField(max_length=500, blank=True)


class CaseExhibitQuerySet(models.QuerySet["CaseExhibit"]):
    def outlived(self, at: datetime, policy: Retention) -> Self:
        """Exhibits of cases closed longer ago than their track keeps them, not shredded yet."""
        standard = at - timedelta(days=policy.evidence_days)
        sooner = at - timedelta(days=policy.child_first_evidence_days)
        past = Q(case__closed_at__lt=standard) | Q(
            case__track=Case.Track.CHILD_FIRST, case__closed_at__lt=sooner
        )
        return self.filter(past, exhibit__shredded_at__isnull=True)


class CaseExhibit(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exhibits")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = CaseExhibitQuerySet.as_manager()


class Disclosure(models.Model):
    """A request to read who the reporter is. Needs a second person; shown once per approval."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disclosures")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="cases_disclosure_by_two",
            )
        ]
