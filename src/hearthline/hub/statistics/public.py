# SPDX-License-Identifier: Apache-2.0
"""The figures anybody may read: one page a month, and the same as files."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.statistics.exports import as_csv, as_sdmx
from hearthline.hub.statistics.figures import sheet
from hearthline.hub.statistics.labels import month
from hearthline.hub.statistics.models import Release


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The newest month, or the one asked for by `?period=`."""
    periods = Release.objects.published_periods()
    asked = request.GET.get("period", "")
    chosen = asked if asked in periods else next(iter(periods), None)
    release = Release.objects.current(chosen) if chosen else None
    return render(
        request,
        "statistics/figures.html",
        {
            "sheet": sheet(release) if release else None,
            "months": [(period, month(period)) for period in periods],
            "not_found": bool(asked) and asked != chosen,
        },
    )


@public
@require_safe
def figures_csv(request: HttpRequest, period: str) -> HttpResponse:
    """A month as CSV."""
    release = _published(period)
    text = as_csv(release, ref_area=settings.PACK.country.code)
    return _file(text, f"figures-{period}.csv", "text/csv; charset=utf-8; header=present")


@public
@require_safe
def figures_sdmx(request: HttpRequest, period: str) -> HttpResponse:
    """A month as SDMX-CSV 2.0."""
    release = _published(period)
    text = as_sdmx(release, ref_area=settings.PACK.country.code)
    kind = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
    return _file(text, f"figures-{period}.sdmx.csv", kind)


def _published(period: str) -> Release:
    release = Release.objects.current(period)
    if release is None:
        raise Http404
    return release


def _file(text: str, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


urlpatterns = [
    path("figures/", figures, name="figures"),
    # The longer ending first, since a period could otherwise swallow part of it.
    path("figures/<slug:period>.sdmx.csv", figures_sdmx, name="figures_sdmx"),
    path("figures/<slug:period>.csv", figures_csv, name="figures_csv"),
]
