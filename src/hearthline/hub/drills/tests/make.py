# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: an exercise, as far as it has come."""

from datetime import datetime

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.actions import pull
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import confirmed
from hearthline.hub.mail.sweeps import send_letters
from hearthline.hub.notices import sweeps as notices
from hearthline.hub.referrals import sweeps as referrals
from hearthline.hub.reports.actions import Submitted, start_drill

REASON = "The quarter's practice"


def make_drill(*, mara: User, at: datetime, template: str = "page") -> Submitted:
    return start_drill(template=template, reason=REASON, by=mara, at=at)


def make_drilled_case(*, mara: User, at: datetime) -> Case:
    """The case of an exercise, waiting in the queue."""
    made = make_drill(mara=mara, at=at)
    pull(at=at)
    return Case.objects.of_report(made.report).get()


def make_drill_confirmed(*, mara: User, ana: User, ben: User, at: datetime) -> Case:
    return confirmed(make_drilled_case(mara=mara, at=at), by=ana, second=ben, at=at)


def work(at: datetime, holder: str = "w1") -> None:
    """One round of the worker, with its real carriers."""
    for sweep in (
        referrals.refer_confirmed,
        send_letters,
        referrals.note_arrivals,
        notices.open_notices,
        notices.write_letters,
        send_letters,
        notices.send_posts,
        notices.note_deliveries,
        notices.check_availability,
    ):
        sweep(holder=holder, at=at)
