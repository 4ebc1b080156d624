# SPDX-License-Identifier: Apache-2.0
"""Passkeys: made, named, removed, and in place of password and second factor."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.actions import count_wrong
from hearthline.hub.accounts.models import Attempts, User
from hearthline.hub.accounts.step_up import PROOFS
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.accounts.tests.passkey import Telephone, browser_for, options_of
from hearthline.hub.audit.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]


@pytest.fixture(autouse=True)
def no_attempts_so_far() -> None:
    cache.clear()


@pytest.fixture
def telephone(ada) -> Telephone:
    """Ada's telephone, on which she made a passkey."""
    made = Telephone()
    answer = add(at_localhost(signed_in(ada)), made)
    assert answer.status_code == 302, answer.content.decode()
    return made


def at_localhost(browser: Client) -> Client:
    there = browser_for()
    there.cookies = browser.cookies
    return there


def add(browser: Client, telephone: Telephone, name: str = "office key"):
    page = browser.get(reverse("mfa_add_webauthn")).content.decode()
    form = {"name": name, "credential": telephone.make(options_of(page))}
    return browser.post(reverse("mfa_add_webauthn"), form)


def sign_in(telephone: Telephone, browser: Client | None = None):
    browser = browser or browser_for()
    page = browser.get(reverse("mfa_login_webauthn")).content.decode()
    form = {"credential": telephone.show(options_of(page))}
    return browser.post(reverse("mfa_login_webauthn"), form)


def passkeys() -> list[str]:
    found = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    return [one.wrap().name for one in found]


def test_a_passkey_is_made_and_kept_in_the_log_with_the_codes_that_came_with_it(
    ada, telephone
) -> None:
    assert passkeys() == ["office key"]
    added = Entry.objects.filter(verb="accounts.add_factor", actor=str(ada.actor))
    kinds = sorted(json.loads(entry.detail)["kind"] for entry in added)
    assert kinds == ["recovery_codes", "webauthn"]
    page = at_localhost(signed_in(ada)).get(reverse("mfa_index")).content.decode()
    assert "office key" in page


def test_a_passkey_alone_signs_in_and_counts_as_a_fresh_proof(ada, telephone) -> None:
    browser = browser_for()
    assert sign_in(telephone, browser).status_code == 302
    assert browser.get(reverse("staff_enrol")).status_code == 200
    entry = Entry.objects.get(verb="accounts.sign_in")
    assert (entry.actor, entry.detail) == (str(ada.actor), '{"by":["webauthn"]}')


def test_it_signs_in_while_the_password_is_locked(ada, telephone) -> None:
    for _ in range(5):
        count_wrong(user=ada, what=Attempts.What.PASSWORD, at=timezone.now())
    browser = browser_for()
    sign_in(telephone, browser)
    assert browser.get(reverse("staff")).status_code == 200
    # And the lock of the password stays.
    assert Attempts.objects.of(ada).locked(timezone.now()).exists()


def test_it_proves_again_who_somebody_is(ada, telephone) -> None:
    browser = at_localhost(signed_in(ada, proved=11))
    way = browser.get(reverse("account_prove"), {"next": reverse("staff_enrol")})["Location"]
    assert way.startswith(reverse("mfa_reauthenticate_webauthn"))
    page = browser.get(way).content.decode()
    form = {"credential": telephone.show(options_of(page)), "next": reverse("staff_enrol")}
    assert browser.post(way, form)["Location"] == reverse("staff_enrol")
    assert browser.get(reverse("staff_enrol")).status_code == 200
    assert Entry.objects.get(verb="accounts.prove").detail == '{"by":"webauthn"}'


def test_the_passkey_pages_and_no_others_may_ask_the_browser_for_one(ada) -> None:
    browser = at_localhost(signed_in(ada))
    power = "publickey-credentials-create=(self)"
    assert power in browser.get(reverse("mfa_add_webauthn"))["Permissions-Policy"]
    assert power not in browser.get(reverse("mfa_index"))["Permissions-Policy"]


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"response": 5}', "null", "no json"])
def test_what_is_no_passkey_signs_nobody_in_and_is_no_fault(broken, telephone) -> None:
    browser = browser_for()
    browser.get(reverse("mfa_login_webauthn"))
    answer = browser.post(reverse("mfa_login_webauthn"), {"credential": broken})
    assert answer["Location"] == reverse("account_login")
    assert "_auth_user_id" not in browser.session


def test_a_signature_of_another_key_is_refused(ada, telephone) -> None:
    forger = Telephone()
    forger.id, forger.owner = telephone.id, telephone.owner
    browser = browser_for()
    assert sign_in(forger, browser)["Location"] == reverse("account_login")
    assert browser.get(reverse("staff")).status_code == 302
    assert "This passkey could not be used" in browser.get("/account/login/").content.decode()


def test_an_answer_to_an_older_question_is_refused(ada, telephone) -> None:
    browser = browser_for()
    old = options_of(browser.get(reverse("mfa_login_webauthn")).content.decode())
    browser.get(reverse("mfa_login_webauthn"))
    form = {"credential": telephone.show(old)}
    assert browser.post(reverse("mfa_login_webauthn"), form)["Location"] == "/account/login/"
    assert PROOFS not in browser.session


def test_a_passkey_that_asks_for_no_finger_is_neither_kept_nor_taken(ada, telephone) -> None:
    browser = at_localhost(signed_in(ada))
    assert add(browser, Telephone(verifies=False)).status_code == 200
    assert passkeys() == ["office key"]
    telephone.flags = 0x01
    assert sign_in(telephone)["Location"] == reverse("account_login")


def test_somebody_out_of_service_is_refused(ada, telephone) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert sign_in(telephone)["Location"] == reverse("account_login")


def test_a_passkey_is_named_and_removed_and_both_ask_for_a_fresh_proof(ada, telephone) -> None:
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    name, remove = (
        reverse("mfa_edit_webauthn", args=[key.pk]),
        reverse("mfa_remove_webauthn", args=[key.pk]),
    )
    old = at_localhost(signed_in(ada, proved=11))
    for url in (name, remove):
        assert old.post(url, {"name": "x"})["Location"].startswith(reverse("account_prove"))
    browser = at_localhost(signed_in(ada))
    browser.post(name, {"name": "home key"})
    assert passkeys() == ["home key"]
    browser.post(remove)
    assert passkeys() == []
    entry = Entry.objects.get(verb="accounts.remove_factor")
    assert json.loads(entry.detail) == {"factor": key.pk, "kind": "webauthn"}


def test_the_last_second_factor_stays(ada, telephone) -> None:
    Authenticator.objects.filter(user=ada, type=Authenticator.Type.TOTP).delete()
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    browser = at_localhost(signed_in(ada))
    answer = browser.post(reverse("mfa_remove_webauthn", args=[key.pk]), follow=True)
    assert "This is your last second factor" in answer.content.decode()
    assert passkeys() == ["office key"]


def test_the_last_authenticator_app_stays(ana) -> None:
    browser = signed_in(ana)
    page = browser.post(reverse("mfa_deactivate_totp"))
    assert page.status_code == 200
    assert Authenticator.objects.filter(user=ana, type=Authenticator.Type.TOTP).exists()


def test_nobody_touches_the_passkey_of_somebody_else(ada, ana, telephone) -> None:
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    browser = signed_in(ana)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert browser.post(reverse(name, args=[key.pk]), {"name": "x"}).status_code == 404
    assert passkeys() == ["office key"]


def test_recovery_codes_are_shown_once_and_new_ones_are_kept_in_the_log(ana) -> None:
    browser = signed_in(ana)
    browser.post(reverse("mfa_generate_recovery_codes"))
    first = browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert first.count("<li>") >= 10
    again = browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert "cannot be shown again" in again
    assert '<ul class="codes">' not in again
    assert Entry.objects.get(verb="accounts.add_factor").detail.endswith('"recovery_codes"}')
