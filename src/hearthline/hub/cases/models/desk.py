# SPDX-License-Identifier: Apache-2.0
"""Views of the queue that somebody keeps, and requests to take one away as a file."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models.lanes import Lane, Narrowing


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, user: User) -> Self:
        """Their own, and what is shared with the team; in the order of names."""
        return self.filter(Q(owner=user) | Q(shared=True)).order_by("name", "id")


class SavedView(models.Model):
    """A lane, what it is narrowed to and its order, under a name. Holds codes, never a place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    shared = models.BooleanField(default=False)
    lane = models.CharField(max_length=20, choices=Lane.choices)
    sort = models.CharField(max_length=20)
    narrowing = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="cases_view_name_once")
        ]

    @property
    def wanted(self) -> Narrowing:
        return Narrowing.of(self.narrowing)


class ExportQuerySet(models.QuerySet["Export"]):
    def waiting(self) -> Self:
        return self.filter(approved__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-requested_at", "-id")


class Export(models.Model):
    """A request to take a view away as a file. Needs a second person; downloaded once, in time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    lane = models.CharField(max_length=20, choices=Lane.choices)
    sort = models.CharField(max_length=20)
    narrowing = models.JSONField(default=dict)
    # How many rows it had when it was asked for: what the second person decides on.
    row_count = models.PositiveIntegerField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    # Set when it is approved.
    expires_at = models.DateTimeField(null=True)
    downloaded_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["requested_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="cases_export_by_two",
            )
        ]

    @property
    def wanted(self) -> Narrowing:
        return Narrowing.of(self.narrowing)

    def ready(self, at: datetime) -> bool:
        """Approved, in time and not downloaded yet."""
        in_time = self.expires_at is not None and self.expires_at > at
        return bool(self.approved) and in_time and self.downloaded_at is None
