# SPDX-License-Identifier: Apache-2.0
"""Timed work: half-finished forms and closed reports end when the country pack says."""

from collections.abc import Callable
from datetime import datetime

from hearthline.hub.reports import actions
from hearthline.hub.reports.models import Draft, PartnerAnswer, Report

BATCH = 200


def drop_drafts(*, holder: str, at: datetime) -> int:
    """Delete drafts past their time, and receipts nobody confirmed; how many."""
    deleted, _ = Draft.objects.outlived(at).delete()
    return deleted


def end_retention(*, holder: str, at: datetime) -> int:
    """Destroy the keys of reports whose time to be kept is over; how many."""
    reports = list(Report.objects.past_retention(at).select_related("data_key")[:BATCH])
    for report in reports:
        actions.end_retention(report=report, at=at)
    return len(reports)


def drop_answers(*, holder: str, at: datetime) -> int:
    """Forget what partners' programs were answered, past the pack's hours; how many."""
    deleted, _ = PartnerAnswer.objects.outlived(at).delete()
    return deleted


SWEEPS: tuple[Callable[..., int], ...] = (drop_drafts, end_retention, drop_answers)
