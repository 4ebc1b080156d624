# SPDX-License-Identifier: Apache-2.0
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearthline.hub.cases.models import Withdrawal
from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.directory.models import Contact
from hearthline.hub.mail.models import READABLE_FOR, Letter
from hearthline.hub.sealing.models import SealedRow


class PostQuerySet(models.QuerySet["Post"]):
    def due(self, at: datetime) -> Self:
        """Posts to send now, oldest first; none about a case that police hold back."""
        unsent = [Letter.State.QUEUED, Letter.State.SENDING]
        waiting = self.filter(free(at), due_at__lte=at, state__in=unsent)
        left = Withdrawal.objects.in_force().values("case")
        held = Q(notice__case__notice_held_until__gt=at)
        return waiting.exclude(held).exclude(notice__case__in=left).order_by("due_at", "pk")

    def outlived(self, at: datetime) -> Self:
        """Posts that ended long enough ago for their words to be forgotten, as letters are."""
        last = at - READABLE_FOR
        ended = Q(sent_at__lte=last) | Q(given_up_at__lte=last)
        return self.filter(ended, data_key__destroyed_at__isnull=True)


class Post(SealedRow, DueRow):
    """A notice on its way to an HTTPS endpoint: one XARF document, sealed. States as a letter's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey("notices.Notice", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    # The webhook-id: the same however often it is sent, so that the receiver knows it again.
    message_id = models.CharField(max_length=120, unique=True)
    recipient = models.CharField(max_length=254)
    message = models.BinaryField()
    state = models.CharField(
        max_length=20, choices=Letter.State.choices, default=Letter.State.QUEUED
    )
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    marked_repeat = models.BooleanField(default=False)
    # True from the first attempt after which nobody can say whether it arrived.
    maybe_arrived = models.BooleanField(default=False)
    # The endpoint's last answer: an HTTP status, and what went wrong where there was none.
    status = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = PostQuerySet.as_manager()


class Delivery(models.Model):
    """One letter or post of a notice: the first, a reminder or an escalation.

    A letter about several addresses is the delivery of several notices.
    """

    class Kind(models.TextChoices):
        FIRST = "first", _("Notice")
        REMINDER = "reminder", _("Reminder")
        ESCALATION = "escalation", _("Escalation")

    notice = models.ForeignKey(
        "notices.Notice", on_delete=models.PROTECT, related_name="deliveries"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.PositiveIntegerField()
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+")
    post = models.OneToOneField(Post, null=True, on_delete=models.PROTECT, related_name="+")
    # To whom it is written: what this contact was told it may open at the providers' door.
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    queued_at = models.DateTimeField()

    class Meta:
        ordering = ["queued_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "kind", "number"], name="notices_delivery_once"
            ),
            models.CheckConstraint(
                condition=Q(letter__isnull=True) ^ Q(post__isnull=True),
                name="notices_delivery_one_way",
            ),
        ]

    @property
    def carrier(self) -> "Letter | Post":
        """The letter or post that carries it: recipient, state, sent_at, marked_repeat."""
        if self.post is not None:
            return self.post
        return self.letter  # type: ignore[return-value]  # the constraint: one of the two

    @property
    def carrier_addressee(self) -> str:
        """To whom the letter or post is written; in an exercise somebody else gets it."""
        return self.letter.addressee if self.letter else self.carrier.recipient

    @property
    def shared_with(self) -> int:
        """How many other notices travelled in the same letter."""
        if self.letter_id is None:
            return 0
        return Delivery.objects.filter(letter=self.letter_id).exclude(pk=self.pk).count()
