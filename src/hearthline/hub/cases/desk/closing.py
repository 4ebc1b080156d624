# SPDX-License-Identifier: Apache-2.0
"""Ending a confirmed case: one person asks, another agrees or keeps it open."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import withdrawn
from hearthline.hub.cases.desk.case import page
from hearthline.hub.cases.desk.places import case_of, to_case
from hearthline.hub.cases.desk.refusals import REFUSALS, put, sentence
from hearthline.hub.cases.forms import ReasonForm


@requires(Permission.CASES_ASSESSMENT_DECIDE)
@require_POST
def case_ask_to_close(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Nothing more can be done: a senior asks to end the case."""
    found = case_of(request, pk)
    form = ReasonForm(request.POST, auto_id="close_%s")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.ask_to_close(case=found, reason=reason, by=request.user, at=timezone.now())
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("Your reason is kept. A second person decides."))
            return to_case(request, pk)
    return page(request, found, close_form=form)


@requires(Permission.CASES_ASSESSMENT_DECIDE)
@require_POST
def case_go_on(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Every reporter left, and a senior says why work must go on."""
    found = case_of(request, pk)
    form = ReasonForm(request.POST, auto_id="go_on_%s")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            withdrawn.go_on(case=found, reason=reason, by=request.user, at=timezone.now())
        except withdrawn.NotWithdrawn:
            messages.warning(request, _("Work on this case is not stopped any more."))
        else:
            messages.success(request, _("Work goes on. Your reason is kept."))
        return to_case(request, pk)
    return page(request, found, go_on_form=form)


@requires(Permission.CASES_ASSESSMENT_CONFIRM)
@require_POST
def case_agree_to_close(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The second person agrees, and the case ends."""
    found = case_of(request, pk)
    try:
        actions.agree_to_close(case=found, by=request.user, at=timezone.now())
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
        return to_case(request, pk)
    messages.success(request, _("The case is closed, and who reported it is told."))
    return redirect("queue")


@requires(Permission.CASES_ASSESSMENT_CONFIRM)
@require_POST
def case_keep_open(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The second person does not agree, or whoever asked takes it back."""
    found = case_of(request, pk)
    form = ReasonForm(request.POST, auto_id="keep_%s")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.keep_open(case=found, reason=reason, by=request.user, at=timezone.now())
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("The case stays open."))
            return to_case(request, pk)
    return page(request, found, keep_form=form)
