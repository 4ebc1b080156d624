# SPDX-License-Identifier: Apache-2.0
"""The sign-in routes of allauth that are ours: no sign-up, no e-mail change by oneself."""

from allauth.account import views as account
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import urls as mfa
from allauth.mfa.recovery_codes import urls as recovery_codes
from allauth.mfa.totp import urls as totp
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe


@login_required
@require_safe
def prove(request: HttpRequest) -> HttpResponse:
    """To the page where the person proves a second factor they have; it leads on to ?next=."""
    then = get_next_redirect_url(request) or "/"
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: then})}")


@login_required
@require_safe
def proved(request: HttpRequest) -> HttpResponse:
    """Proved beside a page that waits: say to go back to it."""
    return render(request, "accounts/proved.html")


urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("prove/", prove, name="account_prove"),
    path("proved/", proved, name="account_proved"),
    path("password/", account.password_change, name="account_change_password"),
    path("2fa/", include(mfa)),
    path("2fa/totp/", include(totp)),
    path("2fa/recovery-codes/", include(recovery_codes)),
]
