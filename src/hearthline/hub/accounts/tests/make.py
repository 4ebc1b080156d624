# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests."""

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.test import Client

from hearthline.hub.accounts.actions import enrol
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_user(name: str, *roles: Role, at: datetime = LONG_AGO) -> User:
    """A member of staff with a second factor, and no password to sign in with."""
    email = f"{name.lower()}@example.org"
    user = enrol(email=email, name=name, password="", roles=roles, by=None, at=at)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def signed_in(user: User) -> Client:
    """A browser in which `user` has come through sign-in."""
    client = Client()
    client.force_login(user)
    return client
