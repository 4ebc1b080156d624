# SPDX-License-Identifier: Apache-2.0
"""What several stages ask first: the report as it is now, and how long it is kept."""

from datetime import timedelta

from django.conf import settings
from django.db import connection

from hearthline.hub.reports.models import Report
from hearthline.kit.codelists import UnknownCodeError, find, incident_types


class ReportWithdrawn(Exception):
    """The reporter has withdrawn it; nothing new is written to it."""


def lock(report: Report) -> None:
    """Read the report again and hold it for this transaction. SQLite locks as a whole."""
    rows = Report.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    report.refresh_from_db(from_queryset=rows)


def retention(kind: str, *, child_first: bool = False) -> timedelta:
    """How long a closed or withdrawn report of this kind is kept, by the country pack."""
    policy = settings.PACK.retention
    days = policy.child_first_days if child_first or leads_with_help(kind) else policy.report_days
    return timedelta(days=days)


def kept_for(report: Report, *, child_first: bool = False) -> timedelta:
    """How long this report is kept once it is over; an exercise not for long."""
    if report.exercise:
        return timedelta(days=settings.PACK.drill.keep_days)
    return retention(report.kind, child_first=child_first)


def leads_with_help(kind: str) -> bool:
    """Whether this kind is of the child-first track from the beginning: police hear by choice."""
    try:
        return find(incident_types(), kind).child_first
    except UnknownCodeError:
        return False
