# SPDX-License-Identifier: Apache-2.0
"""Signing in through the real pages: a password, then six digits of an authenticator app."""

import re
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from hearthline.hub.accounts.actions import (
    confirm_role,
    end_role,
    enrol,
    new_starting_password,
    start_again,
)
from hearthline.hub.accounts.adapter import StaffAdapter
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.sessions import SessionStore
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]

PASSWORD = "a lamp in the window"
OWN_PASSWORD = "another lamp, another window"


@pytest.fixture(autouse=True)
def app_clock(monkeypatch) -> None:
    """The clock of the six digits stands still: a test never meets the end of their 30 seconds."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: 1_790_000_000))


@pytest.fixture(autouse=True)
def no_attempts_so_far():
    """Attempts are counted in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def nina(now) -> User:
    """An administrator who has a password of her own and no second factor yet."""
    return enrol(email="nina@example.org", name="Nina", password=PASSWORD,
                 roles=[Role.ADMINISTRATOR], by=None, at=now)  # fmt: skip


def enter(browser: Client, password: str = PASSWORD, email: str = "nina@example.org"):
    return browser.post(reverse("account_login"), {"login": email, "password": password})


def code(secret: str) -> str:
    """The six digits an authenticator app shows now (RFC 6238)."""
    counter = next(auth.yield_hotp_counters_from_time())
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def set_up(browser: Client) -> str:
    """Set up the second factor as the page asks; returns its secret."""
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = "".join(re.search(r"<dd><code[^>]*>([A-Z2-7 ]+)</code>", page)[1].split())
    response = browser.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert response.status_code == 302, response.content.decode()
    return secret


def signed_in_twice(browser: Client) -> Client:
    """Another browser that went through both factors."""
    enter(browser)
    secret = set_up(browser)
    cache.clear()  # allauth takes a code once only; the clock does not move in a test
    other = Client()
    enter(other)
    other.post(reverse("mfa_authenticate"), {"code": code(secret)})
    return other


def test_password_then_second_factor_open_the_desk(nina) -> None:
    browser = signed_in_twice(Client())
    page = browser.get(reverse("staff"))
    assert page.status_code == 200
    assert "Nina" in page.content.decode()


def test_every_sign_in_is_in_the_audit_log_once_it_is_complete(nina) -> None:
    browser = Client()
    enter(browser)
    secret = set_up(browser)
    before = Entry.objects.filter(verb="accounts.sign_in").count()
    cache.clear()
    other = Client()
    enter(other)
    assert Entry.objects.filter(verb="accounts.sign_in").count() == before
    other.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert Entry.objects.filter(verb="accounts.sign_in").count() == before + 1


def test_without_a_second_factor_every_page_leads_to_setting_one_up(nina) -> None:
    browser = Client()
    enter(browser)
    for name in ("staff", "audit_log", "directory"):
        assert browser.get(reverse(name))["Location"] == reverse("mfa_activate_totp")
    response = browser.post(reverse("staff_enrol"), {"name": "X", "email": "x@example.org"})
    assert response["Location"] == reverse("mfa_activate_totp")
    assert User.objects.count() == 1


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(nina) -> None:
    sentences = set()
    for email in ("nina@example.org", "nobody@example.org"):
        page = enter(Client(), password="wrong", email=email)
        assert page.status_code == 200
        sentences.add(re.search(r"error-summary.*?</section>", page.content.decode(), re.S)[0])
    assert len(sentences) == 1


def test_a_wrong_code_is_refused_when_setting_up(nina) -> None:
    browser = Client()
    enter(browser)
    browser.get(reverse("mfa_activate_totp"))
    page = browser.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert page.status_code == 200
    assert "Please look at this again" in page.content.decode()
    assert not Authenticator.objects.exists()


def test_a_wrong_code_does_not_sign_in(nina) -> None:
    browser = Client()
    enter(browser)
    secret = set_up(browser)
    other = Client()
    enter(other)
    wrong = "000000" if code(secret) != "000000" else "111111"
    page = other.post(reverse("mfa_authenticate"), {"code": wrong})
    assert page.status_code == 200
    assert other.get(reverse("staff"))["Location"].startswith(reverse("account_login"))


def test_the_password_alone_does_not_sign_in(nina) -> None:
    enter(first := Client())
    set_up(first)
    other = Client()
    response = enter(other)
    assert response["Location"] == reverse("mfa_authenticate")
    assert other.get(reverse("staff"))["Location"].startswith(reverse("account_login"))


def test_the_secret_of_the_app_and_of_the_codes_is_sealed_in_the_database(nina) -> None:
    browser = Client()
    enter(browser)
    secret = set_up(browser)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert kept.count("sealed:") == Authenticator.objects.count()


def test_a_secret_from_before_it_was_sealed_still_works(nina) -> None:
    browser, other = Client(), Client()
    enter(browser)
    secret = set_up(browser)
    Authenticator.objects.filter(type="totp").update(data={"secret": secret})
    cache.clear()
    enter(other)
    assert other.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 302
    assert other.get(reverse("staff")).status_code == 200


def test_a_code_works_once(nina) -> None:
    enter(first := Client())
    secret = set_up(first)
    cache.clear()
    digits = code(secret)
    enter(other := Client())
    assert other.post(reverse("mfa_authenticate"), {"code": digits}).status_code == 302
    enter(third := Client())
    assert third.post(reverse("mfa_authenticate"), {"code": digits}).status_code == 200


def test_nobody_signs_up(nina) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert Client().get("/account/signup/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_reset_password")


def test_a_starting_password_must_be_changed_first_and_a_colleague_confirms(
    nina, mara, now
) -> None:
    given = new_starting_password()
    enrol(email="otto@example.org", name="Otto", password=given, roles=["analyst"], by=nina, at=now)
    browser = Client()
    enter(browser, password=given, email="otto@example.org")
    assert browser.get(reverse("directory"))["Location"] == reverse("account_change_password")
    page = browser.get(reverse("account_change_password")).content.decode()
    assert "Choose a password of your own" in page
    form = {"oldpassword": given, "password1": given, "password2": given}
    page = browser.post(reverse("account_change_password"), form)
    assert "This is the password you have" in page.content.decode()
    form |= {"password1": OWN_PASSWORD, "password2": OWN_PASSWORD}
    assert browser.post(reverse("account_change_password"), form).status_code == 302
    otto = User.objects.get(name="Otto")
    assert not otto.must_change_password
    assert Entry.objects.filter(verb="accounts.set_password", actor=str(otto.actor)).exists()
    assert browser.get(reverse("directory"))["Location"] == reverse("mfa_activate_totp")
    set_up(browser)
    assert browser.get(reverse("directory"))["Location"] == reverse("account_waiting")
    confirm_role(user=otto, role="analyst", by=mara, at=timezone.now())
    assert browser.get(reverse("directory")).status_code == 200


def test_a_short_or_common_password_is_refused(nina) -> None:
    enter(browser := Client())
    set_up(browser)
    for new in ("short", "lamp in win", "1q2w3e4r5t6y"):
        form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert browser.post(reverse("account_change_password"), form).status_code == 200
    assert User.objects.get(name="Nina").check_password(PASSWORD)


def test_somebody_whose_role_ended_is_signed_out_and_refused_when_they_come_back(nina, ada) -> None:
    browser = signed_in_twice(Client())
    assert browser.get(reverse("staff")).status_code == 200
    end_role(user=nina, role=Role.ADMINISTRATOR, by=ada, at=timezone.now(), reason="moved on")
    assert browser.get(reverse("staff"))["Location"].startswith(reverse("account_login"))
    refused = signed_in(nina).get(reverse("staff"))
    assert refused.status_code == 403
    assert "This page is not open to you" in refused.content.decode()


def test_somebody_who_starts_again_is_signed_out_everywhere(nina, ada) -> None:
    browser = signed_in_twice(Client())
    start_again(user=nina, password=new_starting_password(), by=ada, at=timezone.now(), reason="x")
    assert browser.get(reverse("staff"))["Location"].startswith(reverse("account_login"))


def test_somebody_out_of_service_is_signed_out(nina) -> None:
    browser = signed_in_twice(Client())
    User.objects.filter(pk=nina.pk).update(is_active=False)
    assert browser.get(reverse("staff"))["Location"].startswith(reverse("account_login"))


def test_signing_out_ends_the_session(nina) -> None:
    browser = signed_in_twice(Client())
    assert browser.get(reverse("account_logout")).status_code == 200
    browser.post(reverse("account_logout"))
    assert browser.get(reverse("staff"))["Location"].startswith(reverse("account_login"))


def test_without_the_right_role_the_page_says_so(ana) -> None:
    browser = Client()
    browser.force_login(ana)
    refused = browser.get(reverse("staff"))
    assert refused.status_code == 403
    assert "Your role does not include it" in refused.content.decode()


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaa"', "short", "a" * 12 + "'"])
def test_a_session_cookie_that_cannot_be_ours_is_no_session_and_no_fault(key) -> None:
    browser = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})
    assert browser.get("/").status_code == 302
    assert SessionStore(session_key=key).session_key is None


def test_the_keys_of_sessions_are_the_ones_that_are_found(ana) -> None:
    key = signed_in(ana).cookies[settings.SESSION_COOKIE_NAME].value
    assert SessionStore(session_key=key).session_key == key


@pytest.mark.parametrize("way_back", ["http://[", "//example.org/", "https://example.org/"])
def test_the_way_back_after_signing_in_stays_in_the_house(nina, way_back) -> None:
    form = {"login": "nina@example.org", "password": PASSWORD, "next": way_back}
    assert Client().post(reverse("account_login"), form)["Location"] == reverse("staff")


@pytest.mark.parametrize(
    ("who", "page"),
    [("ana", "queue"), ("mara", "queue"), ("ada", "staff"), ("omar", "audit_log"),
     ("stella", "figures_desk"), ("paulo", "mfa_index")],
)  # fmt: skip
def test_everybody_begins_on_a_page_that_is_theirs(who, page, request, rf) -> None:
    asked = rf.get("/")
    asked.user = request.getfixturevalue(who)
    assert StaffAdapter(asked).get_login_redirect_url(asked) == reverse(page)
