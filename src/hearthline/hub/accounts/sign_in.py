# SPDX-License-Identifier: Apache-2.0
"""The sign-in routes of allauth that are ours: no sign-up, no e-mail change by oneself.

Its views are wrapped: whoever has a second factor proves it before anything about it changes,
one always stays, and every change and every proof is in the audit log in the same transaction.
"""

import functools

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hearthline.hub.accounts import ministry, step_up
from hearthline.hub.accounts.actions import SITTING, end_others, note_factors, note_proof
from hearthline.hub.accounts.doors import StaffRequest, View
from hearthline.hub.accounts.models import Sitting, User
from hearthline.hub.accounts.second_factor import has_factor, is_last_factor, waits
from hearthline.hub.ui.privacy import PASSKEYS


def with_passkeys(view: View) -> View:
    """A page on which the browser may be asked for a passkey, here and nowhere else."""

    @functools.wraps(view)
    def door(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Permissions-Policy"] = PASSKEYS
        return response

    return door


def changes_factors(view: View) -> View:
    """A page that may change somebody's own second factors."""

    @login_required
    @functools.wraps(view)
    def door(request: StaffRequest, *args: object, **kwargs: object) -> HttpResponse:
        had_one = has_factor(request.user)
        asked = step_up.ask(request, request.user, keep=False) if had_one else None
        if asked:
            return asked
        with transaction.atomic():
            # Two pages that remove a factor at once take turns here, so that one is left.
            user = User.objects.select_for_update().get(pk=request.user.pk)
            before = _factors(user)
            response = view(request, *args, **kwargs)
            note_factors(user=user, before=before, after=_factors(user), at=timezone.now())
            if not had_one and has_factor(user):
                # Setting up the first one showed that it works, a moment ago.
                record_authentication(request, user, step_up.SECOND_FACTOR, type="new")
        return response

    return door


def _factors(user: User) -> dict[int, str]:
    return dict(Authenticator.objects.filter(user=user).values_list("pk", "type"))


def proves(view: View) -> View:
    """A page where somebody who is signed in proves a second factor again."""

    @login_required
    @functools.wraps(view)
    def door(request: StaffRequest, *args: object, **kwargs: object) -> HttpResponse:
        before = len(request.session.get(step_up.PROOFS, []))
        response = view(request, *args, **kwargs)
        given = request.session.get(step_up.PROOFS, [])[before:]
        for proof in given:
            note_proof(user=request.user, by=str(proof.get("type", "")), at=timezone.now())
        return response

    return door


@login_required
@require_safe
def prove(request: StaffRequest) -> HttpResponse:
    """To the page where the person proves a second factor they have; it leads on to ?next=."""
    then = get_next_redirect_url(request) or "/"
    kinds = _factors(request.user).values()
    name = "mfa_reauthenticate"
    if Authenticator.Type.WEBAUTHN in kinds:
        name = "mfa_reauthenticate_webauthn"
    return redirect(f"{reverse(name)}?{urlencode({REDIRECT_FIELD_NAME: then})}")


@login_required
@require_safe
def proved(request: HttpRequest) -> HttpResponse:
    """Proved beside a page that waits: say to go back to it."""
    return render(request, "accounts/proved.html")


@login_required
@require_safe
def waiting(request: StaffRequest) -> HttpResponse:
    """For somebody whose roles wait for a second person; once one is in force, on to work."""
    if not waits(request.user):
        return redirect("/")
    return render(request, "accounts/waiting.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: StaffRequest) -> HttpResponse:
    """Where somebody is signed in; a POST signs them out everywhere else."""
    if request.method == "POST":
        end_others(session=request.session, user=request.user, at=timezone.now())
        messages.success(request, _("You are signed in here only."))
        return redirect("account_sessions")
    open_ones = Sitting.objects.of(request.user).open(timezone.now()).newest_first()
    context = {"sittings": open_ones, "this": request.session.get(SITTING)}
    return render(request, "accounts/sessions.html", context)


@never_cache
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by passkey: the browser is asked for one that knows its owner."""
    if request.user.is_authenticated or request.method == "POST":
        answer: HttpResponse = webauthn.login_webauthn(request)
        return answer
    context = {"js_data": {"request_options": begin_authentication(None)}}
    return render(request, "mfa/webauthn/login.html", context)


def remove_passkey(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a passkey, but not the last second factor."""
    mine = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    if is_last_factor(get_object_or_404(mine, pk=pk)):
        messages.warning(request, _("This is your last second factor. Add another one first."))
        return redirect("mfa_index")
    answer: HttpResponse = webauthn.remove_webauthn(request, pk=pk)
    return answer


def change_password(request: StaffRequest) -> HttpResponse:
    """A password of one's own; a second factor is proved first by whoever has one."""
    if not request.user.has_usable_password():
        messages.info(request, _("You sign in without a password, so there is none to change."))
        return redirect("mfa_index")
    had_one = has_factor(request.user)
    asked = step_up.ask(request, request.user, keep=False) if had_one else None
    return asked or account.password_change(request)


urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("prove/", prove, name="account_prove"),
    path("proved/", proved, name="account_proved"),
    path("waiting/", waiting, name="account_waiting"),
    path("sessions/", sessions, name="account_sessions"),
    path("password/", login_required(change_password), name="account_change_password"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", with_passkeys(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", proves(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", changes_factors(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", changes_factors(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        changes_factors(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        changes_factors(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/passkeys/", mfa.index, name="mfa_list_webauthn"),
    path(
        "2fa/passkeys/add/",
        with_passkeys(changes_factors(webauthn.add_webauthn)),
        name="mfa_add_webauthn",
    ),
    path(
        "2fa/passkeys/<int:pk>/name/",
        changes_factors(webauthn.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "2fa/passkeys/<int:pk>/remove/",
        changes_factors(remove_passkey),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/passkeys/reauthenticate/",
        with_passkeys(proves(webauthn.reauthenticate_webauthn)),
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkey/", with_passkeys(passkey), name="mfa_login_webauthn"),
]
if settings.OIDC_ISSUER:
    urlpatterns.append(path("provider/", include(ministry)))
