# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.models import Contact


class DoorLinkQuerySet(models.QuerySet["DoorLink"]):
    def in_force(self, at: datetime) -> Self:
        """Links that open something: of contacts that the directory still has in use."""
        return self.filter(
            revoked_at__isnull=True, expires_at__gt=at, contact__superseded_at__isnull=True
        )

    def newest_first(self) -> Self:
        return self.select_related("contact").order_by("-made_at", "-id")


class DoorLink(models.Model):
    """What a letter gives its reader: the way to the notices of one contact, and to nothing else.

    The link itself is a sealed token of this row's number and kept nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # A day and nothing closer, as for partners' keys.
    last_used_on = models.DateField(null=True)

    objects = DoorLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["contact", "expires_at"], name="notices_door_links")]

    @property
    def actor(self) -> Actor:
        """Whoever holds the link, for the audit log: the contact, by its number."""
        return Actor("contact", str(self.contact_id))
