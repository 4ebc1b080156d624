# SPDX-License-Identifier: Apache-2.0
"""A person's own page, and the cover as a manager sees it."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.care import actions, reading
from hearthline.hub.care.forms import SetAsideForm

own = requires(Permission.CARE_OWN_USE)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def care(request: StaffRequest) -> HttpResponse:
    """My own page: what I looked at, what I set aside, who listens to me."""
    at = timezone.now()
    mine = reading.own(by=request.user, at=at)
    form = SetAsideForm(request.POST or None, initial={"kinds": list(mine.set_aside)})
    if request.method == "POST" and form.is_valid():
        weeks = form.cleaned_data["weeks"]
        until = at + timedelta(weeks=int(weeks)) if weeks else None
        actions.set_aside(kinds=form.cleaned_data["kinds"], by=request.user, at=at, until=until)
        messages.success(request, _("Saved. Nobody else is told."))
        return redirect("care")
    most = max(1, *(day.looks for day in mine.days))
    context = {
        "section": "care",
        "mine": mine,
        "days": [{"day": day.day, "looks": day.looks, "most": most} for day in mine.days],
        "form": form,
        "support": settings.PACK.care.support,
        "rotation_days": settings.PACK.care.rotation_days,
    }
    return render(request, "care/care.html", context)


@own
@require_POST
def pause(request: StaffRequest) -> HttpResponse:
    """A break, now."""
    actions.pause(by=request.user, at=timezone.now())
    return redirect("care")


@own
@require_POST
def come_back(request: StaffRequest) -> HttpResponse:
    """The end of a break."""
    actions.end_pause(by=request.user, at=timezone.now())
    return redirect("queue")


@own
@require_POST
def rotate(request: StaffRequest) -> HttpResponse:
    """Other work for a while."""
    actions.rotate(by=request.user, at=timezone.now())
    messages.success(request, _("Saved. Nobody else is told."))
    return redirect("care")


@requires(Permission.CARE_COVER_READ)
@require_GET
def cover(request: StaffRequest) -> HttpResponse:
    """Which kinds of work have enough people now."""
    rows = reading.cover(by=request.user, at=timezone.now())
    context = {
        "section": "care",
        "thin": [row for row in rows if not row.enough],
        "rows": rows,
        "least": settings.PACK.care.cover_at_least,
    }
    return render(request, "care/cover.html", context)


urlpatterns = [
    path("", care, name="care"),
    path("pause/", pause, name="care_pause"),
    path("back/", come_back, name="care_back"),
    path("rotate/", rotate, name="care_rotate"),
    path("cover/", cover, name="care_cover"),
]
