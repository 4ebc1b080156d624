# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.referrals.models import Hold, Referral
from hearthline.hub.referrals.tests.make import opened

pytestmark = pytest.mark.django_db

ACTS = (
    "package_download",
    "package_acknowledge",
    "package_hold",
    "package_lift",
    "package_outcome",
)


@pytest.fixture
def browser(liaison):
    return signed_in(liaison)


def at(name, referral):
    return reverse(name, args=[referral.pk])


def later(**length):
    return (timezone.now() + timedelta(**length)).strftime("%Y-%m-%dT%H:%M")


def test_a_liaison_sees_the_packages_of_the_unit(browser, referral):
    shown = browser.get(reverse("packages")).content.decode()
    assert referral.case.reference in shown
    assert "Quay Police" in shown


def test_downloading_hands_over_the_sealed_bytes_and_notes_it(browser, liaison, referral):
    answer = browser.post(at("package_download", referral))
    assert answer["Content-Type"] == "application/octet-stream"
    name = f"package-{referral.case.reference}.age"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "no-store"
    assert opened(answer.content).reference == referral.case.reference
    referral.refresh_from_db()
    assert referral.state == Referral.State.WITH_POLICE
    assert Entry.objects.filter(verb="referrals.pick_up").count() == 1


def test_looking_alone_puts_nothing_with_police(browser, referral):
    browser.get(at("package", referral))
    assert browser.get(at("package_download", referral)).status_code == 405
    referral.refresh_from_db()
    assert referral.with_police_at is None


def test_a_package_that_was_altered_is_told_and_not_given(browser, referral):
    Referral.objects.update(package=b"something else")
    answer = browser.post(at("package_download", referral), follow=True)
    assert "not as it was prepared" in answer.content.decode()


def test_acknowledging_needs_a_reference(browser, referral):
    url = at("package_acknowledge", referral)
    answer = browser.post(url, {"unit_reference": ""})
    assert "Write the number under which your unit keeps it." in answer.content.decode()
    answer = browser.post(url, {"unit_reference": "Q-17"}, follow=True)
    assert "Q-17" in answer.content.decode()


def test_a_hold_is_asked_for_and_lifted(browser, referral):
    answer = browser.post(
        at("package_hold", referral),
        {"until": later(hours=24), "reason": "Evidence is being secured."},
        follow=True,
    )
    assert "The host is not told before" in answer.content.decode()
    assert Hold.objects.in_force(timezone.now()).count() == 1
    answer = browser.post(at("package_lift", referral), follow=True)
    assert "The hold is lifted." in answer.content.decode()
    answer = browser.post(at("package_lift", referral), follow=True)
    assert "had ended already" in answer.content.decode()


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ({"hours": -1}, "This time has passed."),
        ({"hours": 200}, "This is longer than a hold can be."),
    ],
)
def test_a_hold_that_cannot_be_is_explained_and_nothing_is_lost(browser, referral, until, words):
    answer = browser.post(
        at("package_hold", referral), {"until": later(**until), "reason": "Please wait."}
    )
    shown = answer.content.decode()
    assert words in shown
    assert "Please wait." in shown
    assert not Hold.objects.exists()


def test_a_hold_needs_a_reason(browser, referral):
    answer = browser.post(at("package_hold", referral), {"until": later(hours=2), "reason": ""})
    assert "Say in a few words why" in answer.content.decode()


def test_an_outcome_is_sent(browser, referral):
    url = at("package_outcome", referral)
    answer = browser.post(url, {"outcome": "child_safeguarded"}, follow=True)
    assert "Child safeguarded" in answer.content.decode()
    answer = browser.post(url, {"outcome": "no_offence"}, follow=True)
    assert "It stands." in answer.content.decode()
    assert browser.post(url, {"outcome": "invented"}).status_code == 200
    referral.refresh_from_db()
    assert referral.outcome == "child_safeguarded"


def test_the_packages_of_another_unit_do_not_exist(paulo, referral):
    browser = signed_in(paulo)
    assert "not a member of a unit yet" in browser.get(reverse("packages")).content.decode()
    assert browser.get(at("package", referral)).status_code == 404
    for act in ACTS:
        assert browser.post(at(act, referral)).status_code == 404
    referral.refresh_from_db()
    assert referral.with_police_at is None


def test_staff_of_the_hotline_do_not_pass_this_door(ana, referral):
    browser = signed_in(ana)
    assert browser.get(reverse("packages")).status_code == 403
    assert browser.post(at("package_download", referral)).status_code == 403


def test_the_door_needs_nothing_that_reads(browser, referral, settings):
    """It holds the desk's public half alone, which seals a reason and reads none."""
    settings.PEPPER = settings.DESK_PRIVATE_KEY = ""
    assert browser.get(reverse("packages")).status_code == 200
    assert browser.get(at("package", referral)).status_code == 200
    said = {
        "package_download": {},
        "package_acknowledge": {"unit_reference": "Q-1"},
        "package_hold": {"until": later(hours=2), "reason": "Please wait."},
        "package_lift": {},
        "package_outcome": {"outcome": "child_safeguarded"},
    }
    for name, fields in said.items():
        assert browser.post(at(name, referral), fields).status_code in (200, 302)
    referral.refresh_from_db()
    assert referral.state == Referral.State.CONCLUDED
