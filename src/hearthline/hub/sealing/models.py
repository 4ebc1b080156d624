# SPDX-License-Identifier: Apache-2.0
import uuid

from django.db import models

from hearthline.kit import sealing as kit


class DataKey(models.Model):
    """A data key in its wrapped forms only; the key itself is never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped_desk = models.BinaryField()
    wrapped_receipt = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    @property
    def row(self) -> str:
        return str(self.id)


class SealedRow(models.Model):
    """A row with sealed fields. Envelopes are bound to table, row and field."""

    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

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
