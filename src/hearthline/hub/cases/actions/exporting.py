# SPDX-License-Identifier: Apache-2.0
"""A view of the queue as a file: asked for with a reason, allowed by another, fetched once.

The file holds codes, counts, times and references. No words, no addresses, nobody's name.
"""

import csv
import io
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, require
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.disclosure import AlreadyDecided, NotApproved
from hearthline.hub.cases.actions.queueing import Place, order_of
from hearthline.hub.cases.actions.rules import AlreadyRequested, SamePerson, lock
from hearthline.hub.cases.models import Case, CaseQuerySet, Export, Lane
from hearthline.kit.urls import refuse_file_content

COLUMNS = (
    "reference", "level", "kind", "state", "track", "outcome", "language", "reports",
    "opened_at", "review_due_at", "first_reviewed_at", "confirmed_at",
    "exercise",
)  # fmt: skip
# A spreadsheet takes what begins with one of these for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class TooManyRows(Exception):
    """The view has more rows than the country pack lets anybody take away at once."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class ExportExpired(Exception):
    """The time to fetch the file is over."""


class AlreadyDownloaded(Exception):
    """The file was fetched once. To have it again, ask again."""


@transaction.atomic
def request_export(*, place: Place, reason: str, by: User, at: datetime) -> Export:
    """Ask to take a view away. Raises ReasonNeeded, TooManyRows and AlreadyRequested."""
    require(by, Permission.CASES_EXPORT_REQUEST)
    refuse_file_content(reason)
    if not reason.strip():
        raise ReasonNeeded
    lane = place.lane if place.lane in Lane.values else Lane.NEW.value
    asked = Export(
        requested_by=by,
        requested_at=at,
        reason=reason.strip()[:500],
        lane=lane,
        sort=order_of(lane, place.sort),
        narrowing=place.narrowing.chosen,
    )
    same = Export.objects.waiting().filter(requested_by=by, lane=lane, narrowing=asked.narrowing)
    if same.exists():
        raise AlreadyRequested
    asked.row_count = _counted(_rows(asked, at))
    asked.save(force_insert=True)
    _keep("request_export", asked, by, at, asked.reason)
    return asked


@transaction.atomic
def decide_export(*, export: Export, approve: bool, by: User, at: datetime) -> None:
    """Allow or refuse; never by the person who asked. Raises SamePerson and AlreadyDecided."""
    require(by, Permission.CASES_EXPORT_APPROVE)
    lock(export)
    if export.requested_by_id == by.pk:
        raise SamePerson
    if export.approved is not None:
        raise AlreadyDecided
    export.decided_by, export.decided_at, export.approved = by, at, approve
    if approve:
        export.expires_at = at + timedelta(hours=settings.PACK.desk.export_hours)
    export.save(update_fields=["decided_by", "decided_at", "approved", "expires_at"])
    _keep("decide_export", export, by, at, approved=approve)


@transaction.atomic
def download_export(*, export: Export, by: User, at: datetime) -> str:
    """The file, to whoever asked, once and in time; as the view is now.

    Raises NotAllowed, NotApproved, AlreadyDownloaded, ExportExpired and TooManyRows.
    """
    require(by, Permission.CASES_EXPORT_REQUEST)
    lock(export)
    if export.requested_by_id != by.pk:
        raise NotAllowed
    if not export.approved or export.expires_at is None:
        raise NotApproved
    if export.downloaded_at is not None:
        raise AlreadyDownloaded
    if export.expires_at <= at:
        raise ExportExpired
    rows = _rows(export, at)
    count = _counted(rows)
    text = _written(rows)
    export.downloaded_at = at
    export.save(update_fields=["downloaded_at"])
    _keep("download_export", export, by, at, export.reason, rows=count)
    return text


def _rows(export: Export, at: datetime) -> CaseQuerySet:
    """What the person who asked sees in the view: nothing they stepped back from."""
    found = Case.objects.in_lane(export.lane, export.requested_by, at)
    return found.narrowed(export.wanted, at).page(export.sort)


def _counted(rows: CaseQuerySet) -> int:
    limit = settings.PACK.desk.export_rows
    count = rows.counted(limit + 1)
    if count > limit:
        raise TooManyRows(limit)
    return count


def _written(rows: CaseQuerySet) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for case in rows.iterator(chunk_size=500):
        told = [
            case.reference, case.level, case.kind, case.state, case.track, case.outcome,
            case.language, case.report_count, case.opened_at, case.review_due_at,
            case.first_reviewed_at, case.confirmed_at, "exercise" if case.exercise else "",
        ]  # fmt: skip
        writer.writerow([_cell(value) for value in told])
    return text.getvalue()


def _cell(value: object) -> str:
    """A value as text that no spreadsheet calculates with."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _keep(
    act: str, export: Export, by: User, at: datetime, reason: str = "", **codes: bool | int
) -> None:
    record(
        at=at, actor=by.actor, verb=f"cases.{act}", about=export, reason=reason,
        lane=export.lane, narrowed_by=",".join(export.narrowing), asked_rows=export.row_count,
        **codes,
    )  # fmt: skip
