# SPDX-License-Identifier: Apache-2.0
import uuid
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Count, Q

from hearthline.kit import sealing as kit


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    def living(self) -> Self:
        return self.filter(destroyed_at__isnull=True)

    def hanging_elsewhere(self, current: str, ring: Iterable[str]) -> Self:
        """Living keys that are wrapped to an older key of the ring, or to the first, unnamed."""
        older = [key_id for key_id in ring if key_id != current]
        return self.living().filter(Q(desk_key__isnull=True) | Q(desk_key__in=older))

    def counted_by_desk_key(self) -> dict[str | None, int]:
        """How many living keys hang on each desk key; None is the first, unnamed."""
        return dict(self.living().order_by().values_list("desk_key").annotate(Count("pk")))

    def unwiped(self) -> Self:
        """Destroyed keys whose old bytes may still lie in the database's files."""
        return self.filter(destroyed_at__isnull=False, wiped_at__isnull=True)


class DataKey(models.Model):
    """A data key in its wrapped forms only; the key itself is never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped_desk = models.BinaryField()
    # The desk key `wrapped_desk` is wrapped to, see `kit.sealing.desk_key_id`; null is the first.
    desk_key = models.CharField(max_length=8, null=True)
    wrapped_receipt = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    # When the database's files were cleared of what it was.
    wiped_at = models.DateTimeField(null=True)

    objects = DataKeyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["desk_key"],
                condition=Q(destroyed_at__isnull=True),
                name="sealing_living_by_desk_key",
            ),
            models.Index(
                fields=["destroyed_at"],
                condition=Q(destroyed_at__isnull=False, wiped_at__isnull=True),
                name="sealing_unwiped",
            ),
        ]

    @property
    def row(self) -> str:
        return str(self.id)


class SealedRow(models.Model):
    """A row with sealed fields. Envelopes are bound to table, row and field."""

    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def ended(self) -> bool:
        """Whether its key was destroyed: what was sealed is gone for good."""
        return self.data_key.destroyed_at is not None

    def seal(self, key: kit.DataKey, field: str, text: str) -> None:
        """Put `text` into the binary field `field`, sealed under `key`."""
        setattr(self, field, key.seal(text, table=self._table, row=str(self.pk), field=field))

    def unseal(self, key: kit.DataKey, field: str) -> str:
        """The text of `field`, or "" where nothing was given."""
        envelope = getattr(self, field)
        if not envelope:
            return ""
        return key.open_text(bytes(envelope), table=self._table, row=str(self.pk), field=field)

    @property
    def _table(self) -> str:
        return self._meta.db_table


class WordsQuerySet(models.QuerySet["Words"]):
    def about(self, records: Iterable[uuid.UUID]) -> Self:
        """What was said about these records and has not ended."""
        return self.filter(about__in=list(records), data_key__destroyed_at__isnull=True)


class Words(SealedRow):
    """A reason or a note in staff's own words, which may name a person.

    Other ledgers and the audit log hold only its token (`sealing.actions.seal_words`), so that
    the words can end and the ledgers stay as they were signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The record it is about; a number only, since sealing lies below all ledgers.
    about = models.UUIDField(db_index=True)
    body = models.BinaryField()

    objects = WordsQuerySet.as_manager()
