# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models

from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.sealing.models import SealedRow


class WatchQuerySet(models.QuerySet["Watch"]):
    def due(self, at: datetime) -> Self:
        return self.filter(free(at), due_at__lte=at).order_by("due_at")


class Watch(DueRow):
    """The availability checks of one notice."""

    notice = models.OneToOneField("notices.Notice", on_delete=models.PROTECT, related_name="watch")
    # Signs of absence in a row, counted in halves: two for an address that is not there, one for
    # a host that cannot be reached, since a host that is down may well come back with the page.
    absent = models.PositiveIntegerField(default=0)
    # How many of the pack's later looks after removal were made.
    looks = models.PositiveIntegerField(default=0)

    objects = WatchQuerySet.as_manager()


class Check(SealedRow):
    """What one check saw; its facts sealed, since they hold the address. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey("notices.Notice", on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=20)
    # The same site sent us on to another of its pages: perhaps it moved. For a person to judge.
    led_on = models.BooleanField(null=True)
    facts = models.BinaryField()

    class Meta:
        ordering = ["at", "id"]
