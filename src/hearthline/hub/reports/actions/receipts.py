# SPDX-License-Identifier: Apache-2.0
"""A receipt here: kept quickly when a report is sent, kept for good soon after, by the worker.

The slow step that protects a receipt costs some 30 ms of a processor. Taken within Send it would
bound how many children can tell us something in the same second.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.clocks.actions import hold
from hearthline.hub.reports.models import FreshReceipt, Report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit import sealing as kit


class ReceiptUnknown(LookupError):
    """No report has this receipt."""


@dataclass(frozen=True)
class Found:
    """The report of a receipt, and what opens it."""

    report: Report
    keys: kit.ReceiptKeys
    # The report's key under the quick keys; None once it is kept for good.
    wrapped: bytes | None = None

    def open(self) -> kit.DataKey:
        """The report's key. Raises KeyDestroyed."""
        return sealing.open_with_receipt(self.report.data_key, self.keys, self.wrapped)


def fresh(report: Report, key: kit.DataKey, receipt: str, at: datetime) -> FreshReceipt:
    """The row that leads back at once and leaves the rest to the worker, sealed for the desk.

    It is not saved yet.
    """
    quick = sealing.quick_keys(receipt)
    row = report.data_key
    made = FreshReceipt(report=report, data_key=row, digest=quick.digest, due_at=at)
    made.wrapped_key = quick.wrap(key, row=row.row)
    made.seal(key, "receipt", receipt)
    return made


def find(receipt: str) -> Found:
    """The report of this receipt. Raises ReceiptMistyped, ReceiptUnknown.

    Not within a transaction: on SQLite the slow step would keep every writer waiting. It is spared
    only where the answer says as much anyway, so an unknown receipt always costs the same.
    """
    quick = sealing.quick_keys(receipt)
    made = FreshReceipt.objects.of_receipt(quick.digest)
    if made is not None:
        return Found(made.report, quick, bytes(made.wrapped_key))
    # What was fresh a moment ago stands under its lasting digest now: both change in one commit.
    lasting = sealing.lasting_keys(receipt)
    report = Report.objects.of_receipt(lasting.digest)
    if report is None:
        raise ReceiptUnknown
    return Found(report, lasting)


def keep_for_good(*, fresh: FreshReceipt, holder: str, at: datetime) -> bool:
    """Take the slow step, and delete what was kept quickly; False when there is nothing left to do.

    Killed before its one transaction ends, it has done nothing and is done again. Raises LeaseLost,
    and KeyMissing in a process without the desk's private key.
    """
    try:
        key = sealing.open_as_desk(fresh.data_key)
    except sealing.KeyDestroyed:
        return False
    lasting = sealing.lasting_keys(fresh.unseal(key, "receipt"))
    with transaction.atomic():
        try:
            held = hold(fresh, holder=holder)
        except FreshReceipt.DoesNotExist:
            return False
        sealing.wrap_for_receipt(fresh.data_key, key, lasting)
        Report.objects.filter(pk=fresh.report_id).update(receipt_digest=lasting.digest)
        held.delete()
        record(
            at=at, actor=Actor.worker(), verb="reports.keep_receipt", about=fresh.report
        )  # fmt: skip
    return True


def forget_fresh(report: Report) -> None:
    """What is still kept quickly ends with the report's key."""
    FreshReceipt.objects.filter(report=report).delete()
