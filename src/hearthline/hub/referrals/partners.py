# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.directory.models import units_of
from hearthline.hub.referrals import actions
from hearthline.hub.referrals.forms import AcknowledgeForm, HoldForm, OutcomeForm
from hearthline.hub.referrals.models import Hold, Referral
from hearthline.kit.codelists import police_outcomes

ON_A_PAGE = 40

TONES = {
    Referral.State.PREPARED: "warn",
    Referral.State.WITH_POLICE: "warn",
    Referral.State.ACKNOWLEDGED: "ok",
    Referral.State.CONCLUDED: "plain",
}


@requires(Permission.REFERRALS_PACKAGE_PICK_UP)
def packages(request: StaffRequest) -> HttpResponse:
    """What was prepared for the units this person works for."""
    units = units_of(request.user)
    found = Referral.objects.for_units(units).select_related("case", "unit")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    held = set(Hold.objects.in_force(timezone.now()).values_list("referral", flat=True))
    return render(
        request,
        "referrals/packages.html",
        {
            "section": "packages",
            "units": units,
            "page": page,
            "rows": [(row, TONES[Referral.State(row.state)], row.pk in held) for row in page],
        },
    )


@requires(Permission.REFERRALS_PACKAGE_PICK_UP)
def package(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One package, and what the unit may say about it."""
    return _page(request, _theirs(request, pk))


@requires(Permission.REFERRALS_PACKAGE_PICK_UP, step_up=True)
@require_POST
def package_download(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The sealed package. A POST, since from here on it is with police."""
    found = _theirs(request, pk)
    try:
        sealed = actions.pick_up(referral=found, by=request.user, at=timezone.now())
    except actions.PackageGone:
        messages.info(request, _("This package was deleted at the end of its retention."))
        return redirect("package", pk=pk)
    except actions.PackageBroken:
        messages.error(
            request,
            _("This package is not as it was prepared. Please tell the hotline before you use it."),
        )
        return redirect("package", pk=pk)
    name = f"package-{found.case.reference}.age"
    return HttpResponse(
        sealed,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@requires(Permission.REFERRALS_PACKAGE_PICK_UP)
@require_POST
def package_acknowledge(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = _theirs(request, pk)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, acknowledge=form)
    actions.acknowledge(
        referral=found,
        unit_reference=form.cleaned_data["unit_reference"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("Thank you. The hotline sees your reference."))
    return redirect("package", pk=pk)


@requires(Permission.REFERRALS_PACKAGE_PICK_UP)
@require_POST
def package_hold(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = _theirs(request, pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, found, hold=form)
    try:
        hold = actions.ask_hold(
            referral=found, **form.cleaned_data, by=request.user, at=timezone.now()
        )
    except actions.HoldInThePast:
        form.add_error("until", _("This time has passed. Choose one that is still to come."))
    except actions.HoldTooLong as refused:
        form.add_error(
            "until",
            _("This is longer than a hold can be. The latest end is %(limit)s")
            % {"limit": _shown(refused.limit)},
        )
    except actions.NothingToHold:
        messages.info(request, _("This case is closed. No host is told any more."))
        return redirect("package", pk=pk)
    else:
        messages.success(
            request,
            _("The host is not told before %(until)s") % {"until": _shown(hold.until)},
        )
        return redirect("package", pk=pk)
    return _page(request, found, hold=form)


@requires(Permission.REFERRALS_PACKAGE_PICK_UP)
@require_POST
def package_lift(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The hold is needed no longer."""
    found = _theirs(request, pk)
    try:
        actions.lift_hold(referral=found, by=request.user, at=timezone.now())
    except actions.NoHoldInForce:
        messages.info(request, _("The hold had ended already."))
    else:
        messages.success(request, _("The hold is lifted. The host may be told now."))
    return redirect("package", pk=pk)


@requires(Permission.REFERRALS_PACKAGE_PICK_UP)
@require_POST
def package_outcome(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = _theirs(request, pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, outcome=form)
    try:
        actions.conclude(
            referral=found,
            outcome=form.cleaned_data["outcome"],
            by=request.user,
            at=timezone.now(),
        )
    except actions.AlreadyConcluded:
        messages.info(request, _("A final outcome was sent before. It stands."))
    else:
        messages.success(request, _("Thank you. The hotline sees the outcome."))
    return redirect("package", pk=pk)


def _theirs(request: StaffRequest, pk: UUID) -> Referral:
    """The referral, if it is for a unit this person works for; otherwise it does not exist."""
    theirs = Referral.objects.for_units(units_of(request.user))
    return get_object_or_404(theirs.select_related("case", "unit"), pk=pk)


def _page(request: StaffRequest, found: Referral, **bound: forms.Form) -> HttpResponse:
    """The page of one package; `bound` are the forms that need another look."""
    at = timezone.now()
    outcomes = {entry.code: _(entry.label) for entry in police_outcomes()}
    return render(
        request,
        "referrals/package.html",
        {
            "section": "packages",
            "referral": found,
            "tone": TONES[Referral.State(found.state)],
            "in_force": Hold.objects.in_force(at).filter(referral=found).last(),
            "hold_limit": actions.last_possible_hold(found, at=at),
            "may_hold": actions.last_possible_hold(found, at=at) > at,
            "outcome_label": outcomes.get(found.outcome, found.outcome),
            "acknowledge": AcknowledgeForm(initial={"unit_reference": found.unit_reference}),
            "hold": HoldForm(),
            "outcome": OutcomeForm(initial={"outcome": found.outcome}),
            **bound,
        },
    )


def _shown(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


urlpatterns = [
    path("", packages, name="packages"),
    path("packages/<uuid:pk>/", package, name="package"),
    path("packages/<uuid:pk>/download/", package_download, name="package_download"),
    path("packages/<uuid:pk>/acknowledge/", package_acknowledge, name="package_acknowledge"),
    path("packages/<uuid:pk>/hold/", package_hold, name="package_hold"),
    path("packages/<uuid:pk>/lift/", package_lift, name="package_lift"),
    path("packages/<uuid:pk>/outcome/", package_outcome, name="package_outcome"),
]
