# SPDX-License-Identifier: Apache-2.0
"""The lag board: which network carries which version, who is behind, who has not tested."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.forms import ReasonForm, SubscriberForm
from hearthline.hub.blocklists.models import LagAlarm, Lane, Subscriber, Version


@requires(Permission.BLOCKLISTS_LAG_READ)
def networks(request: StaffRequest) -> HttpResponse:
    """Every network with the newest version it acknowledged, the longest behind first."""
    return _board(request)


@requires(Permission.BLOCKLISTS_SUBSCRIBER_MANAGE, step_up=True)
@require_POST
def add(request: StaffRequest) -> HttpResponse:
    """Let a network fetch the list. Its key is on this answer and nowhere else."""
    form = SubscriberForm(request.POST)
    if not form.is_valid():
        return _board(request, form=form)
    try:
        made = actions.add_subscriber(
            organisation=form.cleaned_data["organisation"], by=request.user, at=timezone.now()
        )
    except (actions.AlreadySubscribed, actions.Retired):
        form.add_error("organisation", _("This organisation fetches the list already."))
        return _board(request, form=form)
    return _key(request, made)


@requires(Permission.BLOCKLISTS_SUBSCRIBER_MANAGE, step_up=True)
@require_POST
def replace_key(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A new key for a network."""
    found = get_object_or_404(Subscriber, pk=pk)
    try:
        made = actions.replace_key(subscriber=found, by=request.user, at=timezone.now())
    except actions.Retired:
        messages.warning(request, _("This organisation is not in service any more."))
        return redirect("blocklist_networks")
    return _key(request, made)


@requires(Permission.BLOCKLISTS_SUBSCRIBER_MANAGE)
@require_POST
def end(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A network fetches no longer."""
    found, form = get_object_or_404(Subscriber, pk=pk), ReasonForm(request.POST)
    if form.is_valid():
        actions.end_subscriber(
            subscriber=found, **form.cleaned_data, by=request.user, at=timezone.now()
        )
        messages.success(request, _("Its key opens nothing any more."))
    else:
        messages.warning(request, _("Say why. Nothing was changed."))
    return redirect("blocklist_networks")


def _board(request: StaffRequest, form: SubscriberForm | None = None) -> HttpResponse:
    at = timezone.now()
    alarms = {alarm.subscriber_id: alarm for alarm in LagAlarm.objects.open()}
    return render(
        request,
        "blocklists/networks.html",
        {
            "section": "blocklist",
            "lanes": Lane.choices,
            "newest": Version.objects.newest(),
            "rows": [(one, alarms.get(one.subscriber.pk)) for one in actions.standings(at)],
            "form": form or SubscriberForm(),
            "end_form": ReasonForm(),
        },
    )


def _key(request: StaffRequest, made: actions.NewKey) -> HttpResponse:
    response = render(
        request, "blocklists/key.html", {"section": "blocklist", "made": made, "lanes": []}
    )
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("", networks, name="blocklist_networks"),
    path("add/", add, name="blocklist_network_add"),
    path("<uuid:pk>/key/", replace_key, name="blocklist_network_key"),
    path("<uuid:pk>/end/", end, name="blocklist_network_end"),
]
