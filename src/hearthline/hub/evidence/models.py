# SPDX-License-Identifier: Apache-2.0
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.sealing.models import SealedRow


class Exhibit(SealedRow):
    """One capture. `record` is canonical JSON under seal; `sha256` is over those exact bytes."""

    class TimeSource(models.TextChoices):
        SERVER = "server", _("This server's clock")
        ANALYST = "analyst", _("Stated by the analyst")
        REPORTER = "reporter", _("Stated by the reporter")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    captured_at = models.DateTimeField()
    time_source = models.CharField(max_length=20, choices=TimeSource.choices)
    sealed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField()
    shredded_at = models.DateTimeField(null=True)


class CustodyEvent(models.Model):
    """What happened to an exhibit. Append-only by database trigger."""

    class What(models.TextChoices):
        SEALED = "sealed", _("Sealed")
        OPENED = "opened", _("Opened")
        HANDED_OVER = "handed_over", _("Handed over")
        SHREDDED = "shredded", _("Shredded")

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="custody")
    what = models.CharField(max_length=20, choices=What.choices)
    # Who, as an actor ("staff:<id>", "worker:worker"): the worker hands over too.
    who = models.CharField(max_length=120)
    why = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
