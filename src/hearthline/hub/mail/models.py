# SPDX-License-Identifier: Apache-2.0
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hearthline.hub.clocks.models import DueRow, free
from hearthline.hub.sealing.models import SealedRow

# How long what a letter said can be read after it went, or was given up.
READABLE_FOR = timedelta(days=30)
# Where letters of an exercise go when the country names no mailbox for them: nowhere (RFC 2606).
KEPT_HERE = "kept-here@exercise.invalid"


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, at: datetime) -> Self:
        """Letters to send now, oldest first."""
        unsent = [Letter.State.QUEUED, Letter.State.SENDING]
        not_held = Q(held_until__isnull=True) | Q(held_until__lte=at)
        waiting = self.filter(free(at), not_held, due_at__lte=at, state__in=unsent)
        held = About.objects.filter(letter=OuterRef("pk"), held_until__gt=at)
        return waiting.exclude(Exists(held)).order_by("due_at", "pk")

    def unsent_about(self, about: uuid.UUID) -> Self:
        """Letters about one record that have not certainly gone."""
        unsent = [Letter.State.QUEUED, Letter.State.SENDING]
        return self.filter(about=about, state__in=unsent)

    def about_any(self, records: Sequence[uuid.UUID]) -> Self:
        """Letters about one of these records, the oldest first."""
        several = About.objects.filter(record__in=records).values("letter")
        found = self.filter(Q(about__in=records) | Q(pk__in=several))
        return found.select_related("data_key").order_by("queued_at", "pk")

    def for_purpose(self, purpose: str) -> Self:
        return self.filter(purpose=purpose)

    def outlived(self, at: datetime) -> Self:
        """Letters that ended long enough ago for their words to be forgotten."""
        last = at - READABLE_FOR
        ended = Q(sent_at__lte=last) | Q(given_up_at__lte=last)
        return self.filter(ended, data_key__destroyed_at__isnull=True)


class Letter(SealedRow, DueRow):
    """One outgoing mail. The whole message is sealed; the envelope address is not a person's."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"  # handed to the mail server, whose answer is not yet known
        SENT = "sent"
        GIVEN_UP = "given_up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message_id = models.CharField(max_length=200, unique=True)
    purpose = models.CharField(max_length=40)
    recipient = models.CharField(max_length=254)
    message = models.BinaryField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    # The record it is about, for holding back; a number only, since mail lies below all ledgers.
    about = models.UUIDField(null=True, db_index=True)
    # Not to leave before this time, whatever else is due.
    held_until = models.DateTimeField(null=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    # True once a second attempt went out without knowing whether the first arrived.
    marked_repeat = models.BooleanField(default=False)
    # Of an exercise: it goes to the exercise's own mailbox, or nowhere.
    exercise = models.BooleanField(default=False, db_default=False)
    # Of an exercise: to whom it would have gone.
    meant_for = models.CharField(max_length=254, blank=True, default="", db_default="")
    # The mail server's own words, as it last refused.
    last_error = models.CharField(max_length=300, blank=True)

    objects = LetterQuerySet.as_manager()

    @property
    def addressee(self) -> str:
        """To whom it is written, whoever gets it."""
        return self.meant_for or self.recipient

    @property
    def kept_here(self) -> bool:
        """Written as an exercise and never handed to a mail server."""
        return self.exercise and self.recipient == KEPT_HERE

    def is_held(self, at: datetime) -> bool:
        """Whether it, or one of the records it is about, is held back."""
        alone = self.held_until is not None and self.held_until > at
        return alone or self.abouts.filter(held_until__gt=at).exists()


class About(models.Model):
    """One of several records a letter is about. While one is held back, the letter is."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="abouts")
    record = models.UUIDField(db_index=True)
    held_until = models.DateTimeField(null=True)
