# SPDX-License-Identifier: Apache-2.0
"""Where a case is hosted, at the desk, and the way to the hotline of another country."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases.actions import subject_address
from hearthline.hub.cases.models import Case
from hearthline.hub.directory import actions as directory
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.hosting import actions as hosting
from hearthline.hub.hosting.models import HostingFact
from hearthline.hub.referrals import actions
from hearthline.hub.referrals.forms import (
    AbroadReferenceForm,
    HandOverForm,
    OriginForm,
    ReturnForm,
)
from hearthline.hub.referrals.hosted import WORDS_OF_PART, WORDS_OF_WAY, WORDS_OF_WHAT, sentence_of
from hearthline.hub.referrals.models import HandOver
from hearthline.hub.sealing.actions import KeyDestroyed
from hearthline.kit.hosting import Fact, Hosting, Part, What

ON_A_PAGE = 40
readers = requires(Permission.REFERRALS_PACKAGE_READ)
preparers = requires(Permission.REFERRALS_PACKAGE_PREPARE)

TONES = {
    HandOver.State.PREPARED: "calm",
    HandOver.State.SENT: "calm",
    HandOver.State.RECEIVED: "ok",
    HandOver.State.ACTED: "ok",
    HandOver.State.RETURNED: "warn",
}
# Whose abuse desk a fact names, in the directory's words. A proxy is a network like another.
SCOPES = {
    Part.HOST: Contact.Scope.NETWORK,
    Part.ORIGIN: Contact.Scope.HOST,
    Part.PROXY: Contact.Scope.NETWORK,
    Part.REGISTRAR: Contact.Scope.REGISTRAR,
}
REFUSALS: dict[type[ValueError], tuple[str | None, str | Promise]] = {
    actions.NotConfirmed: (None, gettext_lazy("This case is not confirmed any more.")),
    actions.ExerciseStaysAtHome: (
        None,
        gettext_lazy("This is an exercise. No partner abroad hears of it."),
    ),
    actions.ChildFirst: (
        None,
        gettext_lazy("This case is child first. It is not handed to anybody abroad."),
    ),
    actions.NotCleared: (
        None,
        gettext_lazy(
            "Nobody abroad is told before police have the case, nor while they ask us to wait. "
            "Try again then."
        ),
    ),
    actions.NotHotlineAbroad: (
        "hotline",
        gettext_lazy("Choose a partner hotline of another country."),
    ),
    actions.NoRecipientKey: (
        "hotline",
        gettext_lazy(
            "This hotline has no key yet, and nothing about a case goes out in clear. Ask it for "
            "its age key and enter it in the directory."
        ),
    ),
    actions.GroundsNeeded: (
        "grounds",
        gettext_lazy("The look does not show this country. Write how you know it."),
    ),
    actions.NoMailContact: (
        "channel",
        gettext_lazy(
            "This hotline has no e-mail address in the directory. Enter the case in the network's "
            "own system and say so here."
        ),
    ),
}


@readers
def case_hosting(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Where the case's content is hosted, who says so and since when."""
    return _hosting_page(request, _theirs(request, pk))


@preparers
@require_POST
def case_look_up(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Have the host looked up again, with its origin where a proxy told us."""
    case = _theirs(request, pk)
    form = OriginForm(request.POST)
    if not form.is_valid():
        return _hosting_page(request, case, origin=form)
    host = subject_address(
        case=case, actor=request.user.actor, at=timezone.now(), purpose="hosting"
    ).host
    if case.exercise:
        messages.info(request, _("This is an exercise: nobody outside is asked about it."))
        return redirect("case_hosting", pk=pk)
    if not Case.objects.cleared_for_notice(timezone.now()).filter(pk=case.pk).exists():
        sentence = _(
            "Nobody outside is asked before police have the case, nor while they ask us to wait."
        )
        messages.info(request, sentence)
        return redirect("case_hosting", pk=pk)
    try:
        hosting.ask(
            host=host,
            origin=form.cleaned_data["origin"],
            at=timezone.now(),
            by=request.user.actor,
        )
    except hosting.NotAHost:
        sentence = _("Write a host name or an IP address, such as origin.host.example.org.")
        form.add_error("origin" if form.cleaned_data["origin"] else None, sentence)
        return _hosting_page(request, case, origin=form)
    if settings.HOSTING_LOOKUPS:
        messages.success(request, _("The worker looks it up in its next round."))
    else:
        messages.info(request, _("It is noted. Looking outside is switched off on this site."))
    return redirect("case_hosting", pk=pk)


@preparers
@require_POST
def case_take_contact(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take an abuse contact that a register named into the directory, where a person confirms."""
    case = _theirs(request, pk)
    fact, found = _newest(request, case)
    organisation = _host_of(request, case)
    wanted = (request.POST.get("part", ""), request.POST.get("value", ""))
    named = found.of(What.ABUSE) if found else ()
    one = next((row for row in named if (row.part.value, row.value) == wanted), None)
    if fact is None or one is None or organisation is None or one.part not in SCOPES:
        messages.warning(request, _("This contact is not in the newest look. Nothing was taken."))
        return redirect("case_hosting", pk=pk)
    try:
        directory.take_in(
            organisation=organisation, found=_contact(one), by=request.user, at=timezone.now()
        )
    except directory.DirectoryRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request, _("It is in the directory and waits until a manager confirms it.")
        )
    return redirect("case_hosting", pk=pk)


@preparers
def hand_over_new(request: StaffRequest, case: UUID) -> HttpResponse:
    """A person hands a case to the hotline of the country that hosts it."""
    found = get_object_or_404(Case.objects.acting().open_to(request.user), pk=case)
    hotlines = Organisation.objects.hotlines_abroad(settings.PACK.country.code)
    fact = HostingFact.objects.newest(bytes(found.subject.host_digest))
    there = hotlines.filter(country=fact.country).first() if fact and fact.country else None
    initial = {"hotline": there} if there else {}
    form = HandOverForm(request.POST or None, hotlines=hotlines, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.hand_over(
                case=found, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except tuple(REFUSALS) as refusal:
            field, sentence = REFUSALS[type(refusal)]
            form.add_error(field, str(sentence))
        else:
            messages.success(request, _("The hand-over is prepared."))
            return redirect("hand_over", pk=row.pk)
    context = {
        "section": "referrals",
        "case": found,
        "form": form,
        "fact": fact,
        "any": hotlines.exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "referrals/hand_over_new.html", context, status=status)


@readers
def hand_overs(request: HttpRequest) -> HttpResponse:
    """What went to hotlines abroad, what they said, and what is late."""
    at = timezone.now()
    page = Paginator(HandOver.objects.newest_first(), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "referrals/hand_overs.html",
        {
            "section": "referrals",
            "page": page,
            "rows": [(row, TONES[HandOver.State(row.state)]) for row in page],
            "late": HandOver.objects.late(at).count(),
        },
    )


@readers
def hand_over(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One hand-over: when it went, what the hotline said, what our looks found."""
    return _hand_over_page(request, _own(request, pk))


@preparers
@require_POST
def hand_over_answer(request: StaffRequest, pk: UUID, said: str) -> HttpResponse:
    """What the hotline said, or that a person entered it in the network's own system."""
    row, by, at = _own(request, pk), request.user, timezone.now()
    reference = AbroadReferenceForm(request.POST if said == "received" else None)
    returned = ReturnForm(request.POST if said == "returned" else None)
    for form in (reference, returned):
        if form.is_bound and not form.is_valid():
            return _hand_over_page(request, row, reference=reference, returned=returned)
    try:
        match said:
            case "sent":
                actions.note_sent_by_hand(row=row, by=by, at=at)
            case "received":
                actions.note_received(row=row, by=by, at=at, **reference.cleaned_data)
            case "acted":
                actions.note_acted(row=row, by=by, at=at)
            case "returned":
                actions.note_returned(row=row, by=by, at=at, **returned.cleaned_data)
    except actions.NotOpen:
        messages.warning(request, _("They have returned it or acted on it. Nothing was changed."))
    except actions.NotByHand:
        messages.warning(request, _("A letter says itself when it arrived. Nothing was changed."))
    else:
        messages.success(request, _("It is written down."))
    return redirect("hand_over", pk=pk)


def _theirs(request: StaffRequest, pk: UUID) -> Case:
    """A case that two people confirmed, unless this person stepped back from it."""
    confirmed = Case.objects.open_to(request.user).filter(confirmed_at__isnull=False)
    return get_object_or_404(confirmed.select_related("subject__data_key"), pk=pk)


def _own(request: StaffRequest, pk: UUID) -> HandOver:
    seen = Case.objects.open_to(request.user)
    return get_object_or_404(HandOver.objects.newest_first().filter(case__in=seen), pk=pk)


def _newest(request: StaffRequest, case: Case) -> tuple[HostingFact | None, Hosting | None]:
    """The newest look at the case's host, opened; the reading is kept."""
    fact = HostingFact.objects.newest(bytes(case.subject.host_digest))
    if fact is None:
        return None, None
    try:
        found = hosting.read_facts(
            fact=fact, by=request.user.actor, at=timezone.now(), purpose="case"
        )
    except KeyDestroyed:
        return fact, None
    return fact, found


def _host_of(request: StaffRequest, case: Case) -> Organisation | None:
    """The organisation of the directory that serves the case's host."""
    host = subject_address(
        case=case, actor=request.user.actor, at=timezone.now(), purpose="hosting"
    ).host
    return Organisation.objects.host_of(host) if host else None


def _contact(fact: Fact) -> directory.FoundContact:
    """What the directory is told of an abuse contact. A web form is a way of its own."""
    web = fact.value.startswith("https://")
    channel = Contact.Channel.WEB if web else Contact.Channel.EMAIL
    day = timezone.localdate(fact.at)
    return directory.FoundContact(SCOPES[fact.part], channel, fact.value, fact.source, day)


def _by_part(fact: Fact) -> int:
    """The site before its host, the host before what stands in front of it and behind."""
    return list(Part).index(fact.part)


def _hosting_page(
    request: StaffRequest, case: Case, *, origin: OriginForm | None = None
) -> HttpResponse:
    fact, found = _newest(request, case)
    organisation = _host_of(request, case)
    listed = set()
    if organisation:
        listed = set(
            organisation.contacts.filter(superseded_at__isnull=True).values_list("value", flat=True)
        )
    rows: list[dict[str, Any]] = [
        {
            "fact": one,
            "part": WORDS_OF_PART[one.part],
            "what": WORDS_OF_WHAT[one.what],
            "takeable": one.what == What.ABUSE and one.part in SCOPES and organisation,
            "listed": one.value in listed,
        }
        for one in sorted(found.facts if found else (), key=_by_part)
    ]
    context = {
        "section": "referrals",
        "case": case,
        "fact": fact,
        "ended": fact is not None and found is None,
        "rows": rows,
        "failures": [sentence_of(one) for one in (found.failures if found else ())],
        "way": WORDS_OF_WAY[found.way] if found else "",
        "country": found.country if found else None,
        "abroad": fact is not None
        and fact.country not in {"", settings.PACK.country.code},
        "organisation": organisation,
        "hand_overs": [
            (row, TONES[HandOver.State(row.state)])
            for row in HandOver.objects.newest_first().of_case(case)
        ],
        "origin": origin or OriginForm(),
        "off": not settings.HOSTING_LOOKUPS,
        "acting": case.state == Case.State.CONFIRMED and not case.exercise,
    }  # fmt: skip
    status = 422 if origin is not None else 200
    return render(request, "referrals/hosting.html", context, status=status)


def _hand_over_page(
    request: StaffRequest,
    row: HandOver,
    *,
    reference: AbroadReferenceForm | None = None,
    returned: ReturnForm | None = None,
) -> HttpResponse:
    bound = bool((reference and reference.is_bound) or (returned and returned.is_bound))
    moments = [
        (_("Prepared"), row.prepared_at),
        (_("Sent"), row.sent_at),
        (_("Received"), row.received_at),
        (_("Returned") if row.returned_at else _("Acted on"), row.returned_at or row.acted_at),
        (_("Found gone"), row.gone_at),
    ]
    following = next((title for title, moment in moments if moment is None), None)
    context = {
        "section": "referrals",
        "row": row,
        "tone": TONES[HandOver.State(row.state)],
        "open": row.state in HandOver.OPEN and row.ended_at is None,
        "by_hand": row.channel == HandOver.Channel.HAND and row.sent_at is None,
        "steps": [
            {
                "title": title,
                "at": moment,
                "state": "done" if moment else "current" if title == following else "todo",
            }
            for title, moment in moments
        ],
        "reference": reference or AbroadReferenceForm(initial={"reference": row.hotline_reference}),
        "returned": returned or ReturnForm(),
        "digest": bytes(row.package_sha256).hex(),
    }
    return render(request, "referrals/hand_over.html", context, status=422 if bound else 200)


urlpatterns = [
    path("hosting/<uuid:pk>/", case_hosting, name="case_hosting"),
    path("hosting/<uuid:pk>/look/", case_look_up, name="case_look_up"),
    path("hosting/<uuid:pk>/take/", case_take_contact, name="case_take_contact"),
    path("abroad/", hand_overs, name="hand_overs"),
    path("abroad/new/<uuid:case>/", hand_over_new, name="hand_over_new"),
    path("abroad/<uuid:pk>/", hand_over, name="hand_over"),
    *(
        path(
            f"abroad/<uuid:pk>/{said}/",
            hand_over_answer,
            {"said": said},
            name=f"hand_over_{said}",
        )
        for said in ("sent", "received", "acted", "returned")
    ),
]
