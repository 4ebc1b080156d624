# SPDX-License-Identifier: Apache-2.0
"""Keep this for later, and go on with what I began: without an account, an e-mail or a cookie."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearthline.hub.accounts.doors import public
from hearthline.hub.reports import actions
from hearthline.hub.reports.forms import STEP_FORMS, NumberForm
from hearthline.hub.reports.models import Draft
from hearthline.hub.reports.public.guesses import Guesses, guesses
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.public.visit import Visit, end_visit, visit_of
from hearthline.hub.reports.public.wizard import STEPS, start_again

# Each number made takes a slow step, as each wrong one does: the same brake stands before both.
made = Guesses()


@public
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, step: str) -> HttpResponse:
    """What keeping means; on POST the number, once, or everything is thrown away."""
    if step not in STEPS:
        raise Http404
    at = timezone.now()
    visit = visit_of(request, at)
    if visit is None:
        return start_again(request)
    try:
        draft = actions.open_draft(draft=visit.draft, secret=visit.secret, at=at)[0]
        if draft.receipt:
            return redirect("report_sent")
        if "forget" in request.POST:
            return _forget(draft)
        if request.method == "POST":
            return _number(request, visit, step, at)
    except actions.DraftGone:
        return start_again(request)
    except actions.DraftSent:
        return redirect("report_sent")
    context = {"draft": draft, "step": step, "again": draft.is_kept}
    return render(request, "reports/keep.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest) -> HttpResponse:
    """The number, in any script, with any spaces; then the first question not answered."""
    if request.method != "POST":
        return render(request, "reports/go_on.html", {"form": NumberForm()})
    at = timezone.now()
    form = NumberForm(request.POST)
    waiting = guesses.wait(network_of(request), at)
    if waiting:
        return wait(request, waiting, back=reverse("report_go_on"))
    found = _found(request, form, at)
    if found is None:
        return render(request, "reports/go_on.html", {"form": form})
    draft, secret = found
    if draft.receipt:
        response = redirect("report_sent")
    else:
        answers = actions.open_draft(draft=draft.pk, secret=secret, at=at)[1]
        response = redirect("report_step", step=_first_open(answers))
    Visit(draft.pk, secret, draft.expires_at).keep(response)
    return response


def wait(request: HttpRequest, seconds: int, *, back: str) -> HttpResponse:
    """Many came at once from this network: a moment's patience, nothing lost."""
    context = {"seconds": seconds, "back": back}
    response = render(request, "reports/wait.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _number(request: HttpRequest, visit: Visit, step: str, at: datetime) -> HttpResponse:
    network = network_of(request)
    waiting = made.wait(network, at)
    if waiting:
        return wait(request, waiting, back=reverse("report_keep", args=[step]))
    made.missed(network, at)
    number = actions.keep_for_later(draft=visit.draft, secret=visit.secret, at=at)
    context = {"number": number, "until": visit.until, "step": step}
    return render(request, "reports/kept.html", context)


def _forget(draft: Draft) -> HttpResponse:
    actions.discard_draft(draft=draft.pk)
    response = redirect("home")
    end_visit(response)
    return response


def _found(request: HttpRequest, form: NumberForm, at: datetime) -> tuple[Draft, bytes] | None:
    if not form.is_valid():
        return None
    try:
        return actions.resume(number=form.cleaned_data["number"], at=at)
    except actions.DraftGone:
        guesses.missed(network_of(request), at)
        form.add_error("number", _("We found nothing with these digits. Please check each one."))
        form.nothing_found = True
        return None


def _first_open(answers: dict[str, Any]) -> str:
    """The step after the last one that was answered."""
    last = 0
    for number, form in enumerate(STEP_FORMS.values()):
        if any(field in answers for field in form.base_fields):
            last = number + 1
    return STEPS[max(last, 1)]
