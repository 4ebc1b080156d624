# SPDX-License-Identifier: Apache-2.0
"""The form: one question a page, saved at each step, the way back always open."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.reports import actions, wording
from hearthline.hub.reports.first_words import FirstWords
from hearthline.hub.reports.forms import STEP_FORMS, StepForm
from hearthline.hub.reports.models import Audience, Draft, Report
from hearthline.hub.reports.public.challenge import Challenge, is_proven
from hearthline.hub.reports.public.flood import door
from hearthline.hub.reports.public.help import first_words_for, lines_for
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.public.visit import Visit, end_visit, new_secret, visit_of

STEPS = [*STEP_FORMS, "send"]
# Said before anything else: somebody's life may be at risk.
DANGER = {"danger_now", "self_harm_risk"}
_READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@public
@_READ_AND_WRITE
def start(request: HttpRequest, audience: str) -> HttpResponse:
    """The first question. Nothing is kept before it is answered."""
    if audience not in Audience.values:
        raise Http404
    at = timezone.now()
    form = STEP_FORMS[STEPS[0]](audience, {}, _posted(request))
    skipped = "skip" in request.POST
    if request.method != "POST" or not (skipped or form.is_valid()):
        return _question(request, form, back=reverse("home"), then=_address(STEPS[0]))
    before = visit_of(request, at)
    if before:
        forget_unsent(before, at)
    answers = {"audience": audience, **({} if skipped else form.cleaned_data)}
    secret = new_secret()
    draft = actions.save_draft(draft=None, secret=secret, answers=answers, at=at)
    onward = reverse("report_step", args=[STEPS[1]])
    response = redirect(_keep_page(STEPS[0]) if "keep" in request.POST else onward)
    Visit(draft.pk, secret, draft.expires_at).keep(response)
    return response


@public
@_READ_AND_WRITE
def step(request: HttpRequest, step: str) -> HttpResponse:
    """One question: the saved answer on GET, saved and on to the next on POST."""
    if step not in STEPS:
        raise Http404
    at = timezone.now()
    visit = visit_of(request, at)
    if visit is None:
        return start_again(request)
    try:
        draft, answers = actions.open_draft(draft=visit.draft, secret=visit.secret, at=at)
        if draft.receipt:
            return redirect("report_sent")
        if step == "send":
            return _send(request, visit, answers, at)
        return _ask(request, step, visit, (draft, answers), at)
    except actions.DraftGone:
        return start_again(request)
    except actions.DraftSent:
        return redirect("report_sent")


@public
@require_safe
def danger(request: HttpRequest) -> HttpResponse:
    """Somebody said a life may be at risk: whom to call now, and the way on."""
    at = timezone.now()
    visit = visit_of(request, at)
    if visit is None:
        return start_again(request)
    try:
        answers = actions.open_draft(draft=visit.draft, secret=visit.secret, at=at)[1]
    except actions.DraftGone:
        return start_again(request)
    audience = answers.get("audience", Audience.PUBLIC)
    context = {
        "audience": audience,
        "helplines": lines_for(audience, at),
        "go_on": _after(request, "now"),
    }
    return render(request, "reports/danger.html", context)


def start_again(request: HttpRequest) -> HttpResponse:
    """The visit is over, or the browser keeps no cookies. Not an error, and nobody's fault."""
    response = render(request, "reports/start_again.html")
    end_visit(response)
    return response


def _ask(
    request: HttpRequest, step: str, visit: Visit, kept: tuple[Draft, dict[str, Any]], at: datetime
) -> HttpResponse:
    draft, answers = kept
    form = STEP_FORMS[step](answers["audience"], answers, _posted(request))
    words = first_words_for(audience=answers["audience"], kind=answers.get("kind", ""))
    if request.method == "POST" and "skip" in request.POST:
        return redirect(_after(request, step))
    if not form.is_valid():
        back = _before(request, step, answers["audience"])
        return _question(request, form, back=back, words=words if step == "where" else None)
    answers |= form.cleaned_data
    actions.save_draft(draft=draft, secret=visit.secret, answers=answers, at=at)
    if "keep" in request.POST:
        return redirect(_keep_page(step))
    if step == "now" and DANGER.intersection(answers["facts"]):
        return HttpResponseRedirect(reverse("report_danger") + _query(request))
    return redirect(_after(request, step))


def _question(
    request: HttpRequest, form: StepForm, *, back: str, then: str = "",
    words: FirstWords | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form,
        "child": form.child,
        "number": STEPS.index(form.step) + 1,
        "steps": STEPS,
        "back": back,
        "then": then,
        "words": words,
    }
    return render(request, "reports/question_page.html", context)


def _send(
    request: HttpRequest, visit: Visit, answers: dict[str, Any], at: datetime
) -> HttpResponse:
    told = actions.Answers(**answers)
    if request.method == "POST":
        try:
            actions.submit(
                answers=told,
                language=get_language() or "",
                draft=visit.draft,
                secret=visit.secret,
                held_because=weigh(request, visit, at) if told.tells_something else "",
                at=at,
            )
            return redirect("report_sent")
        except actions.NothingTold:
            pass  # The page below says what is missing, and everything is still there.
        except actions.AnswerRefused as refused:
            return redirect("report_step", step=_step_of(refused.field))
    heading = wording.QUESTIONS["send"][told.audience][0]
    context = {
        "heading": heading,
        "child": told.audience == Audience.CHILD,
        "keep": _keep_page("send"),
        "summary": _summary(told),
        "nothing_told": not told.tells_something,
        "number": len(STEPS),
        "steps": STEPS,
        "back": reverse("report_step", args=[STEPS[-2]]),
        "challenge": Challenge.new(visit.draft, at)
        if door.is_busy(network_of(request), at)
        else None,
    }
    return render(request, "reports/send.html", context)


def weigh(request: HttpRequest, visit: Visit, at: datetime) -> str:
    """Why this report is held, "" as a rule: only in a flood, and not with a proof of work."""
    told = request.POST
    proven = is_proven(told.get("challenge", ""), told.get("proof", ""), draft=visit.draft, at=at)
    return door.receive(network_of(request), at, proven=proven)


def _summary(told: actions.Answers) -> list[dict[str, object]]:
    """What will be sent, step by step, with the way to change it. "" where nothing was said."""
    audience = told.audience
    places = [told.addresses, " ".join(filter(None, (told.service, told.account)))]
    child = [
        wording.named([told.age_band], wording.ages(audience)),
        wording.named([told.sex], wording.sexes(audience)),
    ]
    contact = [str(Report.SafeContact(told.safe_contact).label), told.contact]
    if told.code_word:
        contact.append(_("Code word: %(word)s") % {"word": told.code_word})
    lines = {
        "what": [wording.named([told.kind], wording.kinds(audience))],
        "where": places,
        "now": [wording.named(told.facts, wording.facts(audience))],
        "words": [told.words],
        "child": child,
        "contact": contact,
    }
    return [
        {
            "title": wording.QUESTIONS[step][audience][0],
            "text": "\n".join(filter(None, said)),
            "change": reverse("report_step", args=[step]) + "?back=send",
        }
        for step, said in lines.items()
    ]


def forget_unsent(before: Visit, at: datetime) -> None:
    """Somebody else may have begun at this browser: their answers are not shown to the next.

    Whoever asked for a number has it, and their answers stay behind it.
    """
    try:
        draft = actions.open_draft(draft=before.draft, secret=before.secret, at=at)[0]
    except actions.DraftGone:
        return
    if not draft.is_kept:
        actions.discard_draft(draft=draft.pk)


def _address(step: str) -> str:
    return reverse("report_step", args=[step])


def _keep_page(step: str) -> str:
    return reverse("report_keep", args=[step])


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty form is sent too, and is not the same as nothing sent."""
    return request.POST if request.method == "POST" else None


def _step_of(field: str) -> str:
    return next((step for step, form in STEP_FORMS.items() if field in form.base_fields), STEPS[0])


def _changing(request: HttpRequest) -> bool:
    """Whether the step was opened from the summary, to change one answer."""
    return request.GET.get("back") == "send"


def _query(request: HttpRequest) -> str:
    return "?back=send" if _changing(request) else ""


def _after(request: HttpRequest, step: str) -> str:
    following = "send" if _changing(request) else STEPS[STEPS.index(step) + 1]
    return reverse("report_step", args=[following])


def _before(request: HttpRequest, step: str, audience: str) -> str:
    if _changing(request):
        return reverse("report_step", args=["send"])
    if step == STEPS[0]:
        return reverse("home")
    return reverse("report_step", args=[STEPS[STEPS.index(step) - 1]])
