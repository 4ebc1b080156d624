# SPDX-License-Identifier: Apache-2.0
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff, a reporter (by report, never by name), or the worker."""

    kind: str
    id: str
    roles: str = ""

    @classmethod
    def worker(cls) -> Self:
        return cls("worker", "worker")

    @classmethod
    def reporter(cls, report: uuid.UUID | str) -> Self:
        return cls("reporter", str(report))

    @classmethod
    def operator(cls) -> Self:
        """A person at the server's own console."""
        return cls("operator", "console")

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, object_type: str, object_id: uuid.UUID | str) -> Self:
        return self.filter(object_type=object_type, object_id=str(object_id))

    def unlogged(self) -> Self:
        """Entries that are not yet leaves of the log, found without reading the logged ones.

        Leaves are given in the order of ids, and only while no transaction with a lower id is
        still open (see `extend_log`); so what is not logged yet lies after the last leaf.
        """
        last = Subquery(Leaf.objects.order_by("-index").values("entry_id")[:1])
        return self.filter(id__gt=Coalesce(last, 0)).order_by("id")

    def without_leaf(self) -> Self:
        """Entries that are no leaves, wherever they lie. Reads the whole table."""
        return self.filter(~Exists(Leaf.objects.filter(entry_id=OuterRef("pk")))).order_by("id")

    def of_day(self, first: date | None, last: date | None) -> Self:
        """Entries from the start of `first` to the end of `last`, by the country's calendar."""
        entries = self
        if first:
            entries = entries.filter(at__gte=_midnight(first))
        if last:
            entries = entries.filter(at__lt=_midnight(last + timedelta(days=1)))
        return entries

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def of_actor(self, actor: str) -> Self:
        return self.filter(actor=actor)

    def of_verb(self, verb: str) -> Self:
        """Entries of one verb, such as "cases.assess", or of a whole room, such as "cases"."""
        if "." in verb:
            return self.filter(verb=verb)
        # Whatever begins with "cases." lies between "cases." and "cases/": the index finds it.
        return self.filter(verb__gt=f"{verb}.", verb__lt=f"{verb}/")

    def about_record(self, name: str) -> Self:
        """Entries about a record given as "cases.case:number", or by its number alone."""
        kind, colon, number = name.rpartition(":")
        return self.about(kind, number) if colon else self.filter(object_id=number)

    def older_than(self, number: int) -> Self:
        return self.filter(id__lt=number)


class Entry(models.Model):
    """One act or one reading. Append-only by database trigger."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=120, db_index=True)
    roles = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=80, db_index=True)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    reason = models.CharField(max_length=500, blank=True)
    detail = models.TextField(default="{}")

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"])]

    def fields(self) -> dict[str, Any]:
        """What the log holds of the entry: plain values, the time as text in UTC."""
        return {
            "id": self.id,
            "at": utc(self.at),
            "actor": self.actor,
            "roles": self.roles,
            "verb": self.verb,
            "object_type": self.object_type,
            "object_id": self.object_id,
            "reason": self.reason,
            "detail": self.detail,
        }

    def leaf_bytes(self) -> bytes:
        return leaf_bytes(self.fields())


class Leaf(models.Model):
    """An entry's place in the log, given by the sweep in the order entries were committed."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField(max_length=32)


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    def newest(self) -> "Checkpoint | None":
        return self.order_by("-size").first()


class Checkpoint(models.Model):
    """A signed statement of the log's size and root, in the signed-note form of C2SP."""

    size = models.BigIntegerField(primary_key=True)
    signed_at = models.DateTimeField()
    root = models.BinaryField(max_length=32)
    # The compact range of the log at this size, so that the next one costs O(log n).
    frontier = models.BinaryField()
    note = models.TextField()

    objects = CheckpointQuerySet.as_manager()


def leaf_bytes(fields: dict[str, Any]) -> bytes:
    """An entry as the log sees it: JSON with sorted keys and no spaces, UTF-8."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def utc(moment: datetime) -> str:
    """A moment as the log writes it: ISO 8601 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())
