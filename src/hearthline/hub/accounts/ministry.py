# SPDX-License-Identifier: Apache-2.0
"""Sign-in through a ministry's identity provider, for people who are enrolled here already.

The session's cookie is not sent when a browser comes from another site, so the first half is kept
in a signed cookie of its own, and the person presses "Go on" at our own page.
"""

import hmac
import logging

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hearthline.hub.accounts.identity_provider import Flow, Provider, Refused, factors
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.step_up import OF_PROVIDER, SECOND_FACTOR

log = logging.getLogger("hearthline.sign_in")

COOKIE = "hearthline_provider"
MINUTES = 10


def provider() -> Provider:
    return Provider(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    flow = Flow.new()
    try:
        response = redirect(provider().way_there(flow, _back(request)))
    except Refused as refused:
        return _refuse(request, str(refused))
    response.set_cookie(
        COOKIE,
        signing.dumps(flow.as_dict(), salt=COOKIE),
        max_age=MINUTES * 60,
        path=reverse("account_ministry"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """From the provider. Nothing happens yet: our own page asks to go on."""
    context = {name: request.GET.get(name, "") for name in ("code", "state")}
    return render(request, "accounts/ministry.html", context)


@never_cache
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """Sign in whoever the provider names, if they work here; their second factor comes next."""
    try:
        flow = _flow_of(request)
        claims = provider().claims(
            code=request.POST.get("code", ""), flow=flow, back=_back(request), at=timezone.now()
        )
    except Refused as refused:
        return _refuse(request, str(refused))
    user = User.objects.in_service().filter(email__iexact=str(claims["email"])).first()
    if user is None:
        return _refuse(request, "nobody in service has this e-mail address")
    record_authentication(request, user, OF_PROVIDER)
    if factors(claims) & set(settings.OIDC_SUFFICIENT):
        record_authentication(request, user, SECOND_FACTOR, type=OF_PROVIDER)
    response: HttpResponse = perform_login(request, Login(user=user))
    response.delete_cookie(COOKIE, path=reverse("account_ministry"))
    return response


def _flow_of(request: HttpRequest) -> Flow:
    """The first half of this sign-in, begun in this browser a few minutes ago at most."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=MINUTES * 60)
    except signing.BadSignature:
        raise Refused("this browser did not begin it") from None
    flow = Flow(**kept)
    given = request.POST.get("state", "")
    if not hmac.compare_digest(given.encode(), flow.state.encode()):
        raise Refused("another state")
    return flow


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("account_ministry_back"))


def _refuse(request: HttpRequest, why: str) -> HttpResponse:
    """One sentence for every reason; the reason itself, without any name, is for the server."""
    log.warning("A sign-in through the identity provider was refused: %s", why)
    said = _("That did not work. Try again, or sign in here with your password or a passkey.")
    messages.warning(request, said)
    return redirect("account_login")


urlpatterns = [
    path("", start, name="account_ministry"),
    path("back/", back, name="account_ministry_back"),
    path("finish/", finish, name="account_ministry_finish"),
]
