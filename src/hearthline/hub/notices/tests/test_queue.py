# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import clear_for_notice, hold_notice
from hearthline.hub.directory.actions import retire
from hearthline.hub.directory.tests.make import make_contact, make_organisation
from hearthline.hub.notices.actions import (
    AlreadyAddressed,
    NoAddress,
    NoMailContact,
    NotAHost,
    NotCleared,
    assign_host,
    queue_notice,
)
from hearthline.hub.notices.models import Delivery, Lane, Notice, cases_by_hand
from hearthline.hub.notices.sweeps import open_notices, write_letters
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.make import add_lawyers, make_cleared, make_confirmed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WORKER = Actor.worker()
ELSEWHERE = "https://unknown.example.org/a"


def test_a_cleared_case_gets_one_notice_to_its_host(host, ana, ben, now):
    case = make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    assert open_notices(holder="w1", at=now) == 1
    assert open_notices(holder="w1", at=now) == 0
    notice = Notice.objects.get()
    assert (notice.case, notice.host) == (case, host)
    assert notice.contact.value == "abuse@harbour-host.test"
    assert queue_notice(case=case, at=now, actor=WORKER) == notice


def test_the_abuse_desk_is_written_to_and_not_the_lawyers(host, ana, ben, ada, now):
    add_lawyers(host, ada=ada, at=now)
    case = make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    notice = queue_notice(case=case, at=now, actor=WORKER)
    assert notice.contact.value == "abuse@harbour-host.test"


def test_a_case_police_do_not_have_gets_no_notice(host, ana, ben, now):
    case = make_confirmed(ADDRESS, ana=ana, ben=ben, at=now)
    assert open_notices(holder="w1", at=now + 1000 * HOUR) == 0
    with pytest.raises(NotCleared):
        queue_notice(case=case, at=now, actor=WORKER)


def test_a_case_police_hold_back_waits_until_the_hold_ends_by_itself(host, ana, ben, now):
    case = make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    hold_notice(case=case, until=now + 24 * HOUR, at=now, actor=WORKER)
    assert open_notices(holder="w1", at=now + 23 * HOUR) == 0
    assert open_notices(holder="w1", at=now + 24 * HOUR) == 1


def test_a_child_first_case_gets_its_notice_at_confirmation(host, ana, ben, now):
    make_confirmed(ADDRESS, ana=ana, ben=ben, at=now, outcome="national", self_generated=True)
    assert open_notices(holder="w1", at=now) == 1


def test_words_and_accounts_get_no_notice_and_stand_for_a_person(ana, ben, now):
    case = make_confirmed("", ana=ana, ben=ben, at=now)
    clear_for_notice(case=case, at=now, actor=WORKER)
    assert open_notices(holder="w1", at=now) == 0
    assert list(cases_by_hand(now)) == [case]
    with pytest.raises(NoAddress):
        queue_notice(case=case, at=now, actor=WORKER)


def test_an_unknown_host_is_for_a_person_to_find(host, ana, ben, now):
    make_cleared(ELSEWHERE, ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    notice = Notice.objects.get()
    assert notice.needs_host
    assert list(Notice.objects.in_lane(Lane.FIND_HOST, now)) == [notice]
    assert write_letters(holder="w1", at=now) == 0
    assign_host(notice=notice, host=host, by=ana, at=now)
    assert write_letters(holder="w1", at=now) == 1
    assert Delivery.objects.get().letter.recipient == "abuse@harbour-host.test"
    (entry,) = Entry.objects.filter(verb="notices.assign_host")
    assert entry.actor == f"staff:{ana.pk}"


def test_only_somebody_who_may_send_assigns_a_host(host, ana, ben, mara, now):
    make_cleared(ELSEWHERE, ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    with pytest.raises(NotAllowed):
        assign_host(notice=Notice.objects.get(), host=host, by=mara, at=now)


def test_a_host_that_cannot_be_written_to_is_refused(ana, ben, ada, now):
    make_cleared(ELSEWHERE, ana=ana, ben=ben, at=now)
    open_notices(holder="w1", at=now)
    notice = Notice.objects.get()
    silent = make_organisation(by=ada, at=now, name="Silent Hosting")
    with pytest.raises(NoMailContact):
        assign_host(notice=notice, host=silent, by=ana, at=now)
    make_contact(silent, by=ada, at=now, value="abuse@silent.test")
    retired = retire(organisation=silent, reason="closed", by=ada, at=now)
    with pytest.raises(NotAHost):
        assign_host(notice=notice, host=retired, by=ana, at=now)


def test_a_notice_that_has_its_host_is_not_sent_elsewhere(host, ana, ben, now):
    case = make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    notice = queue_notice(case=case, at=now, actor=WORKER)
    with pytest.raises(AlreadyAddressed):
        assign_host(notice=notice, host=host, by=ana, at=now)
