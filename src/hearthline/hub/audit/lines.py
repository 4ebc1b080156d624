# SPDX-License-Identifier: Apache-2.0
"""The log as a sequence of lines, whether they come from the database or from a file.

Leaves come in the order of their places, each with its entry; a checkpoint comes after the last
leaf it covers; entries that are no leaves come last.
"""

from dataclasses import dataclass
from typing import Any

from hearthline.hub.audit.models import leaf_bytes
from hearthline.kit import ledger


@dataclass(frozen=True)
class EntryLine:
    """An entry and its leaf hash; no fields and no hash when the row cannot be read any more."""

    id: int
    fields: dict[str, Any]
    hash: bytes

    @classmethod
    def of(cls, fields: dict[str, Any]) -> "EntryLine":
        return cls(fields["id"], fields, ledger.leaf_hash(leaf_bytes(fields)))

    @property
    def name(self) -> str:
        """The entry in words: its number, time and verb as they read now."""
        if not self.fields:
            return f"entry {self.id} (which cannot be read any more)"
        return f"entry {self.id} ({self.fields['at']}, {self.fields['verb']})"


@dataclass(frozen=True)
class LeafLine:
    """A place in the log, and its entry, or None when there is no such entry."""

    index: int
    entry_id: int
    hash: bytes
    entry: EntryLine | None


@dataclass(frozen=True)
class CheckpointLine:
    """A checkpoint as it is stored, nothing of it believed yet."""

    size: int
    signed_at: str
    root: bytes
    frontier: bytes
    note: str


Line = LeafLine | CheckpointLine | EntryLine
