# SPDX-License-Identifier: Apache-2.0
"""An adult behind a child-first case: one person says so, another agrees or turns it down."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases.actions import adult
from hearthline.hub.cases.desk.case import page
from hearthline.hub.cases.desk.places import case_of, to_case
from hearthline.hub.cases.desk.refusals import REFUSALS, put, sentence
from hearthline.hub.cases.forms import ReasonForm


@requires(Permission.CASES_ASSESSMENT_MAKE)
@require_POST
def case_adult(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say why an adult is behind it."""
    found = case_of(request, pk)
    form = ReasonForm(request.POST, auto_id="adult_%s")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            adult.find_adult(case=found, reason=reason, by=request.user, at=timezone.now())
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("Your reason is kept. A second person decides."))
            return to_case(request, pk)
    return page(request, found, adult_form=form)


@requires(Permission.CASES_ASSESSMENT_CONFIRM)
@require_POST
def case_adult_agree(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The second person agrees, and police come next."""
    found = case_of(request, pk)
    try:
        adult.agree_on_adult(case=found, by=request.user, at=timezone.now())
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
    else:
        messages.success(request, _("Two people found an adult. Police come next."))
    return to_case(request, pk)


@requires(Permission.CASES_ASSESSMENT_CONFIRM)
@require_POST
def case_adult_turn_down(request: StaffRequest, pk: UUID) -> HttpResponse:
    """It stays child first."""
    found = case_of(request, pk)
    form = ReasonForm(request.POST, auto_id="adult_no_%s")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            adult.turn_down_adult(case=found, reason=reason, by=request.user, at=timezone.now())
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("The case stays child first."))
            return to_case(request, pk)
    return page(request, found, adult_no_form=form)
