# SPDX-License-Identifier: Apache-2.0
"""Who asks the sign-in page whether somebody works here learns nothing, by answer or by work."""

import pytest
from django.conf import settings as of_this_run
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.actions import end_service, enrol
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.counting import CountingHasher
from hearthline.hub.accounts.tests.make import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]

PASSWORD = "a lamp in the window"


@pytest.fixture
def people(now, ada, settings) -> None:
    """Nina works here; Otto did."""
    settings.PASSWORD_HASHERS = ["hearthline.hub.accounts.tests.counting.CountingHasher"]
    for name in ("nina", "otto"):
        enrol(email=f"{name}@example.org", name=name.title(), password=PASSWORD,
              roles=[Role.ANALYST], by=None, at=now)  # fmt: skip
    otto = User.objects.get(email="otto@example.org")
    end_service(user=otto, by=ada, at=now, reason="Moved to another office")


def tried(email: str, password: str) -> tuple[int, int, int]:
    """Status, length of the answer, and how often a password was worked on meanwhile."""
    CountingHasher.work.clear()
    page = Client().post(reverse("account_login"), {"login": email, "password": password})
    return page.status_code, len(page.content) - len(email), len(CountingHasher.work)


@pytest.mark.usefixtures("people")
def test_a_wrong_password_costs_as_much_as_an_unknown_address():
    known = tried("nina@example.org", "not the right words")
    assert tried("nobody@example.org", "not the right words") == known
    assert known[2] == 1


@pytest.mark.usefixtures("people")
def test_the_right_password_of_a_locked_or_former_account_answers_like_a_wrong_one():
    wrong = tried("nina@example.org", "not the right words")
    for _ in range(of_this_run.PACK.sign_in.attempts):
        tried("nina@example.org", "not the right words")
    assert tried("nina@example.org", PASSWORD) == wrong
    assert tried("otto@example.org", PASSWORD) == wrong


@pytest.mark.usefixtures("people")
def test_a_session_that_was_there_before_signing_in_is_none_afterwards():
    """Somebody who planted a cookie in a browser at the desk holds nothing."""
    browser = Client()
    browser.get(reverse("account_login"))
    planted = browser.session
    planted["planted"] = True
    planted.save()
    before = planted.session_key
    browser.cookies[of_this_run.SESSION_COOKIE_NAME] = before
    browser.post(reverse("account_login"), {"login": "nina@example.org", "password": PASSWORD})
    assert browser.session.session_key != before
    thief = Client()
    thief.cookies[of_this_run.SESSION_COOKIE_NAME] = before
    assert thief.get(reverse("queue")).status_code == 302


def test_a_session_ends_with_signing_out_for_whoever_copied_its_cookie(ana):
    browser = signed_in(ana)
    copied = browser.cookies[of_this_run.SESSION_COOKIE_NAME].value
    browser.post(reverse("account_logout"))
    thief = Client()
    thief.cookies[of_this_run.SESSION_COOKIE_NAME] = copied
    assert thief.get(reverse("queue")).status_code == 302
