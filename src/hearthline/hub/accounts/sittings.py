# SPDX-License-Identifier: Apache-2.0
"""Sessions that end: left idle, grown old, or ended because something about the person changed."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from hearthline.hub.accounts.actions import sit


class SittingMiddleware:
    """Whoever's sitting is over is signed out before their request is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and not sit(session=request.session, user=user, at=timezone.now()):
            logout(request)
            messages.info(request, _("You were signed out, to be safe. Please sign in again."))
        return self.get_response(request)
