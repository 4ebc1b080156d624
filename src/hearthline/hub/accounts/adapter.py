# SPDX-License-Identifier: Apache-2.0
"""How allauth behaves here: nobody signs up, and every sign-in is in the audit log."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from hearthline.hub.accounts.actions import note_sign_in
from hearthline.hub.accounts.models import User


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        note_sign_in(user=user, at=timezone.now())
