# SPDX-License-Identifier: Apache-2.0
"""Reports held in a flood, as the desk deals with many of them at once."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from hearthline.hub.accounts.models import User
from hearthline.hub.reports.models import Report, ReportQuerySet
from hearthline.kit.packs.pack import Retention


class FloodClosingQuerySet(models.QuerySet["FloodClosing"]):
    def waiting(self) -> Self:
        """Asked for by one person; a second has not looked yet."""
        return self.filter(agreed_at__isnull=True, kept_at__isnull=True).order_by("asked_at")

    def under_way(self) -> Self:
        """Agreed to, and not yet carried out to the last report."""
        return self.filter(agreed_at__isnull=False, done_at__isnull=True).order_by("agreed_at")

    def past_retention(self, at: datetime, policy: Retention) -> Self:
        """Settled longer ago than any report they closed is kept; or asked so long ago, and left.

        Never one that is under way.
        """
        end = at - timedelta(days=max(policy.report_days, policy.child_first_days))
        left = Q(agreed_at__isnull=True, kept_at__isnull=True, asked_at__lte=end)
        return self.filter(Q(done_at__lte=end) | Q(kept_at__lte=end) | left)


class FloodClosing(models.Model):
    """A request to close held reports that are alike, together, as a flood. Two people.

    What makes them alike are keyed digests and a minute, never words or a place. Only reports
    received before it was asked are ever closed by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    words_digest = models.BinaryField(max_length=32, null=True)
    host_digest = models.BinaryField(max_length=32, null=True)
    minute = models.DateTimeField(null=True)
    # Reports that state danger or contact now are left alone unless this is asked for.
    with_urgent = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # A token of the sealed words.
    reason = models.CharField(max_length=500)
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    closed = models.PositiveIntegerField(default=0)

    objects = FloodClosingQuerySet.as_manager()

    def reports(self) -> ReportQuerySet:
        """The reports it would close now."""
        held = Report.objects.held().filter(received_at__lte=self.asked_at)
        if not self.with_urgent:
            held = held.not_urgent()
        words = bytes(self.words_digest) if self.words_digest else None
        host = bytes(self.host_digest) if self.host_digest else None
        return held.alike(words=words, host=host, minute=self.minute)

    @property
    def by(self) -> str:
        """What its reports share: "words", "host" or "minute"."""
        return "words" if self.words_digest else "host" if self.host_digest else "minute"

    @property
    def settled_at(self) -> datetime | None:
        """When the second person said yes or no."""
        return self.agreed_at or self.kept_at
