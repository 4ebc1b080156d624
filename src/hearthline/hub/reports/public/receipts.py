# SPDX-License-Identifier: Apache-2.0
"""Coming back: sixteen digits open one's own report for twenty minutes, in this browser."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearthline.hub.accounts.doors import public
from hearthline.hub.audit.models import Actor
from hearthline.hub.reports import actions, wording
from hearthline.hub.reports.forms import LetterForm, ReceiptForm
from hearthline.hub.reports.models import Audience, Report, Step
from hearthline.hub.reports.public.flood import door
from hearthline.hub.reports.public.guesses import guesses
from hearthline.hub.reports.public.help import first_words_for, lines_for, removal_help
from hearthline.hub.reports.public.keeping import wait
from hearthline.hub.reports.public.networks import network_of
from hearthline.hub.reports.public.visit import end_receipt, keep_receipt, receipt_of

# Says on the page of the digits that a visit ended, so that Back shows nothing of it.
OVER = "over"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Sixteen digits, in any script, with any spaces."""
    if request.method != "POST":
        context = {"form": ReceiptForm(), "over": OVER in request.GET}
        return render(request, "reports/receipt.html", context)
    at = timezone.now()
    form = ReceiptForm(request.POST)
    waiting = guesses.wait(network_of(request), at)
    receipt = None if waiting else _recognised(request, form, at)
    if receipt is None:
        return _not_recognised(request, form, waiting)
    response = redirect("receipt_status")
    keep_receipt(response, receipt, at)
    return response


@public
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What happened so far, letters, and what one can do."""
    at = timezone.now()
    receipt = receipt_of(request, at)
    if receipt is None:
        return _over()
    return _report(request, receipt, LetterForm(), at)


@public
@require_POST
def message(request: HttpRequest) -> HttpResponse:
    """A letter to the team. When the visit ran out meanwhile, the digits are asked for again."""
    at = timezone.now()
    form = LetterForm(request.POST)
    receipt = receipt_of(request, at)
    if receipt is None:
        again = ReceiptForm(request.POST if "receipt" in request.POST else None)
        waiting = guesses.wait(network_of(request), at)
        receipt = None if waiting else _recognised(request, again, at)
        if receipt is None:
            form.is_valid()
            context = {"form": again, "letter": form, "waiting": waiting}
            return render(request, "reports/receipt_again.html", context)
    if not form.is_valid():
        response = _report(request, receipt, form, at)
    else:
        answers = form.cleaned_data
        try:
            report = actions.add(
                receipt=receipt, words=answers["body"], addresses=answers["addresses"], at=at
            )
            if report.is_held:
                _bring_back(request, report, at)
            response = redirect("receipt_status")
        except actions.AnswerRefused:
            form.report_is_full()
            response = _report(request, receipt, form, at)
        except (actions.ReportWithdrawn, actions.ReportGone, actions.ReceiptUnknown):
            # The page of the report says how it stands, and gives the words back.
            response = _report(request, receipt, form, at)
    keep_receipt(response, receipt, at)
    return response


@public
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Asked once, with what stops and what cannot; done on POST."""
    at = timezone.now()
    receipt = receipt_of(request, at)
    if receipt is None:
        return _over()
    if request.method != "POST":
        view = actions.come_back(receipt=receipt, at=at)
        if not _can_withdraw(view):
            return redirect("receipt_status")
        context = {
            "report": view.report,
            "child": view.report.audience == Audience.CHILD,
            "went_out": wording.went_out(view.steps),
        }
        return render(request, "reports/withdraw.html", context)
    # Twice is once; the page of the report says how it stands.
    with suppress(actions.AlreadyWithdrawn, actions.AlreadyClosed, actions.ReceiptUnknown):
        actions.withdraw(receipt=receipt, at=at)
    return redirect("receipt_status")


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the report in this browser."""
    response = redirect("home")
    end_receipt(response)
    return response


def _over() -> HttpResponse:
    """Twenty minutes are over, or somebody left: the digits are asked for again."""
    return redirect(reverse("receipt") + "?" + OVER)


def _bring_back(request: HttpRequest, report: Report, at: datetime) -> None:
    """Whoever writes a letter means it: the report is released, in a new flood it waits again."""
    with suppress(actions.NotHeld):
        if door.receive(network_of(request), at, proven=False):
            actions.hold_again(report=report, at=at)
        else:
            actor = Actor.reporter(report.pk)
            actions.release(report=report, actor=actor, at=at, because="letter")


def _recognised(request: HttpRequest, form: ReceiptForm, at: datetime) -> str | None:
    """The receipt in the form when a report has it. Wrong ones make their network wait a little."""
    if not form.is_valid():
        return None
    receipt = str(form.cleaned_data["receipt"])
    try:
        actions.recognise(receipt=receipt)
    except actions.ReceiptUnknown:
        guesses.missed(network_of(request), at)
        form.add_error(
            "receipt", _("We found nothing with these digits. Please check each of them.")
        )
        return None
    return receipt


def _not_recognised(request: HttpRequest, form: ReceiptForm, waiting: int) -> HttpResponse:
    if waiting:
        return wait(request, waiting, back=reverse("receipt"))
    return render(request, "reports/receipt.html", {"form": form})


def _report(request: HttpRequest, receipt: str, form: LetterForm, at: datetime) -> HttpResponse:
    try:
        view = actions.come_back(receipt=receipt, at=at)
    except actions.ReceiptUnknown:
        response = redirect("receipt")
        end_receipt(response)
        return response
    report = view.report
    context = {
        "report": report,
        "child": report.audience == Audience.CHILD,
        "steps": timeline(view, at),
        "letters": view.messages,
        "form": form,
        "gone": view.gone,
        "closed_unread": report.is_held and report.state == Report.State.CLOSED,
        "may_write": not view.gone and report.withdrawn_at is None,
        "may_withdraw": _can_withdraw(view),
        "helplines": lines_for(report.audience, at),
        "first_words": first_words_for(audience=report.audience, kind=report.kind),
        "removal": removal_help(
            audience=report.audience, kind=report.kind, age_band=report.age_band
        ),
        "withdrawn": report.withdrawn_at is not None,
        "went_out": wording.went_out(view.steps),
    }
    return render(request, "reports/status.html", context)


def timeline(view: actions.ReporterView, at: datetime) -> list[dict[str, Any]]:
    """The steps that were taken, and the one that comes next while it is not done."""
    report = view.report
    done = [
        {
            "title": wording.step_title(step.code, report.audience),
            "text": wording.found(
                report.outcome,
                report.audience,
                child_first=actions.leads_with_help(report.kind),
            )
            if step.code == Step.Code.JUDGED
            else "",
            "at": step.at,
            "state": "done",
        }
        for step in view.steps
        # A report that is open again is not closed, whatever was said before.
        if step.code != Step.Code.CLOSED or report.state != Report.State.RECEIVED
    ]
    following = _next(view, at)
    return [*done, following] if following else done


def _next(view: actions.ReporterView, at: datetime) -> dict[str, Any] | None:
    report = view.report
    if report.state in {Report.State.IN_REVIEW, Report.State.JUDGED}:
        return {"title": _("We are still working on this."), "text": "", "state": "current"}
    if report.state != Report.State.RECEIVED:
        return None
    due = report.received_at + settings.PACK.clocks.first_review.of(report.level)
    if report.is_held:
        # No time is promised that a flood may break.
        text = _("Very many messages came at once. It may take longer than usual.")
    elif due > at:
        by = date_format(localtime(due), "DATETIME_FORMAT")
        text = _("By %(time)s at the latest.") % {"time": by}
    elif any(step.code == Step.Code.CLOSED for step in view.steps):
        text = ""  # Something was added after the work was done; no time was promised for that.
    else:
        text = _("It takes longer than we said. We are sorry. It is not forgotten.")
    return {
        "title": _("Next: a person from our team reads it."),
        "text": text,
        "state": "current",
    }


def _can_withdraw(view: actions.ReporterView) -> bool:
    closed = {Report.State.CLOSED, Report.State.WITHDRAWN}
    return not view.gone and view.report.state not in closed
