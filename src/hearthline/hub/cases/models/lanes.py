# SPDX-License-Identifier: Apache-2.0
"""How the queue is cut and ordered, so that an index answers however much lies in the ledger.

Every lane is one boolean of `Case` that the database itself keeps; every order is an index over
the rows where it holds. A page is found by the key of the row before it, never by counting rows.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Index, Q
from django.utils.translation import gettext_lazy as _

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


class Lane(models.TextChoices):
    """The lanes at the side of the desk."""

    URGENT = "urgent", _("Urgent")
    NEW = "new", _("New")
    MINE = "mine", _("Mine")
    SECOND = "second", _("Second review")
    WAITING = "waiting", _("Waiting on others")
    CLOCKS = "clocks", _("Clocks")


# Each order runs one way only, so that one comparison of whole keys says what comes next.
SORTS: dict[str, tuple[str, ...]] = {
    # Within a level, real work stands before exercises.
    "urgency": ("level", "exercise", "review_due_at", "opened_at", "id"),
    "reports": ("-report_count", "-opened_at", "-id"),
    "age": ("opened_at", "id"),
    "clock": ("review_due_at", "opened_at", "id"),
    "overdue": ("clock_due_at", "opened_at", "id"),
}
# The orders a lane offers are those it has an index for; its own comes first.
ORDERS: dict[str, tuple[str, ...]] = {
    Lane.SECOND: ("urgency",),
    Lane.CLOCKS: ("overdue",),
}
USUAL_ORDERS = ("urgency", "reports", "age", "clock")
# A lane with more than these shows "999+": counting on would read all of it for a number.
COUNT_LIMIT = 1_000


def orders_of(lane: str) -> tuple[str, ...]:
    return ORDERS.get(lane, USUAL_ORDERS)


class Hands(models.TextChoices):
    """Whether somebody has the case in hand."""

    FREE = "free", _("In nobody's hands")
    HELD = "held", _("In somebody's hands")


class Practice(models.TextChoices):
    """Whether exercises are shown."""

    ONLY = "only", _("Exercises only")
    WITHOUT = "without", _("Without exercises")


@dataclass(frozen=True)
class Narrowing:
    """What a queue is narrowed to. Codes only; "" and 0 narrow nothing.

    `older` is in days since the case was opened, `since` a day in ISO 8601, `host` the keyed
    digest of a host in hexadecimal: an address bar and a saved view name no place.
    """

    level: str = ""
    state: str = ""
    kind: str = ""
    language: str = ""
    hands: str = ""
    older: int = 0
    since: str = ""
    host: str = ""
    practice: str = ""

    NAMES: ClassVar[tuple[str, ...]] = (
        "level",
        "state",
        "kind",
        "language",
        "hands",
        "older",
        "since",
        "host",
        "practice",
    )

    @property
    def chosen(self) -> dict[str, Any]:
        """What is narrowed, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    def q(self, at: datetime) -> Q:
        """The condition on cases at this moment."""
        plain = {name: getattr(self, name) for name in ("level", "state", "kind", "language")}
        wanted = Q(**{name: code for name, code in plain.items() if code})
        free = Q(claim_until__isnull=True) | Q(claim_until__lte=at)
        if self.hands:
            wanted &= free if self.hands == Hands.FREE else Q(claim_until__gt=at)
        if self.practice:
            wanted &= Q(exercise=self.practice == Practice.ONLY)
        if self.older:
            wanted &= Q(opened_at__lte=at - timedelta(days=self.older))
        if self.since:
            wanted &= Q(opened_at__gte=_midnight(self.since, at))
        if self.host:
            wanted &= Q(host_digest=bytes.fromhex(self.host))
        return wanted

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """From what a saved view or a request for an export keeps."""
        return cls(**{name: stored[name] for name in cls.NAMES if name in stored})


class After(models.Func):
    """Whether a row's key comes after another's: `(a, b, id) > (…)`, which an index can seek."""

    template = "(%(columns)s) %(sign)s (%(key)s)"

    def __init__(self, order: tuple[str, ...], key: list[models.Value], *, before: bool) -> None:
        columns = [models.F(name.removeprefix("-")) for name in order]
        super().__init__(*columns, *key, output_field=models.BooleanField())
        self.sign = "<" if order[0].startswith("-") != before else ">"

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        half = len(parts) // 2
        columns, key = (
            ", ".join(sql for sql, _params in some) for some in (parts[:half], parts[half:])
        )
        params = [value for _sql, given in parts for value in given]
        return self.template % {"columns": columns, "sign": self.sign, "key": key}, params


def paged(
    rows: Rows,
    order: tuple[str, ...],
    *,
    after: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
) -> Rows:
    """In an order, from the row after (or, in reverse, before) another row on.

    A row that is not there begins at the beginning.
    """
    model = rows.model
    beside = after or before
    names = [name.removeprefix("-") for name in order]
    key = model.objects.filter(pk=beside).values_list(*names).first() if beside else None
    turned = key is not None and before is not None
    found = rows.order_by(*(_turned(order) if turned else order))
    if key is None:
        return found
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    values = [
        models.Value(value, output_field=getattr(field, "output_field", field))
        for value, field in zip(key, fields, strict=True)
    ]
    return found.filter(After(order, values, before=turned))


def _turned(order: tuple[str, ...]) -> tuple[str, ...]:
    """The same order from its end."""
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _rows(lane: str, *sorts: str) -> list[Index]:
    """The orders of one lane, over the rows that stand in it only."""
    return [
        Index(
            fields=[name.removeprefix("-") for name in SORTS[sort]],
            condition=Q(**{lane: True}),
            name=f"cases_{lane}_{sort}",
        )
        for sort in sorts
    ]


def _narrowed(by: str) -> Index:
    """The desk's order among the rows with one value, for a value that few of them have."""
    fields = [by, *SORTS["urgency"]]
    return Index(fields=fields, condition=Q(at_desk=True), name=f"cases_at_desk_{by}")


INDEXES = [
    *_rows("unread", "urgency", "age", "clock", "reports"),
    *_rows("with_others", "urgency", "age", "clock", "reports"),
    *_rows("for_second", "urgency"),
    Index(
        fields=list(SORTS["overdue"]),
        condition=Q(clock_due_at__isnull=False),
        name="cases_clocked_overdue",
    ),
    *(_narrowed(by) for by in ("kind", "language", "host_digest")),
    # All that ever stood on one host, the newest first.
    Index(fields=["host_digest", "opened_at", "id"], name="cases_of_host"),
    # What the sweep that fills the copies still has to look at.
    Index(fields=["id"], condition=Q(report_count=0), name="cases_not_copied"),
]


def _midnight(day: str, at: datetime) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=at.tzinfo)
