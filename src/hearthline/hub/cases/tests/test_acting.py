# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import (
    NotIllegal,
    NotInCase,
    WrongState,
    clear_for_notice,
    conclude,
    hold_notice,
    pull,
    reopen,
    tell_reporters,
    write_to_reporter,
)
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import HARMFUL, confirmed, make_case, make_report
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report, Step

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WORKER = Actor.worker()


@pytest.fixture
def acting(ana, ben, now):
    return confirmed(make_case(at=now), by=ana, second=ben, at=now)


@pytest.fixture
def harmful(ana, ben, now):
    return confirmed(make_case(at=now), by=ana, second=ben, at=now, **HARMFUL)


def steps():
    return set(Step.objects.values_list("code", flat=True))


def test_the_host_may_hear_once_police_have_it_and_do_not_ask_to_wait(acting, now):
    assert acting not in Case.objects.cleared_for_notice(now)

    clear_for_notice(case=acting, at=now, actor=WORKER)
    clear_for_notice(case=acting, at=now + HOUR, actor=WORKER)

    assert acting.notice_cleared_at == now
    assert acting in Case.objects.cleared_for_notice(now)
    hold_notice(case=acting, until=now + 2 * HOUR, at=now, actor=WORKER)
    assert acting not in Case.objects.cleared_for_notice(now + HOUR)
    assert acting in Case.objects.cleared_for_notice(now + 2 * HOUR)
    hold_notice(case=acting, until=None, at=now, actor=WORKER)
    assert acting in Case.objects.cleared_for_notice(now + HOUR)


def test_what_was_removed_is_concluded_once(acting, now):
    conclude(case=acting, because="removed", at=now + HOUR, actor=WORKER)
    conclude(case=acting, because="removed", at=now + 2 * HOUR, actor=WORKER)

    assert (acting.state, acting.closed_at, acting.closed_because) == (
        "closed", now + HOUR, "removed"
    )  # fmt: skip
    assert Report.objects.get().state == Report.State.CLOSED
    assert Entry.objects.filter(verb="cases.conclude").count() == 1


def test_nothing_is_cleared_or_concluded_before_two_people_judged(now):
    case = make_case(at=now)
    with pytest.raises(WrongState):
        clear_for_notice(case=case, at=now, actor=WORKER)
    with pytest.raises(WrongState):
        hold_notice(case=case, until=now, at=now, actor=WORKER)
    with pytest.raises(WrongState):
        conclude(case=case, because="removed", at=now, actor=WORKER)


def test_content_that_comes_back_opens_the_case_again(acting, now):
    conclude(case=acting, because="removed", at=now, actor=WORKER)

    assert reopen(case=acting, at=now + HOUR, actor=WORKER) == acting
    assert reopen(case=acting, at=now + 2 * HOUR, actor=WORKER) == acting

    assert (acting.state, acting.closed_at) == (Case.State.CONFIRMED, None)
    assert Step.Code.BACK_AGAIN in steps()
    assert Report.objects.get().state == Report.State.IN_REVIEW
    conclude(case=acting, because="removed", at=now + 3 * HOUR, actor=WORKER)
    assert Report.objects.get().state == Report.State.CLOSED


def test_where_the_place_is_under_work_already_that_case_takes_over(acting, now):
    conclude(case=acting, because="removed", at=now, actor=WORKER)
    newer = make_case(at=now + HOUR)

    assert reopen(case=acting, at=now + 2 * HOUR, actor=WORKER) == newer

    assert acting.state == Case.State.CLOSED


def test_only_what_was_illegal_comes_back(harmful, now):
    with pytest.raises(NotIllegal):
        reopen(case=harmful, at=now, actor=WORKER)


def test_every_reporter_of_the_subject_is_told_each_step_once(acting, now):
    make_report(at=now)
    pull(at=now)

    tell_reporters(case=acting, step=Step.Code.POLICE_TOLD, at=now)
    tell_reporters(case=acting, step=Step.Code.POLICE_TOLD, at=now + HOUR)

    told = Step.objects.filter(code=Step.Code.POLICE_TOLD)
    assert told.count() == 2
    assert set(told.values_list("at", flat=True)) == {now}


def test_a_letter_waits_at_the_receipt(ana, now):
    sent = make_report(at=now)
    (case,) = pull(at=now)

    write_to_reporter(case=case, report=sent.report, body="When was it?", by=ana, at=now)

    (letter,) = reports.come_back(receipt=sent.receipt, at=now).messages
    assert letter.body == "When was it?"


def test_letters_go_to_reporters_of_this_case_only(ana, mara, now):
    case = make_case(at=now)
    other = make_report(at=now, addresses="https://b.example.org/2").report
    with pytest.raises(NotInCase):
        write_to_reporter(case=case, report=other, body="Hello.", by=ana, at=now)
    with pytest.raises(reports.NothingTold):
        write_to_reporter(
            case=case, report=Report.objects.exclude(pk=other.pk).get(), body=" ", by=ana, at=now
        )
    with pytest.raises(NotAllowed):
        write_to_reporter(case=case, report=other, body="Hello.", by=mara, at=now)
