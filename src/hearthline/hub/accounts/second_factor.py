# SPDX-License-Identifier: Apache-2.0
"""No member of staff works with a password somebody else knows, or without a second factor.

Nor before a second person confirmed their roles: who has none in force yet is told to wait.
"""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from hearthline.hub.accounts import step_up
from hearthline.hub.accounts.models import User

# What a person works with. Recovery codes only help back to one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(user: User) -> bool:
    return bool(is_mfa_enabled(user, types=FACTORS))


def waits(user: User) -> bool:
    """Whether they have no role in force, but one that a second person is to confirm."""
    return not user.roles and user.grants.waiting(timezone.now()).exists()


def is_last_factor(authenticator: Authenticator) -> bool:
    """Whether without it the person would have no second factor left to work with."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
    return authenticator.type in FACTORS and not others.exclude(pk=authenticator.pk).exists()


class SecondFactorMiddleware:
    """Before anything else, a signed-in person sets a password and a second factor of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and not _may_pass(request):
            if user.must_change_password:
                messages.info(request, _("Choose a password of your own before you begin."))
                return redirect("account_change_password")
            if not has_factor(user):
                return redirect("mfa_activate_totp")
            if waits(user):
                return redirect("account_waiting")
        return self.get_response(request)


def _may_pass(request: HttpRequest) -> bool:
    """Whether this request is asked for neither: the pages where both are set, and the demo."""
    if request.path.startswith(("/account/", "/language/", settings.STATIC_URL)):
        return True
    return step_up.is_demo(request.session)
