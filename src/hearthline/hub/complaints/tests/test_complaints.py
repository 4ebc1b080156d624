# SPDX-License-Identifier: Apache-2.0
"""A complaint from its words to its answer: sealed, clocked, handled by somebody uninvolved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import pull
from hearthline.hub.cases.models import Case
from hearthline.hub.complaints import actions, sweeps
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.complaints.tests.make import WORDS, make_complaint
from hearthline.hub.reports.actions import ReceiptUnknown
from hearthline.hub.reports.tests.make import PICTURE, make_report
from hearthline.kit.sealing import new_receipt
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ANSWER = {"outcome": "upheld", "words": "You are right. We are sorry.", "change": "Two more people"}


@pytest.fixture
def max_() -> User:
    return make_user("Max", Role.HOTLINE_MANAGER)


def taken(by: User, at: datetime = NOW, **told: str) -> actions.Complained:
    made = make_complaint(at=at, **told)
    actions.acknowledge(complaint=made.complaint, by=by, at=at)
    return made


def test_a_complaint_is_sealed_and_opens_for_its_receipt_and_the_desk(max_: User):
    made = make_complaint(at=NOW, contact="kim@example.org")
    assert WORDS.encode() not in bytes(Complaint.objects.get().words)
    found, text = actions.come_back(receipt=made.receipt, at=NOW)
    assert (found, text.words) == (made.complaint, WORDS)
    assert actions.read(complaint=found, by=max_, at=NOW).contact == "kim@example.org"
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"complaints.complain", "complaints.come_back", "complaints.read"} <= verbs


def test_its_clocks_are_the_packs():
    one = make_complaint(at=NOW).complaint
    assert one.acknowledge_due_at == NOW + timedelta(days=3)
    assert one.answer_due_at == NOW + timedelta(days=30)


def test_the_whole_way_to_the_answer(max_: User):
    made = taken(max_)
    actions.answer(complaint=made.complaint, by=max_, at=NOW, **ANSWER)
    found, text = actions.come_back(receipt=made.receipt, at=NOW)
    assert (found.state, found.outcome) == ("answered", "upheld")
    assert (text.answer, text.change) == (ANSWER["words"], ANSWER["change"])
    entry = Entry.objects.of_verb("complaints.answer").get()
    assert ANSWER["words"] not in entry.detail


def test_sending_twice_is_one_complaint_and_other_words_are_another():
    receipt = new_receipt()
    first = make_complaint(at=NOW, receipt=receipt)
    again = make_complaint(at=NOW, receipt=receipt)
    assert (first.receipt, first.complaint.pk) == (again.receipt, again.complaint.pk)
    other = make_complaint(at=NOW, receipt=receipt, words="And another thing.")
    assert other.receipt != receipt
    assert Complaint.objects.count() == 2


def test_sending_twice_in_one_moment_is_one_complaint():
    receipt, sent = new_receipt(), []

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        """The other one comes in after this one has looked for its receipt."""
        found = execute(sql, *rest)
        if sql.startswith("SELECT") and "complaints_complaint" in sql and not sent:
            sent.append(None)
            sent[0] = make_complaint(at=NOW, receipt=receipt)
        return found

    with connection.execute_wrapper(meanwhile):
        made = make_complaint(at=NOW, receipt=receipt)
    assert (made.complaint, made.receipt) == (sent[0].complaint, receipt)
    assert Complaint.objects.get() == made.complaint


def test_what_cannot_be_kept_is_refused():
    with pytest.raises(actions.NothingSaid):
        make_complaint(at=NOW, words="  ")
    with pytest.raises(actions.TooLong):
        make_complaint(at=NOW, words="x" * 5_001)
    with pytest.raises(FileContentRefused):
        make_complaint(at=NOW, words=PICTURE)
    with pytest.raises(ReceiptUnknown):
        make_complaint(at=NOW, report_receipt=new_receipt())
    with pytest.raises(actions.ComplaintUnknown):
        actions.come_back(receipt=new_receipt(), at=NOW)
    assert not Complaint.objects.exists()


def involved_case(manager: User, act: str) -> actions.Complained:
    """A complaint about a report on whose case `manager` did `act`."""
    told = make_report(at=NOW)
    pull(at=NOW)
    case = Case.objects.of_report(told.report).get()
    record(at=NOW, actor=manager.actor, verb=act, about=case)
    return make_complaint(at=NOW, report_receipt=told.receipt)


def test_whoever_acted_on_the_case_neither_reads_nor_handles_it(max_: User):
    one = involved_case(max_, "cases.level").complaint
    with pytest.raises(actions.WorkedOnIt):
        actions.read(complaint=one, by=max_, at=NOW)
    with pytest.raises(actions.WorkedOnIt):
        actions.acknowledge(complaint=one, by=max_, at=NOW)
    moira = make_user("Moira", Role.HOTLINE_MANAGER)
    actions.acknowledge(complaint=one, by=moira, at=NOW)
    with pytest.raises(actions.WorkedOnIt):
        actions.answer(complaint=one, by=max_, at=NOW, **ANSWER)


def test_having_looked_at_the_case_is_no_work_on_it(max_: User):
    actions.acknowledge(complaint=involved_case(max_, "cases.read").complaint, by=max_, at=NOW)


def test_analysts_hold_no_permission_for_complaints(max_: User):
    for role in (Role.ANALYST, Role.SENIOR_ANALYST):
        someone = make_user(role.name, role)
        assert not someone.has(Permission.COMPLAINTS_COMPLAINT_HANDLE)
        with pytest.raises(NotAllowed):
            actions.read(complaint=make_complaint(at=NOW).complaint, by=someone, at=NOW)


def test_oversight_reads_and_does_not_handle():
    omar = make_user("Omar", Role.OVERSIGHT)
    one = make_complaint(at=NOW).complaint
    actions.read(complaint=one, by=omar, at=NOW)
    with pytest.raises(NotAllowed):
        actions.acknowledge(complaint=one, by=omar, at=NOW)


def test_each_step_comes_once_and_in_order(max_: User):
    one = make_complaint(at=NOW).complaint
    with pytest.raises(actions.WrongStep):
        actions.answer(complaint=one, by=max_, at=NOW, **ANSWER)
    actions.acknowledge(complaint=one, by=max_, at=NOW)
    with pytest.raises(actions.WrongStep):
        actions.acknowledge(complaint=one, by=max_, at=NOW)
    with pytest.raises(actions.NotTheHandler):
        actions.answer(complaint=one, by=make_user("Moira", Role.HOTLINE_MANAGER), at=NOW, **ANSWER)
    with pytest.raises(actions.NothingSaid):
        actions.answer(complaint=one, by=max_, at=NOW, **{**ANSWER, "words": " "})
    actions.answer(complaint=one, by=max_, at=NOW, **ANSWER)
    with pytest.raises(actions.WrongStep):
        actions.answer(complaint=one, by=max_, at=NOW, **ANSWER)


def test_the_sweep_notes_each_late_step_once(max_: User):
    one = make_complaint(at=NOW).complaint
    assert sweeps.note_late(holder="w", at=NOW + timedelta(days=3)) == 0
    late = NOW + timedelta(days=4)
    assert [sweeps.note_late(holder="w", at=late) for _again in range(2)] == [1, 0]
    later = NOW + timedelta(days=31)
    assert [sweeps.note_late(holder="w", at=later) for _again in range(2)] == [1, 0]
    one.refresh_from_db()
    assert (one.late_unread_at, one.late_unanswered_at) == (late, later)
    assert Entry.objects.of_verb("complaints.late").count() == 2


def test_its_words_end_with_the_packs_days_and_its_steps_stay(max_: User):
    made = taken(max_)
    actions.answer(complaint=made.complaint, by=max_, at=NOW, **ANSWER)
    end = NOW + timedelta(days=365)
    assert sweeps.end_retention(holder="w", at=end - timedelta(seconds=1)) == 0
    assert [sweeps.end_retention(holder="w", at=end) for _again in range(2)] == [1, 0]
    found, text = actions.come_back(receipt=made.receipt, at=end)
    assert found.state == "answered"
    assert text is None


def test_complaints_are_counted_for_the_figures(max_: User):
    late = NOW + timedelta(days=40)
    made = taken(max_)
    actions.answer(complaint=made.complaint, by=max_, at=late, **ANSWER)
    make_complaint(at=NOW, about="unkind")
    received = Complaint.objects.received_in(NOW, NOW + timedelta(days=1))
    assert received.counted_by("about") == {"slow": 1, "unkind": 1}
    assert (
        Complaint.objects.answered_in(late, late + timedelta(days=1)).answered_late().count() == 1
    )
