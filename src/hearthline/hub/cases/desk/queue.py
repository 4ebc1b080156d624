# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk import labels
from hearthline.hub.cases.models import Case, Lane

EMPTY = {
    Lane.URGENT: (
        gettext_lazy("Nothing urgent waits"),
        gettext_lazy("Nobody has told us of danger that no one is looking at."),
    ),
    Lane.NEW: (
        gettext_lazy("Everything new has been taken up"),
        gettext_lazy("A good moment for a second review, or for a cup of tea."),
    ),
    Lane.MINE: (
        gettext_lazy("Your hands are free"),
        gettext_lazy("A case you claim stands here until you give it back or judge it."),
    ),
    Lane.SECOND: (
        gettext_lazy("No judgement waits for you"),
        gettext_lazy("What colleagues assessed stands here until a second person has looked."),
    ),
    Lane.WAITING: (
        gettext_lazy("We wait for nobody"),
        gettext_lazy("Cases with police, hosts or another reviewer stand here."),
    ),
    Lane.CLOCKS: (
        gettext_lazy("Every clock is kept"),
        gettext_lazy("A case whose time has run over stands here until somebody acts."),
    ),
}


@requires(Permission.CASES_QUEUE_READ)
def queue(request: StaffRequest) -> HttpResponse:
    """The desk: one lane of cases, the most urgent first."""
    opened = actions.open_queue(
        lane=request.GET.get("lane", ""),
        page=_number(request.GET.get("page")),
        sort=request.GET.get("sort", ""),
        by=request.user,
        at=timezone.now(),
    )
    title, text = EMPTY[opened.lane]
    return render(
        request,
        "cases/queue.html",
        {
            "section": "queue",
            "lane": opened.lane,
            "lanes": lanes(opened.counts, opened.lane),
            "page": opened.page,
            "rows": [_line(row) for row in opened.rows],
            "heads": _heads(opened.lane, opened.sort),
            "over": opened.counts[Lane.CLOCKS],
            "empty_title": title,
            "empty_text": text,
            # In its own lane a case is opened to review it, elsewhere to assess it.
            "open_key": "r" if opened.lane == Lane.SECOND else "a",
        },
    )


def lanes(counts: dict[str, int], current: str = "") -> list[dict[str, Any]]:
    """The side of the desk: each lane with how much lies in it."""
    return [
        {
            "code": lane.value,
            "label": lane.label,
            "count": counts[lane],
            "current": lane == current,
            "tone": _tone(lane, counts[lane]),
        }
        for lane in Lane
    ]


def lanes_of(request: StaffRequest) -> list[dict[str, Any]]:
    """The lanes beside a case."""
    return lanes(Case.objects.lane_counts(request.user, timezone.now()))


def _tone(lane: Lane, count: int) -> str:
    if not count:
        return ""
    return {Lane.URGENT: "danger", Lane.CLOCKS: "warn"}.get(lane, "")


def _line(row: actions.Row) -> dict[str, Any]:
    case = row.case
    return {
        "case": case,
        "level": labels.level_chip(case),
        "kind": labels.kind(case.kind),
        "subject": row.subject,
        "holder": row.holder,
        "state": labels.state_chip(case, short=True),
        "free": row.holder is None and case.state != Case.State.CLOSED,
    }


def _heads(lane: str, sort: str) -> list[dict[str, Any]]:
    columns = [
        (_("Urgency"), "urgency", False),
        (_("Kind"), "", False),
        (_("Subject"), "", False),
        (_("Reports"), "reports", True),
        (_("Waiting for"), "age", False),
        (_("Clock"), "clock", False),
        (_("In hand"), "", False),
        (_("State"), "", False),
    ]
    return [
        {
            "label": title,
            "url": f"?lane={lane}&sort={code}" if code else "",
            "sorted": ("descending" if code == "reports" else "ascending") if code == sort else "",
            "number": number,
        }
        for title, code, number in columns
    ]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 1
