# SPDX-License-Identifier: Apache-2.0
"""Every view says at which door it stands: `@public`, or `@requires(permission)`.

What cannot be taken back asks for a fresh second factor: `@requires(permission, step_up=True)`.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from hearthline.hub.accounts import step_up as proof
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require

View = Callable[..., HttpResponse]

PUBLIC = "public"
BY_KEY = "by key"
DEMO_SESSION = proof.DEMO_SESSION


class StaffRequest(HttpRequest):
    """A request whose user is a signed-in member of staff."""

    user: User


def public(view: View) -> View:
    """Open to anyone, signed in or not."""

    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    door.permission = PUBLIC  # type: ignore[attr-defined]
    return door


def by_key(view: View) -> View:
    """Open to a partner's program that shows a key in force; the interface checks it itself."""

    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    door.permission = BY_KEY  # type: ignore[attr-defined]
    return door


def requires(
    permission: Permission, *, step_up: bool = False
) -> Callable[[Callable[..., HttpResponse]], View]:
    """Open to staff who hold `permission`; others are sent to sign in, or refused.

    With `step_up` they also proved a second factor in the last minutes (the country pack says
    how many). Otherwise a page sends them to prove it and back, and a form does nothing yet.
    """

    def mark(view: Callable[..., HttpResponse]) -> View:
        @functools.wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(request.user, permission)
            asked = proof.ask(request, request.user) if step_up else None
            return asked or view(request, *args, **kwargs)

        door.permission = permission  # type: ignore[attr-defined]
        door.step_up = step_up  # type: ignore[attr-defined]
        return door

    return mark
