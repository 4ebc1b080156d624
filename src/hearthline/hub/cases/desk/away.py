# SPDX-License-Identifier: Apache-2.0
"""The button for a moment that is too much."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases.actions.away import step_away as stepping_away


@requires(Permission.CARE_OWN_USE)
@require_POST
def step_away(request: StaffRequest) -> HttpResponse:
    """Everything I hold goes back; the page of my own care opens."""
    stepping_away(by=request.user, at=timezone.now())
    return redirect("care")
