# SPDX-License-Identifier: Apache-2.0
"""How long things took, counted by the database: how many rows took how many minutes.

What comes back grows with the number of different lengths, never with the number of rows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Value,
)

from hearthline.hub.cases.models import Case
from hearthline.hub.notices.models import Notice
from hearthline.hub.referrals.models import Referral

# Minutes to how many took so long.
Lengths = Mapping[int, int]


class Minutes(Func):
    """Whole minutes from the first time to the second, never below 0."""

    output_field = IntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        seconds = "CAST(strftime('%%s', {}) AS INTEGER)"
        start, end = (compiler.compile(part) for part in self.get_source_expressions())
        sql = f"MAX(0, ({seconds.format(end[0])} - {seconds.format(start[0])}) / 60)"
        return sql, (*end[1], *start[1])

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        start, end = (compiler.compile(part) for part in self.get_source_expressions())
        sql = f"GREATEST(0, FLOOR(EXTRACT(EPOCH FROM ({end[0]} - {start[0]})) / 60))::integer"
        return sql, (*end[1], *start[1])


def lengths(rows: QuerySet[Any], start: str, end: str, *, by: str = "") -> dict[str, Lengths]:
    """How many of the rows took how many minutes from one of their times to another.

    By the values of the field `by`; all under "" where none is named.
    """
    place = F(by) if by else Value("", output_field=CharField())
    taken = rows.order_by().annotate(place=place, taken=Minutes(start, end))
    found: dict[str, dict[int, int]] = {}
    for name, minutes, number in taken.values_list("place", "taken").annotate(number=Count("*")):
        found.setdefault(name, {})[minutes] = number
    return dict(found)


def _all(rows: QuerySet[Any], start: str, end: str) -> Lengths:
    return lengths(rows, start, end).get("", {})


def until_review(start: datetime, end: datetime) -> Lengths:
    """From the first report to the first look, for looks in the period."""
    looked = Case.objects.real().filter(first_reviewed_at__gte=start, first_reviewed_at__lt=end)
    return _all(looked, "opened_at", "first_reviewed_at")


def until_police(start: datetime, end: datetime) -> Lengths:
    """From a case's first report to its first package with police, for the period."""
    with_police = Referral.objects.real().filter(with_police_at__isnull=False)
    same = with_police.filter(case=OuterRef("case"))
    before = same.filter(with_police_at__lt=OuterRef("with_police_at"))
    twin = same.filter(with_police_at=OuterRef("with_police_at"), pk__lt=OuterRef("pk"))
    first = with_police.filter(~Exists(before), ~Exists(twin))
    told = first.filter(with_police_at__gte=start, with_police_at__lt=end)
    return _all(told, "case__opened_at", "with_police_at")


def until_notice(start: datetime, end: datetime) -> Lengths:
    """From a case's first report to the notice to its host, for notices of the period."""
    sent = Notice.objects.real().filter(sent_at__gte=start, sent_at__lt=end)
    return _all(sent, "case__opened_at", "sent_at")


def until_removal(start: datetime, end: datetime) -> Lengths:
    """From a case's first report to its removal, for removals of the period."""
    removed = Notice.objects.real().filter(removed_at__gte=start, removed_at__lt=end)
    return _all(removed, "case__opened_at", "removed_at")
