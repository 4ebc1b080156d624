# SPDX-License-Identifier: Apache-2.0
"""Many reports at once: a page takes up a few of them, the worker the rest."""

from datetime import datetime, timedelta

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.actions import Place, open_queue
from hearthline.hub.cases.sweeps import take_up_reports
from hearthline.hub.cases.tests.make import make_report
from hearthline.hub.reports.models import Report

pytestmark = pytest.mark.django_db


def test_opening_the_queue_takes_up_a_few_and_the_worker_the_rest(now: datetime, ana: User) -> None:
    for minute in range(23):
        make_report(at=now + timedelta(minutes=minute), addresses=f"https://a.example.org/{minute}")
    later = now + timedelta(hours=1)

    open_queue(place=Place(), by=ana, at=later)
    waiting = Report.objects.awaiting_triage()
    assert [report.received_at.minute for report in waiting] == [
        (now + timedelta(minutes=minute)).minute for minute in (20, 21, 22)
    ]

    assert take_up_reports(holder="worker", at=later) == 3
    assert not waiting.all().exists()
