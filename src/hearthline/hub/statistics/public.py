# SPDX-License-Identifier: Apache-2.0
"""The figures anybody may read: one page a month, what they mean, and the same as files."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.statistics.definitions import BREAKDOWNS, INDICATORS, UNITS
from hearthline.hub.statistics.exports import CONTENT_TYPES, files, structure
from hearthline.hub.statistics.figures import sheet
from hearthline.hub.statistics.labels import month
from hearthline.hub.statistics.models import PublishedFile, Release
from hearthline.kit.formats import sdmx_ml


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The newest month, or the one asked for by `?period=`."""
    periods = Release.objects.published_periods()
    asked = request.GET.get("period", "")
    chosen = asked if asked in periods else next(iter(periods), None)
    history = list(Release.objects.history(chosen)) if chosen else []
    return render(
        request,
        "statistics/figures.html",
        {
            "sheet": sheet(history[0]) if history else None,
            "history": history,
            "months": [(period, month(period)) for period in periods],
            "not_found": bool(asked) and asked != chosen,
        },
    )


@public
@require_safe
def figures_definitions(request: HttpRequest) -> HttpResponse:
    """What each figure means, and how figures are corrected."""
    return render(
        request,
        "statistics/definitions.html",
        {
            "indicators": [(one, UNITS[one.unit][1]) for one in INDICATORS],
            "breakdowns": BREAKDOWNS,
            "breakdown_titles": {one.code: one.title for one in BREAKDOWNS},
            "threshold": settings.PACK.statistics.threshold,
            "final_after_days": settings.PACK.statistics.final_after_days,
        },
    )


@public
@require_safe
def figures_file(
    request: HttpRequest, period: str, kind: str, revision: int | None = None
) -> HttpResponse:
    """A month in one format: the newest published revision, or the one asked for."""
    found = Release.objects.published().filter(period=period).order_by("-revision")
    release = (found.filter(revision=revision) if revision else found).first()
    if release is None or kind not in PublishedFile.Format.values:
        raise Http404
    if release.withdrawn_at is not None:
        context = {"month": month(release.period), "release": release}
        return render(request, "statistics/withdrawn.html", context, status=410)
    name = f"figures-{period}-v{release.revision}.{kind}"
    return _file(_body(release, kind), name, CONTENT_TYPES[PublishedFile.Format(kind)])


@public
@require_safe
def figures_structure(request: HttpRequest) -> HttpResponse:
    """The SDMX-ML 3.0 structure that the data files follow."""
    return _file(structure(), "figures-structure.sdmx.xml", sdmx_ml.STRUCTURE_TYPE)


def _body(release: Release, kind: str) -> str:
    """The file as it was published; made now where the release is older than kept files."""
    kept = PublishedFile.objects.filter(release=release, format=kind).first()
    return kept.body if kept else files(release, ref_area=settings.PACK.country.code)[kind]


def _file(text: str, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_NEWEST = "figures/<slug:period>"
urlpatterns = [
    path("figures/", figures, name="figures"),
    path("figures/definitions/", figures_definitions, name="figures_definitions"),
    path("figures/structure.sdmx.xml", figures_structure, name="figures_structure"),
    path(f"{_NEWEST}.sdmx.xml", figures_file, {"kind": "sdmx.xml"}, name="figures_sdmx_ml"),
    path(f"{_NEWEST}.sdmx.csv", figures_file, {"kind": "sdmx.csv"}, name="figures_sdmx"),
    path(f"{_NEWEST}.csv", figures_file, {"kind": "csv"}, name="figures_csv"),
    path(f"{_NEWEST}/v<int:revision>.<str:kind>", figures_file, name="figures_file"),
]
