# SPDX-License-Identifier: Apache-2.0
"""Who works here and in which roles: managers read it, administrators change it."""

import functools
import uuid
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hearthline.hub.accounts import actions
from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.forms import EnrolForm, GrantForm, ReasonForm
from hearthline.hub.accounts.models import Attempts, User
from hearthline.hub.accounts.permissions import Permission, Role
from hearthline.hub.accounts.second_factor import FACTORS, has_factor

# What ?role= says for people whose service has ended.
ENDED = "ended"

readers = requires(Permission.ACCOUNTS_STAFF_READ)
administrators = requires(Permission.ACCOUNTS_STAFF_MANAGE, step_up=True)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@readers
@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    """People in service and their roles; ?role= shows those of one role, or who works no more."""
    role = request.GET.get("role", "")
    with_factor = set(
        Authenticator.objects.filter(type__in=FACTORS).values_list("user_id", flat=True)
    )
    ended = role == ENDED
    gone = list(User.objects.out_of_service())
    people = list(User.objects.in_service())
    roles = [
        {"code": code, "label": label, "count": sum(code in one.roles for one in people)}
        for code, label in Role.choices
    ]
    rows = [
        {"person": one, "factor": one.pk in with_factor}
        for one in (gone if ended else people)
        if ended or not role or role in one.roles
    ]
    context = {
        "section": "staff", "rows": rows, "roles": roles, "role": role, "all": len(people),
        "ended": ENDED, "gone": len(gone),
    }  # fmt: skip
    return render(request, "accounts/staff.html", context)


@readers
@require_GET
def person(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(User, pk=pk)
    context = {
        "section": "staff",
        "one": one,
        "grants": one.grants.newest_first(),
        "now": timezone.now(),
        "factor": has_factor(one),
        "locked": Attempts.objects.of(one).locked(timezone.now()).exists(),
        "edit": one != request.user and request.user.has(Permission.ACCOUNTS_STAFF_MANAGE),
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
        actions.grant(user=one, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("%(name)s has the role now.") % {"name": one.name})
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
        "are signed out, and set up both again."
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
    path("<uuid:pk>/start-again/", staff_start_again, name="staff_start_again"),
    path("<uuid:pk>/unlock/", staff_unlock, name="staff_unlock"),
    path("<uuid:pk>/end-service/", staff_end_service, name="staff_end_service"),
    path("<uuid:pk>/back/", staff_resume, name="staff_resume"),
]
