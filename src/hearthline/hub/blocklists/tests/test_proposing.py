# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Actor
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.actions.rules import check_case
from hearthline.hub.blocklists.models import Act, Entry
from hearthline.hub.blocklists.tests.make import (
    EXPRESSION,
    PAGE,
    make_entry,
    make_ordered,
    make_proposal,
    make_silent,
)
from hearthline.hub.cases.actions import clear_for_notice, conclude, content_gone, hold_notice
from hearthline.hub.cases.actions.rules import SteppedBack
from hearthline.hub.cases.models import Case, StepBack
from hearthline.hub.cases.tests.make import HARMFUL, confirmed, make_case
from hearthline.kit.blocking import Against, ScopeRefused
from hearthline.kit.urls import AddressRefused

pytestmark = pytest.mark.django_db

HOST = "pages.harbour-host.test"


def test_an_analyst_proposes_the_page_of_a_case_whose_host_did_not_act(case, ana, now) -> None:
    entry = make_entry(case, by=ana, at=now)
    assert (entry.state, entry.scope, entry.category) == ("proposed", "url", "baseline")
    assert actions.read_entry(entry=entry, by=ana, at=now) == EXPRESSION
    assert EXPRESSION.encode() not in bytes(entry.address)
    assert [act.code for act in entry.acts.all()] == [Act.Code.PROPOSED]
    assert Logged.objects.of_verb("blocklists.propose").get().actor == str(ana.actor)


def test_what_can_be_proposed_is_offered_from_the_narrowest_on(case, ana, now) -> None:
    ground = actions.ground_of(case=case, by=ana, at=now)
    assert [offer.place.scope for offer in ground.offers] == [
        "url", "path", "path", "host", "domain",
    ]  # fmt: skip
    assert [basis.key for basis in ground.bases] == ["children_act_12"]
    assert ground.host_had_its_time


def test_while_the_host_still_has_time_a_reason_is_needed(ana, ben, now) -> None:
    case = confirmed(make_case(at=now, addresses=PAGE), by=ana, second=ben, at=now)
    clear_for_notice(case=case, at=now, actor=Actor.worker())
    soon = now + timedelta(hours=1)
    with pytest.raises(ReasonNeeded):
        make_entry(case, by=ana, at=soon)
    entry = make_entry(case, by=ana, at=soon, reason="A child is in danger there now.")
    assert entry.reason.startswith("words:")


@pytest.mark.parametrize(
    ("scope", "address"),
    [
        ("path", "pages.harbour-host.test/album/7/"),
        ("host", HOST),
        ("domain", "harbour-host.test"),
    ],
)
def test_everything_wider_than_a_page_says_why(case, ana, now, scope, address) -> None:
    with pytest.raises(actions.WidthReasonNeeded):
        make_entry(case, by=ana, at=now, scope=scope, address=address, width_reason=" ")
    assert make_entry(case, by=ana, at=now, scope=scope, address=address).scope == scope


@pytest.mark.parametrize("who", ["mara", "omar", "stella", "paulo", "ada"])
def test_only_analysts_propose(case, now, who, request) -> None:
    with pytest.raises(NotAllowed):
        make_entry(case, by=request.getfixturevalue(who), at=now)


def test_who_stepped_back_from_the_subject_does_not_propose(case, ana, now) -> None:
    StepBack.objects.create(person=ana, subject=case.subject, at=now)
    with pytest.raises(SteppedBack):
        make_entry(case, by=ana, at=now)


def test_a_case_that_was_not_found_illegal_is_no_ground(ana, ben, now) -> None:
    case = confirmed(make_case(at=now, addresses=PAGE), by=ana, second=ben, at=now, **HARMFUL)
    with pytest.raises(actions.NotIllegal):
        make_entry(case, by=ana, at=now)


def test_a_case_that_is_over_is_no_ground(case, ana, now) -> None:
    conclude(case=case, because="removed", at=now, actor=Actor.worker())
    with pytest.raises(actions.NotIllegal):
        make_entry(case, by=ana, at=now)


def test_content_that_is_gone_is_no_ground(case, ana, now) -> None:
    content_gone(case=case, at=now, actor=Actor.worker())
    with pytest.raises(actions.NotIllegal):
        make_entry(case, by=ana, at=now)


def test_an_exercise_reaches_no_network(case, ana, now) -> None:
    exercise = Case(pk=case.pk, subject=case.subject, state=case.state, outcome=case.outcome)
    exercise.exercise = True
    with pytest.raises(actions.NotIllegal):
        check_case(exercise)


def test_while_police_hold_the_host_back_nothing_is_blocked(case, ana, now) -> None:
    hold_notice(case=case, until=now + timedelta(hours=2), at=now, actor=Actor.worker())
    with pytest.raises(actions.PoliceHold):
        make_entry(case, by=ana, at=now)


def test_an_account_cannot_be_blocked(ana, ben, now) -> None:
    case = make_case(at=now, addresses="", service="Lantern", account="someone")
    confirmed(case, by=ana, second=ben, at=now)
    with pytest.raises(actions.NoAddress):
        make_entry(Case.objects.get(pk=case.pk), by=ana, at=now)


def test_a_law_that_does_not_speak_of_blocking_is_no_basis(case, ana, now) -> None:
    with pytest.raises(actions.LawDoesNotAllow):
        make_entry(case, by=ana, at=now, legal_basis="children_act_14")


def test_without_a_law_that_allows_it_nothing_can_be_listed(case, ana, now, settings) -> None:
    bases = [
        basis.model_copy(update={"allows_blocking": False}) for basis in settings.PACK.legal_bases
    ]
    settings.PACK = settings.PACK.model_copy(update={"legal_bases": bases})
    with pytest.raises(actions.LawDoesNotAllow):
        actions.ground_of(case=case, by=ana, at=now)
    with pytest.raises(actions.LawDoesNotAllow):
        make_entry(case, by=ana, at=now)


@pytest.mark.parametrize(
    ("scope", "address"),
    [("url", "other.test/"), ("host", "files.harbour-host.test"), ("domain", "test")],
)
def test_only_what_holds_the_case_s_own_address_can_be_proposed(
    case, ana, now, scope, address
) -> None:
    with pytest.raises(actions.NotOfThisCase):
        make_entry(case, by=ana, at=now, scope=scope, address=address)


def test_the_same_place_stands_once(proposed, case, ben, now) -> None:
    with pytest.raises(actions.AlreadyStands):
        make_entry(case, by=ben, at=now)


def test_a_wrongly_wide_entry_is_refused_until_somebody_asks_two_seniors(ana, ben, now) -> None:
    case = make_silent(ana=ana, ben=ben, at=now, address="http://pastebin.com/a/b.html")
    wide = {"scope": "domain", "address": "pastebin.com"}
    with pytest.raises(actions.Guarded) as guarded:
        make_entry(case, by=ana, at=now, **wide)
    assert guarded.value.code is Against.SHARED_HOSTING
    entry = make_entry(case, by=ana, at=now, against_guard=True, **wide)
    assert entry.guard == "shared_hosting"


def test_some_scopes_nobody_can_ask_for(ana, now) -> None:
    with pytest.raises(ScopeRefused) as refused:
        make_ordered("co.uk", by=ana, at=now, scope="domain", against_guard=True)
    assert refused.value.code is Against.REGISTRY
    with pytest.raises(ScopeRefused) as refused:
        make_ordered("canary.solmere.test", by=ana, at=now)
    assert refused.value.code is Against.OWN_SITE


def test_a_name_that_no_zone_can_hold_is_refused(ana, now) -> None:
    with pytest.raises(actions.CannotBeListed):
        make_ordered(".".join(["a" * 60] * 4) + ".test", by=ana, at=now)


def test_a_court_s_order_needs_no_case_but_a_reason(ana, now) -> None:
    entry = make_ordered("Pages.Harbour-Host.test", by=ana, at=now)
    assert entry.case is None
    assert actions.read_entry(entry=entry, by=ana, at=now) == HOST
    with pytest.raises(ReasonNeeded):
        actions.propose_without_case(
            proposal=make_proposal("host", HOST), category="baseline", by=ana, at=now
        )


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("pages.harbour-host.test/album/", actions.NotOfThisCase),
        ("mailto:someone@example.org", AddressRefused),
        ("203.0.113.7", ScopeRefused),
    ],
)
def test_what_is_no_host_cannot_be_ordered_as_one(ana, now, address, refusal) -> None:
    with pytest.raises(refusal):
        make_ordered(address, by=ana, at=now)


def test_entries_of_a_month_share_a_key_and_the_next_month_has_its_own(ana, now) -> None:
    first = make_ordered("one.test", by=ana, at=now)
    second = make_ordered("two.test", by=ana, at=now + timedelta(days=20))
    later = make_ordered("three.test", by=ana, at=now + timedelta(days=40))
    assert first.data_key_id == second.data_key_id != later.data_key_id


@pytest.mark.parametrize(
    "change",
    [{"scope": "domain"}, {"legal_basis": "other"}, {"category": "national"}, {"guard": "x"}],
)
def test_the_database_keeps_what_was_proposed_as_it_was(proposed, change) -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Entry.objects.filter(pk=proposed.pk).update(**change)


def test_the_database_keeps_the_history(proposed) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Act.objects.filter(entry=proposed).delete()
