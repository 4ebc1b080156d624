# SPDX-License-Identifier: Apache-2.0
import uuid
from typing import Self

from django.db import models

from hearthline.hub.accounts.models import User


class ReleaseQuerySet(models.QuerySet["Release"]):
    def newest_first(self) -> Self:
        return self.order_by("-period", "-revision")

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self, period: str) -> "Release | None":
        """The newest published revision of a period such as "2026-10"."""
        return self.published().filter(period=period).order_by("-revision").first()


class Release(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.CharField(max_length=7)
    revision = models.PositiveIntegerField()
    threshold = models.PositiveIntegerField()
    compiled_at = models.DateTimeField()
    compiled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "revision"], name="statistics_one_revision")
        ]


class Observation(models.Model):
    """One published figure, or the mark that it is withheld. Holds no way back to any record."""

    class Status(models.TextChoices):
        PUBLISHED = "published"
        PRIMARY = "primary"
        COMPLEMENTARY = "complementary"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="observations")
    indicator = models.CharField(max_length=40)
    # The breakdown: which dimension, and its code ("_T" for the total).
    dimension = models.CharField(max_length=20, default="total")
    code = models.CharField(max_length=40, default="_T")
    value = models.IntegerField(null=True)
    unit = models.CharField(max_length=12, default="count")
    status = models.CharField(max_length=20, choices=Status.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "indicator", "dimension", "code"],
                name="statistics_one_observation",
            )
        ]
