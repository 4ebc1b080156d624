# SPDX-License-Identifier: Apache-2.0
"""No member of staff works without a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hearthline.hub.accounts.doors import DEMO_SESSION


class SecondFactorMiddleware:
    """Send a signed-in person without a second factor to set one up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_up(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _must_set_up(request: HttpRequest) -> bool:
        if not request.user.is_authenticated:
            return False
        if request.path.startswith(("/account/", "/language/", settings.STATIC_URL)):
            return False
        if settings.DEMO and request.session.get(DEMO_SESSION):
            return False
        return not is_mfa_enabled(request.user)
