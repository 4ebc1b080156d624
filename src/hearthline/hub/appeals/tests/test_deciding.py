# SPDX-License-Identifier: Apache-2.0
"""Deciding: a block is lifted at once, a finding is undone by two, every wrong way is closed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.appeals import actions
from hearthline.hub.appeals.models import Appeal, Measure
from hearthline.hub.appeals.tests.make import (
    NEWSPAPER,
    WORDS,
    decision,
    make_appeal,
    make_block,
    taken,
)
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.blocklists import actions as blocklists
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.blocklists.tests.make import make_ordered
from hearthline.hub.cases.models import Case
from hearthline.hub.reports.tests.make import PICTURE
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ordered(ana: User, sena: User, now: datetime) -> Entry:
    """The newspaper's host, blocked without a case, so that one person may decide."""
    entry = make_ordered(NEWSPAPER, by=ana, at=now)
    return blocklists.approve(entry=entry, by=sena, at=now)


@pytest.fixture
def mine(ordered: Entry, mara: User, now: datetime) -> Appeal:
    """An appeal against it in Mara's hands."""
    return taken(make_appeal(at=now), by=mara, at=now)


def test_a_lifted_block_is_off_the_list_in_the_same_step(
    mine: Appeal, ordered: Entry, mara: User, now: datetime
):
    actions.decide(appeal=mine, decision=decision(mine), by=mara, at=now + MINUTE)
    ordered.refresh_from_db()
    assert (ordered.state, ordered.delisted_because) == ("delisted", "appeal")
    assert ordered.overturned_at == now + MINUTE
    assert (mine.state, mine.outcome) == ("decided", "lifted")
    assert not Entry.objects.blocking(NEWSPAPER).exists()
    entry = Logged.objects.of_verb("appeals.decide").get()
    assert WORDS not in entry.detail
    assert "lifted" in entry.detail


def test_an_upheld_block_stays_and_is_appealed_no_more(
    mine: Appeal, ordered: Entry, mara: User, now: datetime
):
    said = decision(mine, "upheld", reasons=["unlawful"], apology="")
    actions.decide(appeal=mine, decision=said, by=mara, at=now)
    ordered.refresh_from_db()
    assert (ordered.state, ordered.is_appealed, mine.outcome) == ("listed", False, "upheld")


def test_a_wide_block_is_made_narrower(mine: Appeal, ordered: Entry, mara: User, now: datetime):
    said = decision(mine, "narrowed", reasons=["too_wide"], remedies=["narrowed"])
    actions.decide(appeal=mine, decision=said, by=mara, at=now)
    ordered.refresh_from_db()
    assert (ordered.state, mine.outcome) == ("delisted", "partly")


def test_where_nothing_is_ours_that_is_the_answer(mara: User, now: datetime):
    one = taken(make_appeal(at=now, address="http://elsewhere.example.org/"), by=mara, at=now)
    said = decision(one, reasons=["not_on_list"], apology="")
    actions.decide(appeal=one, decision=said, by=mara, at=now)
    assert one.outcome == "not_ours"


def test_a_block_that_ended_meanwhile_is_decided_all_the_same(
    mine: Appeal, ordered: Entry, mara: User, now: datetime
):
    blocklists.delist(entry=ordered, because="expired", at=now)
    actions.decide(appeal=mine, decision=decision(mine), by=mara, at=now)
    ordered.refresh_from_db()
    assert (mine.state, ordered.delisted_because) == ("decided", "expired")


def test_a_block_that_ends_in_the_moment_it_is_upheld_is_decided_all_the_same(
    mine: Appeal, ordered: Entry, mara: User, now: datetime
):
    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        """The worker delists it after the decision has read it."""
        if sql.startswith("UPDATE") and "appeals_measure" in sql and ordered.state == "listed":
            ordered.state = "delisted"
            blocklists.delist(entry=Entry.objects.get(), because="expired", at=now)
        return execute(sql, *rest)

    said = decision(mine, "upheld", reasons=["unlawful"], apology="")
    with connection.execute_wrapper(meanwhile):
        actions.decide(appeal=mine, decision=said, by=mara, at=now)
    assert (mine.state, Entry.objects.get().upheld_at) == ("decided", None)


def test_what_was_blocked_since_is_lifted_too_or_nothing_is(
    mine: Appeal, ana: User, sena: User, stan: User, mara: User, now: datetime
):
    before = decision(mine)
    page = make_ordered(f"{NEWSPAPER}/2026/harbour-report.html", by=ana, at=now, scope="url")
    blocklists.approve(entry=page, by=sena, at=now)
    with pytest.raises(actions.ResultsWrong):
        actions.decide(appeal=mine, decision=before, by=mara, at=now)
    # On looking again, whoever has it finds the new one; others do not change it by looking.
    actions.read(appeal=mine, by=stan, at=now)
    assert mine.measures.count() == 1
    actions.read(appeal=mine, by=mara, at=now)
    actions.decide(appeal=mine, decision=decision(mine), by=mara, at=now)
    assert not Entry.objects.blocking(NEWSPAPER).exists()


def test_a_finding_is_undone_by_two(
    block: Entry, case: Case, mara: User, stan: User, now: datetime
):
    made = make_appeal(at=now)
    one = taken(made, by=mara, at=now)
    actions.decide(appeal=one, decision=decision(one), by=mara, at=now + MINUTE)
    block.refresh_from_db()
    case.refresh_from_db()
    # The block goes at once; the finding waits, and so does the answer.
    assert (one.state, block.state, case.state) == ("agreeing", "delisted", "confirmed")
    found, _text = actions.come_back(receipt=made.receipt, at=now)
    assert found.decided_at is None
    # Having decided is no part in the measure: Mara still reads what she decided.
    actions.read(appeal=one, by=mara, at=now + MINUTE)
    actions.agree(appeal=one, by=stan, at=now + 2 * MINUTE)
    case.refresh_from_db()
    assert (case.state, case.closed_because) == ("closed", "appeal")
    assert (one.state, one.outcome, one.agreed_by) == ("decided", "lifted", stan)
    actions.read(appeal=one, by=stan, at=now + 3 * MINUTE)


def test_whoever_decided_or_took_part_is_not_the_second_person(
    block: Entry, mara: User, sena: User, ana: User, now: datetime
):
    one = taken(make_appeal(at=now), by=mara, at=now)
    actions.decide(appeal=one, decision=decision(one), by=mara, at=now)
    for person, refusal in (
        (mara, actions.SamePerson),
        (sena, actions.TookPart),
        (ana, NotAllowed),
    ):
        with pytest.raises(refusal):
            actions.agree(appeal=one, by=person, at=now)
        with pytest.raises(refusal):
            actions.disagree(appeal=one, reason="No.", by=person, at=now)


def test_a_second_person_who_disagrees_sends_it_back_with_a_reason(
    block: Entry, case: Case, mara: User, stan: User, now: datetime
):
    one = taken(make_appeal(at=now), by=mara, at=now)
    actions.decide(appeal=one, decision=decision(one), by=mara, at=now)
    with pytest.raises(actions.NothingSaid):
        actions.disagree(appeal=one, reason=" ", by=stan, at=now)
    with pytest.raises(FileContentRefused):
        actions.disagree(appeal=one, reason=PICTURE, by=stan, at=now)
    actions.disagree(appeal=one, reason="Page two is unlawful.", by=stan, at=now)
    assert one.state == "acknowledged"
    assert "Page two" not in one.turned_back
    # What was lifted stays lifted; the finding alone is decided again.
    (finding,) = one.measures.filter(done_at=None)
    assert finding.kind == Measure.Kind.FINDING
    said = decision(one, "upheld", reasons=["unlawful"])
    actions.decide(appeal=one, decision=said, by=mara, at=now)
    case.refresh_from_db()
    assert (one.state, one.outcome, case.state) == ("decided", "partly", "confirmed")


def test_only_the_handler_decides_once_and_at_its_step(
    ordered: Entry, mara: User, stan: User, now: datetime
):
    one = make_appeal(at=now).appeal
    with pytest.raises(actions.WrongStep):
        actions.decide(appeal=one, decision=decision(one), by=mara, at=now)
    actions.acknowledge(appeal=one, by=mara, at=now)
    with pytest.raises(actions.NotTheHandler):
        actions.decide(appeal=one, decision=decision(one), by=stan, at=now)
    for act in (actions.agree, actions.acknowledge):
        with pytest.raises(actions.WrongStep):
            act(appeal=one, by=stan, at=now)
    whole = decision(one)
    actions.decide(appeal=one, decision=whole, by=mara, at=now)
    with pytest.raises(actions.WrongStep):
        actions.decide(appeal=one, decision=whole, by=mara, at=now)
    with pytest.raises(actions.WrongStep):
        actions.disagree(appeal=one, reason="No.", by=stan, at=now)


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"reasons": []}, actions.NothingSaid),
        ({"reasons": ["because"]}, actions.UnknownSentence),
        ({"remedies": ["a cake"]}, actions.UnknownSentence),
        ({"apology": "sorry"}, actions.UnknownSentence),
        ({"words": "x" * 5_001}, actions.TooLong),
        ({"words": PICTURE}, FileContentRefused),
        ({"results": {}}, actions.ResultsWrong),
        ({"results": {0: "lifted"}}, actions.ResultsWrong),
    ],
)
def test_a_decision_that_is_not_whole_changes_nothing(
    parts: dict[str, object], refusal: type, mine: Appeal, ordered: Entry, mara: User, now: datetime
):
    with pytest.raises(refusal):
        actions.decide(appeal=mine, decision=decision(mine, **parts), by=mara, at=now)
    ordered.refresh_from_db()
    assert ordered.state == "listed"
    assert Appeal.objects.get().state == "acknowledged"


def test_a_result_a_measure_cannot_have_is_refused(block: Entry, mara: User, now: datetime):
    one = taken(make_appeal(at=now), by=mara, at=now)
    for result in ("narrowed", "forgotten"):
        with pytest.raises(actions.ResultsWrong):
            actions.decide(appeal=one, decision=decision(one, result), by=mara, at=now)
    block.refresh_from_db()
    assert block.state == "listed"


def test_who_upheld_an_appeal_takes_no_second_one_against_the_same_block(
    mine: Appeal, ordered: Entry, mara: User, stan: User, now: datetime
):
    said = decision(mine, "upheld", reasons=["unlawful"])
    actions.decide(appeal=mine, decision=said, by=mara, at=now)
    again = make_appeal(at=now + MINUTE)
    ordered.refresh_from_db()
    assert ordered.is_appealed
    with pytest.raises(actions.TookPart):
        actions.acknowledge(appeal=again.appeal, by=mara, at=now + MINUTE)
    actions.acknowledge(appeal=again.appeal, by=stan, at=now + MINUTE)


def test_appeals_are_counted_and_small_counts_withheld(
    ordered: Entry, ana: User, sena: User, mara: User, now: datetime
):
    for number in range(6):
        address = f"http://elsewhere{number}.example.org/"
        one = taken(make_appeal(at=now, address=address), by=mara, at=now)
        said = decision(one, reasons=["not_on_list"])
        actions.decide(appeal=one, decision=said, by=mara, at=now)
    one = taken(make_appeal(at=now), by=mara, at=now)
    actions.decide(appeal=one, decision=decision(one), by=mara, at=now)
    decided = Appeal.objects.decided_in(now, now + MINUTE)
    assert decided.counted_by("outcome") == {"not_ours": 6, "lifted": 1}
    published = decided.published_counts("outcome", Appeal.Outcome.values, 5)
    assert published["lifted"] is None
    # A hidden count does not follow from the total and the others.
    assert [published["not_ours"], published["_T"]].count(None) >= 1
    assert decided.overturn_rate(5) is None
    assert decided.days_to_lift(5) is None


def test_the_rate_and_the_days_are_of_what_was_ours(mara: User, now: datetime):
    for number in range(40):
        one = make_appeal(at=now, address=f"http://n{number}.example.org/").appeal
        Appeal.objects.filter(pk=one.pk).update(
            state="decided", handler=mara, decided_at=now + timedelta(days=2), outcome=(
                "lifted" if number < 10 else "upheld"
            ),
        )  # fmt: skip
    assert Appeal.objects.overturn_rate(5) == 25.0
    assert Appeal.objects.days_to_lift(5) == 2.0


def test_a_block_lifted_for_somebody_else_is_named_by_no_other_address(
    case: Case, ana: User, sena: User, mara: User, now: datetime
):
    entry = make_block(case, by=ana, second=sena, at=now)
    one = taken(make_appeal(at=now, address="http://other.example.org/"), by=mara, at=now)
    with pytest.raises(actions.ResultsWrong):
        actions.decide(appeal=one, decision=decision(one, results={1: "lifted"}), by=mara, at=now)
    entry.refresh_from_db()
    assert entry.state == "listed"
