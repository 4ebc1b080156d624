# SPDX-License-Identifier: Apache-2.0
"""The stop page's counts, and the monthly report on blocking: made once, signed, never changed.

The report is canonical JSON (RFC 8785) with an Ed25519 signature (RFC 8032) over the same JSON
without its `signature`; the key is the one that signs the block list, named in `key`. Small counts
are withheld as null, and enough others that none follows from the rest. Counts of blocks are
rounded: what came and what went add up to what is in force, so that exact figures of the months
around it would tell what a withheld month added.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from hearthline.hub.appeals.models import (
    Appeal,
    BlockingReport,
    StopDay,
    added_in,
    appealed_in,
    delisted_in,
    listed_by,
)
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists.keys import public_text, signing_key
from hearthline.hub.blocklists.models import Entry
from hearthline.kit.disclosure import TOTAL, Table, suppress, suppress_series
from hearthline.kit.formats.canonical import canonical_json

FORMAT: Final = "hearthline-blocking-report/1"
CATEGORIES: Final = ("baseline", "national")
ALL: Final = TOTAL


@transaction.atomic
def count_shown(*, days: Mapping[date, int]) -> None:
    """Add to the counts of days how often the stop page was shown. Nothing of anybody is kept."""
    for day, count in days.items():
        StopDay.objects.get_or_create(day=day)
        StopDay.objects.filter(day=day).update(shown=F("shown") + count)


def months_due(at: datetime) -> list[str]:
    """Whole months since the first block or appeal that have no report, oldest first.

    They are made in this order: while the newest is there, nothing is looked for.
    """
    this = timezone.localdate(at).replace(day=1)
    newest = f"{this - timedelta(days=1):%Y-%m}"
    if BlockingReport.objects.filter(period=newest).exists():
        return []
    first = [
        Entry.objects.aggregate(first=Min("listed_at"))["first"],
        Appeal.objects.aggregate(first=Min("received_at"))["first"],
    ]
    known = [moment for moment in first if moment is not None]
    if not known:
        return []
    month = timezone.localdate(min(known)).replace(day=1)
    due = []
    while month < this:
        due.append(f"{month:%Y-%m}")
        month = _next(month)
    made = set(BlockingReport.objects.filter(period__in=due).values_list("period", flat=True))
    return [period for period in due if period not in made]


@transaction.atomic
def publish_report(*, period: str, at: datetime) -> BlockingReport:
    """Count a whole month ("2026-10"), sign it and keep it for good. Runs in the worker.

    Raises `KeyRefused` where this process does not hold the key.
    """
    key = signing_key(settings.BLOCKLIST_PRIVATE_KEY)
    body = {
        "format": FORMAT,
        "country": settings.PACK.country.code,
        "period": period,
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "key": public_text(key.public_key()),
        **_figures(date.fromisoformat(f"{period}-01"), settings.PACK.statistics.threshold),
    }
    report = BlockingReport.objects.create(period=period, made_at=at, body=_signed(body, key))
    record(at=at, actor=Actor.worker(), verb="appeals.publish_report", about=report)
    return report


def _figures(first: date, threshold: int) -> dict[str, object]:
    start, end = _midnight(first), _midnight(_next(first))
    received = Appeal.objects.received_in(start, end)
    decided = Appeal.objects.decided_in(start, end)
    outcomes = decided.published_counts("outcome", Appeal.Outcome.values, threshold)
    # Beside withheld counts the rate would tell what one of them is.
    rate = None if None in outcomes.values() else decided.overturn_rate(threshold)
    shown = StopDay.objects.shown_in(first, _next(first))
    return {
        "threshold": threshold,
        "rounded_to": threshold,
        "in_force": _in_force(end, threshold),
        "added": _series(added_in(start, end), CATEGORIES, threshold),
        "delisted": _series(delisted_in(start, end), Entry.Because.values, threshold),
        "entries_appealed": _alone(appealed_in(start, end), threshold),
        "appeals_received": _alone(received.count(), threshold),
        "appeals_decided": outcomes,
        "overturned_per_100": _decimal(rate),
        "median_days_to_lift": _decimal(decided.days_to_lift(threshold)),
        "stop_page_shown": _rounded(_alone(shown, threshold), threshold),
    }


def _in_force(end: datetime, threshold: int) -> list[dict[str, object]]:
    counted = listed_by(end)
    places: dict[tuple[str, ...], int] = {(one, scope): counted.get((one, scope), 0)
              for one in CATEGORIES for scope in Entry.Scope.values}  # fmt: skip
    table = suppress(Table.from_counts(("CATEGORY", "SCOPE"), places), threshold)
    return [
        {"category": cell.key[0], "scope": cell.key[1], "entries": _rounded(cell.value, threshold)}
        for cell in table.cells
    ]


def _series(
    counted: Mapping[str, int], codes: Iterable[str], threshold: int
) -> dict[str, int | None]:
    shown = suppress_series({code: counted.get(code, 0) for code in codes}, threshold)
    return {code: _rounded(count, threshold) for code, count in shown.items()}


def _alone(count: int, threshold: int) -> int | None:
    return None if 0 < count < threshold else count


def _rounded(count: int | None, base: int) -> int | None:
    return None if count is None else (count + base // 2) // base * base


def _decimal(value: float | None) -> str | None:
    """Fractions as text, since canonical JSON has whole numbers only."""
    return None if value is None else f"{value:.1f}"


def _signed(body: Mapping[str, object], key: Ed25519PrivateKey) -> str:
    signature = b64encode(key.sign(canonical_json(body))).decode()
    return canonical_json({**body, "signature": signature}).decode()


def _midnight(day: date) -> datetime:
    """When a day begins by the country's clocks."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
