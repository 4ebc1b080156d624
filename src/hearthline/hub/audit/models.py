# SPDX-License-Identifier: Apache-2.0
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.db import models


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
        """Entries that are not yet leaves of the log."""
        return self.filter(leaf__isnull=True).order_by("id")

    def newest_first(self) -> Self:
        return self.order_by("-id")


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

    def leaf_bytes(self) -> bytes:
        """The entry as the log sees it: JSON with sorted keys, UTF-8, time in UTC."""
        return json.dumps(
            {
                "id": self.id,
                "at": _utc(self.at),
                "actor": self.actor,
                "roles": self.roles,
                "verb": self.verb,
                "object_type": self.object_type,
                "object_id": self.object_id,
                "reason": self.reason,
                "detail": self.detail,
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()


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


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
