# SPDX-License-Identifier: Apache-2.0
"""Timed work: complaints that are late are noted, and what was answered long ago is deleted."""

from collections.abc import Callable
from datetime import datetime

from hearthline.hub.complaints import actions
from hearthline.hub.complaints.models import Complaint

BATCH = 200


def note_late(*, holder: str, at: datetime) -> int:
    """Note each step that is late, once; how many complaints."""
    late = list(Complaint.objects.newly_late(at)[:BATCH])
    for complaint in late:
        actions.note_late(complaint=complaint, at=at)
    return len(late)


def end_retention(*, holder: str, at: datetime) -> int:
    """Destroy the keys of complaints whose time to be kept is over; how many."""
    over = list(Complaint.objects.past_retention(at).select_related("data_key")[:BATCH])
    for complaint in over:
        actions.end_retention(complaint=complaint, at=at)
    return len(over)


SWEEPS: tuple[Callable[..., int], ...] = (note_late, end_retention)
