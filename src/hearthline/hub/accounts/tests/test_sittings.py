# SPDX-License-Identifier: Apache-2.0
"""Being signed in ends: left idle, grown old, or because something about the person changed."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.actions import (
    SITTING,
    OwnAccount,
    end_role,
    end_service,
    grant,
    resume_service,
    start_again,
)
from hearthline.hub.accounts.models import Sitting, User
from hearthline.hub.accounts.permissions import NotAllowed, Role
from hearthline.hub.accounts.sweeps import forget_sessions
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]

POLICY = settings.PACK.sign_in
SESSIONS = "/account/sessions/"


@pytest.fixture
def browser(ana) -> Client:
    """Ana at work."""
    here = signed_in(ana)
    assert is_in(here)
    return here


def is_in(browser: Client) -> bool:
    return browser.get(SESSIONS).status_code == 200


def move(browser: Client, **back: timedelta) -> None:
    """Make the sitting of this browser begin, or be seen, so much earlier."""
    sitting = Sitting.objects.get(pk=browser.session[SITTING])
    for name, by in back.items():
        setattr(sitting, name, getattr(sitting, name) - by)
    sitting.save()


def test_work_goes_on_within_the_idle_time(browser) -> None:
    move(browser, seen_at=timedelta(minutes=POLICY.idle_minutes - 1))
    assert is_in(browser)
    assert timezone.now() - Sitting.objects.get().seen_at < timedelta(minutes=1)


def test_left_idle_it_ends_and_the_page_says_so(browser) -> None:
    move(browser, seen_at=timedelta(minutes=POLICY.idle_minutes))
    answer = browser.get(SESSIONS, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")
    assert "You were signed out, to be safe." in answer.content.decode()
    assert not is_in(browser)


def test_it_ends_after_a_day_of_work_however_busy(browser) -> None:
    move(browser, since=timedelta(hours=POLICY.session_hours))
    assert not is_in(browser)


def test_signing_out_ends_it(browser) -> None:
    browser.post(reverse("account_logout"))
    assert Sitting.objects.get().ended_at is not None


def test_a_sitting_of_somebody_else_is_none(browser, ben) -> None:
    Sitting.objects.update(user=ben)
    assert not is_in(browser)


@pytest.mark.parametrize(
    "change",
    [
        lambda **who: grant(role=Role.STATISTICIAN, **who),
        lambda **who: end_role(role=Role.ANALYST, reason="moved on", **who),
        lambda **who: end_service(reason="left us", **who),
        lambda **who: start_again(password="x" * 12, reason="lost it", **who),
    ],
    ids=["a role given", "a role ended", "service ended", "started again"],
)
def test_a_change_by_somebody_else_signs_out_everywhere_at_once(
    change, browser, ana, ben, ada
) -> None:
    second, other = signed_in(ana), signed_in(ben)
    assert is_in(second)
    assert is_in(other)
    change(user=User.objects.get(pk=ana.pk), by=ada, at=timezone.now())
    assert not is_in(browser)
    assert not is_in(second)
    assert is_in(other)


def test_ones_own_page_shows_every_browser_and_ends_the_others(browser, ana, ben) -> None:
    second, other = signed_in(ana), signed_in(ben)
    assert is_in(second)
    assert is_in(other)
    page = browser.get(SESSIONS).content.decode()
    assert page.count("This browser") == 1
    assert page.count("last used") == 2
    browser.post(SESSIONS)
    assert is_in(browser)
    assert not is_in(second)
    assert is_in(other)
    assert Entry.objects.get(verb="accounts.end_sittings").detail == '{"count":1}'
    browser.post(SESSIONS)
    assert Entry.objects.filter(verb="accounts.end_sittings").count() == 1


def test_service_ends_with_a_reason_and_can_be_resumed(ada, ana) -> None:
    browser = signed_in(ada)
    url = reverse("staff_end_service", args=[ana.pk])
    person = reverse("person", args=[ana.pk])
    assert url in browser.get(person).content.decode()
    assert browser.post(url, {"reason": ""}).status_code == 422
    browser.post(url, {"reason": "left us"})
    gone = User.objects.get(pk=ana.pk)
    assert (gone.is_active, gone.roles) == (False, ())
    assert Entry.objects.get(verb="accounts.end_service").reason == "left us"
    listed = browser.get(reverse("staff"), {"role": "ended"}).content.decode()
    assert "ana@example.org" in listed
    back = reverse("staff_resume", args=[ana.pk])
    assert back in browser.get(person).content.decode()
    browser.post(back, {"reason": "by mistake"})
    assert User.objects.get(pk=ana.pk).is_active
    assert Entry.objects.get(verb="accounts.resume_service").reason == "by mistake"


@pytest.mark.parametrize("act", [end_service, resume_service])
def test_service_is_changed_by_another_administrator_with_a_reason_and_once(
    act, ada, ana, mara, now
) -> None:
    with pytest.raises(NotAllowed):
        act(user=ana, by=mara, at=now, reason="x")
    with pytest.raises(OwnAccount):
        act(user=ada, by=ada, at=now, reason="x")
    with pytest.raises(ReasonNeeded):
        act(user=ana, by=ada, at=now, reason=" ")
    User.objects.filter(pk=ana.pk).update(is_active=act is end_service)
    for _ in range(2):
        act(user=User.objects.get(pk=ana.pk), by=ada, at=now, reason="x")
    assert Entry.objects.filter(verb=f"accounts.{act.__name__}").count() == 1


def test_what_is_long_over_is_forgotten(browser) -> None:
    later = timezone.now() + timedelta(days=31)
    assert forget_sessions(holder="worker", at=timezone.now()) == 0
    assert forget_sessions(holder="worker", at=later) == 2
    assert not Sitting.objects.exists()
    assert not Session.objects.exists()
