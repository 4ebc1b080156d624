# SPDX-License-Identifier: Apache-2.0
"""A complaint about us: written by anybody, answered at a receipt of its own."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearthline.hub.accounts.doors import public
from hearthline.hub.complaints import actions
from hearthline.hub.complaints.forms import ComplaintForm
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.reports import wording
from hearthline.hub.reports.actions import ReceiptUnknown
from hearthline.hub.reports.forms import ReceiptForm
from hearthline.hub.reports.public.guesses import guesses
from hearthline.hub.reports.public.keeping import wait
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.public.once import receipt_in, sealed_receipt

_READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])
_PURPOSE: Final = "complaint receipt"


@public
@_READ_AND_WRITE
def complaint(request: HttpRequest) -> HttpResponse:
    """One page; the answer to sending it is the receipt."""
    at = timezone.now()
    if request.method != "POST":
        return _form(request, ComplaintForm(once=sealed_receipt(purpose=_PURPOSE, at=at)))
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    said = form.cleaned_data
    if said["report_receipt"] and (waiting := guesses.wait(network_of(request), at)):
        return wait(request, waiting, back="")
    told = actions.Told(said["about"], said["words"], said["report_receipt"], said["contact"])
    try:
        made = actions.complain(
            told=told,
            language=get_language() or "",
            at=at,
            receipt=receipt_in(said["once"], purpose=_PURPOSE, at=at),
        )
    except ReceiptUnknown:
        guesses.missed(network_of(request), at)
        form.add_error(
            "report_receipt",
            _("We found nothing with these digits. Look again, or leave it empty."),
        )
        return _form(request, form)
    return render(request, "complaints/received.html", {"receipt": made.receipt, "times": _times()})


@public
@_READ_AND_WRITE
def answer(request: HttpRequest) -> HttpResponse:
    """The answer, for whoever has the complaint's receipt. Nothing stays in the browser."""
    if request.method != "POST":
        return render(request, "complaints/enter.html", {"form": ReceiptForm()})
    at = timezone.now()
    form = ReceiptForm(request.POST)
    if waiting := guesses.wait(network_of(request), at):
        return wait(request, waiting, back="")
    if not form.is_valid():
        return render(request, "complaints/enter.html", {"form": form})
    try:
        found, text = actions.come_back(receipt=form.cleaned_data["receipt"], at=at)
    except actions.ComplaintUnknown:
        guesses.missed(network_of(request), at)
        form.add_error(
            "receipt", _("We found no complaint with these digits. Please check each of them.")
        )
        return render(request, "complaints/enter.html", {"form": form})
    context = {"complaint": found, "text": text, "steps": _steps(found, at)}
    return render(request, "complaints/answer.html", context)


def _form(request: HttpRequest, form: ComplaintForm) -> HttpResponse:
    return render(request, "complaints/complaint.html", {"form": form, "times": _times()})


def _times() -> dict[str, str]:
    clocks = settings.PACK.clocks.complaint
    return {
        "acknowledge": wording.length(timedelta(days=clocks.acknowledge_days)),
        "answer": wording.length(timedelta(days=clocks.answer_days)),
    }


def _steps(found: Complaint, at: datetime) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = [
        {"title": _("We have what you told us."), "at": found.received_at, "state": "done"}
    ]
    if found.acknowledged_at:
        steps.append(
            {"title": _("A person looks into it. They did not work on your report."),
             "at": found.acknowledged_at, "state": "done"}
        )  # fmt: skip
    if found.answered_at:
        steps.append({"title": _("We answered."), "at": found.answered_at, "state": "done"})
        return steps
    due = found.answer_due_at if found.acknowledged_at else found.acknowledge_due_at
    late = _("It takes longer than we said. We are sorry. It is not forgotten.")
    steps.append(
        {
            "title": _("Next: we answer.") if found.acknowledged_at
            else _("Next: a person reads it."),
            "at": due if due > at else None,
            "text": "" if due > at else late,
            "state": "current",
        }
    )  # fmt: skip
    return steps


urlpatterns = [
    path("complaint/", complaint, name="complaint"),
    path("complaint/answer/", answer, name="complaint_answer"),
]
