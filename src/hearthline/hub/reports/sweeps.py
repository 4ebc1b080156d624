# SPDX-License-Identifier: Apache-2.0
"""Timed work: half-finished forms and closed reports end when the country pack says."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError

from hearthline.hub.clocks.actions import LeaseLost, lease
from hearthline.hub.reports import actions
from hearthline.hub.reports.models import Draft, FreshReceipt, PartnerAnswer, Report

log = logging.getLogger(__name__)

BATCH = 200
# Seconds a round may spend on receipts.
RUN = 5.0


def drop_drafts(*, holder: str, at: datetime) -> int:
    """Delete drafts past their time, and receipts nobody confirmed; how many."""
    deleted, _ = Draft.objects.outlived(at).delete()
    return deleted


def keep_receipts(*, holder: str, at: datetime) -> int:
    """Take the slow step of fresh receipts, the oldest first; how many.

    After RUN seconds the other sweeps have their turn, and the next round goes on from here.
    """
    until, kept = time.monotonic() + RUN, 0
    while time.monotonic() < until:
        leased = lease(FreshReceipt.objects.due(at), holder=holder, at=at, limit=20)
        if not leased:
            break
        for fresh in leased:
            try:
                kept += actions.keep_for_good(fresh=fresh, holder=holder, at=at)
            except LeaseLost:
                log.warning("a receipt was taken over by another worker")
            except OperationalError:
                raise  # the database is busy for every receipt
            except Exception:
                # It stays leased for a while, so that the next one has its turn.
                log.exception("a receipt could not be kept for good; it is tried again")
    return kept


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


SWEEPS: tuple[Callable[..., int], ...] = (keep_receipts, drop_drafts, end_retention, drop_answers)
