# SPDX-License-Identifier: Apache-2.0
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
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
    # Where the same content stood before, as two people affirmed.
    moved_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="moved_to"
    )
    # Since when the content is gone, as our own looks found; empty while it is there, as far as
    # we know. The rows of `Availability` say what it was before.
    gone_at = models.DateTimeField(null=True)


class Availability(models.Model):
    """That looks found the content of a subject gone, or back again. Append-only by trigger."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="availability")
    # In which case it was found.
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    gone = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


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


class StepBack(models.Model):
    """A person who has nothing to do with a subject any more: they said so, or reported it.

    It holds for every case of the subject, earlier and later. Nobody is asked why, and nobody but
    the person sees who it was.
    """

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="steps_back")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Their own report named it: the contact it left is the person's own e-mail.
    own_report = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "subject"], name="cases_step_back_once")
        ]
