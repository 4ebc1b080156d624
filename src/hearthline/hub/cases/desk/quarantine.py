# SPDX-License-Identifier: Apache-2.0
"""The quarantine lane: what is held in a flood, what is alike in it, and ending it together."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases.actions import quarantine
from hearthline.hub.cases.actions.quarantine import Alike, NothingAlike, OnlyUrgent
from hearthline.hub.cases.desk import labels
from hearthline.hub.cases.desk.places import number
from hearthline.hub.cases.desk.queue import side
from hearthline.hub.cases.desk.refusals import REFUSALS, put, sentence
from hearthline.hub.cases.forms import ReasonForm
from hearthline.hub.cases.models import FloodClosing
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report
from hearthline.kit.codelists import urgency_levels
from hearthline.kit.sealing import SealBroken
from hearthline.kit.urls import defang

# What held reports can share, as the start of a sentence.
BY = {
    "words": gettext_lazy("Same words"),
    "host": gettext_lazy("Same host"),
    "minute": gettext_lazy("Same minute"),
}
_GONE = gettext_lazy("Nothing held fits any more. Somebody dealt with it meanwhile.")


@requires(Permission.CASES_QUEUE_READ)
def held(request: StaffRequest) -> HttpResponse:
    """A page of the lane, or of what is like one report in it."""
    return _page(request, request.GET.get("like", ""), request.GET.get("by", ""))


@requires(Permission.CASES_CASE_READ)
def held_report(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One held report in its reporter's words. Reading it is kept in the log."""
    report = get_object_or_404(Report.objects.held().select_related("data_key"), pk=pk)
    try:
        text = quarantine.read_held(report=report, by=request.user, at=timezone.now())
    except SealBroken:
        text = None
    places = [defang(each.canonical or each.raw) for each in text.pointers] if text else []
    context = side(request, "held") | {
        "row": _row(report),
        "text": text,
        "places": places,
        "alike": [{"by": by, "label": label, "url": _like(report, by)} for by, label in BY.items()],
    }
    return render(request, "cases/held_report.html", context)


@requires(Permission.CASES_CASE_CLAIM)
@require_POST
def held_release(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One report goes on its way."""
    report = get_object_or_404(Report, pk=pk)
    try:
        quarantine.release_held(report=report, by=request.user, at=timezone.now())
    except reports.NotHeld:
        messages.warning(request, _GONE)
    else:
        messages.success(request, _("The report is in the queue with the others."))
    return redirect("held")


@requires(Permission.CASES_CASE_CLAIM)
@require_POST
def held_release_alike(request: StaffRequest) -> HttpResponse:
    """All that are alike go on their way."""
    alike = _alike(request.POST.get("like", ""), request.POST.get("by", ""))[0]
    try:
        count = quarantine.release_alike(alike=alike, by=request.user, at=timezone.now())
    except NothingAlike:
        messages.warning(request, _GONE)
    else:
        text = ngettext(
            "%(count)s report is in the queue with the others.",
            "%(count)s reports are in the queue with the others.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("held")


@requires(Permission.CASES_ASSESSMENT_MAKE)
@require_POST
def held_close(request: StaffRequest) -> HttpResponse:
    """One person asks to close all that are alike."""
    like, by = request.POST.get("like", ""), request.POST.get("by", "")
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            quarantine.ask_to_close_flood(
                alike=_alike(like, by)[0],
                reason=form.cleaned_data["reason"],
                with_urgent="with_urgent" in request.POST,
                by=request.user,
                at=timezone.now(),
            )
        except NothingAlike:
            messages.warning(request, _GONE)
            return redirect("held")
        except OnlyUrgent:
            form.add_error(
                None, _("All of these say they are urgent. Tick the box to close them too.")
            )
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("Your reason is kept. A second person decides."))
            return redirect("held")
    return _page(request, like, by, form)


@requires(Permission.CASES_ASSESSMENT_CONFIRM)
@require_POST
def held_agree(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The second person agrees, and they are closed together."""
    closing = get_object_or_404(FloodClosing, pk=pk)
    try:
        quarantine.agree_to_close_flood(closing=closing, by=request.user, at=timezone.now())
    except NothingAlike:
        messages.warning(request, _GONE)
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
    else:
        messages.success(request, _("They are being closed. A letter brings one back."))
    return redirect("held")


@requires(Permission.CASES_ASSESSMENT_CONFIRM)
@require_POST
def held_keep(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The second person does not agree, or whoever asked takes it back."""
    closing = get_object_or_404(FloodClosing, pk=pk)
    try:
        quarantine.keep_held(closing=closing, by=request.user, at=timezone.now())
    except NothingAlike:
        messages.warning(request, _GONE)
    else:
        messages.success(request, _("They stay in the lane."))
    return redirect("held")


def _page(
    request: StaffRequest, like: str, by: str, form: ReasonForm | None = None
) -> HttpResponse:
    alike, example = _alike(like, by)
    opened = quarantine.open_held(
        by=request.user,
        at=timezone.now(),
        alike=alike or None,
        after=number(request.GET.get("after", "")),
        before=number(request.GET.get("before", "")),
    )
    narrowed = {"like": str(example.pk), "by": by} if example else {}
    context = side(request, "held") | {
        "pager_path": reverse("held"),
        "next_page": _beside(narrowed, "after", opened.following),
        "previous_page": _beside(narrowed, "before", opened.preceding),
        "rows": [_row(report) for report in opened.rows],
        "count": most(opened.count),
        "urgent": most(opened.urgent) if opened.urgent else "",
        "groups": [
            {
                "label": BY[group.by],
                "count": most(group.count),
                "level": _level(group.example.level),
                "at": group.example.received_at,
                "read": reverse("held_report", args=[group.example.pk]),
                "url": _like(group.example, group.by),
            }
            for group in opened.groups
        ],
        "waiting": [
            {
                "closing": each,
                "what": BY[each.by],
                "count": most(quarantine.count_of(each)),
                "mine": each.asked_by_id == request.user.pk,
            }
            for each in opened.waiting
        ],
        "example": example,
        "by": by,
        "what": BY.get(by, ""),
        "form": form or ReasonForm(),
        "heads": [
            {"label": text}
            for text in (_("Urgency"), _("Kind"), _("Waiting for"), _("Held because"), _("Read"))
        ],
    }
    return render(request, "cases/held.html", context)


def most(count: int) -> str:
    """A count that is no longer counted from a thousand on."""
    return f"{quarantine.MOST - 1}+" if count >= quarantine.MOST else str(count)


def _alike(like: str, by: str) -> tuple[Alike, Report | None]:
    """What an address or a form asks for, and the report it names. Nothing where it is gone."""
    try:
        report = Report.objects.held().filter(pk=UUID(like)).first()
    except ValueError:
        report = None
    if report is None or by not in BY:
        return Alike(), None
    alike = Alike.like(report, by)
    return alike, report if alike else None


def _beside(narrowed: dict[str, str], where: str, report: UUID | None) -> str:
    """The query of the page that begins beside a report; "" where there is none."""
    return f"?{urlencode(narrowed | {where: str(report)})}" if report else ""


def _like(report: Report, by: str) -> str:
    return f"{reverse('held')}?like={report.pk}&by={by}"


def _row(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "level": _level(report.level),
        "kind": labels.kind(report.kind or "other"),
        "because": report.get_held_because_display(),
    }


def _level(code: str) -> dict[str, str]:
    return {
        "code": code,
        "label": labels.label(urgency_levels(), code),
        "tone": labels.LEVEL_TONES.get(code, "plain"),
    }
