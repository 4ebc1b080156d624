# SPDX-License-Identifier: Apache-2.0
"""The judgement forms: first assessment, second review, a senior's decision."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk.case import page
from hearthline.hub.cases.desk.onward import onward
from hearthline.hub.cases.desk.places import case_of
from hearthline.hub.cases.desk.refusals import REFUSALS, put
from hearthline.hub.cases.forms import AgreeForm, FindingForm
from hearthline.hub.cases.models import Case


@requires(Permission.CASES_ASSESSMENT_MAKE)
@require_POST
def case_assess(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The first judgement."""
    found = case_of(request, pk)
    form = FindingForm(request.POST)
    if form.is_valid():
        try:
            actions.assess(case=found, finding=form.finding(), by=request.user, at=timezone.now())
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("Your assessment is kept. A second person reviews it."))
            return onward(request, found)
    return page(request, found, assess_form=form)


@requires(Permission.CASES_ASSESSMENT_CONFIRM)
@require_POST
def case_confirm(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The second review: agree, or say what one sees instead."""
    found = case_of(request, pk)
    if request.POST.get("agrees") == "yes":
        return _agree(request, found)
    form = FindingForm(request.POST, why=True)
    if form.is_valid():
        try:
            actions.confirm(
                case=found,
                agrees=False,
                finding=form.finding(),
                by=request.user,
                at=timezone.now(),
            )
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("Your review is kept. A senior decides."))
            return onward(request, found)
    return page(request, found, disagree_form=form)


def _agree(request: StaffRequest, found: Case) -> HttpResponse:
    form = AgreeForm(request.POST, auto_id="agree_%s")
    first = found.assessments.last()
    if not form.is_valid() or first is None:
        return page(request, found, agree_form=form)
    finding = actions.Finding.of(first, note=form.cleaned_data["note"])
    try:
        actions.confirm(
            case=found, agrees=True, finding=finding, by=request.user, at=timezone.now()
        )
    except REFUSALS as refused:
        put(form, refused)
        return page(request, found, agree_form=form)
    if found.state == Case.State.CONFIRMED and found.track == Case.Track.CHILD_FIRST:
        # Help leads: nothing of it goes to police unless a person decides so.
        messages.success(request, _("Your decision is kept."))
    elif found.state == Case.State.CONFIRMED:
        messages.success(request, _("Confirmed by two people. Police and host come next."))
    else:
        messages.success(request, _("Two people agree. The case is closed."))
    return onward(request, found)


@requires(Permission.CASES_ASSESSMENT_DECIDE)
@require_POST
def case_decide(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A senior decides between two views."""
    found = case_of(request, pk)
    form = FindingForm(request.POST, why=True)
    if form.is_valid():
        try:
            actions.decide(case=found, finding=form.finding(), by=request.user, at=timezone.now())
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("Your decision is kept."))
            return onward(request, found)
    return page(request, found, decide_form=form)
