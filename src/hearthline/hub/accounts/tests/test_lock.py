# SPDX-License-Identifier: Apache-2.0
"""Wrong passwords and codes lock an account for a while: by account, and for every process."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.actions import (
    OwnAccount,
    count_wrong,
    enrol,
    forget_wrong,
    unlock,
)
from hearthline.hub.accounts.models import UNKNOWN, Attempts, User
from hearthline.hub.accounts.permissions import NotAllowed, Role
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]

PASSWORD = "a lamp in the window"
POLICY = settings.PACK.sign_in
ONE_SENTENCE = "The address or the password is not right."
PASSWORDS, CODES = Attempts.What.PASSWORD, Attempts.What.CODE


@pytest.fixture
def nina(now) -> User:
    """An analyst with a password and an authenticator app."""
    cache.clear()
    user = enrol(email="nina@example.org", name="Nina", password=PASSWORD,
                 roles=[Role.ANALYST], by=None, at=now)  # fmt: skip
    Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    return user


def enter(password: str = PASSWORD, email: str = "nina@example.org"):
    """One try, from a browser of its own."""
    return Client().post(reverse("account_login"), {"login": email, "password": password})


def lock(nina: User, at, what=PASSWORDS) -> None:
    for _ in range(POLICY.attempts):
        count_wrong(user=nina, what=what, at=at)


def test_the_right_password_is_refused_after_too_many_wrong_ones(nina) -> None:
    for number in range(POLICY.attempts):
        assert ONE_SENTENCE in enter(f"wrong {number}").content.decode()
    # What one process counted, another reads: nothing of it is in the cache.
    cache.clear()
    assert ONE_SENTENCE in enter().content.decode()
    entry = Entry.objects.get(verb="accounts.lock")
    assert (entry.actor, entry.object_id) == ("visitor:sign-in", str(nina.pk))
    assert entry.detail == f'{{"minutes":{POLICY.lock_minutes[0]},"what":"password"}}'


def test_fewer_wrong_ones_lock_nothing(nina) -> None:
    for number in range(POLICY.attempts - 1):
        enter(f"wrong {number}")
    assert enter()["Location"] == reverse("mfa_authenticate")


def test_the_lock_ends_by_itself_and_the_next_one_is_longer(nina, now) -> None:
    at = now
    for minutes in (*POLICY.lock_minutes, POLICY.lock_minutes[-1]):
        lock(nina, at)
        held = Attempts.objects.get(account=nina.pk)
        assert held.locked_until == at + timedelta(minutes=minutes)
        assert not held.is_locked(at + timedelta(minutes=minutes))
        at += timedelta(minutes=minutes)


def test_nobody_makes_a_lock_longer_while_it_lasts(nina, now) -> None:
    lock(nina, now)
    lock(nina, now + timedelta(minutes=1))
    held = Attempts.objects.get(account=nina.pk)
    assert held.locked_until == now + timedelta(minutes=POLICY.lock_minutes[0])
    assert Entry.objects.filter(verb="accounts.lock").count() == 1


def test_another_account_is_not_touched(nina, ana, now) -> None:
    lock(ana, timezone.now())
    assert enter()["Location"] == reverse("mfa_authenticate")


def test_who_is_signed_in_stays_so_and_wrong_passwords_do_not_lock_codes(nina) -> None:
    browser = signed_in(nina)
    lock(nina, timezone.now())
    assert browser.get(reverse("account_sessions")).status_code == 200
    assert not Attempts.objects.of(nina).filter(what=CODES).exists()


def test_wrong_codes_lock_codes_and_count_for_every_process(nina) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": nina.email, "password": PASSWORD})
    for _ in range(POLICY.attempts):
        cache.clear()
        page = browser.post(reverse("mfa_authenticate"), {"code": "wrong"})
        assert "This code is not right" in page.content.decode()
    assert Attempts.objects.of(nina).locked(timezone.now()).get().what == CODES


def test_an_unknown_address_gets_the_same_answer_and_the_same_counting(nina) -> None:
    for number in range(POLICY.attempts + 1):
        assert ONE_SENTENCE in enter(f"wrong {number}", "nobody@example.org").content.decode()
    held = Attempts.objects.get(account=UNKNOWN)
    assert held.locked_until is not None
    assert Entry.objects.filter(verb="accounts.lock", object_id=str(held.pk)).exists()
    assert Attempts.objects.count() == 1


def test_somebody_out_of_service_gets_the_same_answer(nina) -> None:
    User.objects.filter(pk=nina.pk).update(is_active=False)
    assert ONE_SENTENCE in enter().content.decode()


def test_a_sign_in_to_its_end_starts_the_counting_anew(nina, now) -> None:
    count_wrong(user=nina, what=PASSWORDS, at=now)
    forget_wrong(user=nina, what=PASSWORDS)
    assert not Attempts.objects.exists()


def test_an_administrator_ends_a_lock_with_a_reason(nina, ada) -> None:
    lock(nina, timezone.now())
    browser = signed_in(ada)
    url = reverse("staff_unlock", args=[nina.pk])
    assert url in browser.get(reverse("person", args=[nina.pk])).content.decode()
    assert browser.post(url, {"reason": ""}).status_code == 422
    browser.post(url, {"reason": "she called me"})
    assert enter()["Location"] == reverse("mfa_authenticate")
    entry = Entry.objects.get(verb="accounts.unlock")
    assert (entry.actor, entry.reason) == (str(ada.actor), "she called me")
    assert url not in browser.get(reverse("person", args=[nina.pk])).content.decode()


def test_unlocking_is_refused_to_others_for_oneself_without_a_reason_and_twice(
    nina, ada, mara, now
) -> None:
    lock(nina, now)
    with pytest.raises(NotAllowed):
        unlock(user=nina, by=mara, at=now, reason="x")
    with pytest.raises(OwnAccount):
        unlock(user=ada, by=ada, at=now, reason="x")
    with pytest.raises(ReasonNeeded):
        unlock(user=nina, by=ada, at=now, reason=" ")
    for _ in range(2):
        unlock(user=nina, by=ada, at=now, reason="x")
    assert Entry.objects.filter(verb="accounts.unlock").count() == 1
