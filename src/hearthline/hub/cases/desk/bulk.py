# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk import labels
from hearthline.hub.cases.desk.case import WRONG
from hearthline.hub.cases.desk.places import number, place_of, way
from hearthline.hub.cases.desk.queue import BULK_ID, lane_page, side
from hearthline.hub.cases.desk.refusals import REFUSALS, put, sentence
from hearthline.hub.cases.forms import BulkForm


@requires(Permission.CASES_QUEUE_READ)
@require_POST
def bulk(request: StaffRequest) -> HttpResponse:
    """The same act on the cases that were ticked; what became of each.

    Where none was ticked, or none that is theirs to see, the lane again with what was typed.
    """
    chosen = [pk for pk in map(number, request.POST.getlist("case")) if pk]
    form = BulkForm(request.POST)
    outcomes: list[actions.Outcome] = []
    if chosen and form.is_valid():
        try:
            outcomes = actions.act_on_several(
                cases=chosen, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except REFUSALS as refused:
            put(form, refused)
    if not chosen or (form.is_valid() and not outcomes):
        typed = BulkForm(initial=request.POST.dict(), auto_id=BULK_ID)
        return lane_page(request, none_chosen=typed, status=WRONG)
    told = [_told(outcome) for outcome in outcomes]
    refusals = sum(bool(each["why"]) for each in told)
    context = {
        **side(request),
        "way": way(place_of(request.GET)),
        "chosen": chosen,
        "form": None if form.is_valid() else form,
        "outcomes": told,
        "did": dict(form.fields["do"].choices).get(form.data.get("do"), ""),  # type: ignore[attr-defined]
        "done": len(told) - refusals,
        "refused": refusals,
    }
    return render(request, "cases/bulk.html", context, status=200 if told else WRONG)


def _told(outcome: actions.Outcome) -> dict[str, Any]:
    why = ""
    if outcome.refused is not None:
        why = sentence(outcome.refused)
    return {"case": outcome.case, "kind": labels.kind(outcome.case.kind), "why": why}
