# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import (
    AlreadyClaimed,
    NotHolder,
    SameLevel,
    SamePerson,
    WrongState,
    claim,
    lower_level,
    raise_level,
    release,
)
from hearthline.hub.cases.models import Case, LevelChange
from hearthline.hub.cases.tests.make import HARMFUL, assessed, confirmed, make_case
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.words import words_of
from hearthline.kit.codelists import UnknownCodeError

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
OUTSIDERS = ["stella", "omar", "paulo", "ada"]


@pytest.fixture
def case(now):
    return make_case(at=now)


def test_the_first_claim_is_the_first_look(case, ana, now):
    claim(case=case, by=ana, at=now + MINUTE)

    assert (case.state, case.holder) == (Case.State.IN_ASSESSMENT, ana)
    assert case.claim_until == now + 31 * MINUTE
    assert case.first_reviewed_at == now + MINUTE
    assert Report.objects.get().state == Report.State.IN_REVIEW
    assert Entry.objects.filter(verb="cases.claim", actor=str(ana.actor)).count() == 1


def test_a_live_claim_keeps_others_out(case, ana, ben, now):
    claim(case=case, by=ana, at=now)

    with pytest.raises(AlreadyClaimed) as refused:
        claim(case=case, by=ben, at=now + 29 * MINUTE)

    assert (refused.value.holder, refused.value.until) == (ana, now + 30 * MINUTE)


def test_a_claim_that_ran_out_may_be_taken_over(case, ana, ben, now):
    claim(case=case, by=ana, at=now)

    claim(case=case, by=ben, at=now + 30 * MINUTE)

    assert case.holder == ben
    assert case.first_reviewed_at == now


def test_claiming_again_prolongs(case, ana, now):
    claim(case=case, by=ana, at=now)
    claim(case=case, by=ana, at=now + 20 * MINUTE)

    assert case.claim_until == now + 50 * MINUTE


def test_a_stale_page_claims_nothing_away(case, ana, ben, now):
    stale = Case.objects.get(pk=case.pk)
    claim(case=case, by=ana, at=now)

    with pytest.raises(AlreadyClaimed):
        claim(case=stale, by=ben, at=now)


@pytest.mark.parametrize("who", [*OUTSIDERS, "mara"])
def test_others_do_not_claim(who, request, case, now):
    with pytest.raises(NotAllowed):
        claim(case=case, by=request.getfixturevalue(who), at=now)


def test_a_closed_case_is_not_claimed(case, ana, ben, now):
    confirmed(case, by=ana, second=ben, at=now, **HARMFUL)

    with pytest.raises(WrongState):
        claim(case=case, by=ana, at=now)


def test_whoever_assessed_does_not_take_the_review_from_others(case, ana, ben, now):
    assessed(case, by=ana, at=now)

    with pytest.raises(SamePerson):
        claim(case=case, by=ana, at=now)
    claim(case=case, by=ben, at=now)
    assert case.state == Case.State.AWAITING_SECOND


def test_a_released_case_waits_again(case, ana, ben, now):
    claim(case=case, by=ana, at=now)

    release(case=case, by=ana, at=now)

    assert (case.state, case.holder) == (Case.State.AWAITING_TRIAGE, None)
    assert case in Case.objects.new(now)
    with pytest.raises(NotHolder):
        release(case=case, by=ana, at=now)
    claim(case=case, by=ben, at=now)
    with pytest.raises(NotHolder):
        release(case=case, by=ana, at=now)


def test_urgency_goes_up_at_once_and_its_clock_with_it(case, mara, now):
    raise_level(case=case, level="U1", by=mara, at=now)

    assert (case.level, case.review_due_at) == ("U1", now + 60 * MINUTE)
    change = LevelChange.objects.get()
    assert (change.before, change.after, change.by) == ("U3", "U1", mara)


def test_urgency_goes_down_with_a_reason_only(case, ana, now):
    with pytest.raises(ReasonNeeded):
        lower_level(case=case, level="U4", reason=" ", by=ana, at=now)
    assert case.level == "U3"

    lower_level(case=case, level="U4", reason="Advice was asked, nothing else.", by=ana, at=now)

    assert (case.level, case.review_due_at) == ("U4", now + 4320 * MINUTE)
    assert words_of(Entry.objects.get(verb="cases.level").reason).startswith("Advice")


def test_a_clock_that_was_kept_stays_kept(case, ana, now):
    claim(case=case, by=ana, at=now + 30 * MINUTE)
    before = case.review_due_at

    raise_level(case=case, level="U0", by=ana, at=now + 31 * MINUTE)

    assert case.review_due_at == before


def test_up_is_not_down(case, ana, now):
    with pytest.raises(SameLevel):
        raise_level(case=case, level="U3", by=ana, at=now)
    with pytest.raises(SameLevel):
        raise_level(case=case, level="U4", by=ana, at=now)
    with pytest.raises(SameLevel):
        lower_level(case=case, level="U0", reason="no", by=ana, at=now)
    with pytest.raises(UnknownCodeError):
        raise_level(case=case, level="A0", by=ana, at=now)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_others_set_no_urgency(who, request, case, now):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        raise_level(case=case, level="U0", by=person, at=now)
    with pytest.raises(NotAllowed):
        lower_level(case=case, level="U4", reason="no", by=person, at=now)
