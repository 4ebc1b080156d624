# SPDX-License-Identifier: Apache-2.0
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk.case import WRONG, page
from hearthline.hub.cases.desk.places import case_of, lane_of, to_case
from hearthline.hub.cases.desk.queue import side
from hearthline.hub.cases.desk.refusals import REFUSALS, put
from hearthline.hub.cases.desk.timeline import custody
from hearthline.hub.cases.forms import ExhibitForm, ReasonForm
from hearthline.hub.cases.models import CaseExhibit
from hearthline.kit.urls import defang


@requires(Permission.EVIDENCE_EXHIBIT_SEAL)
@require_POST
def case_exhibit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Seal what was found at the place."""
    found = case_of(request, pk)
    form = ExhibitForm(request.POST, auto_id="exhibit_%s")
    if form.is_valid():
        try:
            actions.seal_exhibit(
                case=found,
                capture=form.capture(),
                captured_at=form.cleaned_data["captured_at"],
                time_source=form.cleaned_data["time_source"],
                by=request.user,
                at=timezone.now(),
            )
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("The exhibit is sealed."))
            return to_case(request, pk)
    return page(request, found, exhibit_form=form)


@requires(Permission.EVIDENCE_EXHIBIT_OPEN, step_up=True)
def exhibit_open(request: StaffRequest, pk: UUID, exhibit: UUID) -> HttpResponse:
    """Say why, then read a sealed record."""
    attached = get_object_or_404(
        CaseExhibit.objects.select_related("case", "exhibit__sealed_by"),
        case=case_of(request, pk),
        exhibit=exhibit,
    )
    form = ReasonForm(request.POST or None)
    record: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            record = actions.open_exhibit(
                case=attached.case,
                exhibit=attached.exhibit,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except REFUSALS as refused:
            put(form, refused)
    context = {
        **side(request, lane_of(request)),
        "case": attached.case,
        "exhibit": attached.exhibit,
        "digest": bytes(attached.exhibit.sha256).hex(),
        "custody": custody(attached.exhibit),
        "form": form,
        "record": _lines(record),
    }
    status = WRONG if form.errors else 200
    return render(request, "cases/exhibit.html", context, status=status)


def _lines(record: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The record as pairs of a term and its lines; addresses are broken."""
    if not record:
        return []
    hashes = [f"{kind} {value}" for kind, value in record["hashes"].items()]
    return [
        (_("Seen at"), [record["captured_at"]]),
        (_("Whose clock"), [record["time_source"]]),
        (_("Address"), [defang(record["canonical"])]),
        (_("Address as reported"), [defang(record["raw"])]),
        (_("What was found"), record["note"].splitlines()),
        ("DNS", record["dns"]),
        (_("IP addresses"), record["ips"]),
        ("TLS", record["tls"]),
        ("HTTP", record["http"]),
        (_("Hashes"), hashes),
    ]
