# SPDX-License-Identifier: Apache-2.0
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearthline.hub.blocklists.models.entry import Entry


class VersionQuerySet(models.QuerySet["Version"]):
    def newest(self) -> "Version | None":
        return self.order_by("-serial").first()


class Version(models.Model):
    """One signed state of the list; each names the one before it. Append-only by trigger."""

    serial = models.PositiveBigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    # SHA-256 of the canonical form of all entries, and of the changes since the one before.
    digest = models.BinaryField(max_length=32)
    changes_digest = models.BinaryField(max_length=32)
    # The signed manifest, canonical JSON: outputs with their SHA-256, signature, what went before.
    manifest = models.TextField()

    objects = VersionQuerySet.as_manager()


class Change(models.Model):
    """An entry that a version adds or removes. Append-only by trigger."""

    class Kind(models.TextChoices):
        ADD = "add", _("Added")
        REMOVE = "remove", _("Removed")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="changes")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    because = models.CharField(max_length=10, choices=Entry.Because.choices, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["version", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind"], name="blocklists_each_change_once")
        ]
