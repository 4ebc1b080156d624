# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.blocklists.tests.make import make_entry, make_ordered, make_silent
from hearthline.hub.cases.actions import conclude, hold_notice
from hearthline.hub.sealing.words import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded(ana, ben, now) -> Entry:
    """A shared host, proposed by Ana although a guard speaks against it."""
    case = make_silent(ana=ana, ben=ben, at=now, address="http://pastebin.com/a/b.html")
    wide = {"scope": "host", "address": "pastebin.com", "against_guard": True}
    return make_entry(case, by=ana, at=now, **wide)


def test_a_senior_approves_and_the_clocks_start(proposed, sena, now) -> None:
    entry = actions.approve(entry=proposed, by=sena, at=now)
    assert (entry.state, entry.approved_by) == (Entry.State.LISTED, sena)
    assert entry.review_at == now + timedelta(days=90)
    assert entry.expires_at == now + timedelta(days=180)
    assert Entry.objects.in_force(now).get() == entry
    assert not Entry.objects.in_force(entry.expires_at).exists()


def test_who_proposed_it_does_not_approve_it(case, sena, now) -> None:
    entry = make_entry(case, by=sena, at=now)
    with pytest.raises(actions.SamePerson):
        actions.approve(entry=entry, by=sena, at=now)


@pytest.mark.parametrize("who", ["ben", "mara", "omar", "ada"])
def test_only_seniors_approve(proposed, now, who, request) -> None:
    with pytest.raises(NotAllowed):
        actions.approve(entry=proposed, by=request.getfixturevalue(who), at=now)


def test_an_entry_is_approved_once(listed, sol, now) -> None:
    with pytest.raises(actions.WrongState):
        actions.approve(entry=listed, by=sol, at=now)


def test_a_proposal_whose_case_is_over_is_not_approved(proposed, case, sena, now) -> None:
    conclude(case=case, because="removed", at=now, actor=Actor.worker())
    entry = Entry.objects.get(pk=proposed.pk)
    with pytest.raises(actions.NotIllegal):
        actions.approve(entry=entry, by=sena, at=now)


def test_what_an_appeal_lifted_is_not_listed_again_by_the_same_people(
    case, listed, ana, sena, sol, mara, now
) -> None:
    actions.overturn(entry=listed, by=mara, at=now)
    again = make_entry(case, by=ana, at=now)
    with pytest.raises(actions.LiftedOnAppeal):
        actions.approve(entry=again, by=sena, at=now)
    assert actions.approve(entry=again, by=sol, at=now).state == Entry.State.LISTED


def test_what_police_ask_to_wait_with_is_not_approved_before(proposed, case, sena, now) -> None:
    until = now + timedelta(hours=2)
    hold_notice(case=case, until=until, at=now, actor=Actor.worker())
    entry = Entry.objects.get(pk=proposed.pk)
    with pytest.raises(actions.PoliceHold):
        actions.approve(entry=entry, by=sena, at=now)
    actions.approve(entry=entry, by=sena, at=until)


def test_two_seniors_override_a_guard_each_with_a_reason(guarded, sena, sol, now) -> None:
    entry = actions.override(entry=guarded, reason="All of it is one offender's.", by=sena, at=now)
    assert (entry.state, entry.needs_second_senior) == (Entry.State.PROPOSED, True)
    entry = actions.override(entry=entry, reason="I looked too; it is.", by=sol, at=now)
    assert (entry.state, entry.second_senior) == (Entry.State.LISTED, sol)
    assert words_of(entry.second_override_reason) == "I looked too; it is."


def test_one_senior_is_not_two(guarded, sena, now) -> None:
    actions.override(entry=guarded, reason="It is needed.", by=sena, at=now)
    with pytest.raises(actions.SamePerson):
        actions.override(entry=guarded, reason="It really is.", by=sena, at=now)


def test_a_senior_who_proposed_it_is_neither_of_the_two(ana, ben, sena, now) -> None:
    case = make_silent(ana=ana, ben=ben, at=now, address="http://pastebin.com/a/b.html")
    wide = {"scope": "host", "address": "pastebin.com", "against_guard": True}
    entry = make_entry(case, by=sena, at=now, **wide)
    with pytest.raises(actions.SamePerson):
        actions.override(entry=entry, reason="It is needed.", by=sena, at=now)


def test_an_override_says_why(guarded, sena, now) -> None:
    with pytest.raises(ReasonNeeded):
        actions.override(entry=guarded, reason=" ", by=sena, at=now)


def test_analysts_do_not_override(guarded, ben, now) -> None:
    with pytest.raises(NotAllowed):
        actions.override(entry=guarded, reason="It is needed.", by=ben, at=now)


def test_a_guard_is_not_walked_around_by_a_plain_approval(guarded, sena, now) -> None:
    with pytest.raises(actions.WrongWay):
        actions.approve(entry=guarded, by=sena, at=now)


def test_what_no_guard_speaks_against_needs_no_override(proposed, sena, now) -> None:
    with pytest.raises(actions.WrongWay):
        actions.override(entry=proposed, reason="To be sure.", by=sena, at=now)


def test_the_database_itself_knows_the_rule_of_two(proposed, guarded, now, sena) -> None:
    clocks = {"listed_at": now, "review_at": now, "expires_at": now, "state": "listed"}
    for row, wrong in (
        (proposed, {"approved_by": proposed.proposed_by, **clocks}),
        (proposed, clocks),
        (guarded, {"approved_by": sena, **clocks}),
        (guarded, {"approved_by": sena, "second_senior": sena, **clocks}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(pk=row.pk).update(**wrong)


def test_a_senior_refuses_with_a_reason(proposed, sena, now) -> None:
    with pytest.raises(ReasonNeeded):
        actions.refuse(entry=proposed, reason="", by=sena, at=now)
    entry = actions.refuse(entry=proposed, reason="The page is enough.", by=sena, at=now)
    assert (entry.state, words_of(entry.acts.last().reason)) == ("refused", "The page is enough.")
    with pytest.raises(actions.WrongState):
        actions.approve(entry=entry, by=sena, at=now)


def test_who_proposed_it_takes_it_back_and_proposes_narrower(ana, now) -> None:
    wide = make_ordered("harbour.test", by=ana, at=now, scope="domain")
    actions.refuse(entry=wide, reason="The host alone is enough.", by=ana, at=now)
    assert make_ordered("harbour.test", by=ana, at=now).state == Entry.State.PROPOSED


def test_another_analyst_does_not_refuse(proposed, ben, now) -> None:
    with pytest.raises(NotAllowed):
        actions.refuse(entry=proposed, reason="No.", by=ben, at=now)
