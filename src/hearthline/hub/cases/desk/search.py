# SPDX-License-Identifier: Apache-2.0
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk.case import WRONG
from hearthline.hub.cases.desk.queue import heads, lines, side
from hearthline.hub.cases.desk.refusals import sentence
from hearthline.hub.cases.forms import SearchForm
from hearthline.kit.sealing import ReceiptMistyped

NOTHING = {
    actions.SearchKind.RECEIPT: gettext_lazy(
        "The number is whole, but no report you may see has it. Read it back to the caller."
    ),
    actions.SearchKind.REFERENCE: gettext_lazy(
        "No case you may see has this reference. It is eight letters and digits."
    ),
    actions.SearchKind.SUBJECT: gettext_lazy(
        "Nobody has reported this very page or account. Try its host alone."
    ),
    actions.SearchKind.HOST: gettext_lazy("Nobody has reported anything on this host or service."),
}


@requires(Permission.CASES_CASE_READ)
def search(request: StaffRequest) -> HttpResponse:
    """Find cases by what was typed. It travels in the body: an address would end up in a log."""
    form = SearchForm(request.POST or None)
    found: actions.Found | None = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            found = actions.search(
                text=told["text"], reason=told["reason"], by=request.user, at=timezone.now()
            )
        except ReasonNeeded:
            form.add_error("reason", _("Say in a few words why you look for this receipt."))
        except ReceiptMistyped:
            form.add_error(
                "text", _("This receipt number has a slip: 16 digits, the last one checks them.")
            )
        except actions.NotSearchable as refused:
            form.add_error("text", sentence(refused))
    context = {
        **side(request),
        "form": form,
        "found": found,
        "rows": lines(found.rows) if found else [],
        "heads": heads(),
        "way": "",
        "open_key": "a",
        "empty_text": NOTHING[found.kind] if found else "",
    }
    return render(request, "cases/search.html", context, status=WRONG if form.errors else 200)
