# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.directory.models import Contact, Organisation, PartnerKey
from hearthline.hub.sealing.models import SealedRow


class ReaderQuerySet(models.QuerySet["Reader"]):
    def in_force(self, at: datetime) -> Self:
        """Who can open something: contacts, keys and organisations the directory has in use."""
        link = Q(
            contact__superseded_at__isnull=True,
            contact__organisation__retired_at__isnull=True,
            key__isnull=True,
        )
        program = Q(
            contact__isnull=True,
            key__revoked_at__isnull=True,
            key__expires_at__gt=at,
            key__organisation__retired_at__isnull=True,
        )
        return self.filter(link | program, revoked_at__isnull=True, expires_at__gt=at)

    def outlived(self, at: datetime) -> Self:
        """Links that will never open anything again and whose secret is still sealed here."""
        over = Q(revoked_at__isnull=False) | Q(expires_at__lte=at)
        over |= Q(contact__superseded_at__isnull=False)
        kept = self.filter(over, contact__isnull=False, data_key__destroyed_at__isnull=True)
        return kept.select_related("data_key")

    def links_of(self, organisation: Organisation) -> Self:
        """The links of an organisation's contacts, the newest first."""
        found = self.filter(contact__organisation=organisation).select_related("contact")
        return found.order_by("-made_at", "-id")


class Reader(SealedRow):
    """Who reads at the providers' door: a contact by its letters' link, or a program by its key.

    The door cannot open what is sealed to the desk. So each reader has a key pair that is made
    from the secret in its link or key, which is kept nowhere in clear. The worker seals to the
    public half; only who brings the secret has the other one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.OneToOneField(PartnerKey, null=True, on_delete=models.PROTECT, related_name="+")
    # A keyed digest of a link's secret, by which it is found. Empty for a key.
    digest = models.BinaryField(max_length=32, db_index=True, default=b"")
    public = models.BinaryField(max_length=32)
    # A link's secret, sealed to the desk, so that the worker writes it into the next letter too.
    secret = models.BinaryField(default=b"")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # A day and nothing closer, as for partners' keys.
    last_used_on = models.DateField(null=True)

    objects = ReaderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=True) ^ Q(key__isnull=True),
                name="notices_reader_link_or_key",
            )
        ]

    @property
    def organisation(self) -> Organisation:
        """Whose notices it reads, or of whose contact."""
        if self.contact is not None:
            return self.contact.organisation
        return self.key.organisation  # type: ignore[union-attr]  # the constraint: one of the two

    @property
    def answers_for_host(self) -> bool:
        """Whether its word is its organisation's own, not of somebody listed beside it."""
        return self.contact is None or self.contact.scope not in Contact.OTHERS

    @property
    def actor(self) -> Actor:
        """For the audit log: the contact or the key, by its number."""
        if self.key is not None:
            return self.key.actor
        return Actor("contact", str(self.contact_id))


class CopyQuerySet(models.QuerySet["Copy"]):
    def outlived(self, at: datetime) -> Self:
        """Copies whose reader opens nothing any more, or whose notice is over."""
        working = Reader.objects.in_force(at).filter(pk=OuterRef("reader"))
        over = Q(notice__removed_at__isnull=False) | Q(notice__case__closed_at__isnull=False)
        return self.filter(~Exists(working) | over).select_related("data_key")


class Copy(SealedRow):
    """What one reader may read of one notice: the address, the law and the XARF document."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey("notices.Notice", on_delete=models.PROTECT, related_name="copies")
    reader = models.ForeignKey(Reader, on_delete=models.PROTECT, related_name="copies")
    # The copy's key, wrapped to the reader's public half.
    wrapped = models.BinaryField()
    document = models.BinaryField()
    made_at = models.DateTimeField()

    objects = CopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "reader"], name="notices_one_copy")
        ]
