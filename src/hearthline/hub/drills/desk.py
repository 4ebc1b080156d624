# SPDX-License-Identifier: Apache-2.0
"""Exercises at the desk: begin one, see how far it is, play police and the host, read what it
wrote. For hotline managers."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.drills import actions
from hearthline.hub.drills.forms import StartForm
from hearthline.hub.referrals.actions import play_police
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.actions import AlreadyGone, Template, remove_page, start_drill
from hearthline.hub.reports.models import Drill

SHOWN = 100
managers = requires(Permission.REPORTS_DRILL_START)


@managers
@require_safe
def drills(request: StaffRequest) -> HttpResponse:
    """All exercises, the newest first."""
    found = Drill.objects.newest_first()[:SHOWN]
    rows = [(one, Template(one.template).label) for one in found]
    return render(request, "drills/list.html", {"section": "drills", "rows": rows})


@requires(Permission.REPORTS_DRILL_START, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def drill_new(request: StaffRequest) -> HttpResponse:
    """Start an exercise. The answer shows its receipt, once."""
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = start_drill(by=request.user, at=timezone.now(), **form.cleaned_data)
        context = {
            "section": "drills", "made": made, "public_url": settings.PUBLIC_URL,
        }  # fmt: skip
        return render(request, "drills/started.html", context)
    context = {"section": "drills", "form": form, "mailbox": settings.PACK.drill.email}
    return render(request, "drills/new.html", context, status=422 if form.errors else 200)


@managers
@require_safe
def drill(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One exercise: each hand-over beside its clock. Made to be printed."""
    at = timezone.now()
    walk = actions.read_drill(drill=_drill(pk), by=request.user, at=at)
    rows = [(one, one.is_late(at)) for one in walk.hand_overs]
    context = {
        "section": "drills",
        "walk": walk,
        "rows": rows,
        "late": sum(late for _one, late in rows),
        "template": Template(walk.drill.template).label,
        "keep_days": settings.PACK.drill.keep_days,
    }
    return render(request, "drills/drill.html", context)


@managers
@require_safe
def drill_outbox(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Each letter, package and post as it would have left."""
    one = _drill(pk)
    shown = actions.read_outbox(drill=one, by=request.user, at=timezone.now())
    context = {"section": "drills", "drill": one, "shown": shown}
    return render(request, "drills/outbox.html", context)


@managers
@require_POST
def drill_police(request: StaffRequest, pk: uuid.UUID, referral: uuid.UUID) -> HttpResponse:
    """Play the police unit: it has the package and acknowledges it."""
    one = _drill(pk)
    package = get_object_or_404(Referral, pk=referral, case__in=actions.cases_of(one))
    play_police(referral=package, by=request.user, at=timezone.now())
    messages.success(request, _("The police of the exercise have acknowledged the package."))
    return redirect("drill", pk=one.pk)


@managers
@require_POST
def drill_gone(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Play the host: the invented page is gone at our next looks."""
    one = _drill(pk)
    try:
        remove_page(drill=one, by=request.user, at=timezone.now())
    except AlreadyGone:
        messages.warning(request, _("The page was removed before."))
    else:
        messages.success(request, _("The page is gone. Our next looks will find that."))
    return redirect("drill", pk=one.pk)


def _drill(pk: uuid.UUID) -> Drill:
    rows = Drill.objects.select_related("report__data_key", "data_key", "started_by")
    return get_object_or_404(rows, pk=pk)


urlpatterns = [
    path("", drills, name="drills"),
    path("new/", drill_new, name="drill_new"),
    path("<uuid:pk>/", drill, name="drill"),
    path("<uuid:pk>/outbox/", drill_outbox, name="drill_outbox"),
    path("<uuid:pk>/police/<uuid:referral>/", drill_police, name="drill_police"),
    path("<uuid:pk>/gone/", drill_gone, name="drill_gone"),
]
