# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions.quarantine import held_counts
from hearthline.hub.cases.desk import labels
from hearthline.hub.cases.desk.places import narrowed_to, number, place_of, way
from hearthline.hub.cases.forms import BulkForm, NarrowForm
from hearthline.hub.cases.models import (
    COUNT_LIMIT,
    SORTS,
    Case,
    Lane,
    Narrowing,
    SavedView,
    orders_of,
)

# After g, the letter of a lane.
KEYS = {
    Lane.URGENT: "g u",
    Lane.NEW: "g n",
    Lane.MINE: "g m",
    Lane.SECOND: "g s",
    Lane.WAITING: "g w",
    Lane.CLOCKS: "g c",
}
# The fields below the lane, apart from those that narrow it.
BULK_ID = "bulk_%s"
NOTHING_FITS = (
    gettext_lazy("Nothing fits"),
    gettext_lazy("No case of this lane fits what the queue is narrowed to."),
)
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
    """The desk: one lane of cases, the most urgent first; or a view that somebody keeps."""
    return lane_page(request)


def lane_page(
    request: StaffRequest, *, none_chosen: BulkForm | None = None, status: int = 200
) -> HttpResponse:
    """The lane an address asks for; with what was typed, where an act was asked for no case."""
    place, view = _asked(request)
    at = timezone.now()
    opened = actions.open_queue(place=place, by=request.user, at=at)
    place = replace(place, lane=opened.lane.value, sort=opened.sort)
    title, text = EMPTY[opened.lane]
    narrowed = narrowed_to(place.narrowing)
    if narrowed:
        title, text = NOTHING_FITS
    chosen = place.narrowing.chosen
    return render(
        request,
        "cases/queue.html",
        {
            "section": "queue",
            "lane": opened.lane,
            "view": view,
            "lanes": lanes(opened.counts, "" if view else opened.lane),
            "held": held_lane(),
            "views": SavedView.objects.seen_by(request.user),
            **_pages(place, opened),
            "rows": lines(opened.rows),
            "heads": heads(place),
            "over": opened.counts[Lane.CLOCKS],
            "empty_title": title,
            "empty_text": text,
            "way": way(place),
            "narrowed": narrowed,
            "narrow_form": NarrowForm(initial=chosen | {"lane": place.lane, "sort": place.sort}),
            "bulk_form": none_chosen or BulkForm(auto_id=BULK_ID),
            "none_chosen": none_chosen is not None,
            "marked": request.GET.get("marked") == "all",
            # In its own lane a case is opened to review it, elsewhere to assess it.
            "open_key": "r" if opened.lane == Lane.SECOND else "a",
        },
        status=status,
    )


@requires(Permission.CASES_QUEUE_READ)
@require_POST
def queue_narrow(request: StaffRequest) -> HttpResponse:
    """From the form to the address that shows it: a host becomes its keyed digest on the way."""
    form = NarrowForm(request.POST)
    if not form.is_valid():
        for line in form.errors.values():
            messages.warning(request, str(line[0]))
        return redirect("queue")
    told = form.cleaned_data
    narrowing = Narrowing(
        level=told["level"],
        state=told["state"],
        kind=told["kind"],
        language=told["language"],
        hands=told["hands"],
        practice=told["practice"],
        older=int(told["older"] or 0),
        since=told["since"].isoformat() if told["since"] else "",
        host=actions.host_digest(told["named_host"]) if told["named_host"] else told["host"],
    )
    place = actions.Place(lane=told["lane"], sort=told["sort"], narrowing=narrowing)
    return redirect(f"{reverse('queue')}{way(place)}")


def _asked(request: StaffRequest) -> tuple[actions.Place, SavedView | None]:
    """The place an address asks for; a kept view says it by its number, the rest can be added."""
    asked = place_of(request.GET)
    if "view" not in request.GET:
        return asked, None
    views = SavedView.objects.seen_by(request.user)
    key = number(request.GET["view"])
    view = views.filter(pk=key).first() if key else None
    if view is None:
        raise Http404
    kept = actions.Place(view.lane, view.sort, view.wanted)
    return replace(kept, after=asked.after, before=asked.before), view


def _pages(place: actions.Place, opened: actions.Queue) -> dict[str, str]:
    """The addresses of the page before and after this one."""
    return {
        "pager_path": reverse("queue"),
        "next_page": way(place, after=opened.following) if opened.following else "",
        "previous_page": way(place, before=opened.preceding) if opened.preceding else "",
    }


def lanes(counts: dict[str, int], current: str = "") -> list[dict[str, Any]]:
    """The side of the desk: each lane with how much lies in it."""
    return [
        {
            "code": lane.value,
            "label": lane.label,
            "count": _up_to(counts[lane]),
            "key": KEYS[lane],
            "current": lane == current,
            "tone": _tone(lane, counts[lane]),
        }
        for lane in Lane
    ]


def held_lane(current: str = "") -> dict[str, Any]:
    """The lane of reports held in a flood; shown while there are any, or one looks at it."""
    count, urgent = (_up_to(number) for number in held_counts())
    return {"count": count, "urgent": urgent, "current": current == "held"}


def side(request: StaffRequest, current: str = "") -> dict[str, Any]:
    """What stands beside a page of the desk: the lanes, and the views this person keeps."""
    counts = Case.objects.lane_counts(request.user, timezone.now())
    return {
        "section": "queue",
        "lanes": lanes(counts, current),
        "held": held_lane(current),
        "views": SavedView.objects.seen_by(request.user),
    }


def _up_to(count: int) -> int | str:
    return f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else count


def _tone(lane: Lane, count: int) -> str:
    if not count:
        return ""
    return {Lane.URGENT: "danger", Lane.CLOCKS: "warn"}.get(lane, "")


def lines(rows: list[actions.Row]) -> list[dict[str, Any]]:
    """Rows for `cases/table.html`."""
    return [
        {
            "case": row.case,
            "level": labels.level_chip(row.case),
            "kind": labels.kind(row.case.kind),
            "subject": row.subject,
            "holder": row.holder,
            "state": labels.state_chip(row.case, short=True),
            "free": row.holder is None and row.case.state != Case.State.CLOSED,
        }
        for row in rows
    ]


def columns() -> list[tuple[str, str, bool]]:
    """The columns of a table of cases: title, the order it stands for, whether it is a number."""
    return [
        (_("Urgency"), "urgency", False),
        (_("Kind"), "", False),
        (_("Subject"), "", False),
        (_("Reports"), "reports", True),
        (_("Waiting for"), "age", False),
        (_("Clock"), "clock", False),
        (_("In hand"), "", False),
        (_("State"), "", False),
    ]


def heads(place: actions.Place | None = None) -> list[dict[str, Any]]:
    """The head of a table of cases; with links that order it, in a lane."""
    found = []
    for title, code, is_number in columns():
        head: dict[str, Any] = {"label": title, "number": is_number}
        own = "overdue" if code == "clock" and place and place.lane == Lane.CLOCKS else code
        if place and own in orders_of(place.lane):
            head["url"] = f"{reverse('queue')}{way(replace(place, sort=own))}"
            down = SORTS[own][0].startswith("-")
            head["sorted"] = ("descending" if down else "ascending") if own == place.sort else ""
        found.append(head)
    return found
