# SPDX-License-Identifier: Apache-2.0
"""Views of the queue that somebody keeps: keep, rename, share, delete."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
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
from hearthline.hub.cases.desk.refusals import REFUSALS, put
from hearthline.hub.cases.forms import ViewForm
from hearthline.hub.cases.models import Lane, SavedView


@requires(Permission.CASES_QUEUE_READ)
def views(request: StaffRequest) -> HttpResponse:
    """Every view this person sees beside the lanes."""
    return render(request, "cases/views.html", {**side(request), "title": _("Saved views")})


@requires(Permission.CASES_QUEUE_READ)
def view_new(request: StaffRequest) -> HttpResponse:
    """Keep the lane of the address, with its order and what it is narrowed to, under a name."""
    place = place_of(request.GET)
    lane = Lane(place.lane) if place.lane in Lane.values else Lane.NEW
    form = ViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            view = actions.save_view(
                place=place, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except REFUSALS as refused:
            put(form, refused)
        else:
            return redirect(f"{reverse('queue')}?view={view.pk}")
    context = {
        **side(request),
        "title": _("Keep this view"),
        "form": form,
        "lane": lane,
        "narrowed": narrowed_to(place.narrowing),
        "back": f"{reverse('queue')}{way(place)}",
    }
    return render(request, "cases/views.html", context, status=WRONG if form.errors else 200)


@requires(Permission.CASES_QUEUE_READ)
def view_change(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Rename it, share it or take it back."""
    kept = get_object_or_404(SavedView, pk=pk, owner=request.user)
    start = {"name": kept.name, "shared": kept.shared}
    form = ViewForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_view(view=kept, by=request.user, at=timezone.now(), **form.cleaned_data)
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("The view is kept."))
            return redirect("views")
    context = {
        **side(request),
        "title": _("A saved view"),
        "form": form,
        "kept": kept,
        "can_delete": True,
        "lane": Lane(kept.lane),
        "narrowed": narrowed_to(kept.wanted),
        "back": reverse("views"),
    }
    return render(request, "cases/views.html", context, status=WRONG if form.errors else 200)


@requires(Permission.CASES_QUEUE_READ)
@require_POST
def view_delete(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Delete a view; the cases in it stay where they are."""
    view = get_object_or_404(SavedView.objects.seen_by(request.user), pk=pk)
    actions.delete_view(view=view, by=request.user, at=timezone.now())
    messages.success(request, _("The view is deleted."))
    return redirect("views")
