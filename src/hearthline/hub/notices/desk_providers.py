# SPDX-License-Identifier: Apache-2.0
"""How providers respond, the links they hold, and the history of what was removed."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.notices import actions
from hearthline.hub.notices.models import Answer, Notice, Reader
from hearthline.hub.notices.models.record import providers_told, record_of
from hearthline.hub.reports import wording
from hearthline.kit.codelists import host_refusals

LINKS_SHOWN = 40
ON_A_PAGE = 20


@requires(Permission.NOTICES_NOTICE_READ)
@require_safe
def providers(request: StaffRequest) -> HttpResponse:
    """Every provider that was told of something in the last year."""
    at = timezone.now()
    # A record takes several questions to the database, so they come by the page.
    page = Paginator(providers_told(at), ON_A_PAGE).get_page(request.GET.get("page"))
    records = [record_of(organisation, at) for organisation in page]
    rows = [
        {
            "record": one,
            "acknowledge": _length(one.to_acknowledge),
            "remove": _length(one.to_remove),
        }
        for one in records
    ]
    context = {"section": "notices", "page": page, "rows": rows}
    return render(request, "notices/providers.html", context)


@requires(Permission.NOTICES_NOTICE_READ)
@require_safe
def provider(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One provider's response record. Figures of an organisation, not of people."""
    at = timezone.now()
    organisation = get_object_or_404(Organisation, pk=pk)
    found = record_of(organisation, at)
    labels = {entry.code: _(entry.label) for entry in host_refusals()}
    working = set(Reader.objects.in_force(at).values_list("pk", flat=True))
    return render(
        request,
        "notices/provider.html",
        {
            "section": "notices",
            "organisation": organisation,
            "record": found,
            "acknowledge": _length(found.to_acknowledge),
            "remove": _length(found.to_remove),
            "answers": [(label, found.answered(code)) for code, label in Answer.Code.choices],
            "grounds": [
                (labels.get(code, _("Not stated")), number)
                for code, number in sorted(found.grounds.items())
            ],
            "links": [
                (one, one.pk in working)
                for one in Reader.objects.links_of(organisation)[:LINKS_SHOWN]
            ],
        },
    )


@requires(Permission.NOTICES_NOTICE_SEND)
@require_POST
def provider_revoke(request: StaffRequest, pk: UUID, contact: int) -> HttpResponse:
    """End the links of one contact, such as when a letter went astray."""
    found = get_object_or_404(Contact, pk=contact, organisation=pk)
    ended = actions.revoke_links(contact=found, by=request.user, at=timezone.now())
    if ended:
        messages.success(
            request, _("The link opens nothing any more. The next letter has a new one.")
        )
    else:
        messages.info(request, _("This contact has no link that opens anything."))
    return redirect("provider", pk=pk)


@requires(Permission.NOTICES_NOTICE_READ)
@require_safe
def notice_history(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Where the content was, and what happened there. Reading the addresses is audited."""
    found = get_object_or_404(Notice.objects.newest_first(), pk=pk)
    places = actions.removal_history(notice=found, by=request.user, at=timezone.now())
    return render(
        request,
        "notices/history.html",
        {"section": "notices", "notice": found, "places": places},
    )


def _length(time: timedelta | None) -> str:
    """A median in words, to the minute up to two hours and to the hour beyond; "" for none."""
    if time is None:
        return ""
    step = timedelta(minutes=1) if time < timedelta(hours=2) else timedelta(hours=1)
    return wording.length(step * round(time / step))


urlpatterns = [
    path("providers/", providers, name="providers"),
    path("providers/<uuid:pk>/", provider, name="provider"),
    path(
        "providers/<uuid:pk>/links/<int:contact>/revoke/", provider_revoke, name="provider_revoke"
    ),
    path("<uuid:pk>/history/", notice_history, name="notice_history"),
]
