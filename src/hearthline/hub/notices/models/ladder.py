# SPDX-License-Identifier: Apache-2.0
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.directory.models import Contact


class Escalation(models.Model):
    """One step of the ladder as it was taken: who was told, or why nobody was. Append-only.

    The order of the steps is `clocks.notice.ladder` of the country pack.
    """

    class Who(models.TextChoices):
        HOST = "host", _("The host")
        SITE_OWNER = "site_owner", _("The owner of the site")
        NETWORK = "network", _("The network")
        REGISTRAR = "registrar", _("The registrar of the name")
        REGULATOR = "regulator", _("The regulator")

    class Skipped(models.TextChoices):
        NO_CONTACT = "no_contact", _("No contact is known")
        TOLD_ALREADY = "told_already", _("This contact was told before")

    notice = models.ForeignKey(
        "notices.Notice", on_delete=models.PROTECT, related_name="escalations"
    )
    # When the time of the host began that ran out: each round climbs anew.
    began = models.DateTimeField()
    position = models.PositiveIntegerField()
    who = models.CharField(max_length=20, choices=Who.choices)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    skipped = models.CharField(max_length=20, choices=Skipped.choices, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "began", "position", "contact"], name="notices_step_once"
            ),
            models.UniqueConstraint(
                fields=["notice", "began", "position"],
                condition=Q(contact__isnull=True),
                name="notices_step_skipped_once",
            ),
        ]
