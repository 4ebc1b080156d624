# SPDX-License-Identifier: Apache-2.0
import pytest
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.directory.actions import set_age_recipient
from hearthline.hub.mail.models import Letter
from hearthline.hub.referrals.actions import acknowledge, ask_hold, conclude
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import ADDRESS, make_confirmed, make_referral

pytestmark = pytest.mark.django_db


def page(user, name, *args):
    return signed_in(user).get(reverse(name, args=args))


def test_the_list_shows_what_went_to_police(ana, referral):
    shown = page(ana, "referrals").content.decode()
    assert referral.case.reference in shown
    assert "Quay Police" in shown
    assert "past its clock" in shown  # the clock of the test ran out long before today
    assert ADDRESS not in shown


def test_the_list_shows_cases_that_wait_for_a_key(ana, ben, case, unit, ada, now):
    set_age_recipient(organisation=unit, recipient="", by=ada, at=now)
    shown = page(ana, "referrals").content.decode()
    assert "Waiting for the unit's key" in shown
    assert "Ask for the age key of Quay Police" in shown
    assert reverse("referral_new", args=[case.pk]) in shown


def test_with_no_unit_at_all_the_list_says_so(ana, case):
    assert "no police unit of this country" in page(ana, "referrals").content.decode()


def test_an_empty_list_says_something_true(ana):
    assert "Nothing has gone to police yet" in page(ana, "referrals").content.decode()


def test_one_referral_shows_its_way_its_hold_and_its_outcome(ana, referral, liaison, now):
    acknowledge(referral=referral, unit_reference="Q-17", by=liaison, at=now)
    ask_hold(
        referral=referral, until=now.replace(day=6), reason="Wait, please.", by=liaison, at=now
    )
    conclude(referral=referral, outcome="investigating", by=liaison, at=now)
    shown = page(ana, "referral", referral.pk).content.decode()
    for words in ("Q-17", "Wait, please.", "Under investigation", "Acknowledged"):
        assert words in shown
    assert bytes(referral.package_sha256).hex() in shown


def test_a_letter_given_up_shows_the_servers_words_and_can_be_posted_again(ana, case, unit, now):
    referral = make_referral(case, unit, at=now, channel="mail")
    Letter.objects.update(state=Letter.State.GIVEN_UP, last_error="550 No such mailbox")
    client = signed_in(ana)
    shown = client.get(reverse("referral", args=[referral.pk])).content.decode()
    assert "550 No such mailbox" in shown
    answer = client.post(reverse("referral_send_again", args=[referral.pk]), follow=True)
    assert "The letter is posted again." in answer.content.decode()
    answer = client.post(reverse("referral_send_again", args=[referral.pk]), follow=True)
    assert "Nothing was sent." in answer.content.decode()


def test_a_person_prepares_a_package(ana, case, unit):
    client = signed_in(ana)
    answer = client.post(
        reverse("referral_new", args=[case.pk]), {"unit": unit.pk, "channel": "door"}
    )
    referral = Referral.objects.get()
    assert answer["Location"] == reverse("referral", args=[referral.pk])


def test_a_child_first_case_is_not_handed_over_from_here(ana, ben, unit, now):
    case = make_confirmed(ana=ana, ben=ben, at=now, outcome="national", peer=True)
    shown = page(ana, "referral_new", case.pk).content.decode()
    assert "two people found an adult behind it" in shown
    assert "Prepare the package" not in shown
    answer = signed_in(ana).post(
        reverse("referral_new", args=[case.pk]), {"unit": unit.pk, "channel": "door"}
    )
    assert answer["Location"] == reverse("case", args=[case.pk])
    assert not Referral.objects.exists()


def test_preparing_without_a_key_says_what_to_do(ana, case, unit, ada, now):
    set_age_recipient(organisation=unit, recipient="", by=ada, at=now)
    answer = signed_in(ana).post(
        reverse("referral_new", args=[case.pk]), {"unit": unit.pk, "channel": "door"}
    )
    assert "Ask the unit for its age key" in answer.content.decode()
    assert not Referral.objects.exists()


def test_preparing_by_mail_without_a_mailbox_says_what_to_do(ana, case, unit):
    unit.contacts.all().delete()
    answer = signed_in(ana).post(
        reverse("referral_new", args=[case.pk]), {"unit": unit.pk, "channel": "mail"}
    )
    assert "Choose the partners&#x27; door" in answer.content.decode()


def test_who_may_see_and_who_may_not(referral, case, mara, stella, paulo, client):
    assert page(mara, "referrals").status_code == 200
    assert page(mara, "referral_new", case.pk).status_code == 403
    assert page(stella, "referrals").status_code == 403
    assert page(paulo, "referral", referral.pk).status_code == 403
    assert client.get(reverse("referrals")).status_code == 302
