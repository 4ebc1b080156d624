# SPDX-License-Identifier: Apache-2.0
"""Reading the queue: one page of a lane, found by key, however long the lane is."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.intake import pull
from hearthline.hub.cases.models import Case, Lane, Narrowing, Subject, orders_of
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.urls import defang, mask_secrets, shorten_middle

ROWS = 40
WIDTH = 34
ENDED = _("no longer kept")

Item = TypeVar("Item", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Rows of a long list, and those beside which the next and the last page begin."""

    rows: list[Item]
    following: uuid.UUID | None
    preceding: uuid.UUID | None


@dataclass(frozen=True)
class Row:
    """A line of the queue. `subject` is defanged and short, its secrets masked, its scheme left
    out: a page is one subject over http and https."""

    case: Case
    subject: str
    holder: User | None


@dataclass(frozen=True)
class Place:
    """Where somebody stands in the queue: lane, order, what it is narrowed to, beside which row."""

    lane: str = ""
    sort: str = ""
    narrowing: Narrowing = field(default_factory=Narrowing)
    after: uuid.UUID | None = None
    before: uuid.UUID | None = None


@dataclass(frozen=True)
class Queue:
    """One page of a lane as somebody sees it now, and how much lies in each lane.

    `following` and `preceding` are the rows beside which the next and the last page begin.
    """

    lane: Lane
    sort: str
    counts: dict[str, int]
    rows: list[Row]
    following: uuid.UUID | None = None
    preceding: uuid.UUID | None = None


def open_queue(*, place: Place, by: User, at: datetime) -> Queue:
    """Take up new reports, then read one page of a lane; "" is the lane that needs a look first.

    Subjects are places, not people; that they were opened is still kept, once per view.
    """
    require(by, Permission.CASES_QUEUE_READ)
    # A few, so that nobody waits for a page because many wrote; the worker takes up the rest.
    pull(at=at, limit=20)
    counts = Case.objects.lane_counts(by, at)
    lane = place.lane
    if lane not in Lane.values:
        lane = Lane.URGENT if counts[Lane.URGENT] else Lane.NEW
    sort = order_of(lane, place.sort)
    found = Case.objects.in_lane(lane, by, at).narrowed(place.narrowing, at)
    found = found.page(sort, after=place.after, before=place.before)
    page = read_page(found.select_related("subject__data_key", "holder"), place.after, place.before)
    record(
        at=at, actor=by.actor, verb="cases.queue", about=by, lane=str(lane), count=len(page.rows),
        narrowed_by=",".join(place.narrowing.chosen),
    )  # fmt: skip
    rows = rows_of(page.rows, at)
    return Queue(Lane(lane), sort, counts, rows, page.following, page.preceding)


def read_page(
    found: "models.QuerySet[Item]", after: uuid.UUID | None, before: uuid.UUID | None
) -> Page[Item]:
    """At most ROWS of what `paged` found after or before a row."""
    read = list(found[: ROWS + 1])
    shown, more, back = read[:ROWS], len(read) > ROWS, before is not None
    if back:
        shown.reverse()
    goes_on, came_from = (back or more), (more if back else after is not None)
    return Page(
        shown,
        shown[-1].pk if shown and goes_on else None,
        shown[0].pk if shown and came_from else None,
    )


def order_of(lane: str, sort: str) -> str:
    """The order asked for, if the lane has it; else its own."""
    offered = orders_of(lane)
    return sort if sort in offered else offered[0]


def rows_of(cases: Iterable[Case], at: datetime) -> list[Row]:
    """Cases as lines, each subject opened and shortened."""
    return [Row(case, _short(case.subject), case.holder_at(at)) for case in cases]


def defanged(subject: Subject, address: str) -> str:
    """An address so that nobody opens it by accident; an account as it is."""
    return defang(address) if subject.kind == Subject.Kind.URL else address


def host_named(digest: str) -> str:
    """The host behind a digest, defanged, from any subject on it; "" when none is known."""
    known = Subject.objects.filter(host_digest=bytes.fromhex(digest)).exclude(host=b"")
    subject = known.select_related("data_key").first()
    if subject is None:
        return ""
    try:
        host = subject.unseal(sealing.open_as_desk(subject.data_key), "host")
    except sealing.KeyDestroyed:
        return ""
    return host.replace(".", "[.]")


def _short(subject: Subject) -> str:
    if not subject.address or subject.ended:
        return ""
    address = subject.unseal(sealing.open_as_desk(subject.data_key), "address")
    shown = defanged(subject, mask_secrets(address))
    return shorten_middle(shown.partition("://")[2] or shown, WIDTH)
