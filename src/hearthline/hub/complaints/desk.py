# SPDX-License-Identifier: Apache-2.0
"""Complaints at the desk: read by managers and oversight, handled by managers."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.complaints import actions
from hearthline.hub.complaints.forms import AnswerForm
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.sealing.actions import KeyDestroyed

ON_A_PAGE = 40
readers = requires(Permission.COMPLAINTS_COMPLAINT_READ)
handlers = requires(Permission.COMPLAINTS_COMPLAINT_HANDLE)


@readers
@require_safe
def complaints(request: StaffRequest) -> HttpResponse:
    """All complaints, the one due first at the top. No words of theirs."""
    at = timezone.now()
    page = Paginator(Complaint.objects.for_the_desk(), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"one": one, "clock": _clock(one), "late": _is_late(one, at)} for one in page]
    context = {"section": "complaints", "rows": rows, "page": page}
    return render(request, "complaints/list.html", context)


@readers
@require_safe
def complaint(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One complaint, opened. Whoever worked on the case sees that somebody else handles it."""
    return _page(request, get_object_or_404(Complaint, pk=pk), AnswerForm())


@handlers
@require_POST
def complaint_take(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Complaint, pk=pk)
    try:
        actions.acknowledge(complaint=one, by=request.user, at=timezone.now())
    except actions.WorkedOnIt:
        pass  # The page says so.
    except actions.WrongStep:
        messages.warning(request, _("Somebody took this complaint already."))
    else:
        messages.success(request, _("It is yours. The person who complained sees it."))
    return redirect("complaint_desk", pk=one.pk)


@handlers
@require_POST
def complaint_reply(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Complaint, pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form)
    try:
        actions.answer(complaint=one, by=request.user, at=timezone.now(), **form.cleaned_data)
    except actions.WorkedOnIt:
        pass  # The page says so.
    except (actions.NotTheHandler, actions.WrongStep):
        form.add_error(None, _("This complaint is not yours to answer, or it is answered."))
        return _page(request, one, form)
    else:
        messages.success(request, _("The answer waits at their receipt."))
    return redirect("complaint_desk", pk=one.pk)


def _page(request: StaffRequest, one: Complaint, form: AnswerForm) -> HttpResponse:
    at = timezone.now()
    status = 422 if form.errors else 200
    context: dict[str, Any] = {
        "section": "complaints", "one": one, "form": form, "clock": _clock(one),
        "mine": one.handler == request.user, "text": None,
    }  # fmt: skip
    try:
        context["text"] = actions.read(complaint=one, by=request.user, at=at)
    except actions.WorkedOnIt:
        context["involved"], status = True, 403
    except KeyDestroyed:
        context["gone"] = True
    return render(request, "complaints/one.html", context, status=status)


def _clock(one: Complaint) -> tuple[Any, Any] | None:
    """From when until when the next step is due; None once it is answered."""
    if one.answered_at:
        return None
    due = one.answer_due_at if one.acknowledged_at else one.acknowledge_due_at
    return one.received_at, due


def _is_late(one: Complaint, at: Any) -> bool:
    clock = _clock(one)
    return clock is not None and clock[1] < at


urlpatterns = [
    path("", complaints, name="complaints"),
    path("<uuid:pk>/", complaint, name="complaint_desk"),
    path("<uuid:pk>/take/", complaint_take, name="complaint_take"),
    path("<uuid:pk>/answer/", complaint_reply, name="complaint_reply"),
]
