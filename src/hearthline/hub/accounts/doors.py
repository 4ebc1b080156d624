# SPDX-License-Identifier: Apache-2.0
"""Every view says at which door it stands: `@public`, or `@requires(permission)`."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require

View = Callable[..., HttpResponse]

PUBLIC = "public"
# One-click sign-ins of the demonstration mark their session with this.
DEMO_SESSION = "demo_sign_in"


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


def requires(permission: Permission) -> Callable[[Callable[..., HttpResponse]], View]:
    """Open to staff who hold `permission`; others are sent to sign in, or refused."""

    def mark(view: Callable[..., HttpResponse]) -> View:
        @functools.wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(request.user, permission)
            return view(request, *args, **kwargs)

        door.permission = permission  # type: ignore[attr-defined]
        return door

    return mark
