# SPDX-License-Identifier: Apache-2.0
import pytest
from django.db import IntegrityError

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import (
    AlreadyDecided,
    AlreadyRequested,
    AlreadyShown,
    NotApproved,
    NothingToDisclose,
    NotInCase,
    SamePerson,
    decide_disclosure,
    open_disclosure,
    pull,
    request_disclosure,
)
from hearthline.hub.cases.models import Disclosure
from hearthline.hub.cases.tests.make import make_report
from hearthline.hub.sealing.words import words_of

pytestmark = pytest.mark.django_db

REASON = "Police need to reach the witness."


@pytest.fixture
def report(now):
    return make_report(at=now, safe_contact="email", contact="w@example.org").report


@pytest.fixture
def case(report, now):
    (case,) = pull(at=now)
    return case


@pytest.fixture
def asked(case, report, ana, now):
    return request_disclosure(case=case, report=report, reason=REASON, by=ana, at=now)


def test_two_people_and_then_shown_once(asked, ana, sena, now):
    decide_disclosure(disclosure=asked, approve=True, by=sena, at=now)

    assert open_disclosure(disclosure=asked, by=ana, at=now) == "w@example.org"

    with pytest.raises(AlreadyShown):
        open_disclosure(disclosure=asked, by=ana, at=now)
    verbs = Entry.objects.filter(verb__contains="disclosure").order_by("id")
    assert list(verbs.values_list("verb", "actor")) == [
        ("cases.request_disclosure", str(ana.actor)),
        ("cases.decide_disclosure", str(sena.actor)),
        ("cases.open_disclosure", str(ana.actor)),
    ]
    assert words_of(Entry.objects.get(verb="reports.reveal_contact").reason) == REASON


def test_a_manager_may_approve(asked, mara, now):
    decide_disclosure(disclosure=asked, approve=True, by=mara, at=now)

    assert asked.approved is True


def test_nobody_approves_their_own_request(case, report, sena, now):
    own = request_disclosure(case=case, report=report, reason=REASON, by=sena, at=now)

    with pytest.raises(SamePerson):
        decide_disclosure(disclosure=own, approve=True, by=sena, at=now)

    own.decided_by = sena
    with pytest.raises(IntegrityError):
        own.save()


def test_nothing_is_shown_before_it_is_allowed(asked, ana, sena, now):
    with pytest.raises(NotApproved):
        open_disclosure(disclosure=asked, by=ana, at=now)
    decide_disclosure(disclosure=asked, approve=False, by=sena, at=now)
    with pytest.raises(NotApproved):
        open_disclosure(disclosure=asked, by=ana, at=now)
    with pytest.raises(AlreadyDecided):
        decide_disclosure(disclosure=asked, approve=True, by=sena, at=now)


def test_only_who_asked_reads_it(asked, ben, sena, now):
    decide_disclosure(disclosure=asked, approve=True, by=sena, at=now)

    with pytest.raises(NotAllowed):
        open_disclosure(disclosure=asked, by=ben, at=now)


def test_a_request_says_why_and_waits_once(case, report, asked, ana, ben, now):
    with pytest.raises(ReasonNeeded):
        request_disclosure(case=case, report=report, reason=" ", by=ana, at=now)
    with pytest.raises(AlreadyRequested):
        request_disclosure(case=case, report=report, reason=REASON, by=ben, at=now)
    assert Disclosure.objects.count() == 1


def test_after_it_was_refused_it_may_be_asked_again(case, report, asked, ana, sena, now):
    decide_disclosure(disclosure=asked, approve=False, by=sena, at=now)

    request_disclosure(case=case, report=report, reason="A court asks.", by=ana, at=now)

    assert Disclosure.objects.count() == 2


def test_there_is_nothing_to_ask_where_only_the_receipt_was_left(ana, now):
    report = make_report(at=now).report
    (case,) = pull(at=now)

    with pytest.raises(NothingToDisclose):
        request_disclosure(case=case, report=report, reason=REASON, by=ana, at=now)


def test_a_report_of_another_case_is_refused(case, ana, now):
    other = make_report(at=now, addresses="https://b.example.org/2").report

    with pytest.raises(NotInCase):
        request_disclosure(case=case, report=other, reason=REASON, by=ana, at=now)


@pytest.mark.parametrize("who", ["stella", "omar", "paulo", "ada"])
def test_others_neither_ask_nor_approve_nor_read(who, request, case, report, asked, now):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        request_disclosure(case=case, report=report, reason=REASON, by=person, at=now)
    with pytest.raises(NotAllowed):
        decide_disclosure(disclosure=asked, approve=True, by=person, at=now)
    with pytest.raises(NotAllowed):
        open_disclosure(disclosure=asked, by=person, at=now)
