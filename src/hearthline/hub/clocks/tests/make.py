# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests.

Letters stand for any due row, as this room has none of its own; they are taken by name, because
it does not know the rooms above it.
"""

from datetime import datetime

from django.apps import apps

from hearthline.hub.clocks.models import DueRow

Letter = apps.get_model("mail", "Letter")
DataKey = apps.get_model("sealing", "DataKey")


def make_due(name: str, *, due_at: datetime | None, at: datetime) -> DueRow:
    """A row that falls due at `due_at`, or never."""
    return Letter.objects.create(
        data_key=DataKey.objects.create(wrapped_desk=b"wrapped", made_at=at),
        message_id=f"<{name}@hearthline.invalid>",
        purpose="test",
        recipient="duty@police.test",
        message=b"sealed",
        queued_at=at,
        due_at=due_at,
    )
