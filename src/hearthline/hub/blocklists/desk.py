# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.forms import (
    AGAINST,
    DelistForm,
    OrderForm,
    ProposeForm,
    ReasonForm,
    ReviewDateForm,
)
from hearthline.hub.blocklists.models import (
    Entry,
    LagAlarm,
    Lane,
    Version,
    cases_with_silent_hosts,
)
from hearthline.hub.cases.models import Case
from hearthline.kit.blocking import Against, ScopeRefused
from hearthline.kit.urls import AddressRefused

ON_A_PAGE = 40

TONES = {
    Entry.State.PROPOSED: "calm",
    Entry.State.LISTED: "warn",
    Entry.State.DELISTED: "ok",
    Entry.State.REFUSED: "plain",
}


@requires(Permission.BLOCKLISTS_ENTRY_READ)
def blocklist(request: StaffRequest) -> HttpResponse:
    """The entries of one lane; addresses are shown on an entry's own page only."""
    at = timezone.now()
    lane = request.GET.get("lane", Lane.PROPOSED)
    if lane not in Lane.values:
        lane = Lane.PROPOSED
    counts = Entry.objects.lane_counts(at)
    found = Entry.objects.in_lane(lane, at).select_related("proposed_by", "case")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    silent = lane == Lane.PROPOSED and request.user.may.blocklists_entry_propose
    return render(
        request,
        "blocklists/entries.html",
        {
            "section": "blocklist",
            "lane": lane,
            "lanes": [(code, label, counts[code]) for code, label in Lane.choices],
            "lane_name": Lane(lane).label,
            "page": page,
            "rows": [(row, TONES[Entry.State(row.state)]) for row in page],
            "silent": cases_with_silent_hosts(at)[:ON_A_PAGE] if silent else [],
            "version": Version.objects.newest(),
            "behind": LagAlarm.objects.open().count(),
        },
    )


@requires(Permission.BLOCKLISTS_ENTRY_READ)
def entry(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One entry with its history. Reading the address is audited."""
    return _page(request, _entry(pk))


@requires(Permission.BLOCKLISTS_ENTRY_PROPOSE)
def propose(request: StaffRequest, case: UUID) -> HttpResponse:
    """Propose to block what a case is about."""
    found, at = get_object_or_404(Case, pk=case), timezone.now()
    try:
        ground = actions.ground_of(case=found, by=request.user, at=at)
    except actions.NO_GROUND as refusal:
        messages.warning(request, _no_ground(refusal))
        return redirect("blocklist")
    form = ProposeForm(request.POST or None, ground=ground)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(case=found, proposal=form.proposal, by=request.user, at=at)
        except actions.NO_PROPOSAL as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("It is proposed. A senior analyst decides."))
            return redirect("blocklist_entry", pk=made.pk)
    return render(
        request,
        "blocklists/propose.html",
        {"section": "blocklist", "case": found, "form": form, "ground": ground},
        status=422 if form.errors else 200,
    )


@requires(Permission.BLOCKLISTS_ENTRY_PROPOSE)
def order(request: StaffRequest) -> HttpResponse:
    """Propose an address that a court or an agency named."""
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_without_case(
                proposal=form.proposal,
                category=form.cleaned_data["category"],
                by=request.user,
                at=timezone.now(),
            )
        except (*actions.NO_PROPOSAL, AddressRefused) as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("It is proposed. A senior analyst decides."))
            return redirect("blocklist_entry", pk=made.pk)
    return render(
        request,
        "blocklists/order.html",
        {"section": "blocklist", "form": form},
        status=422 if form.errors else 200,
    )


@requires(Permission.BLOCKLISTS_ENTRY_APPROVE, step_up=True)
@require_POST
def approve(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = _entry(pk)
    try:
        actions.approve(entry=found, by=request.user, at=timezone.now())
    except actions.NOT_LISTED as refusal:
        _not_listed(request, refusal, own=_("You proposed it. Somebody else approves it."))
    else:
        messages.success(request, _("It is in force with the next version of the list."))
    return redirect("blocklist_entry", pk=pk)


@requires(Permission.BLOCKLISTS_ENTRY_OVERRIDE, step_up=True)
@require_POST
def override(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One of two seniors, against a guard."""
    found, form = _entry(pk), ReasonForm(request.POST, prefix="override")
    if not form.is_valid():
        return _page(request, found, override_form=form)
    try:
        done = actions.override(
            entry=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
    except actions.NOT_LISTED as refusal:
        own = _("You took an earlier step on it. It takes two other seniors.")
        _not_listed(request, refusal, own=own)
    else:
        messages.success(
            request,
            _("It is in force with the next version of the list.")
            if done.state == Entry.State.LISTED
            else _("Your reason is recorded. A second senior decides."),
        )
    return redirect("blocklist_entry", pk=pk)


@requires(Permission.BLOCKLISTS_ENTRY_PROPOSE)
@require_POST
def refuse(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A senior says no, or whoever proposed it takes it back."""
    found, form = _entry(pk), ReasonForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return _page(request, found, refuse_form=form)
    try:
        actions.refuse(
            entry=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
    except actions.WrongState:
        messages.info(request, _("This was decided already. Nothing was changed."))
    else:
        messages.success(request, _("It is refused, and stays in the ledger."))
    return redirect("blocklist_entry", pk=pk)


@requires(Permission.BLOCKLISTS_ENTRY_REVIEW)
@require_POST
def renew(request: StaffRequest, pk: UUID) -> HttpResponse:
    found, form = _entry(pk), ReasonForm(request.POST, prefix="renew")
    if not form.is_valid():
        return _page(request, found, renew_form=form)
    try:
        actions.renew(
            entry=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
    except actions.SamePerson:
        messages.warning(request, _("You took part in listing it. Somebody else reviews it."))
    except (actions.NotIllegal, actions.LawDoesNotAllow):
        messages.warning(request, _("Its ground is gone: the case or the law. Take it off."))
    except (actions.NotDue, actions.WrongState):
        messages.info(request, _("Its review is not due. Nothing was changed."))
    else:
        messages.success(request, _("It is kept, and its time begins anew."))
    return redirect("blocklist_entry", pk=pk)


@requires(Permission.BLOCKLISTS_ENTRY_REVIEW)
@require_POST
def review_date(request: StaffRequest, pk: UUID) -> HttpResponse:
    found, form = _entry(pk), ReviewDateForm(request.POST)
    if not form.is_valid():
        return _page(request, found, date_form=form)
    try:
        actions.set_review(
            entry=found, on=form.cleaned_data["on"], by=request.user, at=timezone.now()
        )
    except actions.OutOfBounds:
        form.add_error("on", _("Choose a day after today and not after the entry's end."))
        return _page(request, found, date_form=form)
    except actions.WrongState:
        messages.info(request, _("This entry is not in force. Nothing was changed."))
    else:
        messages.success(request, _("The review is set."))
    return redirect("blocklist_entry", pk=pk)


@requires(Permission.BLOCKLISTS_ENTRY_LIFT)
@require_POST
def delist(request: StaffRequest, pk: UUID) -> HttpResponse:
    found, form = _entry(pk), DelistForm(request.POST, prefix="delist")
    if not form.is_valid():
        return _page(request, found, delist_form=form)
    try:
        actions.delist(entry=found, **form.cleaned_data, by=request.user, at=timezone.now())
    except actions.WrongState:
        messages.info(request, _("This entry is not in force. Nothing was changed."))
    else:
        messages.success(request, _("It is lifted with the next version of the list."))
    return redirect("blocklist_entry", pk=pk)


def _entry(pk: UUID) -> Entry:
    people = ("proposed_by", "approved_by", "second_senior", "case__subject", "data_key")
    return get_object_or_404(Entry.objects.select_related(*people), pk=pk)


def _page(request: StaffRequest, found: Entry, **bound: forms.Form) -> HttpResponse:
    """The page of one entry; `bound` is a form that needs another look."""
    at, may = timezone.now(), request.user.may
    address = actions.read_entry(entry=found, by=request.user, at=at)
    proposed, listed = found.state == Entry.State.PROPOSED, found.state == Entry.State.LISTED
    own = request.user.pk == found.proposed_by_id
    hands = request.user.pk in (found.proposed_by_id, found.approved_by_id)
    decides = proposed and not hands and may.blocklists_entry_approve
    due = Entry.objects.review_due(at).filter(pk=found.pk).exists()
    return render(
        request,
        "blocklists/entry.html",
        {
            "section": "blocklist",
            "entry": found,
            "tone": TONES[Entry.State(found.state)],
            "address": address,
            "guard": AGAINST[Against(found.guard)] if found.guard else "",
            "acts": found.acts.select_related("by"),
            "changes": found.changes.select_related("version"),
            "may_approve": decides and not found.guard,
            "may_override": decides and bool(found.guard),
            "may_refuse": proposed and (own or may.blocklists_entry_approve),
            "own": own,
            "may_renew": listed and due and may.blocklists_entry_review,
            "may_date": listed and may.blocklists_entry_review,
            "may_lift": listed and may.blocklists_entry_lift,
            "override_form": ReasonForm(prefix="override"),
            "refuse_form": ReasonForm(prefix="refuse"),
            "renew_form": ReasonForm(prefix="renew"),
            "date_form": ReviewDateForm(),
            "delist_form": DelistForm(prefix="delist"),
            **bound,
        },
        status=422 if any(form.errors for form in bound.values()) else 200,
    )


def _not_listed(request: StaffRequest, refusal: Exception, *, own: str) -> None:
    """Say why what was proposed is not put in force; `own` to whoever acted on it before."""
    match refusal:
        case actions.LiftedOnAppeal():
            told = _("You took part in listing it. Somebody else reviews it.")
        case actions.SamePerson():
            told = own
        case actions.PoliceHold():
            told = _no_ground(refusal)
        case actions.WrongState() | actions.WrongWay():
            messages.info(request, _("This cannot be approved any more. Nothing was changed."))
            return
        case _:
            told = _("Its ground is gone: the case or the law. Refuse it instead.")
    messages.warning(request, told)


def _no_ground(refusal: Exception) -> str:
    match refusal:
        case actions.PoliceHold():
            return _("Police asked to wait with the host. Nothing about it can be blocked yet.")
        case actions.NoAddress():
            return _("This case is about no web address, so there is nothing to block.")
        case actions.LawDoesNotAllow():
            return _("No law in the country pack lets this kind of content be blocked.")
    return _("Only what two people found illegal, and what is still there, can be blocked.")


def _say(form: forms.Form, refusal: Exception) -> None:
    """The refusal of a proposal, beside the field it is about."""
    match refusal:
        case actions.WidthReasonNeeded():
            form.add_error("width_reason", _("Say why a narrower entry does not do."))
        case ReasonNeeded():
            form.add_error("reason", _("The host still has time: say why not to wait."))
        case actions.Guarded():
            guard = AGAINST[refusal.code]
            form.add_error(
                "against_guard" if "against_guard" in form.fields else None,
                _("%(guard)s Choose something narrower, or ask two seniors.") % {"guard": guard},
            )
        case ScopeRefused():
            form.add_error(
                None,
                _("%(guard)s It can never be listed. Choose something narrower.")
                % {"guard": AGAINST[refusal.code]},
            )
        case actions.AlreadyStands():
            form.add_error(None, _("This is proposed or in force already."))
        case actions.CannotBeListed():
            form.add_error(None, _("No network could block this address. Choose a shorter one."))
        case actions.LawDoesNotAllow():
            form.add_error("legal_basis", _("This law does not let this category be blocked."))
        case AddressRefused():
            form.add_error("address", _("This is no web address. Check its spelling."))
        case _:
            form.add_error(
                None, _("The address does not fit what is to be blocked. Write only the name.")
            )


urlpatterns = [
    path("", blocklist, name="blocklist"),
    path("order/", order, name="blocklist_order"),
    path("cases/<uuid:case>/", propose, name="blocklist_propose"),
    path("<uuid:pk>/", entry, name="blocklist_entry"),
    path("<uuid:pk>/approve/", approve, name="blocklist_approve"),
    path("<uuid:pk>/override/", override, name="blocklist_override"),
    path("<uuid:pk>/refuse/", refuse, name="blocklist_refuse"),
    path("<uuid:pk>/renew/", renew, name="blocklist_renew"),
    path("<uuid:pk>/review-date/", review_date, name="blocklist_review_date"),
    path("<uuid:pk>/delist/", delist, name="blocklist_delist"),
]
