# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.cases.models import Case
from hearthline.hub.directory.actions import set_age_recipient
from hearthline.hub.mail.models import Letter
from hearthline.hub.mail.sweeps import send_letters
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.referrals.models import Referral, cases_awaiting_referral
from hearthline.hub.referrals.sweeps import note_arrivals, refer_confirmed
from hearthline.hub.referrals.tests.make import MAILBOX, make_confirmed, make_keyed_unit
from hearthline.hub.reports.models import Step

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_a_confirmed_case_reaches_police_by_mail(settings, case, unit, now):
    assert refer_confirmed(holder="w1", at=now) == 1
    assert note_arrivals(holder="w1", at=now) == 0
    with mail_server(settings, Inbox()) as inbox:
        send_letters(holder="w1", at=now + HOUR)
    assert len(inbox.to(MAILBOX)) == 1
    assert note_arrivals(holder="w1", at=now + 2 * HOUR) == 1
    referral = Referral.objects.get()
    assert referral.state == Referral.State.WITH_POLICE
    assert referral.with_police_at == now + HOUR
    assert Case.objects.cleared_for_notice(now + 2 * HOUR).exists()
    assert Step.objects.filter(code=Step.Code.POLICE_TOLD).count() == 1


def test_swept_twice_is_swept_once(settings, case, unit, now):
    with mail_server(settings, Inbox()):
        for sweep in (refer_confirmed, send_letters, note_arrivals):
            assert sweep(holder="w1", at=now) == 1
            assert sweep(holder="w1", at=now) == 0


def test_a_refused_letter_is_not_with_police(settings, case, unit, now):
    refer_confirmed(holder="w1", at=now)
    with mail_server(settings, Inbox(answer_rcpt="550 No such mailbox")):
        send_letters(holder="w1", at=now)
    assert note_arrivals(holder="w1", at=now) == 0
    assert not Case.objects.cleared_for_notice(now + 1000 * HOUR).exists()


def test_a_unit_without_mailbox_finds_it_at_the_door(case, ada, now):
    make_keyed_unit(ada=ada, at=now, mailbox="")
    assert refer_confirmed(holder="w1", at=now) == 1
    assert Referral.objects.get().channel == Referral.Channel.DOOR


def test_without_a_key_the_case_waits_and_nothing_leaves(case, unit, ada, now):
    set_age_recipient(organisation=unit, recipient="", by=ada, at=now)
    assert refer_confirmed(holder="w1", at=now) == 0
    assert list(cases_awaiting_referral()) == [case]
    assert not Letter.objects.exists()


def test_units_of_other_countries_are_not_addressed(case, unit, now):
    unit.country = "XT"
    unit.save()
    assert refer_confirmed(holder="w1", at=now) == 0


def test_a_child_first_case_does_not_go_to_police_by_itself(ana, ben, unit, now):
    make_confirmed(ana=ana, ben=ben, at=now, outcome="national", peer=True)
    assert not cases_awaiting_referral().exists()
    assert refer_confirmed(holder="w1", at=now) == 0


def test_one_case_in_trouble_does_not_hold_up_the_next(ana, ben, unit, now):
    broken = make_confirmed(ana=ana, ben=ben, at=now)
    whole = make_confirmed(ana=ana, ben=ben, at=now + HOUR, addresses="http://b.harbour-host.test/")
    broken.subject.address = b"not an envelope"
    broken.subject.save()
    assert refer_confirmed(holder="w1", at=now + HOUR) == 1
    assert Referral.objects.get().case == whole
    assert list(cases_awaiting_referral()) == [broken]
