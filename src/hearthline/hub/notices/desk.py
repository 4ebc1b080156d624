# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices import actions
from hearthline.hub.notices.actions.timing import zone_of
from hearthline.hub.notices.forms import AnswerForm, HostForm, MovedForm
from hearthline.hub.notices.models import Answer, Check, Lane, Notice, cases_by_hand
from hearthline.hub.sealing.words import words_of
from hearthline.kit.codelists import host_refusals

ON_A_PAGE = 40
CHECKS_SHOWN = 30

TONES = {
    Notice.State.QUEUED: "calm",
    Notice.State.SENT: "calm",
    Notice.State.ACKNOWLEDGED: "calm",
    Notice.State.REMOVED: "ok",
    Notice.State.MOVED: "plain",
    Notice.State.REFUSED: "warn",
    Notice.State.NO_RESPONSE: "warn",
    Notice.State.ESCALATED: "warn",
}

# The verdicts of kit.urls, in the desk's words.
VERDICTS = {
    "present": ("warn", gettext_lazy("Still there")),
    "absent": ("ok", gettext_lazy("Not there")),
    "unreachable": ("plain", gettext_lazy("Host not reached")),
    "unclear": ("plain", gettext_lazy("Unclear")),
    "refused": ("plain", gettext_lazy("Not looked at")),
}


@requires(Permission.NOTICES_NOTICE_READ)
def notices(request: StaffRequest) -> HttpResponse:
    """The notices of one lane, and what is for a person to act on."""
    at = timezone.now()
    lane = request.GET.get("lane", Lane.OPEN)
    if lane not in Lane.values:
        lane = Lane.OPEN
    found = Notice.objects.in_lane(lane, at).newest_first()
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "notices/notices.html",
        {
            "section": "notices",
            "lane": lane,
            "lanes": [
                (code, label, Notice.objects.in_lane(code, at).count())
                for code, label in Lane.choices
            ],
            "lane_name": Lane(lane).label,
            "page": page,
            "rows": [(row, TONES[Notice.State(row.state)]) for row in page],
            "by_hand": cases_by_hand(at)[:ON_A_PAGE] if lane == Lane.OPEN else [],
        },
    )


@requires(Permission.NOTICES_NOTICE_READ)
def notice(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One notice: letters, answers, checks. Reading the address is audited."""
    return _page(request, get_object_or_404(Notice.objects.newest_first(), pk=pk))


@requires(Permission.NOTICES_NOTICE_ANSWER)
@require_POST
def notice_answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Notice.objects.newest_first(), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, answer_form=form)
    try:
        actions.record_answer(notice=found, **form.cleaned_data, by=request.user, at=timezone.now())
    except actions.NotAsked:
        messages.info(request, _("The host has not been written to yet. Nothing was recorded."))
    except actions.NotOpen:
        messages.info(request, _("This notice is over. Nothing was recorded."))
    else:
        messages.success(request, _("The answer is recorded."))
    return redirect("notice", pk=pk)


@requires(Permission.NOTICES_NOTICE_SEND)
@require_POST
def notice_host(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A person found the host."""
    found = get_object_or_404(Notice.objects.newest_first(), pk=pk)
    form = HostForm(request.POST)
    if not form.is_valid():
        return _page(request, found, host_form=form)
    try:
        actions.assign_host(
            notice=found, host=form.cleaned_data["host"], by=request.user, at=timezone.now()
        )
    except actions.NoMailContact:
        form.add_error(
            "host",
            _("This host has no e-mail address in the directory. Enter one, then choose it again."),
        )
        return _page(request, found, host_form=form)
    except actions.AlreadyAddressed:
        messages.info(request, _("This notice has a host already. Nothing was changed."))
    else:
        messages.success(request, _("The notice goes to this host in the worker's next round."))
    return redirect("notice", pk=pk)


@requires(Permission.NOTICES_NOTICE_ANSWER)
@require_POST
def notice_settle(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A person did what a refusal left to them."""
    found = get_object_or_404(Notice.objects.newest_first(), pk=pk)
    new_host = request.POST.get("host") == "new"
    try:
        actions.settle_wait(notice=found, by=request.user, at=timezone.now(), new_host=new_host)
    except cases.SamePerson:
        messages.warning(
            request, _("You judged this case. The second look is for somebody who did not.")
        )
    except (actions.NothingWaits, actions.NotOpen):
        messages.info(request, _("This notice waits for nobody any more. Nothing was changed."))
    else:
        messages.success(
            request,
            _("Now find out who hosts it. The notice goes there.")
            if new_host
            else _("The host's time goes on as before."),
        )
    return redirect("notice", pk=pk)


@requires(Permission.CASES_ASSESSMENT_MAKE)
@require_POST
def notice_moved(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The same content stands at a new address: a second person affirms it."""
    found = get_object_or_404(Notice.objects.newest_first(), pk=pk)
    form = MovedForm(request.POST)
    if not form.is_valid():
        return _page(request, found, moved_form=form)
    try:
        moved = cases.say_moved(
            case=found.case,
            address=form.cleaned_data["address"],
            by=request.user,
            at=timezone.now(),
        )
    except cases.NotANewAddress:
        form.add_error("address", _("Write one address, and another than this notice's own."))
        return _page(request, found, moved_form=form)
    except (cases.NotIllegal, cases.SteppedBack):
        messages.warning(request, _("This case cannot be recorded as moved. Nothing was changed."))
    else:
        messages.success(
            request,
            _("That address is known already. Its own case goes on; the two are joined.")
            if moved.judged_apart
            else _("The new address waits for a second person, who affirms it is the same."),
        )
    return redirect("notice", pk=pk)


@requires(Permission.NOTICES_NOTICE_READ)
def notice_check(request: StaffRequest, pk: UUID, check: UUID) -> HttpResponse:
    """The facts of one check. Opening them is audited."""
    found = get_object_or_404(
        Check.objects.select_related("notice", "data_key"), pk=check, notice=pk
    )
    facts = (
        {} if found.ended else actions.open_check(check=found, by=request.user, at=timezone.now())
    )
    tone, verdict = VERDICTS[found.verdict]
    return render(
        request,
        "notices/check.html",
        {
            "section": "notices",
            "notice": found.notice,
            "check": found,
            "facts": facts,
            "ended_at": found.data_key.destroyed_at,
            "tone": tone,
            "verdict": verdict,
        },
    )


def _page(request: StaffRequest, found: Notice, **bound: forms.Form) -> HttpResponse:
    """The page of one notice; `bound` is a form that needs another look."""
    at = timezone.now()
    address = actions.read_address(notice=found, by=request.user, at=at)
    deliveries = found.deliveries.select_related("letter", "post")
    # Answers belong to a notice the host has, of a case that still runs.
    asked = found.state != Notice.State.QUEUED and found.state in Notice.OPEN
    return render(
        request,
        "notices/notice.html",
        {
            "section": "notices",
            "notice": found,
            "tone": TONES[Notice.State(found.state)],
            "address": address.url,
            "deliveries": deliveries,
            "given_up": Letter.State.GIVEN_UP,
            "answers": _answers(found),
            "checks": [
                (check, *VERDICTS[check.verdict])
                for check in found.checks.order_by("-at", "-pk")[:CHECKS_SHOWN]
            ],
            "watch": getattr(found, "watch", None),
            "held_until": _held_until(found, at),
            "leaves": _leaves(found, at),
            "addresses": _addresses(found, request, at),
            "escalations": found.escalations.select_related("contact"),
            "led_on": _led_on(found),
            "second_look": Notice.Waits.SECOND_LOOK,
            "host_changed": Notice.Waits.HOST_CHANGED,
            "may_say_moved": request.user.may.cases_assessment_make and bool(found.case.outcome),
            "moved_form": MovedForm(initial={"address": _told_place(found)}),
            "may_answer": asked and found.case.state == Case.State.CONFIRMED,
            "answer_form": AnswerForm(),
            "host_form": HostForm(),
            **bound,
        },
    )


def _answers(found: Notice) -> list[dict[str, Any]]:
    """Answers with the reason of a refusal and what usually comes next."""
    refusals = {entry.code: entry for entry in host_refusals()}
    return [
        {
            "answer": answer,
            "why": _(refusals[answer.refusal].label) if answer.refusal in refusals else "",
            "next": _(refusals[answer.refusal].next_step) if answer.refusal in refusals else "",
            "tone": "warn" if answer.code == Answer.Code.REFUSED else "plain",
        }
        for answer in found.answers.select_related(
            "by", "contact__organisation", "key__organisation"
        )
    ]


def _leaves(found: Notice, at: datetime) -> str:
    """When a letter that waits goes out, in the reader's words and by the contact's clock."""
    waits = found.state in (Notice.State.QUEUED, Notice.State.ESCALATED)
    if not waits or found.contact is None or found.due_at is None or found.due_at <= at:
        return ""
    local = timezone.localtime(found.due_at, zone_of(found.contact))
    return date_format(local, pgettext("weekday, day and time", "l j F, H:i"))


def _addresses(found: Notice, request: StaffRequest, at: datetime) -> list[dict[str, Any]]:
    """Every address the content was at, the first one first; empty while it was at one only."""
    subjects = cases.chain(found.case.subject)
    if len(subjects) < 2:
        return []
    rows = []
    for subject in subjects:
        case = subject.cases.open_to(request.user).order_by("opened_at", "pk").last()
        if case is None or case.ended_at is not None:
            continue
        told = Notice.objects.filter(case=case).first()
        place = cases.subject_address(
            case=case, actor=request.user.actor, at=at, purpose="notice: chain"
        )
        rows.append({"case": case, "notice": told, "address": place.url, "here": told == found})
    return rows


def _led_on(found: Notice) -> Check | None:
    """The last look, if the same site sent it on: a hint, which a person looks into."""
    last = found.checks.last()
    return last if last is not None and last.led_on else None


def _told_place(found: Notice) -> str:
    """Where it stands now by the provider's last word, for a person to look at; "" for none."""
    told = found.answers.exclude(place="").last()
    return words_of(told.place) if told else ""


def _held_until(found: Notice, at: datetime) -> datetime | None:
    until = found.case.notice_held_until
    return until if until and until > at else None


urlpatterns = [
    path("", notices, name="notices"),
    path("<uuid:pk>/", notice, name="notice"),
    path("<uuid:pk>/answer/", notice_answer, name="notice_answer"),
    path("<uuid:pk>/host/", notice_host, name="notice_host"),
    path("<uuid:pk>/settle/", notice_settle, name="notice_settle"),
    path("<uuid:pk>/moved/", notice_moved, name="notice_moved"),
    path("<uuid:pk>/checks/<uuid:check>/", notice_check, name="notice_check"),
]
