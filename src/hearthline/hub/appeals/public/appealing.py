# SPDX-License-Identifier: Apache-2.0
"""An appeal by anybody, without an account, decided at a receipt of its own."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearthline.hub.accounts.doors import public
from hearthline.hub.appeals import actions
from hearthline.hub.appeals.forms import AppealForm
from hearthline.hub.appeals.models import Appeal
from hearthline.hub.appeals.sentences import APOLOGIES, REASONS, REMEDIES, said
from hearthline.hub.reports import wording
from hearthline.hub.reports.forms import ReceiptForm
from hearthline.hub.reports.public.guesses import guesses
from hearthline.hub.reports.public.keeping import wait
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.public.once import receipt_in, sealed_receipt

_READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])
_PURPOSE: Final = "appeal receipt"


@public
@_READ_AND_WRITE
def appeal(request: HttpRequest) -> HttpResponse:
    """One page; the answer to sending it is the receipt, the same whatever was found."""
    at = timezone.now()
    if request.method != "POST":
        return _form(request, AppealForm(once=sealed_receipt(purpose=_PURPOSE, at=at)))
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    given = form.cleaned_data
    told = actions.Told(given["address"], given["who"], given["words"], given["contact"])
    made = actions.appeal(
        told=told,
        language=get_language() or "",
        at=at,
        receipt=receipt_in(given["once"], purpose=_PURPOSE, at=at),
    )
    return render(request, "appeals/received.html", {"receipt": made.receipt, "times": _times()})


@public
@_READ_AND_WRITE
def decision(request: HttpRequest) -> HttpResponse:
    """The decision, for whoever has the appeal's receipt. Nothing stays in the browser."""
    if request.method != "POST":
        return render(request, "appeals/enter.html", {"form": ReceiptForm()})
    at = timezone.now()
    form = ReceiptForm(request.POST)
    if waiting := guesses.wait(network_of(request), at):
        return wait(request, waiting, back="")
    if not form.is_valid():
        return render(request, "appeals/enter.html", {"form": form})
    try:
        found, text = actions.come_back(receipt=form.cleaned_data["receipt"], at=at)
    except actions.AppealUnknown:
        guesses.missed(network_of(request), at)
        form.add_error(
            "receipt", _("We found no appeal with these digits. Please check each of them.")
        )
        return render(request, "appeals/enter.html", {"form": form})
    context: dict[str, object] = {"appeal": found, "text": text, "steps": _steps(found, at)}
    if found.decided_at:
        context |= {
            "reasons": said(found.reasons, REASONS),
            "remedies": said(found.remedies, REMEDIES),
            "apology": said([found.apology], APOLOGIES),
        }
    return render(request, "appeals/decision.html", context)


def _form(request: HttpRequest, form: AppealForm) -> HttpResponse:
    return render(request, "appeals/appeal.html", {"form": form, "times": _times()})


def _times() -> dict[str, str]:
    clocks = settings.PACK.clocks.appeal
    return {
        "acknowledge": wording.length(timedelta(days=clocks.acknowledge_days)),
        "decide": wording.length(timedelta(days=clocks.decide_days)),
    }


def _steps(found: Appeal, at: datetime) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = [
        {"title": _("We have your appeal."), "at": found.received_at, "state": "done"}
    ]
    if found.acknowledged_at:
        steps.append(
            {"title": _("A person looks into it. They had no part in the measure."),
             "at": found.acknowledged_at, "state": "done"}
        )  # fmt: skip
    if found.decided_at:
        steps.append({"title": _("We decided."), "at": found.decided_at, "state": "done"})
        return steps
    due = found.decide_due_at if found.acknowledged_at else found.acknowledge_due_at
    late = _("It takes longer than we said. We are sorry. It is not forgotten.")
    steps.append(
        {
            "title": _("Next: we decide.") if found.acknowledged_at
            else _("Next: a person reads it."),
            "at": due if due > at else None,
            "text": "" if due > at else late,
            "state": "current",
        }
    )  # fmt: skip
    return steps
