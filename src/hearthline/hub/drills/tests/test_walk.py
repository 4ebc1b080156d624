# SPDX-License-Identifier: Apache-2.0
"""An exercise from the form to the reporter's page, with the real carriers, on a closed network."""

import socket
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.models import Case, Subject
from hearthline.hub.cases.tests.make import assessed, make_report
from hearthline.hub.drills.actions import read_drill, read_outbox
from hearthline.hub.drills.tests.make import (
    make_drill,
    make_drill_confirmed,
    make_drilled_case,
    work,
)
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.actions import assign_host
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.tests.make import MAILBOX, add_lawyers, make_host
from hearthline.hub.referrals.actions import (
    ExerciseStaysHere,
    NotAnExercise,
    acknowledge,
    pick_up,
    play_police,
)
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.sweeps import refer_confirmed
from hearthline.hub.referrals.tests.make import MAILBOX as DUTY
from hearthline.hub.referrals.tests.make import make_keyed_unit, make_liaison
from hearthline.hub.reports.actions import (
    AlreadyGone,
    ReasonNeeded,
    come_back,
    end_retention,
    remove_page,
    start_drill,
)
from hearthline.hub.reports.models import Drill, Report


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever dials fails the test."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("an exercise dialled")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def sent_notice(mara: User, ana: User, ben: User, ada: User, at: datetime) -> Notice:
    """An exercise whose invented host has the notice."""
    host = make_host(ada=ada, at=at)
    case = make_drill_confirmed(mara=mara, ana=ana, ben=ben, at=at)
    make_keyed_unit(ada=ada, at=at)
    work(at)
    assign_host(notice=Notice.objects.get(case=case), host=host, by=ana, at=at)
    work(at)
    return Notice.objects.get(case=case)


def test_an_exercise_walks_every_hand_over_and_dials_nobody(
    mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    host = make_host(ada=ada, at=now)
    add_lawyers(host, ada=ada, at=now)
    make_keyed_unit(ada=ada, at=now)
    made = make_drill(mara=mara, at=now)
    cases.pull(at=now)
    case = Case.objects.of_report(made.report).get()
    cases.confirm(case=assessed(case, by=ana, at=now), agrees=True, by=ben, at=now)
    work(now)
    referral = Referral.objects.get(case=case)
    assert referral.with_police_at == now
    play_police(referral=referral, by=mara, at=now)
    assign_host(notice=Notice.objects.get(case=case), host=host, by=ana, at=now)
    work(now)
    later = now + timedelta(hours=settings.PACK.clocks.notice.reminder_hours[0], minutes=1)
    work(later)
    last = later + timedelta(days=14)
    work(last)
    assert Notice.objects.get(case=case).state == Notice.State.ESCALATED
    drill = Drill.objects.get()
    remove_page(drill=drill, by=mara, at=last)
    for each in range(1, 12):
        work(last + timedelta(hours=6 * each))
    case.refresh_from_db()
    assert case.closed_because == "removed"
    end = last + timedelta(days=4)
    view = come_back(receipt=made.receipt, at=end)
    assert view.report.exercise
    assert view.report.state == Report.State.CLOSED
    walk = read_drill(drill=Drill.objects.get(), by=mara, at=end)
    titles = [str(one.title) for one in walk.hand_overs if one.done]
    assert set(titles) >= {
        "First look",
        "Second person",
        "Package with police",
        "Police acknowledge",
        "Notice sent",
        "Reminder",
        "Escalation",
        "Found gone",
        "Case closed",
    }
    assert [str(one.title) for one in walk.hand_overs if one.is_late(end)] == [
        "Host answers",
        "Found gone",
    ]
    letters = Letter.objects.all()
    assert letters.count() >= 4
    assert all(one.kept_here for one in letters)
    assert {one.meant_for for one in letters} >= {MAILBOX, DUTY}


def test_the_outbox_shows_what_would_have_left(
    mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    sent_notice(mara, ana, ben, ada, now)
    shown = read_outbox(drill=Drill.objects.get(), by=mara, at=now)
    assert sorted(str(one.kind) for one in shown) == ["Letter", "Letter", "Package for police"]
    assert all("EXERCISE" in one.subject for one in shown if one.subject)
    assert {one.meant_for for one in shown} >= {MAILBOX, DUTY}
    package = next(one for one in shown if one.sections)
    assert "example.org" in str(package.sections)
    assert all(one.kept_here for one in shown)


def test_starting_is_audited_with_its_reason_and_for_managers_only(
    mara: User, ana: User, now: datetime
) -> None:
    made = make_drill(mara=mara, at=now)
    entry = Entry.objects.get(verb="reports.drill_start")
    assert str(made.report.pk) in str(entry.object_id)
    with pytest.raises(NotAllowed):
        start_drill(template="page", reason="x", by=ana, at=now)
    with pytest.raises(ReasonNeeded):
        start_drill(template="page", reason="  ", by=mara, at=now)
    with pytest.raises(ValueError, match="no such"):
        start_drill(template="no such", reason="x", by=mara, at=now)
    assert Drill.objects.count() == 1


@pytest.mark.parametrize("model", [Report, Case, Letter])
def test_the_mark_never_changes(
    model: Any, mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    make_keyed_unit(ada=ada, at=now)
    make_drill_confirmed(mara=mara, ana=ana, ben=ben, at=now)
    work(now)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(exercise=False)
    assert model.objects.filter(exercise=True).exists()


def test_a_real_report_of_the_same_page_is_another_subject(mara: User, now: datetime) -> None:
    drilled = make_drilled_case(mara=mara, at=now)
    address = cases.subject_address(case=drilled, actor=mara.actor, at=now, purpose="test").url
    make_report(at=now, addresses=address)
    cases.pull(at=now)
    real = Case.objects.get(exercise=False)
    assert Subject.objects.count() == 2
    assert real.subject_id != drilled.subject_id
    assert bytes(real.subject.host_digest) != bytes(drilled.subject.host_digest)


def test_two_people_also_in_an_exercise(mara: User, ana: User, now: datetime) -> None:
    case = assessed(make_drilled_case(mara=mara, at=now), by=ana, at=now)
    with pytest.raises(cases.SamePerson):
        cases.confirm(case=case, agrees=True, by=ana, at=now)


def test_no_police_unit_meets_an_exercise(
    mara: User, ana: User, ben: User, ada: User, paulo: User, now: datetime
) -> None:
    unit = make_keyed_unit(ada=ada, at=now)
    make_liaison(paulo, unit, ada=ada, at=now)
    make_drill_confirmed(mara=mara, ana=ana, ben=ben, at=now)
    work(now)
    referral = Referral.objects.get()
    assert not Referral.objects.for_units(type(unit).objects.all()).exists()
    with pytest.raises(ExerciseStaysHere):
        pick_up(referral=referral, by=paulo, at=now)
    with pytest.raises(ExerciseStaysHere):
        acknowledge(referral=referral, unit_reference="1", by=paulo, at=now)
    with pytest.raises(NotAllowed):
        play_police(referral=referral, by=ana, at=now)


def test_nobody_plays_police_or_host_in_real_work(
    mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    make_keyed_unit(ada=ada, at=now)
    make_report(at=now)
    (case,) = cases.pull(at=now)
    cases.confirm(case=assessed(case, by=ana, at=now), agrees=True, by=ben, at=now)
    refer_confirmed(holder="w1", at=now)
    with pytest.raises(NotAnExercise):
        play_police(referral=Referral.objects.get(), by=mara, at=now)


def test_the_page_is_removed_once_and_by_the_manager(mara: User, ana: User, now: datetime) -> None:
    make_drill(mara=mara, at=now)
    drill = Drill.objects.get()
    with pytest.raises(NotAllowed):
        remove_page(drill=drill, by=ana, at=now)
    remove_page(drill=drill, by=mara, at=now)
    with pytest.raises(AlreadyGone):
        remove_page(drill=drill, by=mara, at=now)


def test_keys_end_after_the_packs_days(
    mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    notice = sent_notice(mara, ana, ben, ada, now)
    remove_page(drill=Drill.objects.get(), by=mara, at=now)
    at = now
    while Notice.objects.get(pk=notice.pk).state != Notice.State.REMOVED:
        at += timedelta(hours=6)
        work(at)
    kept = timedelta(days=settings.PACK.drill.keep_days)
    report = Report.objects.get()
    assert report.retain_until is not None
    assert report.retain_until - report.closed_at == kept  # type: ignore[operator]
    over = report.retain_until + timedelta(days=1)
    assert list(Case.objects.past_retention(over, settings.PACK.retention))
    for one in Report.objects.past_retention(over):
        end_retention(report=one, at=over)
    walk = read_drill(drill=Drill.objects.get(), by=mara, at=over)
    assert "retention" in walk.reason
    shown = read_outbox(drill=Drill.objects.get(), by=mara, at=over)
    assert not any(one.sections for one in shown)
