# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests."""

import time
from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.test import Client

from hearthline.hub.accounts.actions import enrol
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.step_up import PROOFS, PROOFS_OF, SECOND_FACTOR

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_user(name: str, *roles: Role, at: datetime = LONG_AGO) -> User:
    """A member of staff with a second factor, and no password to sign in with."""
    email = f"{name.lower()}@example.org"
    user = enrol(email=email, name=name, password="", roles=roles, by=None, at=at)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def signed_in(user: User, *, proved: float = 0) -> Client:
    """A browser in which `user` has come through sign-in, `proved` minutes ago."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[PROOFS_OF] = str(user.pk)
    session[PROOFS] = [{"method": SECOND_FACTOR, "at": time.time() - proved * 60}]
    session.save()
    return client
