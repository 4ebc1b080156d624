# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import models
from django.db.models import Q


def free(at: datetime) -> Q:
    """Rows that no worker holds at `at`. A lease that ran out holds nothing."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=at)


class DueRow(models.Model):
    """A row with later work. `due_at` is empty when there is none."""

    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_by = models.CharField(max_length=80, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True
