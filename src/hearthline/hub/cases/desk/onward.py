# SPDX-License-Identifier: Apache-2.0
"""Leaving a case: on to the next of the lane, back to the lane, or back from the case for good."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import NotAllowed, Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk.places import case_of, place_of, way
from hearthline.hub.cases.models import Case


def onward(request: StaffRequest, done: Case) -> HttpResponse:
    """After a judgement: the next case, claimed, for whoever asked for it; the queue otherwise."""
    place = place_of(request.GET)
    back = f"{reverse('queue')}{way(place)}"
    if "next" not in request.POST:
        return redirect(back if place.lane else "queue")
    try:
        following = actions.take_next(
            place=place, by=request.user, at=timezone.now(), leave=done.pk
        )
    except NotAllowed:
        following = None
    if following is None:
        messages.info(request, _("Nothing more waits for you in this lane."))
        return redirect(back)
    return redirect(f"{reverse('case', args=[following.pk])}{way(place)}")


@requires(Permission.CASES_CASE_READ)
@require_POST
def case_step_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Have nothing to do with the case any more. Nobody is asked why."""
    actions.step_back(case=case_of(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("You stepped back. The case is gone from your lanes for good."))
    return redirect("queue")
