# SPDX-License-Identifier: Apache-2.0
"""The figures at the desk: compile a month, look it over, publish it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.statistics import actions
from hearthline.hub.statistics.actions.periods import Month
from hearthline.hub.statistics.figures import sheet
from hearthline.hub.statistics.forms import CompileForm
from hearthline.hub.statistics.labels import month
from hearthline.hub.statistics.models import Release
from hearthline.hub.statistics.promises import promises


@requires(Permission.STATISTICS_RELEASE_READ)
@require_safe
def figures_desk(request: StaffRequest) -> HttpResponse:
    """All releases, and the form that makes the next."""
    last = Month.last_finished(timezone.now(), zone=settings.PACK.country.timezone)
    return _list(request, CompileForm(initial={"period": last.name}))


@requires(Permission.STATISTICS_RELEASE_COMPILE, step_up=True)
@require_POST
def figures_compile(request: StaffRequest) -> HttpResponse:
    """Count a month and go to its preview."""
    form = CompileForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        release = actions.compile_period(
            period=form.cleaned_data["period"],
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )
    except (actions.PeriodRefused, actions.PeriodNotOver) as refused:
        form.add_error("period", str(refused))
        return _list(request, form, status=422)
    except actions.ReasonNeeded:
        form.add_error(
            "reason",
            _("Figures of this month are public. Say why you count again, and what changed."),
        )
        return _list(request, form, status=422)
    except actions.FirstNeedsNoReason:
        form.add_error(
            "reason", _("Nothing of this month is public yet. Leave the reason and the text empty.")
        )
        return _list(request, form, status=422)
    except actions.CompiledMeanwhile:
        form.add_error(
            "period", _("Somebody compiled this month at the same moment. Look at theirs below.")
        )
        return _list(request, form, status=422)
    messages.success(request, _("Compiled. A hotline manager can now look it over and publish it."))
    return redirect("figures_release", pk=release.pk)


@requires(Permission.STATISTICS_RELEASE_READ)
@require_safe
def figures_release(request: StaffRequest, pk: UUID) -> HttpResponse:
    """What the public sees, or will see. Nothing here that is withheld there."""
    release = get_object_or_404(Release.objects.with_people(), pk=pk)
    newest = release.revision == Release.objects.last_revision(release.period)
    return render(
        request,
        "statistics/release.html",
        {
            "section": "figures",
            "release": release,
            "sheet": sheet(release),
            "superseded": release.published_at is None and not newest,
            "own": release.compiled_by_id == request.user.pk,
        },
    )


@requires(Permission.STATISTICS_RELEASE_PUBLISH, step_up=True)
@require_POST
def figures_publish(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Make a release public."""
    release = get_object_or_404(Release, pk=pk)
    try:
        actions.publish(release=release, by=request.user, at=timezone.now())
    except actions.SamePerson:
        messages.warning(request, _("You compiled these figures. Somebody else publishes them."))
    except actions.AlreadyPublished:
        messages.info(request, _("These figures are public already."))
    except actions.Superseded:
        messages.warning(request, _("There is a newer revision of this month. Publish that one."))
    else:
        messages.success(request, _("Published. Everybody can read these figures now."))
    return redirect("figures_release", pk=release.pk)


@requires(Permission.STATISTICS_PROMISES_READ)
@require_safe
def promises_desk(request: StaffRequest) -> HttpResponse:
    """How the promises are kept now. Counts and ages only; there is nothing to open."""
    now = timezone.now()
    last = Month.last_finished(now, zone=settings.PACK.country.timezone)
    context = {
        "section": "figures",
        "rows": promises(now),
        "month": month(last.name),
        "threshold": settings.PACK.statistics.threshold,
        "now": now,
    }
    return render(request, "statistics/promises.html", context)


def _list(request: HttpRequest, form: CompileForm, status: int = 200) -> HttpResponse:
    releases = [
        (release, month(release.period)) for release in Release.objects.with_people().newest_first()
    ]
    context = {"section": "figures", "releases": releases, "form": form}
    return render(request, "statistics/releases.html", context, status=status)


urlpatterns = [
    path("", figures_desk, name="figures_desk"),
    path("promises/", promises_desk, name="promises"),
    path("compile/", figures_compile, name="figures_compile"),
    path("<uuid:pk>/", figures_release, name="figures_release"),
    path("<uuid:pk>/publish/", figures_publish, name="figures_publish"),
]
