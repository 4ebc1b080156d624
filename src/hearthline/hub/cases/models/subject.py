# SPDX-License-Identifier: Apache-2.0
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.models import SealedRow


class Subject(SealedRow):
    """What reports are about: one address, one account, or one report's words."""

    class Kind(models.TextChoices):
        URL = "url", _("Web address")
        ACCOUNT = "account", _("Account")
        WORDS = "words", _("Words only")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    digest = models.BinaryField(max_length=32, unique=True)
    host_digest = models.BinaryField(max_length=32, db_index=True, default=b"")
    # The canonical address, or `service/account`; empty for words only.
    address = models.BinaryField(default=b"")
    host = models.BinaryField(default=b"")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    report_count = models.PositiveIntegerField(default=0)


class Sighting(models.Model):
    """A report that named the subject."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="sightings")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "report"], name="cases_sighting_once")
        ]
