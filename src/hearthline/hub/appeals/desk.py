# SPDX-License-Identifier: Apache-2.0
"""Appeals at the desk: read by seniors, managers and oversight, decided by the uninvolved."""

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
from hearthline.hub.appeals import actions
from hearthline.hub.appeals.forms import DecisionForm, DisagreeForm
from hearthline.hub.appeals.models import Appeal, Lane
from hearthline.hub.appeals.sentences import APOLOGIES, REASONS, REMEDIES, said
from hearthline.hub.sealing.actions import KeyDestroyed

ON_A_PAGE = 40
readers = requires(Permission.APPEALS_APPEAL_READ)
deciders = requires(Permission.APPEALS_APPEAL_DECIDE)


@readers
@require_safe
def appeals(request: StaffRequest) -> HttpResponse:
    """The appeals of one lane, the one due first at the top. No words of theirs."""
    at = timezone.now()
    lane = request.GET.get("lane", Lane.NEW)
    lane = lane if lane in Lane.values else Lane.NEW
    counts = Appeal.objects.lane_counts(request.user, at)
    found = Appeal.objects.in_lane(lane, request.user, at).by_clock()
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "appeals",
        "lane": lane,
        "lane_name": Lane(lane).label,
        "lanes": [(code, label, counts[code]) for code, label in Lane.choices],
        "rows": [{"one": one, "late": one.is_late(at)} for one in page],
        "page": page,
    }
    return render(request, "appeals/list.html", context)


@readers
@require_safe
def appeal(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One appeal, opened. Whoever took part in the measure sees that somebody else decides."""
    return _page(request, get_object_or_404(Appeal, pk=pk))


@deciders
@require_POST
def appeal_take(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Appeal, pk=pk)
    try:
        actions.acknowledge(appeal=one, by=request.user, at=timezone.now())
    except actions.TookPart:
        pass  # The page says so.
    except (actions.WrongStep, KeyDestroyed):
        messages.warning(request, _("Somebody took this appeal already."))
    else:
        messages.success(request, _("It is yours. The person who appealed sees it."))
    return redirect("appeal_desk", pk=one.pk)


@deciders
@require_POST
def appeal_give_back(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Appeal, pk=pk)
    try:
        actions.give_back(appeal=one, by=request.user, at=timezone.now())
    except actions.WrongStep:
        messages.warning(request, _("This appeal is not yours, or it is decided."))
    else:
        messages.success(request, _("Somebody else can take it now."))
    return redirect("appeal_desk", pk=one.pk)


@deciders
@require_POST
def appeal_decide(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Appeal, pk=pk)
    form = DecisionForm(_measures(one), request.POST)
    if not form.is_valid():
        return _page(request, one, form=form)
    try:
        actions.decide(appeal=one, decision=form.decision, by=request.user, at=timezone.now())
    except actions.TookPart:
        pass  # The page says so.
    except (actions.NotTheHandler, actions.WrongStep):
        form.add_error(None, _("This appeal is not yours to decide, or it is decided."))
        return _page(request, one, form=form)
    except actions.ResultsWrong:
        form.add_error(None, _("The measures have changed. Look at them again, then decide."))
        return _page(request, one, form=form)
    else:
        waits = one.state == Appeal.State.AGREEING
        messages.success(
            request,
            _("A second person has to agree that a finding is undone.") if waits
            else _("The decision waits at their receipt."),
        )  # fmt: skip
    return redirect("appeal_desk", pk=one.pk)


@deciders
@require_POST
def appeal_agree(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Appeal, pk=pk)
    try:
        actions.agree(appeal=one, by=request.user, at=timezone.now())
    except actions.TookPart:
        pass  # The page says so.
    except (actions.SamePerson, actions.WrongStep):
        messages.warning(request, _("It takes another person, or nobody waits for one."))
    else:
        messages.success(request, _("The decision waits at their receipt."))
    return redirect("appeal_desk", pk=one.pk)


@deciders
@require_POST
def appeal_disagree(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Appeal, pk=pk)
    form = DisagreeForm(request.POST)
    if not form.is_valid():
        return _page(request, one, against=form)
    try:
        actions.disagree(appeal=one, by=request.user, at=timezone.now(), **form.cleaned_data)
    except actions.TookPart:
        pass  # The page says so.
    except (actions.SamePerson, actions.WrongStep):
        messages.warning(request, _("It takes another person, or nobody waits for one."))
    else:
        messages.success(request, _("Whoever decided looks at it again."))
    return redirect("appeal_desk", pk=one.pk)


def _page(
    request: StaffRequest,
    one: Appeal,
    form: DecisionForm | None = None,
    against: DisagreeForm | None = None,
) -> HttpResponse:
    status = 422 if (form and form.errors) or (against and against.errors) else 200
    read: dict[str, Any] = {"text": None}
    try:
        # First of all, as opening a new appeal finds what it disputes.
        read["text"] = actions.read(appeal=one, by=request.user, at=timezone.now())
    except actions.TookPart:
        read["took_part"], status = True, 403
    except KeyDestroyed:
        read["gone"] = True
    measures = _measures(one)
    context: dict[str, Any] = {
        "section": "appeals",
        "one": one,
        "measures": measures,
        "form": form or DecisionForm(measures),
        "against": against or DisagreeForm(),
        "mine": one.handler == request.user,
        "free": actions.is_free(one),
        "reasons": said(one.reasons, REASONS),
        "remedies": said(one.remedies, REMEDIES),
        "apology": said([one.apology], APOLOGIES),
        **read,
    }
    return render(request, "appeals/one.html", context, status=status)


def _measures(one: Appeal) -> list[Any]:
    return list(one.measures.select_related("entry", "notice", "case"))


urlpatterns = [
    path("", appeals, name="appeals"),
    path("<uuid:pk>/", appeal, name="appeal_desk"),
    path("<uuid:pk>/take/", appeal_take, name="appeal_take"),
    path("<uuid:pk>/give-back/", appeal_give_back, name="appeal_give_back"),
    path("<uuid:pk>/decide/", appeal_decide, name="appeal_decide"),
    path("<uuid:pk>/agree/", appeal_agree, name="appeal_agree"),
    path("<uuid:pk>/disagree/", appeal_disagree, name="appeal_disagree"),
]
