# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

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

    def history(self, period: str) -> Self:
        """The published revisions of a period, newest first, each with its files."""
        return self.published().filter(period=period).order_by("-revision").with_files()

    def with_files(self) -> Self:
        return self.prefetch_related(
            models.Prefetch("files", PublishedFile.objects.defer("body").order_by("format"))
        )

    def last_revision(self, period: str) -> int:
        """The number of the newest revision of a period, 0 when there is none."""
        newest = self.filter(period=period).aggregate(models.Max("revision"))["revision__max"]
        return newest or 0


class Release(models.Model):
    """The figures of one calendar month, as counted once. A second count is a new revision.

    Never edited once published: a database trigger refuses it.
    """

    class Reason(models.TextChoices):
        LATE_DATA = "late_data", _("Late data: reports or findings were recorded afterwards")
        MISTAKE = "mistake", _("A mistake was corrected")
        DEFINITION = "definition", _("What is counted was defined anew")
        DISCLOSURE = "disclosure", _("Earlier figures could have told of single children")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.CharField(max_length=7)
    revision = models.PositiveIntegerField()
    threshold = models.PositiveIntegerField()
    compiled_at = models.DateTimeField()
    compiled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Why it corrects the revision before it, in a word and in the public's own words.
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True, db_default="")
    note = models.CharField(max_length=500, blank=True, db_default="")
    # False while late data may still change it, by the pack's calendar.
    final = models.BooleanField(db_default=False)
    # Indicators taken over from the revision before, since too little changed to be told.
    carried = models.CharField(max_length=200, blank=True, db_default="")
    # Set when a later revision withdrew its files, because they disclosed too much.
    withdrawn_at = models.DateTimeField(null=True)

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
    def published_of(self, period: str) -> Self:
        """What every published revision of the period shows or withholds, oldest first.

        Withdrawn ones too: what was public once is known.
        """
        shown = self.filter(release__period=period, release__published_at__isnull=False)
        return shown.order_by("release__revision", "pk")


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


class PublishedFile(models.Model):
    """A file exactly as it was published. Append-only by database trigger."""

    class Format(models.TextChoices):
        CSV = "csv", _("Table for a spreadsheet (CSV)")
        SDMX_CSV = "sdmx.csv", _("For statistical offices (SDMX-CSV)")
        SDMX_ML = "sdmx.xml", _("For statistical offices (SDMX-ML)")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=10, choices=Format.choices)
    body = models.TextField()
    # SHA-256 of the body in UTF-8, in hexadecimal.
    sha256 = models.CharField(max_length=64)

    objects = models.Manager()

    class Meta:
        ordering = ["format"]
        constraints = [
            models.UniqueConstraint(fields=["release", "format"], name="statistics_one_file")
        ]


class PromiseDayQuerySet(models.QuerySet["PromiseDay"]):
    def since(self, day: date) -> Self:
        return self.filter(day__gte=day).order_by("day", "pk")

    def before(self, day: date) -> Self:
        return self.filter(day__lt=day)


class PromiseDay(models.Model):
    """How one promise was kept on one day of the country, counted when the day was over.

    True counts, for the overview of promises alone, which leaves out what speaks of too few.
    """

    day = models.DateField()
    # Code of a clock, and what it is counted apart by (an urgency level), or "".
    promise = models.CharField(max_length=20)
    group = models.CharField(max_length=10, blank=True)
    # Of what fell due on the day: done in time, and not.
    kept = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()
    # Of what was done on the day: whole minutes it took (as text), to how many.
    minutes = models.JSONField(default=dict)

    objects = PromiseDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "promise", "group"], name="statistics_one_promise_day"
            )
        ]

    @property
    def lengths(self) -> dict[int, int]:
        return {int(taken): number for taken, number in self.minutes.items()}
