# SPDX-License-Identifier: Apache-2.0
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases.models import Case
from hearthline.hub.mail.models import Letter
from hearthline.hub.referrals import actions
from hearthline.hub.referrals.forms import PrepareForm
from hearthline.hub.referrals.models import (
    Hold,
    Referral,
    cases_awaiting_referral,
    home_units,
)
from hearthline.kit.codelists import police_outcomes

ON_A_PAGE = 40
CHILD_FIRST = gettext_lazy(
    "This case is child first. Police hear of it only after two people found an adult behind it."
)

TONES = {
    Referral.State.PREPARED: "calm",
    Referral.State.WITH_POLICE: "calm",
    Referral.State.ACKNOWLEDGED: "ok",
    Referral.State.CONCLUDED: "plain",
}


@requires(Permission.REFERRALS_PACKAGE_READ)
def referrals(request: HttpRequest) -> HttpResponse:
    """What went to police and when, and what waits for a unit's key."""
    at = timezone.now()
    page = Paginator(Referral.objects.newest_first(), ON_A_PAGE).get_page(request.GET.get("page"))
    held = set(Hold.objects.in_force(at).values_list("referral", flat=True))
    units = home_units(settings.PACK.country.code)
    waiting = list(cases_awaiting_referral()[:ON_A_PAGE])
    police = settings.PACK.clocks.police
    for case in waiting:
        case.police_due_at = case.confirmed_at + police  # type: ignore[attr-defined, operator]
    late_cases = cases_awaiting_referral().filter(confirmed_at__lt=at - police).count()
    return render(
        request,
        "referrals/referrals.html",
        {
            "section": "referrals",
            "page": page,
            "rows": [(row, TONES[Referral.State(row.state)], row.pk in held) for row in page],
            "waiting": waiting,
            "without_key": [unit for unit in units if not unit.age_recipient],
            "any_unit": units.exists(),
            "late": Referral.objects.breached(at).count() + late_cases,
        },
    )


@requires(Permission.REFERRALS_PACKAGE_READ)
def referral(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One referral: when it went, what police asked, what they answered."""
    found = _of_theirs(request, pk)
    at = timezone.now()
    return render(
        request,
        "referrals/referral.html",
        {
            "section": "referrals",
            "referral": found,
            "tone": TONES[Referral.State(found.state)],
            "steps": steps_of(found),
            "holds": found.holds.select_related("asked_by"),
            "in_force": Hold.objects.in_force(at).filter(referral=found).last(),
            "given_up": found.letter and found.letter.state == Letter.State.GIVEN_UP,
            "outcome": outcome_label(found.outcome),
            "digest": bytes(found.package_sha256).hex(),
        },
    )


@requires(Permission.REFERRALS_PACKAGE_PREPARE)
def referral_new(request: StaffRequest, case: UUID) -> HttpResponse:
    """A person hands a confirmed case to a unit."""
    found = get_object_or_404(Case.objects.acting().open_to(request.user), pk=case)
    units = home_units(settings.PACK.country.code)
    form = PrepareForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            prepared = actions.prepare(
                case=found,
                unit=form.cleaned_data["unit"],
                channel=form.cleaned_data["channel"],
                by=request.user,
                at=timezone.now(),
            )
        except actions.NoRecipientKey:
            form.add_error(
                "unit",
                _(
                    "This unit has no key yet, and nothing about a case goes out in clear. "
                    "Ask the unit for its age key and enter it in the directory."
                ),
            )
        except actions.ChildFirst:
            messages.warning(request, CHILD_FIRST)
            return redirect("case", pk=case)
        except actions.NoMailContact:
            form.add_error(
                "channel",
                _("This unit has no e-mail address in the directory. Choose the partners' door."),
            )
        else:
            messages.success(request, _("The package is prepared."))
            return redirect("referral", pk=prepared.pk)
    return render(
        request,
        "referrals/referral_new.html",
        {"section": "referrals", "case": found, "form": form, "any_unit": units.exists()},
    )


@requires(Permission.REFERRALS_PACKAGE_PREPARE)
@require_POST
def referral_send_again(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The letter was given up: post it again, to the address the directory has now."""
    found = _of_theirs(request, pk)
    try:
        actions.send_again(referral=found, by=request.user, at=timezone.now())
    except actions.AlreadySent:
        messages.info(request, _("The letter is on its way or has arrived. Nothing was sent."))
    except actions.NoMailContact:
        messages.warning(request, _("The unit has no e-mail address in the directory."))
    else:
        messages.success(request, _("The letter is posted again."))
    return redirect("referral", pk=pk)


def _of_theirs(request: StaffRequest, pk: UUID) -> Referral:
    """The referral, unless its case is one this person stepped back from or reported."""
    seen = Case.objects.open_to(request.user)
    return get_object_or_404(Referral.objects.newest_first().filter(case__in=seen), pk=pk)


def outcome_label(code: str) -> str:
    """The translated label of what police answered; "" while they have not."""
    return next((_(entry.label) for entry in police_outcomes() if entry.code == code), code)


def steps_of(found: Referral) -> list[dict[str, Any]]:
    """The referral's way, for the timeline: done, current, to do."""
    moments = [
        (_("Prepared"), found.prepared_at),
        (_("With police"), found.with_police_at),
        (_("Acknowledged"), found.acknowledged_at),
        (_("Outcome"), found.outcome_at),
    ]
    next_one = next((title for title, moment in moments if moment is None), None)
    return [
        {
            "title": title,
            "at": moment,
            "state": "done" if moment else "current" if title == next_one else "todo",
        }
        for title, moment in moments
    ]


urlpatterns = [
    path("", referrals, name="referrals"),
    path("<uuid:pk>/", referral, name="referral"),
    path("<uuid:pk>/send-again/", referral_send_again, name="referral_send_again"),
    path("new/<uuid:case>/", referral_new, name="referral_new"),
]
