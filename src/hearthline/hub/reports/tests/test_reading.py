# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

import pytest
from django.conf import LazySettings

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry
from hearthline.hub.reports import actions
from hearthline.hub.reports.tests.make import ADDRESS, STORY, make_report
from hearthline.hub.sealing.actions import KeyDestroyed, KeyMissing

pytestmark = pytest.mark.django_db
REACHABLE = {"safe_contact": "email", "contact": "kim@example.org", "code_word": "blue kite"}


def test_the_desk_reads_what_was_told_and_it_is_written_down(now: datetime, ana: User) -> None:
    report = make_report(at=now, **REACHABLE).report
    text = actions.read_report(report=report, by=ana, at=now, reason="first look")
    assert text.narrative == STORY
    assert text.pointers == (("url", ADDRESS, ADDRESS),)
    assert text.code_word == "blue kite"
    entry = Entry.objects.get(verb="reports.read")
    assert (entry.actor, entry.reason) == (str(ana.actor), "first look")


def test_reading_never_shows_who_wrote(now: datetime, ana: User) -> None:
    report = make_report(at=now, **REACHABLE).report
    assert "kim@example.org" not in repr(actions.read_report(report=report, by=ana, at=now))


def test_the_contact_opens_with_a_reason_and_is_written_down(now: datetime, ana: User) -> None:
    report = make_report(at=now, **REACHABLE).report
    contact = actions.reveal_contact(report=report, by=ana, at=now, reason="A child is in danger.")
    assert contact == "kim@example.org"
    assert Entry.objects.get(verb="reports.reveal_contact").reason == "A child is in danger."


def test_without_a_reason_it_does_not(now: datetime, ana: User) -> None:
    report = make_report(at=now, **REACHABLE).report
    with pytest.raises(ReasonNeeded):
        actions.reveal_contact(report=report, by=ana, at=now, reason="  ")


def test_who_gave_no_contact_has_none(now: datetime, ana: User) -> None:
    report = make_report(at=now).report
    assert actions.reveal_contact(report=report, by=ana, at=now, reason="Danger.") == ""


def test_other_roles_read_and_write_nothing(now: datetime, ada: User, stella: User) -> None:
    report = make_report(at=now).report
    for by in (ada, stella):
        with pytest.raises(NotAllowed):
            actions.read_report(report=report, by=by, at=now)
        with pytest.raises(NotAllowed):
            actions.reveal_contact(report=report, by=by, at=now, reason="Curious.")
        with pytest.raises(NotAllowed):
            actions.answer(report=report, body="Hello.", by=by, at=now)


def test_an_empty_answer_is_no_answer(now: datetime, ana: User) -> None:
    report = make_report(at=now).report
    with pytest.raises(actions.NothingTold):
        actions.answer(report=report, body=" ", by=ana, at=now)


def test_the_public_door_takes_reports_it_cannot_read(
    now: datetime, ana: User, settings: LazySettings
) -> None:
    settings.DESK_PRIVATE_KEY = ""
    sent = make_report(at=now)
    actions.write(receipt=sent.receipt, body="Thank you.", at=now)
    assert actions.come_back(receipt=sent.receipt, at=now).messages[0].body == "Thank you."
    with pytest.raises(KeyMissing):
        actions.read_report(report=sent.report, by=ana, at=now)


def test_after_its_time_nobody_reads_it(now: datetime, ana: User) -> None:
    report = make_report(at=now).report
    actions.end_retention(report=report, at=now)
    with pytest.raises(KeyDestroyed):
        actions.read_report(report=report, by=ana, at=now)
