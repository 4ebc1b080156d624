# SPDX-License-Identifier: Apache-2.0
"""Timed work: what new appeals dispute, what is late, what is to be deleted, a month's report."""

from collections.abc import Callable
from datetime import datetime

from hearthline.hub.appeals import actions
from hearthline.hub.appeals.models import Appeal

BATCH = 200


def look_up(*, holder: str, at: datetime) -> int:
    """Join to each new appeal what it disputes; how many appeals."""
    new = list(Appeal.objects.to_look_up().select_related("data_key")[:BATCH])
    for appeal in new:
        actions.look_up(appeal=appeal, at=at)
    return len(new)


def note_late(*, holder: str, at: datetime) -> int:
    """Note each step that is late, once; how many appeals."""
    late = list(Appeal.objects.newly_late(at)[:BATCH])
    for appeal in late:
        actions.note_late(appeal=appeal, at=at)
    return len(late)


def end_retention(*, holder: str, at: datetime) -> int:
    """Destroy the keys of appeals whose time to be kept is over; how many."""
    over = list(Appeal.objects.past_retention(at).select_related("data_key")[:BATCH])
    for appeal in over:
        actions.end_retention(appeal=appeal, at=at)
    return len(over)


def publish_reports(*, holder: str, at: datetime) -> int:
    """Publish each whole month of blocking that has no report yet; how many."""
    due = actions.months_due(at)
    for period in due:
        actions.publish_report(period=period, at=at)
    return len(due)


SWEEPS: tuple[Callable[..., int], ...] = (look_up, note_late, end_retention, publish_reports)
