# SPDX-License-Identifier: Apache-2.0
"""How allauth behaves here: nobody signs up, and every sign-in is in the audit log."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from hearthline.hub.accounts.actions import note_password, note_sign_in
from hearthline.hub.accounts.models import User


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        note_sign_in(user=user, at=timezone.now())

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be sent on to `url`. What is no address at all is not safe."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The password is asked for again before a second factor changes, not for the first one.

        Whoever sets up the first one has signed in a moment ago and can go nowhere else.
        """
        if not is_mfa_enabled(self.request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Refuse the password somebody was given, or has already, as their new one."""
        password = super().clean_password(password, user)
        if user is not None and user.check_password(password):
            raise ValidationError(_("This is the password you have. Choose a new one."))
        return password

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        note_password(user=user, at=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"
