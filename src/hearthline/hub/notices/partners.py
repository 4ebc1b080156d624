# SPDX-License-Identifier: Apache-2.0
"""The providers' door: a letter's link opens the notices of its contact. No account, no session."""

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.notices import actions
from hearthline.hub.notices.forms import PROVIDERS_WORDS, ProviderForm, TableForm
from hearthline.hub.notices.models import Answer, Notice
from hearthline.hub.notices.wording import ROW_WORDS

ON_A_PAGE = 40
# Codes and numbers, the same in every language.
EXAMPLE = "\n".join(
    (
        "reference,answer,ground,address,note",
        "1A2B3C4D,removed",
        "5E6F7A8B,refused,order_required,,Ticket 77",
    )
)
_READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])

TONES = {
    Notice.State.REMOVED: "ok",
    Notice.State.REFUSED: "plain",
    Notice.State.ACKNOWLEDGED: "calm",
    Notice.State.MOVED: "calm",
}


def by_link(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """The visit that the link in the address opens, or a page that says how to get a new one."""

    @functools.wraps(view)
    def opened(request: HttpRequest, secret: str, **more: Any) -> HttpResponse:
        try:
            visit = actions.enter(secret=secret, at=timezone.now())
        except actions.LinkRefused:
            return render(request, "notices/door/refused.html", status=404)
        return view(request, visit, **more)

    return public(never_cache(opened))


@by_link
@require_safe
def door(request: HttpRequest, visit: actions.Visit) -> HttpResponse:
    """What this contact was told: what still waits, or what is over."""
    over = request.GET.get("over") == "1"
    told = actions.told_at_door(visit=visit, at=timezone.now())
    lanes = {False: told.open(), True: told.exclude(pk__in=told.open().values("pk"))}
    page = Paginator(lanes[over].order_by("-sent_at", "pk"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "notices/door/list.html",
        {
            **_frame(visit),
            "place": "list",
            "over": over,
            "open_count": lanes[False].count(),
            "over_count": lanes[True].count(),
            "page": page,
            "rows": [(row, TONES.get(Notice.State(row.state), "warn")) for row in page],
        },
    )


@by_link
@_READ_AND_WRITE
def door_notice(request: HttpRequest, visit: actions.Visit, pk: UUID) -> HttpResponse:
    """One notice with its address, and what the contact may say about it."""
    at = timezone.now()
    if request.method != "POST":
        return _one(request, visit, pk, at, ProviderForm())
    form = ProviderForm(request.POST)
    if not form.is_valid():
        return _one(request, visit, pk, at, form)
    said = actions.Said(**form.cleaned_data)
    try:
        actions.answer_as_provider(visit=visit, notice=pk, said=said, way=Answer.Way.DOOR, at=at)
    except actions.NotTheirs:
        return render(request, "notices/door/not_theirs.html", _frame(visit), status=404)
    except actions.AlreadySaid:
        result = "already"
    except (actions.NotOpen, actions.NotAsked):
        result = "over"
    except actions.PlaceRefused:
        form.add_error("place", _("Write one web address, such as https://www.example.org/page."))
        return _one(request, visit, pk, at, form)
    else:
        result = "recorded"
    if said.code == Answer.Code.WRONG_RECIPIENT and result == "recorded":
        return redirect(_address("door", visit) + "?" + urlencode({"said": "wrong_recipient"}))
    return redirect(_address("door_notice", visit, pk=pk) + "?" + urlencode({"said": result}))


@by_link
@_READ_AND_WRITE
def door_table(request: HttpRequest, visit: actions.Visit) -> HttpResponse:
    """Many answers at once, as a table that is pasted in. What was refused comes back to mend."""
    form = TableForm(request.POST) if request.method == "POST" else TableForm()
    results: list[actions.Result] = []
    if request.method == "POST" and form.is_valid():
        try:
            results = actions.answer_in_bulk(
                visit=visit,
                rows=actions.read_table(form.cleaned_data["table"]),
                way=Answer.Way.CSV,
                at=timezone.now(),
            )
        except actions.NotATable:
            form.add_error("table", _("This is no table. Put each answer on a line of its own."))
        except actions.TooManyRows:
            form.add_error("table", _("A table has 500 lines at most. Nothing was recorded."))
    refused = [one for one in results if not one.taken]
    if results:
        mend = actions.write_table([one.row for one in refused]) if refused else ""
        form = TableForm(initial={"table": mend})
    return render(
        request,
        "notices/door/table.html",
        {
            **_frame(visit),
            "place": "table",
            "form": form,
            "results": [(one, ROW_WORDS[one.code]) for one in results],
            "taken": len(results) - len(refused),
            "refused": len(refused),
            "codes": form.codes(),
            "example": EXAMPLE,
        },
    )


def _one(
    request: HttpRequest, visit: actions.Visit, pk: UUID, at: datetime, form: ProviderForm
) -> HttpResponse:
    try:
        found, shown = actions.open_notice(visit=visit, notice=pk, at=at)
    except actions.NotTheirs:
        return render(request, "notices/door/not_theirs.html", _frame(visit), status=404)
    reader = visit.reader
    return render(
        request,
        "notices/door/one.html",
        {
            **_frame(visit),
            "place": "list",
            "notice": found,
            "tone": TONES.get(Notice.State(found.state), "warn"),
            "shown": shown,
            "open": Notice.objects.open().filter(pk=found.pk).exists(),
            "said": request.GET.get("said", ""),
            "answers": [
                (answer, PROVIDERS_WORDS[Answer.Code(answer.code)])
                for answer in found.answers.filter(contact=reader.contact, key=reader.key)
            ],
            "form": form,
        },
    )


def _frame(visit: actions.Visit) -> dict[str, Any]:
    """What every page of the door has."""
    return {
        "organisation": visit.reader.organisation,
        "secret": visit.secret,
        "until": visit.reader.expires_at,
    }


def _address(name: str, visit: actions.Visit, **more: Any) -> str:
    return reverse(name, kwargs={"secret": visit.secret, **more})


urlpatterns = [
    path("notices/<str:secret>/", door, name="door"),
    path("notices/<str:secret>/table/", door_table, name="door_table"),
    path("notices/<str:secret>/<uuid:pk>/", door_notice, name="door_notice"),
]
