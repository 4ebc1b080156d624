# SPDX-License-Identifier: Apache-2.0
"""Letters to a reporter, and the careful way to who a reporter is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import NotAllowed, Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk.case import page
from hearthline.hub.cases.desk.places import case_of, to_case
from hearthline.hub.cases.desk.queue import side
from hearthline.hub.cases.desk.refusals import REFUSALS, put, sentence
from hearthline.hub.cases.forms import LetterForm, ReasonForm
from hearthline.hub.cases.models import Disclosure
from hearthline.hub.reports.models import Report


@requires(Permission.CASES_MESSAGE_SEND)
@require_POST
def case_message(request: StaffRequest, pk: UUID, report: UUID) -> HttpResponse:
    """Write to a reporter."""
    found, to = case_of(request, pk), get_object_or_404(Report, pk=report)
    form = LetterForm(request.POST, auto_id=f"letter_{to.pk}_%s")
    if form.is_valid():
        try:
            actions.write_to_reporter(
                case=found,
                report=to,
                body=form.cleaned_data["body"],
                by=request.user,
                at=timezone.now(),
            )
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("The letter waits for the reporter."))
            return to_case(request, pk)
    return page(request, found, report=to, letter_form=form)


@requires(Permission.CASES_IDENTITY_REQUEST)
@require_POST
def case_disclosure(request: StaffRequest, pk: UUID, report: UUID) -> HttpResponse:
    """Ask to read who a reporter is."""
    found, about = case_of(request, pk), get_object_or_404(Report, pk=report)
    form = ReasonForm(request.POST, auto_id=f"ask_{about.pk}_%s")
    if form.is_valid():
        try:
            actions.request_disclosure(
                case=found,
                report=about,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except REFUSALS as refused:
            put(form, refused)
        else:
            messages.success(request, _("You asked. A second person decides."))
            return to_case(request, pk)
    return page(request, found, report=about, ask_form=form)


@requires(Permission.CASES_IDENTITY_APPROVE, step_up=True)
@require_POST
def disclosure_decide(request: StaffRequest, pk: UUID, disclosure: UUID) -> HttpResponse:
    """Allow or refuse a request."""
    asked = get_object_or_404(Disclosure, pk=disclosure, case=case_of(request, pk))
    approve = request.POST.get("approve") == "yes"
    try:
        actions.decide_disclosure(
            disclosure=asked, approve=approve, by=request.user, at=timezone.now()
        )
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
    else:
        said = _("The request is allowed.") if approve else _("The request is refused.")
        messages.success(request, said)
    return to_case(request, pk)


@requires(Permission.CASES_IDENTITY_REQUEST, step_up=True)
@require_POST
def disclosure_open(request: StaffRequest, pk: UUID, disclosure: UUID) -> HttpResponse:
    """Show how a reporter can be reached, once."""
    asked = get_object_or_404(Disclosure, pk=disclosure, case=case_of(request, pk))
    try:
        contact = actions.open_disclosure(disclosure=asked, by=request.user, at=timezone.now())
    except NotAllowed:
        messages.warning(request, _("Only the person who asked may read it."))
    except REFUSALS as refused:
        messages.warning(request, sentence(refused))
    else:
        context = side(request) | {"case": asked.case}
        context |= {"contact": contact, "report": asked.report}
        return render(request, "cases/contact.html", context)
    return to_case(request, pk)
