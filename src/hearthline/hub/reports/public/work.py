# SPDX-License-Identifier: Apache-2.0
"""Three screens for people who report because of their work: you, the matter, how to reach you.

Fewer screens than for everybody else, and on each what this work needs to know: what the duty is,
what may be left out, and what happens next.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from hearthline.hub.accounts.doors import public
from hearthline.hub.reports import actions, guidance
from hearthline.hub.reports.models import Audience, Draft
from hearthline.hub.reports.public.challenge import Challenge
from hearthline.hub.reports.public.flood import door
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.public.visit import Visit, new_secret, visit_of
from hearthline.hub.reports.public.wizard import forget_unsent, start_again, weigh
from hearthline.hub.reports.work_forms import DANGER, MatterForm, ReachForm, YouForm

SCREENS = ["you", "matter", "reach"]
_READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@public
@_READ_AND_WRITE
def begin(request: HttpRequest) -> HttpResponse:
    """Is the child safe, and in which work. Nothing is kept before it is answered."""
    at = timezone.now()
    form = YouForm({}, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _screen(request, "you", form, {}, back=reverse("home"))
    before = visit_of(request, at)
    if before:
        forget_unsent(before, at)
    secret = new_secret()
    draft = actions.save_draft(draft=None, secret=secret, answers=form.kept(), at=at)
    response = redirect("report_work_screen", screen="matter")
    Visit(draft.pk, secret, draft.expires_at).keep(response)
    return response


@public
@_READ_AND_WRITE
def screen(request: HttpRequest, screen: str) -> HttpResponse:
    """The matter, then how to reach them; sending is the last button."""
    if screen not in SCREENS[1:]:
        raise Http404
    at = timezone.now()
    visit = visit_of(request, at)
    if visit is None:
        return start_again(request)
    try:
        draft, answers = actions.open_draft(draft=visit.draft, secret=visit.secret, at=at)
        if draft.receipt:
            return redirect("report_sent")
        if answers.get("audience") != Audience.PROFESSIONAL or not answers.get("profession"):
            return redirect("report_work")
        return _answered(request, screen, visit, (draft, answers), at)
    except actions.DraftGone:
        return start_again(request)
    except actions.DraftSent:
        return redirect("report_sent")


def _answered(
    request: HttpRequest, name: str, visit: Visit, kept: tuple[Draft, dict[str, Any]], at: datetime
) -> HttpResponse:
    draft, answers = kept
    shape = MatterForm if name == "matter" else ReachForm
    form = shape(answers, request.POST if request.method == "POST" else None)
    back = reverse("report_work") if name == "matter" else _address("matter")
    if request.method != "POST" or not form.is_valid():
        return _screen(request, name, form, answers, back=back, visit=visit, at=at)
    answers |= form.cleaned_data
    actions.save_draft(draft=draft, secret=visit.secret, answers=answers, at=at)
    told = actions.Answers(**answers)
    if not told.tells_something:
        if name == "matter":
            form.add_error("words", guidance.SOMETHING_TO_LOOK_AT)
            return _screen(request, name, form, answers, back=back)
        return redirect("report_work_screen", screen="matter")
    if name == "matter":
        return redirect("report_work_screen", screen="reach")
    try:
        actions.submit(
            answers=told,
            language=get_language() or "",
            draft=visit.draft,
            secret=visit.secret,
            held_because=weigh(request, visit, at),
            at=at,
        )
    except actions.AnswerRefused:
        return redirect("report_work_screen", screen="matter")
    return redirect("report_sent")


def _screen(
    request: HttpRequest, name: str, form: Any, answers: dict[str, Any], *, back: str,
    visit: Visit | None = None, at: datetime | None = None,
) -> HttpResponse:  # fmt: skip
    profession = answers.get("profession", "")
    context = {
        "form": form,
        "screen": name,
        "number": SCREENS.index(name) + 1,
        "steps": SCREENS,
        "back": back,
        "in_danger": DANGER in answers.get("facts", ()),
        "duty": guidance.duty(profession, settings.PACK, get_language() or ""),
        "leave_out": guidance.LEAVE_OUT.get(profession, ()),
        "next_steps": guidance.what_happens_next(
            settings.PACK.clocks, in_danger=DANGER in answers.get("facts", ())
        ),
        "challenge": Challenge.new(visit.draft, at)
        if visit and at and name == "reach" and door.is_busy(network_of(request), at)
        else None,
    }
    return render(request, "reports/work.html", context)


def _address(name: str) -> str:
    return reverse("report_work_screen", args=[name])
