# SPDX-License-Identifier: Apache-2.0
"""The page of one case, in the order of work, and taking it in hand."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk import labels
from hearthline.hub.cases.desk.places import case_of, lane_of, place_of, to_case, way
from hearthline.hub.cases.desk.queue import side
from hearthline.hub.cases.desk.refusals import REFUSALS, put, sentence
from hearthline.hub.cases.desk.timeline import happened
from hearthline.hub.cases.forms import (
    AgreeForm,
    ExhibitForm,
    FindingForm,
    LetterForm,
    ReasonForm,
    UrgencyForm,
)
from hearthline.hub.cases.models import AdultFinding, Case, Disclosure, Withdrawal
from hearthline.hub.reports.models import Report
from hearthline.kit.urls import defang, find_addresses

WRONG = 422
UNKNOWN = "unknown"


@requires(Permission.CASES_CASE_READ)
def case(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read a case."""
    return page(request, case_of(request, pk))


def page(request: StaffRequest, found: Case, **bound: Any) -> HttpResponse:
    """The page of a case; `bound` puts a form that needs another look in its place.

    `report` in `bound` says to which report a bound letter or request belongs.
    """
    at = timezone.now()
    whole = request.GET.get("reports") == "all"
    try:
        opened = actions.read_case(case=found, by=request.user, at=at, whole=whole)
    except actions.SteppedBack:
        raise Http404 from None
    steps, readers = happened(found)
    context = {
        **side(request, lane_of(request)),
        "case": found,
        "way": way(place_of(request.GET)),
        "stepped_back": found.subject.steps_back.count(),
        "subject": opened.subject,
        "host": opened.host,
        "level": labels.level_chip(found),
        "state": labels.state_chip(found),
        "kind": labels.kind(found.kind),
        "outcome": labels.outcome(found.outcome),
        "facts": _facts(found, opened),
        "earlier": [(case, labels.outcome(case.outcome)) for case in opened.earlier],
        "reported": [_reported(each, bound) for each in opened.reported],
        "unshown": opened.unshown,
        "exhibits": _exhibits(found),
        "exhibit_form": bound.get("exhibit_form") or _exhibit_form(opened, at),
        "findings": [_finding(noted) for noted in opened.findings],
        "urgency_form": bound.get("urgency_form") or UrgencyForm(initial={"level": found.level}),
        "steps": steps,
        "readers": readers,
        "wrong": next((form for form in bound.values() if getattr(form, "errors", None)), None),
        **_judgement(request, found, at, bound),
        **_closing(request, found, bound),
        **_adult(request, found, bound),
    }
    return render(request, "cases/case.html", context, status=WRONG if bound else 200)


def _judgement(
    request: StaffRequest, found: Case, at: Any, bound: dict[str, Any]
) -> dict[str, Any]:
    """What this person may do next, and the form for it."""
    user, may = request.user, request.user.may
    holder = found.holder_at(at)
    taken = holder is not None and holder != user
    judged = found.assessments.filter(by=user).exists()
    state, states = found.state, Case.State
    mine = state == states.IN_ASSESSMENT and found.holder_id == user.pk
    second = state == states.AWAITING_SECOND and not judged and not taken
    senior = state == states.DISAGREED and not judged and not taken
    latest = found.assessments.last()
    like = FindingForm.like(latest) if latest else {}
    return {
        "holder": holder,
        "taken": taken,
        "judged": judged,
        "can_claim": may.cases_case_claim
        and not taken
        and not mine
        and state in (states.AWAITING_TRIAGE, states.IN_ASSESSMENT),
        "can_release": holder == user,
        # A form that needs another look stays, even when the case has moved on meanwhile.
        "assess_form": bound.get("assess_form")
        or (mine and may.cases_assessment_make and FindingForm(initial=FindingForm.start(found))),
        "agree_form": bound.get("agree_form")
        or (second and may.cases_assessment_confirm and AgreeForm(auto_id="agree_%s")),
        "disagree_form": bound.get("disagree_form")
        or (second and may.cases_assessment_confirm and FindingForm(initial=like, why=True)),
        "decide_form": bound.get("decide_form")
        or (senior and may.cases_assessment_decide and FindingForm(initial=like, why=True)),
    }


def _adult(request: StaffRequest, found: Case, bound: dict[str, Any]) -> dict[str, Any]:
    """Whether an adult is behind a child-first case, and what this person may say to it."""
    user, may = request.user, request.user.may
    said = AdultFinding.objects.select_related("asked_by", "agreed_by").filter(case=found).first()
    open_to_say = found.state == Case.State.CONFIRMED and found.track == Case.Track.CHILD_FIRST
    second = open_to_say and said is not None and may.cases_assessment_confirm
    first = open_to_say and said is None and may.cases_assessment_make
    return {
        "adult": said,
        "can_agree_on_adult": second and said is not None and said.asked_by_id != user.pk,
        "adult_form": bound.get("adult_form") or (first and ReasonForm(auto_id="adult_%s")),
        "adult_no_form": bound.get("adult_no_form")
        or (second and ReasonForm(auto_id="adult_no_%s")),
    }


def _closing(request: StaffRequest, found: Case, bound: dict[str, Any]) -> dict[str, Any]:
    """Ending a confirmed case: what this person may do about it, and the form for it."""
    user, may = request.user, request.user.may
    asked = found.closing_asked_at is not None
    may_ask = (
        found.state == Case.State.CONFIRMED
        and not asked
        and may.cases_assessment_decide
        and not found.assessments.filter(by=user).exists()
    )
    second = asked and may.cases_assessment_confirm
    return {
        "can_agree_to_close": second and found.closing_asked_by_id != user.pk,
        "left": Withdrawal.objects.in_force().filter(case=found).first(),
        "go_on_form": bound.get("go_on_form")
        or (may.cases_assessment_decide and ReasonForm(auto_id="go_on_%s")),
        "close_form": bound.get("close_form") or (may_ask and ReasonForm(auto_id="close_%s")),
        "keep_form": bound.get("keep_form") or (second and ReasonForm(auto_id="keep_%s")),
    }


def _facts(found: Case, opened: actions.CaseText) -> list[tuple[str, Any]]:
    subject = found.subject
    stated = [fact for each in opened.reported for fact in each.report.facts]
    host = [(_("Host"), opened.host)] if opened.host else []
    return [
        *host,
        (_("First reported"), subject.first_seen),
        (_("Last reported"), subject.last_seen),
        (_("Reports"), subject.report_count),
        (_("Stated"), "; ".join(labels.fact(fact) for fact in dict.fromkeys(stated))),
    ]


def _reported(each: actions.Reported, bound: dict[str, Any]) -> dict[str, Any]:
    """One report as the page shows it: places as typed, but broken so that nobody clicks them."""
    report = each.report
    own = bound if bound.get("report") == report else {}
    named = each.text.pointers if each.text else ()
    return {
        "report": report,
        "text": each.text,
        "broken": each.broken,
        "channel": labels.channel(report.channel),
        "stated": _stated(report),
        "places": [defang(place.raw) for place in named],
        "letter_form": own.get("letter_form") or LetterForm(auto_id=f"letter_{report.pk}_%s"),
        "ask_form": own.get("ask_form") or ReasonForm(auto_id=f"ask_{report.pk}_%s"),
        "disclosures": Disclosure.objects.filter(report=report).select_related(
            "requested_by", "decided_by"
        ),
        "open": bool(own),
    }


def _stated(report: Report) -> list[str]:
    """What the reporter chose, leaving out what was not known."""
    said = [
        labels.kind(report.kind) if report.kind else _("Kind not stated"),
        labels.age(report.age_band) if report.age_band != UNKNOWN else "",
        labels.sex(report.sex) if report.sex != UNKNOWN else "",
        *(labels.fact(fact) for fact in report.facts),
    ]
    return list(filter(None, said))


def _finding(noted: actions.Noted) -> dict[str, Any]:
    found = noted.assessment
    flags = [
        (_("captured by or from the child"), found.self_generated),
        (_("shared by a peer"), found.peer),
    ]
    law = {basis.key: f"{basis.label} · {basis.citation}" for basis in settings.PACK.legal_bases}
    return {
        "assessment": found,
        "outcome": labels.outcome(found.outcome),
        "note": noted.note,
        "pairs": [
            (_("Kind"), labels.kind(found.incident_type)),
            (_("Legal basis"), law.get(found.legal_basis, found.legal_basis)),
            (_("4Cs"), labels.cells(found.fourc)),
            (_("The child"), f"{labels.age(found.age_band)} · {labels.sex(found.sex)}"),
            (_("Image"), ", ".join(words for words, holds in flags if holds)),
        ],
    }


def _exhibits(found: Case) -> list[dict[str, Any]]:
    attached = found.exhibits.select_related("exhibit__sealed_by").order_by("added_at")
    return [
        {"exhibit": each.exhibit, "digest": bytes(each.exhibit.sha256).hex()} for each in attached
    ]


def _exhibit_form(opened: actions.CaseText, at: Any) -> ExhibitForm:
    """The seal form, with the spelling in which the place was reported first."""
    spelled = ""
    for each in reversed(opened.reported):
        for place in each.text.pointers if each.text else ():
            if defang(place.canonical) == opened.subject and not spelled:
                found = [one.raw for one in find_addresses(place.raw)]
                spelled = found[0] if len(found) == 1 else place.canonical
    start = {"captured_at": at, "raw": defang(spelled)}
    return ExhibitForm(initial=start, auto_id="exhibit_%s")


@requires(Permission.CASES_CASE_CLAIM)
@require_POST
def case_claim(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take the case in hand."""
    try:
        actions.claim(case=case_of(request, pk), by=request.user, at=timezone.now())
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
    return to_case(request, pk)


@requires(Permission.CASES_CASE_CLAIM)
@require_POST
def case_release(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give the case back."""
    try:
        actions.release(case=case_of(request, pk), by=request.user, at=timezone.now())
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
        return to_case(request, pk)
    messages.success(request, _("The case waits in the queue again."))
    return redirect("queue")


@requires(Permission.CASES_URGENCY_SET)
@require_POST
def case_urgency(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Make the case more urgent at once, or less urgent with a reason."""
    found = case_of(request, pk)
    form = UrgencyForm(request.POST)
    if form.is_valid():
        level, reason = form.cleaned_data["level"], form.cleaned_data["reason"]
        at, by = timezone.now(), request.user
        try:
            if level < found.level:
                actions.raise_level(case=found, level=level, by=by, at=at, reason=reason)
            else:
                actions.lower_level(case=found, level=level, reason=reason, by=by, at=at)
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("The urgency is set."))
            return to_case(request, pk)
    return page(request, found, urgency_form=form)
