# SPDX-License-Identifier: Apache-2.0
"""Who works here and in which roles: administrators change it, managers or others confirm it."""

import functools
import uuid
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hearthline.hub.accounts import actions
from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.forms import EnrolForm, GrantForm, ReasonForm
from hearthline.hub.accounts.models import Attempts, Grant, User
from hearthline.hub.accounts.permissions import Permission, Role
from hearthline.hub.accounts.second_factor import FACTORS, has_factor

# What ?role= says for people whose service has ended.
ENDED = "ended"
# And for those with a role that waits for a second person.
WAITING = "waiting"

readers = requires(Permission.ACCOUNTS_STAFF_READ)
administrators = requires(Permission.ACCOUNTS_STAFF_MANAGE, step_up=True)
seconds = requires(Permission.ACCOUNTS_GRANT_CONFIRM, step_up=True)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@readers
@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    """People in service and their roles; ?role= shows those of one role, who waits, who left."""
    role = request.GET.get("role", "")
    with_factor = set(
        Authenticator.objects.filter(type__in=FACTORS).values_list("user_id", flat=True)
    )
    ended = role == ENDED
    gone = list(User.objects.out_of_service())
    people = list(User.objects.in_service())
    waiting = set(User.objects.waiting(timezone.now()).values_list("pk", flat=True))
    roles = [
        {"code": code, "label": label, "count": sum(code in one.roles for one in people)}
        for code, label in Role.choices
    ]
    rows = [
        {"person": one, "factor": one.pk in with_factor, "waits": one.pk in waiting}
        for one in (gone if ended else people)
        if ended or not role or role in one.roles or (role == WAITING and one.pk in waiting)
    ]
    context = {
        "section": "staff", "rows": rows, "roles": roles, "role": role, "all": len(people),
        "ended": ENDED, "gone": len(gone), "waiting": WAITING, "waits": len(waiting),
    }  # fmt: skip
    return render(request, "accounts/staff.html", context)


@readers
@require_GET
def person(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    now = timezone.now()
    others, factor = one != request.user, has_factor(one)
    second = others and request.user.has(Permission.ACCOUNTS_GRANT_CONFIRM)
    current = set(one.grants.current(now))
    waiting = {row for row in current if row.confirmed_at is None}
    context = {
        "section": "staff",
        "one": one,
        "grants": [
            {
                "row": row,
                "current": row in current,
                "waits": row in waiting,
                "first": request.user.pk in {row.given_by_id, one.let_in_by_id},
            }
            for row in one.grants.select_related("given_by", "confirmed_by").newest_first()
        ],
        "waiting": bool(waiting) and one.is_active,
        "factor": factor,
        "ready": factor and not one.must_change_password,
        "locked": Attempts.objects.of(one).locked(now).exists(),
        "edit": others and request.user.has(Permission.ACCOUNTS_STAFF_MANAGE),
        "second": second and one.is_active,
    }
    return render(request, "accounts/person.html", context)


@administrators
@form_page
def staff_enrol(request: StaffRequest) -> HttpResponse:
    form = EnrolForm(request.POST or None)

    def act() -> HttpResponse:
        password = actions.new_starting_password()
        one = actions.enrol(
            password=password, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        return _show_password(request, one, password)

    return _answer(request, form, act, _("Enrol somebody"), _("Enrol them"))


@administrators
@form_page
def staff_grant(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    form = GrantForm(request.POST or None)

    def act() -> HttpResponse:
        given = actions.grant(user=one, by=request.user, at=timezone.now(), **form.cleaned_data)
        done = _("%(name)s has the role now.")
        if given.confirmed_at is None:
            done = _("%(name)s has the role once a second person confirms it.")
        messages.success(request, done % {"name": one.name})
        return redirect("person", pk=one.pk)

    return _answer(request, form, act, _("Give a role"), _("Give it"), one)


@administrators
@form_page
def staff_end(request: StaffRequest, pk: uuid.UUID, role: str) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    text = _("It ends at once, and %(name)s is signed out.") % {"name": one.name}
    action = functools.partial(actions.end_role, role=role)
    return _with_reason(
        request, one, action, _("End a role"), _("End it"), text, _("The role has ended.")
    )


@seconds
@form_page
def staff_confirm(request: StaffRequest, pk: uuid.UUID, role: str) -> HttpResponse:
    """The second person for a role that waits."""
    one = get_object_or_404(User, pk=pk)
    waiting = _waiting(one, role)

    def act() -> HttpResponse:
        actions.confirm_role(user=one, role=role, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s has the role now.") % {"name": one.name})
        return redirect("person", pk=one.pk)

    text = _(
        "%(name)s will have the role “%(role)s” and may then read what is confidential. Ask them "
        "in person or on a number you know: are they %(email)s, do they work here, and did they "
        "come in with a password of their own?"
    ) % {"name": one.name, "role": waiting.get_role_display(), "email": one.email}
    form = forms.Form(request.POST if request.method == "POST" else None)
    return _answer(request, form, act, _("Confirm a role"), _("Yes, confirm it"), one, text)


@seconds
@form_page
def staff_refuse(request: StaffRequest, pk: uuid.UUID, role: str) -> HttpResponse:
    """A role that waits is not to be."""
    one = get_object_or_404(User, pk=pk)
    _waiting(one, role)
    text = _("The role ends before it began. Tell the others what made you doubt it.")
    action = functools.partial(actions.refuse_role, role=role)
    return _with_reason(
        request, one, action, _("Refuse a role"), _("Refuse it"), text, _("The role has ended.")
    )


def _waiting(one: User, role: str) -> Grant:
    """The newest grant of a role; where it waits no more, the act says so."""
    grant = one.grants.newest_first().filter(role=role).first()
    if grant is None:
        raise Http404
    return grant


@administrators
@form_page
def staff_start_again(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> HttpResponse:
        password = actions.new_starting_password()
        actions.start_again(
            user=one, password=password, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        return _show_password(request, one, password)

    text = _(
        "For somebody who lost their password or telephone. Make sure it is really them. They "
        "are signed out, and set up both again. Then a second person confirms that it is them."
    )
    return _answer(request, form, act, _("Let somebody in again"), _("Make a password"), one, text)


@administrators
@form_page
def staff_unlock(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    text = _(
        "After too many wrong passwords or codes an account waits for a while. Make sure it was "
        "really them who tried."
    )
    done = _("%(name)s can try again now.")
    return _with_reason(
        request, one, actions.unlock, _("End the lock"), _("Let them try again"), text, done
    )


@administrators
@form_page
def staff_end_service(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    text = _("They are signed out everywhere at once, every role ends, and they cannot sign in.")
    done = _("The service of %(name)s has ended.")
    return _with_reason(
        request, one, actions.end_service, _("End their work here"), _("End it"), text, done
    )


@administrators
@form_page
def staff_resume(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    text = _("They can sign in again. Give them their roles anew afterwards.")
    done = _("%(name)s is back in service.")
    return _with_reason(
        request, one, actions.resume_service, _("Back in service"), _("Take them back"), text, done
    )


def _with_reason(
    request: StaffRequest,
    one: User,
    action: Callable[..., None],
    title: str,
    button: str,
    text: str,
    done: str,
) -> HttpResponse:
    """A page that asks for a reason and does one thing; `done` is said on the person's page."""
    form = ReasonForm(request.POST or None)

    def act() -> HttpResponse:
        action(user=one, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, done % {"name": one.name})
        return redirect("person", pk=one.pk)

    return _answer(request, form, act, title, button, one, text)


def _show_password(request: HttpRequest, one: User, password: str) -> HttpResponse:
    """The starting password, once: it is in this answer and nowhere else."""
    context = {"section": "staff", "one": one, "password": password}
    return render(request, "accounts/starting_password.html", context)


def _answer(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], HttpResponse],
    title: str,
    button: str,
    one: User | None = None,
    text: str = "",
) -> HttpResponse:
    """The form's page, or what the act answers. A refusal stands above the form."""
    if request.method == "POST" and form.is_valid():
        try:
            return act()
        except actions.AlreadyStaff:
            form.add_error(None, _("Somebody with this e-mail address is here already."))
        except actions.OwnAccount:
            form.add_error(None, _("Ask another administrator: nobody changes their own account."))
        except actions.SamePerson:
            form.add_error(
                None, _("You gave the role or let them in. Ask a colleague to be the second.")
            )
        except actions.NotSetUp:
            form.add_error(
                None,
                _("They first come in, with a password and a second factor of their own."),
            )
        except actions.NothingWaits:
            form.add_error(None, _("This role waits for nobody any more. Nothing was changed."))
    back = reverse("person", args=[one.pk]) if one else reverse("staff")
    context = {
        "section": "staff", "form": form, "title": title, "button": button, "one": one,
        "text": text, "back": back,
    }  # fmt: skip
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("", staff, name="staff"),
    path("enrol/", staff_enrol, name="staff_enrol"),
    path("<uuid:pk>/", person, name="person"),
    path("<uuid:pk>/grant/", staff_grant, name="staff_grant"),
    path("<uuid:pk>/end/<slug:role>/", staff_end, name="staff_end"),
    path("<uuid:pk>/confirm/<slug:role>/", staff_confirm, name="staff_confirm"),
    path("<uuid:pk>/refuse/<slug:role>/", staff_refuse, name="staff_refuse"),
    path("<uuid:pk>/start-again/", staff_start_again, name="staff_start_again"),
    path("<uuid:pk>/unlock/", staff_unlock, name="staff_unlock"),
    path("<uuid:pk>/end-service/", staff_end_service, name="staff_end_service"),
    path("<uuid:pk>/back/", staff_resume, name="staff_resume"),
]
