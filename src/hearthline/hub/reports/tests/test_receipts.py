# SPDX-License-Identifier: Apache-2.0
"""A receipt's life: kept quickly at Send, kept for good by the worker, ended with its report."""

from datetime import datetime, timedelta

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Entry
from hearthline.hub.clocks.actions import LEASE, LeaseLost, lease
from hearthline.hub.reports import actions, sweeps
from hearthline.hub.reports.models import FreshReceipt, Report
from hearthline.hub.reports.tests.make import STORY, make_report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.sealing import new_receipt

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def keep(at: datetime, holder: str = "worker") -> int:
    return sweeps.keep_receipts(holder=holder, at=at)


def leased(at: datetime, holder: str = "worker") -> FreshReceipt:
    return lease(FreshReceipt.objects.due(at), holder=holder, at=at)[0]


def stored(report: Report) -> bytes:
    """All that the ledgers hold of a report's receipt."""
    report.refresh_from_db()
    fresh = FreshReceipt.objects.filter(report=report).values_list(
        "digest", "wrapped_key", "receipt"
    )
    kept = [report.receipt_digest, report.data_key.wrapped_receipt, *(f for r in fresh for f in r)]
    return b"".join(bytes(value) for value in kept if value)


def test_sending_leaves_the_slow_step_to_the_worker(now: datetime) -> None:
    report = make_report(at=now).report
    assert FreshReceipt.objects.get().report == report
    assert Report.objects.get().receipt_digest is None
    assert keep(now) == 1
    report.refresh_from_db()
    assert len(report.receipt_digest) == 32
    assert len(report.data_key.wrapped_receipt) == 61
    assert not FreshReceipt.objects.exists()


def test_what_stands_afterwards_is_what_the_slow_step_gives_and_nothing_quick(
    now: datetime,
) -> None:
    sent = make_report(at=now)
    keep(now)
    quick, lasting = sealing.quick_keys(sent.receipt), sealing.lasting_keys(sent.receipt)
    assert lasting.digest in stored(sent.report)
    assert quick.digest not in stored(sent.report)
    key = sealing.open_as_desk(sent.report.data_key)
    assert sealing.open_with_receipt(sent.report.data_key, lasting) == key


def test_the_digits_are_never_stored_as_they_are(now: datetime) -> None:
    sent = make_report(at=now)
    assert sent.receipt.encode() not in stored(sent.report)
    keep(now)
    assert sent.receipt.encode() not in stored(sent.report)


@pytest.mark.parametrize("kept", [False, True], ids=["before", "after"])
def test_the_reporter_comes_back_before_and_after(now: datetime, ana: User, kept: bool) -> None:
    sent = make_report(at=now)
    actions.answer(report=sent.report, body="We are on it.", by=ana, at=now)
    if kept:
        keep(now)
    actions.recognise(receipt=sent.receipt)
    actions.write(receipt=sent.receipt, body="Thank you.", at=now + MINUTE)
    view = actions.come_back(receipt=sent.receipt, at=now + MINUTE)
    assert [letter.body for letter in view.messages] == ["We are on it.", "Thank you."]
    assert actions.read_report(report=sent.report, by=ana, at=now).narrative == STORY


def test_another_receipt_finds_nothing_before_or_after(now: datetime) -> None:
    make_report(at=now)
    for _ in range(2):
        with pytest.raises(actions.ReceiptUnknown):
            actions.come_back(receipt=new_receipt(), at=now)
        keep(now)


def test_the_log_says_that_it_was_done_and_holds_no_secret(now: datetime) -> None:
    sent = make_report(at=now)
    keep(now)
    entry = Entry.objects.get(verb="reports.keep_receipt")
    assert (entry.actor, entry.object_id) == ("worker:worker", str(sent.report.pk))
    assert (entry.reason, entry.detail) == ("", "{}")


def test_a_worker_that_was_killed_leaves_it_to_the_next(now: datetime) -> None:
    sent = make_report(at=now)
    leased(now, "killed")
    assert keep(now + MINUTE) == 0
    actions.recognise(receipt=sent.receipt)
    assert keep(now + LEASE) == 1
    actions.recognise(receipt=sent.receipt)


def test_a_worker_that_lost_its_lease_changes_nothing(now: datetime) -> None:
    sent = make_report(at=now)
    slow = leased(now, "slow")
    leased(now + LEASE, "other")
    with pytest.raises(LeaseLost):
        actions.keep_for_good(fresh=slow, holder="slow", at=now + LEASE)
    assert Report.objects.get().receipt_digest is None
    actions.recognise(receipt=sent.receipt)


def test_twice_is_once(now: datetime) -> None:
    sent = make_report(at=now)
    slow = leased(now, "slow")
    other = leased(now + LEASE, "other")
    assert actions.keep_for_good(fresh=other, holder="other", at=now + LEASE)
    before = stored(sent.report)
    assert not actions.keep_for_good(fresh=slow, holder="slow", at=now + LEASE)
    assert stored(sent.report) == before
    assert Entry.objects.filter(verb="reports.keep_receipt").count() == 1


def test_one_that_cannot_be_opened_does_not_keep_the_others(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    broken = make_report(at=now)
    make_report(at=now + MINUTE)
    FreshReceipt.objects.filter(report=broken.report).update(receipt=b"\x01" + b"x" * 60)
    assert keep(now + MINUTE) == 1
    assert FreshReceipt.objects.get().report == broken.report
    assert broken.receipt not in caplog.text
    # Its reporter still comes back meanwhile.
    actions.recognise(receipt=broken.receipt)


def test_a_withdrawn_report_keeps_its_way_back(now: datetime) -> None:
    sent = make_report(at=now)
    actions.withdraw(receipt=sent.receipt, at=now)
    assert keep(now) == 1
    assert actions.come_back(receipt=sent.receipt, at=now).report.withdrawn_at == now


def test_what_is_kept_quickly_ends_with_the_report(now: datetime) -> None:
    sent = make_report(at=now)
    actions.end_retention(report=sent.report, at=now)
    assert not FreshReceipt.objects.exists()
    assert stored(sent.report) == b""
    assert keep(now) == 0
    with pytest.raises(actions.ReceiptUnknown):
        actions.recognise(receipt=sent.receipt)


def test_a_report_that_ends_under_the_workers_hands_stays_ended(now: datetime) -> None:
    sent = make_report(at=now)
    fresh = leased(now)
    actions.end_retention(report=sent.report, at=now)
    # The worker had read the key before; what it writes now must not bring it back.
    assert not actions.keep_for_good(fresh=fresh, holder="worker", at=now)
    assert stored(sent.report) == b""


def test_a_report_that_ended_after_is_known_to_have_been(now: datetime) -> None:
    sent = make_report(at=now)
    keep(now)
    actions.end_retention(report=sent.report, at=now)
    assert actions.come_back(receipt=sent.receipt, at=now).gone


def test_the_oldest_come_first_and_the_others_are_not_starved(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, earlier = make_report(at=now + MINUTE), make_report(at=now)
    assert [fresh.report for fresh in FreshReceipt.objects.due(now + MINUTE)] == [
        earlier.report,
        later.report,
    ]
    monkeypatch.setattr(sweeps, "RUN", 0.0)
    assert keep(now + MINUTE) == 0
    monkeypatch.setattr(sweeps, "RUN", 5.0)
    assert keep(now + MINUTE) == 2


def test_a_process_without_the_desks_key_leaves_it(now: datetime, settings: object) -> None:
    make_report(at=now)
    settings.DESK_PRIVATE_KEY = ""  # type: ignore[attr-defined]
    with pytest.raises(sealing.KeyMissing):
        actions.keep_for_good(fresh=leased(now), holder="worker", at=now)
