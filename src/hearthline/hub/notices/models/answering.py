# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.directory.models import Contact, PartnerKey


class AnswerQuerySet(models.QuerySet["Answer"]):
    def counted_by_refusal(self, start: datetime, end: datetime) -> dict[str, int]:
        """How many notices were refused on each ground in the period; "" where none was stated."""
        refused = self.filter(
            notice__case__exercise=False, code=Answer.Code.REFUSED, at__gte=start, at__lt=end
        )
        by_ground = refused.order_by().values_list("refusal")
        return dict(by_ground.annotate(Count("notice", distinct=True)))


class Answer(models.Model):
    """What a provider said: to the desk, or itself at its own door. Append-only by trigger."""

    class Code(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("They have the notice")
        REMOVED = "removed", _("They say it is removed")
        MOVED = "moved", _("It moved elsewhere")
        REFUSED = "refused", _("They refuse")
        WRONG_RECIPIENT = "wrong_recipient", _("Not their service")

    class Way(models.TextChoices):
        DESK = "desk", _("Entered at the desk")
        DOOR = "door", _("Said at the providers' door")
        CSV = "csv", _("Sent in a table")
        API = "api", _("Sent by a program")

    notice = models.ForeignKey("notices.Notice", on_delete=models.PROTECT, related_name="answers")
    code = models.CharField(max_length=20, choices=Code.choices)
    # Why they refuse: a code of kit.codelists.host_refusals, where the answer is a refusal.
    refusal = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    # Where it stands now, by their word; the words are sealed with the case.
    place = models.CharField(max_length=200, blank=True, db_default="")
    # A keyed digest of what a provider said, by which the same answer sent twice is one.
    digest = models.BinaryField(max_length=32, null=True)
    way = models.CharField(
        max_length=10, choices=Way.choices, default=Way.DESK, db_default=Way.DESK.value
    )
    # Who recorded it: a person at the desk, a contact by its link, or a program by its key.
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(PartnerKey, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at"], name="notices_answered")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, contact__isnull=True, key__isnull=True)
                | Q(by__isnull=True, contact__isnull=False, key__isnull=True)
                | Q(by__isnull=True, contact__isnull=True, key__isnull=False),
                name="notices_answer_by_one",
            )
        ]

    @property
    def source(self) -> str:
        """Who said or recorded it, by name."""
        if self.by is not None:
            return self.by.name
        if self.contact is not None:
            return self.contact.organisation.name
        return self.key.organisation.name if self.key is not None else ""
