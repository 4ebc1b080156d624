# SPDX-License-Identifier: Apache-2.0
"""A view of the queue as a file: ask, allow, fetch once."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk.case import WRONG
from hearthline.hub.cases.desk.places import narrowed_to, place_of, way
from hearthline.hub.cases.desk.queue import side
from hearthline.hub.cases.desk.refusals import REFUSALS, put, sentence
from hearthline.hub.cases.forms import ReasonForm
from hearthline.hub.cases.models import Export, Lane

SHOWN = 40


@requires(Permission.CASES_QUEUE_READ)
def exports(request: StaffRequest) -> HttpResponse:
    """What was asked for: one's own, and what waits for a decision by whoever may decide."""
    found = Export.objects.newest_first().select_related("requested_by", "decided_by")
    if not request.user.has(Permission.CASES_EXPORT_APPROVE):
        found = found.filter(requested_by=request.user)
    told = [_told(request, export) for export in found[:SHOWN]]
    context = {**side(request), "title": _("Files taken away"), "exports": told}
    return render(request, "cases/exports.html", context)


@requires(Permission.CASES_EXPORT_REQUEST)
def export_new(request: StaffRequest) -> HttpResponse:
    """Ask to take the lane of the address away as a file."""
    place = place_of(request.GET)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.request_export(place=place, reason=reason, by=request.user, at=timezone.now())
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("You asked. A second person decides."))
            return redirect("exports")
    context = {
        **side(request),
        "title": _("Ask for it as a file"),
        "form": form,
        "lane": Lane(place.lane) if place.lane in Lane.values else Lane.NEW,
        "narrowed": narrowed_to(place.narrowing),
        "limits": settings.PACK.desk,
        "back": f"{reverse('queue')}{way(place)}",
    }
    return render(request, "cases/exports.html", context, status=WRONG if form.errors else 200)


@requires(Permission.CASES_EXPORT_APPROVE)
@require_POST
def export_decide(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Allow or refuse a request."""
    asked = get_object_or_404(Export, pk=pk)
    approve = request.POST.get("approve") == "yes"
    try:
        actions.decide_export(export=asked, approve=approve, by=request.user, at=timezone.now())
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
    else:
        said = _("The request is allowed.") if approve else _("The request is refused.")
        messages.success(request, said)
    return redirect("exports")


@requires(Permission.CASES_EXPORT_REQUEST, step_up=True)
def export_fetch(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Hand the file over: a page that says so first, then the file, once."""
    asked = get_object_or_404(Export, pk=pk, requested_by=request.user)
    if request.method != "POST":
        if not asked.ready(timezone.now()):
            raise Http404
        return render(request, "cases/fetch.html", {**side(request), "export": asked})
    try:
        text = actions.download_export(export=asked, by=request.user, at=timezone.now())
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
        return redirect("exports")
    name = f"cases-{asked.lane}-{timezone.localdate().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _told(request: StaffRequest, export: Export) -> dict[str, Any]:
    mine = export.requested_by_id == request.user.pk
    return {
        "export": export,
        "mine": mine,
        "can_decide": not mine and request.user.has(Permission.CASES_EXPORT_APPROVE),
        "ready": export.ready(timezone.now()),
        "narrowed": narrowed_to(export.wanted),
    }
