# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import (
    AlreadyClaimed,
    FindingRefused,
    LegalBasisNeeded,
    NotHolder,
    SamePerson,
    WrongState,
    assess,
    claim,
    confirm,
    decide,
    read_case,
)
from hearthline.hub.cases.actions.assessment import write_assessment
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.cases.tests.make import (
    HARMFUL,
    assessed,
    confirmed,
    make_case,
    make_finding,
)
from hearthline.hub.reports.models import Report, Step
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
OUTSIDERS = ["stella", "omar", "paulo", "ada", "mara"]
SECOND_VIEW = make_finding(**HARMFUL, note="Nothing in the words shows a child.")


@pytest.fixture
def case(now):
    return make_case(at=now)


@pytest.fixture
def held(case, ana, now):
    claim(case=case, by=ana, at=now)
    return case


@pytest.fixture
def waiting(case, ana, now):
    return assessed(case, by=ana, at=now)


@pytest.fixture
def disagreed(waiting, ben, now):
    confirm(case=waiting, agrees=False, finding=SECOND_VIEW, by=ben, at=now)
    return waiting


def steps():
    return set(Step.objects.values_list("code", flat=True))


def test_two_people_who_agree_confirm_an_illegal_finding(case, ana, ben, now):
    claim(case=case, by=ana, at=now)
    first = assess(case=case, finding=make_finding(), by=ana, at=now)
    assert (case.state, case.holder) == (Case.State.AWAITING_SECOND, None)
    assert (case.second_due_at, case.second_reviewed_at) == (now + 12 * HOUR, None)
    assert Step.Code.JUDGED not in steps()

    second = confirm(case=case, agrees=True, by=ben, at=now + HOUR)

    assert (case.state, case.outcome) == (Case.State.CONFIRMED, "baseline")
    assert case.confirmed_at == case.second_reviewed_at == now + HOUR
    assert (second.supersedes, second.agrees, second.outcome) == (first, True, "baseline")
    assert case.notice_cleared_at is None
    report = Report.objects.get()
    assert (report.state, report.outcome) == (Report.State.JUDGED, "baseline")
    assert list(Entry.objects.filter(verb__in=["cases.assess", "cases.confirm"])
                .order_by("id").values_list("actor", flat=True)) == [
        str(ana.actor), str(ben.actor)
    ]  # fmt: skip


@pytest.mark.parametrize("outcome", ["harmful", "not_illegal", "not_accessible", "out_of_remit"])
def test_two_people_close_a_case_that_is_not_illegal(outcome, case, ana, ben, now):
    confirmed(case, by=ana, second=ben, at=now, outcome=outcome, legal_basis="")

    assert (case.state, case.closed_at, case.closed_because) == ("closed", now, outcome)
    assert {"judged", "closed"} <= steps()
    assert (Step.Code.SUPPORT in steps()) is (outcome == "harmful")


def test_one_person_closes_nothing_alone(waiting, ana, now):
    assert waiting.state == Case.State.AWAITING_SECOND
    with pytest.raises(SamePerson):
        confirm(case=waiting, agrees=True, by=ana, at=now)
    assert Step.Code.CLOSED not in steps()


def test_disagreement_goes_to_a_senior_who_is_neither(waiting, ana, ben, sena, now):
    confirm(case=waiting, agrees=False, finding=SECOND_VIEW, by=ben, at=now)
    assert (waiting.state, waiting.outcome) == (Case.State.DISAGREED, "")
    assert Step.Code.JUDGED not in steps()

    decided = decide(
        case=waiting,
        finding=make_finding(outcome="national", note="Section 12."),
        by=sena,
        at=now + HOUR,
    )

    waiting.refresh_from_db()
    assert waiting.second_reviewed_at == now
    assert (waiting.state, waiting.outcome) == (Case.State.CONFIRMED, "national")
    assert decided.supersedes.by == ben
    assert waiting.assessments.count() == 3


def test_a_new_first_judgement_waits_for_a_second_person_again(waiting, ana, ben, now):
    confirm(case=waiting, agrees=False, finding=SECOND_VIEW, by=ben, at=now)
    Case.objects.filter(pk=waiting.pk).update(
        state=Case.State.IN_ASSESSMENT, holder=ana, claim_until=now + HOUR
    )
    waiting.refresh_from_db()
    assess(case=waiting, finding=make_finding(), by=ana, at=now + HOUR)
    waiting.refresh_from_db()
    assert waiting.second_reviewed_at is None


def test_second_reviews_from_before_are_looked_up_once(disagreed, ana, ben, now):
    other = make_case(at=now, addresses="https://pictures.example.org/album/8")
    assessed(other, by=ana, at=now)
    Case.objects.update(second_reviewed_at=None)
    migration = import_module("hearthline.hub.cases.migrations.0014_look_back_on_second_reviews")
    with CaptureQueriesContext(connection) as asked:
        migration.look_back(apps, None)
    assert len(asked) == 1
    disagreed.refresh_from_db()
    other.refresh_from_db()
    assert (disagreed.second_reviewed_at, other.second_reviewed_at) == (now, None)
    # A round that began later has no second review yet.
    Case.objects.update(second_reviewed_at=None)
    write_assessment(disagreed, make_finding(), Assessment.Stage.FIRST, ana, now + HOUR)
    migration.look_back(apps, None)
    disagreed.refresh_from_db()
    assert disagreed.second_reviewed_at is None


def test_a_senior_who_took_part_does_not_decide(case, ana, sena, now):
    assessed(case, by=sena, at=now)
    confirm(case=case, agrees=False, finding=SECOND_VIEW, by=ana, at=now)

    with pytest.raises(SamePerson):
        decide(case=case, finding=make_finding(note="Mine."), by=sena, at=now)


def test_an_analyst_does_not_decide(disagreed, ana, request, now):
    with pytest.raises(NotAllowed):
        decide(case=disagreed, finding=make_finding(note="Mine."), by=ana, at=now)


def test_disagreeing_and_deciding_say_why(waiting, ben, sena, now):
    with pytest.raises(ReasonNeeded):
        confirm(case=waiting, agrees=False, finding=None, by=ben, at=now)
    with pytest.raises(ReasonNeeded):
        confirm(case=waiting, agrees=False, finding=make_finding(**HARMFUL), by=ben, at=now)
    confirm(case=waiting, agrees=False, finding=SECOND_VIEW, by=ben, at=now)
    with pytest.raises(ReasonNeeded):
        decide(case=waiting, finding=make_finding(), by=sena, at=now)


def test_only_the_holder_assesses(case, held, ben, now):
    with pytest.raises(NotHolder):
        assess(case=held, finding=make_finding(), by=ben, at=now)


def test_a_claim_that_ran_out_loses_no_work_until_somebody_took_over(held, ana, ben, now):
    later = now + HOUR
    stale = Case.objects.get(pk=held.pk)
    assess(case=held, finding=make_finding(), by=ana, at=later)
    assert held.state == Case.State.AWAITING_SECOND
    with pytest.raises(WrongState):
        assess(case=stale, finding=make_finding(), by=ana, at=later)


def test_after_a_take_over_the_earlier_holder_does_not_assess(held, ana, ben, now):
    claim(case=held, by=ben, at=now + HOUR)

    with pytest.raises(NotHolder):
        assess(case=held, finding=make_finding(), by=ana, at=now + HOUR)


def test_states_are_taken_in_order(case, waiting, ana, ben, sena, now):
    with pytest.raises(WrongState):
        assess(case=waiting, finding=make_finding(), by=ana, at=now)
    with pytest.raises(WrongState):
        decide(case=waiting, finding=make_finding(note="Mine."), by=sena, at=now)
    confirm(case=waiting, agrees=True, by=ben, at=now)
    with pytest.raises(WrongState):
        confirm(case=waiting, agrees=True, by=sena, at=now)


def test_a_case_nobody_claimed_is_not_assessed(case, ana, now):
    with pytest.raises(WrongState):
        assess(case=case, finding=make_finding(), by=ana, at=now)


def test_a_reviewers_live_claim_keeps_other_reviewers_out(waiting, ben, sena, now):
    claim(case=waiting, by=ben, at=now)

    with pytest.raises(AlreadyClaimed):
        confirm(case=waiting, agrees=True, by=sena, at=now)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_others_neither_assess_nor_confirm_nor_decide(who, request, held, now):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        assess(case=held, finding=make_finding(), by=person, at=now)
    with pytest.raises(NotAllowed):
        confirm(case=held, agrees=True, by=person, at=now)
    with pytest.raises(NotAllowed):
        decide(case=held, finding=make_finding(), by=person, at=now)


@pytest.mark.parametrize(
    ("outcome", "basis"),
    [("baseline", ""), ("national", ""), ("baseline", "children_act_14"), ("baseline", "made_up")],
)
def test_an_illegal_finding_needs_a_legal_basis_that_fits(outcome, basis, held, ana, now):
    with pytest.raises(LegalBasisNeeded) as refused:
        assess(case=held, finding=make_finding(outcome=outcome, legal_basis=basis), by=ana, at=now)
    assert refused.value.none_in_pack is False
    assert not Assessment.objects.exists()


def test_a_pack_without_law_finds_nothing_illegal(held, ana, now, settings):
    settings.PACK = settings.PACK.model_copy(update={"legal_bases": []})

    with pytest.raises(LegalBasisNeeded) as refused:
        assess(case=held, finding=make_finding(), by=ana, at=now)

    assert refused.value.none_in_pack is True


def test_a_finding_that_is_not_illegal_rests_on_no_law(held, ana, now):
    found = make_finding(outcome="harmful", legal_basis="children_act_12")

    assert assess(case=held, finding=found, by=ana, at=now).legal_basis == ""


@pytest.mark.parametrize("parts", [{"peer": True}, {"self_generated": True},
                                   {"incident_type": "self_generated"}])  # fmt: skip
def test_peer_and_self_generated_cases_are_child_first(parts, case, ana, ben, now):
    assert case.track == Case.Track.STANDARD

    confirmed(case, by=ana, second=ben, at=now, **parts)

    assert (case.track, case.state) == (Case.Track.CHILD_FIRST, Case.State.CONFIRMED)
    assert case.notice_cleared_at == now
    assert case in Case.objects.cleared_for_notice(now)
    report = Report.objects.get()
    assert settings.PACK.retention.child_first_days < settings.PACK.retention.report_days
    assert report.retain_until is None


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"outcome": "certain"}, "outcome"),
        ({"incident_type": "nothing"}, "incident_type"),
        ({"fourc": ("4C.x",)}, "fourc"),
        ({"age_band": "5"}, "age_band"),
        ({"sex": "x"}, "sex"),
    ],
)
def test_a_code_on_no_list_is_named(parts, field, held, ana, now):
    with pytest.raises(FindingRefused) as refused:
        assess(case=held, finding=make_finding(**parts), by=ana, at=now)
    assert refused.value.field == field


def test_a_note_holds_words_only_and_is_sealed(held, ana, now):
    with pytest.raises(FileContentRefused):
        assess(case=held, finding=make_finding(note="data:image/png;base64,AAAA"), by=ana, at=now)
    written = assess(case=held, finding=make_finding(note="Seen before."), by=ana, at=now)

    assert b"Seen" not in bytes(written.note)
    assert read_case(case=held, by=ana, at=now).findings[0].note == "Seen before."


@pytest.mark.parametrize("stage", ["first", "second", "senior"])
def test_no_assessment_is_ever_edited_or_deleted(stage, disagreed, sena, now):
    decide(case=disagreed, finding=make_finding(note="Section 12."), by=sena, at=now)
    assessment = disagreed.assessments.get(stage=stage)
    assessment.outcome = "not_illegal"

    one = Assessment.objects.filter(pk=assessment.pk)
    for act in (
        assessment.save,
        lambda: one.update(outcome="not_illegal"),
        lambda: one._raw_delete(using="default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
