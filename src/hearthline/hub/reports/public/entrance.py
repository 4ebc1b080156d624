# SPDX-License-Identifier: Apache-2.0
"""The first page, and the page that says who reads what is written."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.reports import wording
from hearthline.hub.reports.models import Audience


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Are you safe right now? Then three ways in, and the way back."""
    ways = {
        Audience.CHILD: "young.svg",
        Audience.PUBLIC: "screen.svg",
        Audience.PROFESSIONAL: "work.svg",
    }
    starts = {way: reverse("report_start", args=[way.value]) for way in ways}
    # Three screens instead of seven questions, for people who report because of their work.
    starts[Audience.PROFESSIONAL] = reverse("report_work")
    cards = [(starts[way], way.label, icon) for way, icon in ways.items()]
    return render(request, "reports/home.html", {"cards": cards})


@public
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who reads it, when confidentiality ends, what is kept and for how long."""
    keep = settings.PACK.retention
    lengths = {
        "draft": wording.length(timedelta(hours=keep.draft_hours)),
        "report": wording.length(timedelta(days=keep.report_days)),
        "child_first": wording.length(timedelta(days=keep.child_first_days)),
        "evidence": wording.length(timedelta(days=keep.evidence_days)),
    }
    return render(request, "reports/about.html", {"kept": lengths})
