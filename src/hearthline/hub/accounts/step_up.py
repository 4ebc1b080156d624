# SPDX-License-Identifier: Apache-2.0
"""Step-up: a fresh proof of the second factor before what cannot be taken back.

A session that is hours old, or a screen left open, is not enough to read who a reporter is
(NIST SP 800-63B-4, reauthentication). Imported at every door, so nothing of allauth is.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

if TYPE_CHECKING:
    from hearthline.hub.accounts.models import User

# One-click sign-ins of the demonstration mark their session with this.
DEMO_SESSION = "demo_sign_in"
# Where allauth keeps, in the session, what the person proved and when; and whose proofs they are.
PROOFS = "account_authentication_methods"
PROOFS_OF = "account_authentication_methods_user"
# What allauth calls every second factor: six digits, a recovery code, a passkey.
SECOND_FACTOR = "mfa"

# A sign-in through a ministry's identity provider.
OF_PROVIDER = "provider"


def lasts() -> timedelta:
    """How long one proof opens the doors that ask for it."""
    return timedelta(minutes=settings.PACK.sign_in.step_up_minutes)


def is_demo(session: SessionBase) -> bool:
    """Whether this is a one-click sign-in, and the demonstration is running."""
    return settings.DEMO and bool(session.get(DEMO_SESSION))


def is_fresh(session: SessionBase, user: "User", at: datetime) -> bool:
    """Whether `user` proved a second factor in this session lately enough.

    One-click sign-ins have none to prove; they count as fresh in the demonstration only.
    """
    if is_demo(session):
        return True
    if session.get(PROOFS_OF) != str(user.pk):
        return False
    earliest = (at - lasts()).timestamp()
    return any(
        proof.get("method") == SECOND_FACTOR and proof.get("at", 0) > earliest
        for proof in session.get(PROOFS, [])
    )


def ask(request: HttpRequest, user: "User", *, keep: bool = True) -> HttpResponse | None:
    """None when the proof is fresh; otherwise the answer that asks for it.

    A page is come back to afterwards. A form that was sent does nothing yet: its answer (403)
    carries what was sent, so that it can be sent again once the proof is given. Where that would
    carry a secret, `keep` is False, and the form's own page is come back to, empty.
    """
    if is_fresh(request.session, user, timezone.now()):
        return None
    if request.method in {"GET", "HEAD"} or not keep:
        return redirect(way(request.get_full_path()))
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    context = {
        "sent": sent,
        "action": request.get_full_path(),
        "way": way(reverse("account_proved")),
        "minutes": settings.PACK.sign_in.step_up_minutes,
    }
    return render(request, "accounts/step_up.html", context, status=403)


def way(then: str) -> str:
    """The address where the proof is given, leading to `then`."""
    return f"{reverse('account_prove')}?{urlencode({REDIRECT_FIELD_NAME: then})}"
