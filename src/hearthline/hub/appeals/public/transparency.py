# SPDX-License-Identifier: Apache-2.0
"""What is blocked, in figures: a page a month, and the same as a signed file for machines."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.appeals.actions.reporting import ALL, CATEGORIES
from hearthline.hub.appeals.models import Appeal, BlockingReport
from hearthline.hub.blocklists.models import Entry


@public
@require_safe
def blocking(request: HttpRequest) -> HttpResponse:
    """The newest month, or the one asked for by `?period=`."""
    periods = BlockingReport.objects.periods()
    asked = request.GET.get("period", "")
    chosen = asked if asked in periods else next(iter(periods), None)
    report = BlockingReport.objects.filter(pk=chosen).first() if chosen else None
    context = {
        "report": report,
        "month": _month(report.period) if report else None,
        "sheet": _sheet(report) if report else None,
        "months": [(period, _month(period)) for period in periods],
        "threshold": settings.PACK.statistics.threshold,
        "key": report.said["key"] if report else "",
    }
    return render(request, "appeals/blocking.html", context)


@public
@require_safe
def blocking_report(request: HttpRequest, period: str) -> HttpResponse:
    """One month as it was signed."""
    report = BlockingReport.objects.filter(pk=period).first()
    if report is None:
        raise Http404
    return HttpResponse(report.body, content_type="application/json")


def _month(period: str) -> object:
    return parse_date(f"{period}-01")


def _sheet(report: BlockingReport) -> dict[str, object]:
    """The report's figures with their labels, in the order of the page."""
    said = report.said
    by_place = {(row["category"], row["scope"]): row["entries"] for row in said["in_force"]}
    return {
        "rows": [
            (label, [by_place.get((category, code)) for category in (*CATEGORIES, ALL)])
            for code, label in (*Entry.Scope.choices, (ALL, _("All")))
        ],
        "added": said["added"].get(ALL),
        "delisted": [
            (label, said["delisted"].get(code)) for code, label in Entry.Because.choices
        ],
        "delisted_all": said["delisted"].get(ALL),
        "appeals": said["appeals_received"],
        "decided": [
            (label, said["appeals_decided"].get(code)) for code, label in Appeal.Outcome.choices
        ],
        "decided_all": said["appeals_decided"].get(ALL),
        "appealed": said["entries_appealed"],
        "rate": said["overturned_per_100"],
        "days": said["median_days_to_lift"],
        "shown": said["stop_page_shown"],
    }  # fmt: skip
