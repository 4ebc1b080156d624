# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Entry
from hearthline.hub.reports import actions, sweeps
from hearthline.hub.reports.models import Report, Step
from hearthline.hub.reports.tests.make import ADDRESS, PICTURE, make_report, many
from hearthline.kit.sealing import ReceiptMistyped, new_receipt

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_receipt_leads_back_to_the_steps_and_the_letters(now: datetime, ana: User) -> None:
    sent = make_report(at=now)
    actions.answer(report=sent.report, body="We are on it.", by=ana, at=now + HOUR)
    view = actions.come_back(receipt=sent.receipt, at=now + 2 * HOUR)
    assert view.report == sent.report
    assert [step.code for step in view.steps] == ["received"]
    assert [(letter.body, letter.mine) for letter in view.messages] == [("We are on it.", False)]
    assert sent.report.messages.get().read_at == now + 2 * HOUR
    assert Entry.objects.get(verb="reports.come_back").actor == f"reporter:{sent.report.pk}"


def test_spaces_and_scripts_make_no_difference(now: datetime) -> None:
    sent = make_report(at=now)
    arabic = sent.receipt.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert actions.come_back(receipt=f" {arabic[:4]} {arabic[4:]}", at=now).report == sent.report


def test_another_receipt_opens_nothing(now: datetime) -> None:
    make_report(at=now)
    with pytest.raises(actions.ReceiptUnknown):
        actions.come_back(receipt=new_receipt(), at=now)


def test_a_slip_of_the_pen_is_told_from_a_wrong_receipt(now: datetime) -> None:
    receipt = make_report(at=now).receipt
    slip = receipt[:-1] + str((int(receipt[-1]) + 1) % 10)
    with pytest.raises(ReceiptMistyped):
        actions.come_back(receipt=slip, at=now)
    with pytest.raises(ReceiptMistyped):
        actions.recognise(receipt=slip)


def test_one_reporter_never_sees_the_letters_of_another(now: datetime) -> None:
    mine, other = make_report(at=now), make_report(at=now)
    actions.write(receipt=other.receipt, body="Only for the team.", at=now)
    assert actions.come_back(receipt=mine.receipt, at=now).messages == ()


def test_a_letter_reaches_the_desk(now: datetime, ana: User) -> None:
    sent = make_report(at=now)
    actions.write(receipt=sent.receipt, body=" Thank you. \n", at=now)
    text = actions.read_report(report=sent.report, by=ana, at=now + HOUR)
    assert [(letter.body, letter.mine) for letter in text.messages] == [("Thank you.", True)]
    assert sent.report.messages.get().read_at == now + HOUR


def test_an_empty_letter_is_no_letter(now: datetime) -> None:
    receipt = make_report(at=now).receipt
    with pytest.raises(actions.NothingTold):
        actions.write(receipt=receipt, body="  \n", at=now)
    with pytest.raises(actions.NothingTold):
        actions.add(receipt=receipt, at=now)


def test_a_letter_that_is_too_long_or_a_file_is_refused(now: datetime) -> None:
    sent = make_report(at=now)
    with pytest.raises(actions.AnswerRefused):
        actions.write(receipt=sent.receipt, body="a" * 5_001, at=now)
    with pytest.raises(ValueError):
        actions.add(receipt=sent.receipt, words="", addresses=PICTURE, at=now)
    assert not sent.report.messages.exists()


def test_a_new_place_goes_through_triage_again(now: datetime) -> None:
    sent = make_report(at=now)
    actions.take(report=sent.report, at=now)
    assert not Report.objects.awaiting_triage().exists()
    actions.add(receipt=sent.receipt, addresses="https://new.example.org/2", at=now + HOUR)
    assert list(Report.objects.awaiting_triage()) == [sent.report]
    assert sent.report.pointers.count() == 2
    assert sent.report.messages.count() == 1


def test_a_place_we_know_already_does_not(now: datetime) -> None:
    sent = make_report(at=now)
    actions.take(report=sent.report, at=now)
    actions.add(receipt=sent.receipt, addresses=ADDRESS, at=now + HOUR)
    assert not Report.objects.awaiting_triage().exists()
    assert sent.report.pointers.count() == 1


def test_a_new_place_opens_a_closed_report_and_stops_its_clock(now: datetime) -> None:
    sent = make_report(at=now)
    actions.tell(report=sent.report, step=Step.Code.CLOSED, at=now)
    actions.add(receipt=sent.receipt, addresses="https://new.example.org/2", at=now + HOUR)
    sent.report.refresh_from_db()
    assert (sent.report.state, sent.report.retain_until) == ("received", None)


def test_withdrawn_before_anybody_looked_it_never_reaches_the_desk(now: datetime) -> None:
    sent = make_report(at=now)
    actions.withdraw(receipt=sent.receipt, at=now + HOUR)
    sent.report.refresh_from_db()
    assert sent.report.state == "withdrawn"
    assert sent.report.retain_until == now + HOUR + timedelta(days=90)
    assert not Report.objects.awaiting_triage().exists()
    with pytest.raises(actions.ReportWithdrawn):
        actions.take(report=sent.report, at=now)


def test_withdrawn_later_what_happened_stays(now: datetime) -> None:
    sent = make_report(at=now)
    actions.take(report=sent.report, at=now)
    actions.tell(report=sent.report, step=Step.Code.IN_REVIEW, at=now)
    actions.withdraw(receipt=sent.receipt, at=now + HOUR)
    steps = actions.come_back(receipt=sent.receipt, at=now + HOUR).steps
    assert [step.code for step in steps] == ["received", "in_review", "withdrawn"]


def test_withdrawing_twice_is_said(now: datetime) -> None:
    receipt = make_report(at=now).receipt
    actions.withdraw(receipt=receipt, at=now)
    with pytest.raises(actions.AlreadyWithdrawn):
        actions.withdraw(receipt=receipt, at=now)


def test_what_is_closed_has_nothing_to_withdraw(now: datetime) -> None:
    sent = make_report(at=now)
    actions.tell(report=sent.report, step=Step.Code.CLOSED, at=now)
    with pytest.raises(actions.AlreadyClosed):
        actions.withdraw(receipt=sent.receipt, at=now)


def test_nobody_writes_to_a_withdrawn_report(now: datetime, ana: User) -> None:
    sent = make_report(at=now)
    actions.withdraw(receipt=sent.receipt, at=now)
    with pytest.raises(actions.ReportWithdrawn):
        actions.write(receipt=sent.receipt, body="Hello?", at=now)
    with pytest.raises(actions.ReportWithdrawn):
        actions.answer(report=sent.report, body="Hello?", by=ana, at=now)


def test_after_its_time_the_steps_are_left_and_the_words_are_gone(now: datetime) -> None:
    sent = make_report(at=now)
    actions.write(receipt=sent.receipt, body="Thank you.", at=now)
    sweeps.keep_receipts(holder="worker", at=now)
    actions.end_retention(report=sent.report, at=now + HOUR)
    view = actions.come_back(receipt=sent.receipt, at=now + HOUR)
    assert (view.gone, view.messages) == (True, ())
    with pytest.raises(actions.ReportGone):
        actions.write(receipt=sent.receipt, body="Hello?", at=now + HOUR)


def test_too_many_places_at_once_are_not_added(now: datetime) -> None:
    sent = make_report(at=now)
    for told in ({"addresses": many(31)}, {"words": many(31)}):
        with pytest.raises(actions.AnswerRefused) as refused:
            actions.add(receipt=sent.receipt, at=now, **told)
        assert (refused.value.field, refused.value.code) == ("addresses", "too_many")
    assert sent.report.pointers.count() == 1
    assert not sent.report.messages.exists()


def test_a_report_holds_a_hundred_places_and_no_more(now: datetime) -> None:
    sent = make_report(at=now, addresses=many(30))
    for start in (30, 60):
        actions.add(receipt=sent.receipt, addresses=many(30, start), at=now)
    with pytest.raises(actions.AnswerRefused) as refused:
        actions.add(receipt=sent.receipt, words="More", addresses=many(11, 90), at=now)
    assert refused.value.code == "too_many"
    assert (sent.report.pointers.count(), sent.report.messages.count()) == (90, 2)
    actions.add(receipt=sent.receipt, addresses=many(10, 90), at=now)
    # What it has already is no more, and words always have room.
    actions.add(receipt=sent.receipt, words="And now?", addresses=many(30), at=now)
    assert (sent.report.pointers.count(), sent.report.messages.count()) == (100, 4)


def test_the_desk_has_taken_it_up_though_something_was_added_since(now: datetime) -> None:
    sent = make_report(at=now)
    actions.take(report=sent.report, at=now)
    actions.add(receipt=sent.receipt, addresses="https://new.example.org/2", at=now + HOUR)
    actions.withdraw(receipt=sent.receipt, at=now + HOUR)
    report = Report.objects.get()
    assert (report.taken_at, report.first_taken_at) == (None, now)
    assert '"taken":true' in Entry.objects.get(verb="reports.withdraw").detail


def test_the_first_time_it_was_taken_up_stays(now: datetime) -> None:
    sent = make_report(at=now)
    actions.take(report=sent.report, at=now)
    actions.add(receipt=sent.receipt, addresses="https://new.example.org/2", at=now + HOUR)
    actions.take(report=sent.report, at=now + HOUR)
    report = Report.objects.get()
    assert (report.taken_at, report.first_taken_at) == (now + HOUR, now)


def test_what_was_taken_up_before_that_time_was_kept_is_known_by_its_steps(now: datetime) -> None:
    new, taken, told = (make_report(at=now).report for _ in range(3))
    actions.take(report=taken, at=now + HOUR)
    actions.tell(report=told, step=Step.Code.IN_REVIEW, at=now + 2 * HOUR)
    Report.objects.update(first_taken_at=None)
    import_module("hearthline.hub.reports.migrations.0002_first_taken_at").look_back(apps, None)
    known = dict(Report.objects.values_list("pk", "first_taken_at"))
    assert known == {new.pk: None, taken.pk: now + HOUR, told.pk: now + 2 * HOUR}
