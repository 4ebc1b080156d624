# SPDX-License-Identifier: Apache-2.0
import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from hearthline.hub.accounts.models import User

Place = tuple[str, str, str]


class ReleaseQuerySet(models.QuerySet["Release"]):
    def newest_first(self) -> Self:
        return self.order_by("-period", "-revision")

    def with_people(self) -> Self:
        return self.select_related("compiled_by", "published_by")

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self, period: str) -> "Release | None":
        """The newest published revision of a period such as "2026-10"."""
        return self.published().filter(period=period).order_by("-revision").first()

    def published_periods(self) -> list[str]:
        """The periods the public may choose from, newest first."""
        periods = self.published().order_by("-period").values_list("period", flat=True)
        return list(periods.distinct())

    def last_revision(self, period: str) -> int:
        """The number of the newest revision of a period, 0 when there is none."""
        newest = self.filter(period=period).aggregate(models.Max("revision"))["revision__max"]
        return newest or 0


class Release(models.Model):
    """The figures of one calendar month, as counted once. A second count is a new revision."""

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
            models.UniqueConstraint(fields=["period", "revision"], name="statistics_one_revision"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("compiled_by")),
                name="statistics_two_people",
            ),
        ]


class ObservationQuerySet(models.QuerySet["Observation"]):
    def withheld_before(self, period: str) -> set[Place]:
        """Where published revisions of the period withhold a figure."""
        earlier = self.filter(
            release__period=period, release__published_at__isnull=False, value__isnull=True
        )
        return set(earlier.values_list("indicator", "dimension", "code"))


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
    # A count, whole per cent or whole minutes; empty where withheld.
    value = models.IntegerField(null=True)
    unit = models.CharField(max_length=12, default="count")
    status = models.CharField(max_length=20, choices=Status.choices)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "indicator", "dimension", "code"],
                name="statistics_one_observation",
            ),
            models.CheckConstraint(
                condition=Q(status="published", value__isnull=False)
                | (~Q(status="published") & Q(value__isnull=True)),
                name="statistics_withheld_holds_nothing",
            ),
        ]
