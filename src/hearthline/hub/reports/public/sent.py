# SPDX-License-Identifier: Apache-2.0
"""After sending: the receipt, shown to the same browser for ten minutes, and what happens next."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearthline.hub.accounts.doors import public
from hearthline.hub.reports import actions, wording
from hearthline.hub.reports.models import Audience, Draft, Report
from hearthline.hub.reports.public.help import first_words_for, lines_for, removal_help
from hearthline.hub.reports.public.visit import end_visit, visit_of


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """The receipt. On POST the reporter has kept it: it can never be shown again."""
    at = timezone.now()
    visit = visit_of(request, at)
    if visit is None:
        return _no_longer_shown(request)
    try:
        draft = actions.open_draft(draft=visit.draft, secret=visit.secret, at=at)[0]
        if not draft.receipt:
            return redirect("report_step", step="send")
        receipt = actions.open_receipt(draft=draft, secret=visit.secret)
    except actions.DraftGone:
        return _no_longer_shown(request)
    if request.method == "POST":
        actions.discard_draft(draft=draft.pk)
        response = redirect("home")
        end_visit(response)
        return response
    return render(request, "reports/sent.html", _context(draft, receipt, at))


def _context(draft: Draft, receipt: str, at: datetime) -> dict[str, Any]:
    report = Report.objects.get(draft=draft.pk)
    return {
        "receipt": receipt,
        "child": report.audience == Audience.CHILD,
        "in_danger": report.level == "U0",
        "steps": what_happens_next(report),
        "helplines": lines_for(report.audience, at),
        "first_words": first_words_for(audience=report.audience, kind=report.kind),
        "removal": removal_help(
            audience=report.audience, kind=report.kind, age_band=report.age_band
        ),
    }


def what_happens_next(report: Report) -> list[dict[str, Any]]:
    """The road ahead, with the times the country pack promises and no others."""
    clocks = settings.PACK.clocks
    look = wording.length(clocks.first_review.of(report.level))
    second = wording.length(clocks.second_review)
    police = wording.length(clocks.police)
    return [
        {
            "title": wording.step_title("received", report.audience),
            "at": report.received_at,
            "state": "done",
        },
        {
            "title": _("A person from our team reads it."),
            # No time is promised that a flood may break.
            "text": _("Very many messages came at once. It may take longer than usual.")
            if report.is_held
            else _("Within %(time)s.") % {"time": look},
            "state": "current",
        },
        {
            "title": _("A second person checks. Nobody decides alone."),
            "text": _("Within %(time)s after that.") % {"time": second},
            "state": "todo",
        },
        _then(report, police),
        {
            "title": _("You see each step with your receipt."),
            "text": _("Come back as often as you like."),
            "state": "todo",
        },
    ]


def _then(report: Report, police: str) -> dict[str, Any]:
    """What we do about it. A child of a peer case is not told of the law, nor of police."""
    child = report.audience == Audience.CHILD
    helped_first = actions.leads_with_help(report.kind)
    if child and helped_first:
        title = _("Then we help.")
        text = _("We ask sites to take things down. We show you who can help.")
    else:
        title = _("If a law was broken, we act.")
        text = (
            _("We can tell the police, within %(time)s. We ask sites to take things down.")
            if child or helped_first
            else _("The police are told within %(time)s. Then we ask the host to remove it.")
        ) % {"time": police}
    return {"title": title, "text": text, "state": "todo"}


def _no_longer_shown(request: HttpRequest) -> HttpResponse:
    response = render(request, "reports/no_longer_shown.html")
    end_visit(response)
    return response
