# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists.models.version import Version
from hearthline.hub.directory.models import Organisation
from hearthline.hub.mail.models import Letter


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def known_as(self, prefix: str) -> "Subscriber | None":
        """Whose key begins so, whatever its state."""
        return self.select_related("organisation").filter(prefix=prefix).first()

    def with_standing(self) -> Self:
        """With `acknowledged`, the newest serial acknowledged, and `acknowledged_at`."""
        last = Acknowledgement.objects.filter(subscriber=OuterRef("pk")).order_by("-version")
        return self.select_related("organisation").annotate(
            acknowledged=Subquery(last.values("version")[:1]),
            acknowledged_at=Subquery(last.values("at")[:1]),
        )


class Subscriber(models.Model):
    """A network that fetches the list. Only a keyed digest of its key is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    # What the key begins with is no secret: by it people talk about the key.
    prefix = models.CharField(max_length=16, unique=True)
    key_digest = models.BinaryField(max_length=32)
    key_made_at = models.DateTimeField()
    # In front of the canary's name it makes a name that must NOT be blocked: each network's own,
    # so that a network which blocks too much cannot know which one to leave out.
    canary = models.CharField(max_length=16, unique=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SubscriberQuerySet.as_manager()

    # Filled in by `with_standing`; not columns.
    acknowledged: int | None = None
    acknowledged_at: datetime | None = None

    @property
    def key_name(self) -> str:
        """What its key begins with."""
        return f"hlb_{self.prefix}"

    @property
    def actor(self) -> Actor:
        return Actor("subscriber", str(self.id))


class Acknowledgement(models.Model):
    """A network says that it works with a version. Append-only by trigger."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "version"], name="blocklists_acknowledged_once"
            )
        ]


class CanaryTest(models.Model):
    """What a network says it saw when it tried its canaries. Append-only by trigger."""

    class Result(models.TextChoices):
        PASSED = "passed", _("Works")
        NOT_BLOCKED = "not_blocked", _("The blocked name was reachable")
        OVER_BLOCKED = "over_blocked", _("The free name was blocked")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.PROTECT, related_name="canary_tests"
    )
    serial = models.PositiveBigIntegerField()
    # The day the network made the test, by its own word, and when it told us.
    tested_on = models.DateField()
    at = models.DateTimeField()
    result = models.CharField(max_length=12, choices=Result.choices)

    class Meta:
        ordering = ["at", "id"]


class LagAlarmQuerySet(models.QuerySet["LagAlarm"]):
    def open(self) -> Self:
        """Networks that are still behind."""
        return self.filter(over_at__isnull=True)


class LagAlarm(models.Model):
    """A network was found behind longer than the pack says, and was written to."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="alarms")
    # The oldest version it had not acknowledged in time.
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Empty where the directory holds no address to write to.
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+")
    over_at = models.DateTimeField(null=True)

    objects = LagAlarmQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=models.Q(over_at__isnull=True),
                name="blocklists_one_open_alarm",
            )
        ]
