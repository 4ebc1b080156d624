# SPDX-License-Identifier: Apache-2.0
"""Timed work: reports are taken up though nobody sits at the desk; what is past its time ends."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import copies, quarantine, withdrawn
from hearthline.hub.cases.models import (
    Case,
    CaseExhibit,
    FloodClosing,
    cases_left,
    withdrawals_outdated,
)
from hearthline.hub.evidence.actions import end_retention


def take_up_reports(*, holder: str, at: datetime) -> int:
    """New reports become cases, so that clocks and urgent lanes are true by night too."""
    return len(actions.pull(at=at, limit=200))


def end_floods(*, holder: str, at: datetime) -> int:
    """Close, a part at a time, the held reports that two people agreed to close."""
    return quarantine.close_agreed(at=at)


def let_urgent_through(*, holder: str, at: datetime) -> int:
    """A held report that says it is urgent enters the queue, a few in an hour."""
    return quarantine.let_one_urgent_through(at=at)


def shred_old_exhibits(*, holder: str, at: datetime, limit: int = 100) -> int:
    """Destroy the keys of exhibits whose case closed longer ago than the pack keeps evidence."""
    policy = settings.PACK.retention
    old = CaseExhibit.objects.outlived(at, policy).select_related("exhibit__data_key")[:limit]
    for attached in old:
        with transaction.atomic():
            end_retention(exhibit=attached.exhibit, at=at)
    return len(old)


def end_subjects(*, holder: str, at: datetime, limit: int = 100) -> int:
    """End subjects whose last case closed longer ago than the pack keeps cases; how many."""
    past = Case.objects.last_past_retention(at, settings.PACK.retention)
    subjects = {case.subject_id: case.subject for case in past.select_related("subject")[:limit]}
    return sum(actions.end_retention(subject=subject, at=at) for subject in subjects.values())


def end_flood_closings(*, holder: str, at: datetime, limit: int = 100) -> int:
    """Delete requests to close a flood whose reports are past the pack's times; how many."""
    past = FloodClosing.objects.past_retention(at, settings.PACK.retention)[:limit]
    return sum(actions.end_flood_closing(closing=closing, at=at) for closing in past)


def stop_withdrawn(*, holder: str, at: datetime, limit: int = 100) -> int:
    """Stop what has not left about cases that every reporter left, and go on where one came."""
    left = list(cases_left()[:limit])
    for case in left:
        withdrawn.stop(case=case, at=at)
    again = list(withdrawals_outdated().select_related("case")[:limit])
    for withdrawal in again:
        withdrawn.reported_again(case=withdrawal.case, at=at)
    return len(left) + len(again)


def fill_copies(*, holder: str, at: datetime) -> int:
    """What the queue is ordered by, copied into cases that an older version wrote."""
    return copies.fill_copies(limit=2_000)


SWEEPS = (
    let_urgent_through,
    take_up_reports,
    stop_withdrawn,
    end_floods,
    shred_old_exhibits,
    end_subjects,
    end_flood_closings,
    fill_copies,
)
