# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: letters stand for any due row, as this room has none of its own."""

from datetime import datetime

from hearthline.hub.mail.models import Letter
from hearthline.hub.sealing.actions import mint


def make_due(name: str, *, due_at: datetime | None, at: datetime) -> Letter:
    """A row that falls due at `due_at`, or never."""
    row, _key = mint(at=at)
    return Letter.objects.create(
        data_key=row,
        message_id=f"<{name}@hearthline.invalid>",
        purpose="test",
        recipient="duty@police.test",
        message=b"sealed",
        queued_at=at,
        due_at=due_at,
    )
