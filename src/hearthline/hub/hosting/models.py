# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.models import SealedRow

# A look younger than this answers whoever asks again: registers limit how often they are asked.
FRESH = timedelta(hours=12)


def digest_of(host: str) -> bytes:
    """The keyed digest of a host, the same as a case's `host_digest`."""
    return sealing.digest(host, purpose="host")


class HostingFactQuerySet(models.QuerySet["HostingFact"]):
    def of_host(self, host_digest: bytes) -> Self:
        """Every look at a host, the newest first. An empty digest is no host's."""
        if not host_digest:
            return self.none()
        return self.filter(host_digest=host_digest).order_by("-at", "-made", "-pk")

    def newest(self, host_digest: bytes) -> "HostingFact | None":
        """The newest look at a host; None while nobody looked."""
        return self.of_host(host_digest).first()

    def changed_since(self, host_digest: bytes, at: datetime) -> "HostingFact | None":
        """The newest look after `at` that found the host elsewhere than before; None if none."""
        return self.of_host(host_digest).filter(at__gt=at, moved=True).first()

    def past(self, at: datetime, keep: timedelta) -> Self:
        """Looks older than is kept, not ended yet."""
        old = self.filter(at__lte=at - keep, data_key__destroyed_at__isnull=True)
        return old.select_related("data_key").order_by("at", "pk")


class HostingFact(SealedRow):
    """One look at one host. Host and findings are sealed; never changed, only followed."""

    class Kind(models.TextChoices):
        """As `kit.hosting.Kind`."""

        SITE = "site", _("Web site")
        IP = "ip", _("IP address")
        ONION = "onion", _("Onion address")
        APP_STORE = "app_store", _("Store of apps")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host_digest = models.BinaryField(max_length=32)
    host = models.BinaryField()
    # `kit.hosting.Hosting.record`, as JSON.
    record = models.BinaryField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Where the content is hosted, two letters; empty when unknown or behind a proxy.
    country = models.CharField(max_length=2, blank=True)
    proxied = models.BooleanField(default=False)
    # Whether an address was found: only such a look is compared with.
    known = models.BooleanField(default=False)
    # Whether the host was elsewhere at the last look that found an address.
    moved = models.BooleanField(default=False)
    at = models.DateTimeField()
    # Which look of this host it was, so that two at one moment keep their order.
    made = models.PositiveIntegerField()

    objects = HostingFactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["host_digest", "-at"], name="hosting_of_host"),
            models.Index(fields=["at"], name="hosting_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["host_digest", "made"],
                condition=~Q(host_digest=b""),
                name="hosting_each_look_once",
            )
        ]


class HostingLookupQuerySet(models.QuerySet["HostingLookup"]):
    def due(self, at: datetime) -> Self:
        return self.filter(free(at), due_at__lte=at).order_by("due_at", "pk")

    def past(self, at: datetime, keep: timedelta) -> Self:
        """Hosts that nobody asked for in so long, looked up or not."""
        return self.filter(asked_at__lte=at - keep).select_related("data_key")


class HostingLookup(SealedRow, DueRow):
    """A host somebody wants to be looked up: one row a host, due when it was asked for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host_digest = models.BinaryField(max_length=32, unique=True)
    host = models.BinaryField()
    # The host or IP address behind a proxy, where somebody told us; empty otherwise.
    origin = models.BinaryField(default=b"")
    asked_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)

    objects = HostingLookupQuerySet.as_manager()
