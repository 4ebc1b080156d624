# SPDX-License-Identifier: Apache-2.0
"""No figure speaks of an exercise: the same bytes with and without them in the database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.actions import pull
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import assessed, confirmed, make_report
from hearthline.hub.config.health import Numbers
from hearthline.hub.config.state import State, state
from hearthline.hub.directory.models import Organisation
from hearthline.hub.drills.tests.make import make_drill, work
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.notices.actions import assign_host
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.tests.make import make_host
from hearthline.hub.referrals.actions import play_police
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import make_keyed_unit
from hearthline.hub.reports.actions import Template, add, remove_page
from hearthline.hub.reports.models import Drill
from hearthline.hub.statistics.actions import compile_period
from hearthline.hub.statistics.exports import as_csv, as_sdmx, as_sdmx_ml
from hearthline.hub.statistics.promises import promises
from hearthline.hub.statistics.sweeps import count_days

# How far an exercise comes: begun, taken up, judged once, with police, with the host, removed.
STAGES = range(6)

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    with mail_server(settings, Inbox()) as inbox:
        yield inbox


@pytest.fixture
def harbour(inbox: Inbox, ana: User, ben: User, ada: User, now: datetime) -> Organisation:
    """Harbour Hosting, and real work beside: more reports than the threshold, one with police."""
    host = make_host(ada=ada, at=now)
    make_keyed_unit(ada=ada, at=now)
    for each in range(6):
        make_report(at=now, addresses=f"https://pictures.example.org/{each}")
    first, second, *_rest = pull(at=now)
    confirmed(first, by=ana, second=ben, at=now)
    assessed(second, by=ana, at=now)
    work(now)
    work(now)
    assert len(inbox.received) == 1
    return host


@given(drills=st.lists(st.tuples(st.sampled_from(Template.values), st.sampled_from(STAGES)),
                       min_size=1, max_size=3))  # fmt: skip
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_figure_is_the_same_with_and_without_exercises(
    drills: list[tuple[str, int]], harbour: Organisation, inbox: Inbox, now: datetime,
    mara: User, ana: User, ben: User, stella: User,
) -> None:  # fmt: skip
    with transaction.atomic():
        before = figures(stella, now)
        for template, stage in drills:
            walk(template, stage, harbour, (mara, ana, ben), now + timedelta(hours=1))
        assert Drill.objects.count() == len(drills)
        assert figures(stella, now) == before
        assert len(inbox.received) == 1, "an exercise wrote to somebody"
        transaction.set_rollback(True)


def test_no_days_count_of_promises_speaks_of_an_exercise(
    harbour: Organisation, now: datetime, mara: User, ana: User, ben: User
) -> None:
    over = now + timedelta(days=2)
    with transaction.atomic():
        count_days(holder="w1", at=over)
        before = promises(over)
        transaction.set_rollback(True)
    walk("page", 5, harbour, (mara, ana, ben), now)
    count_days(holder="w1", at=over)
    assert promises(over) == before


def walk(
    template: str, stage: int, host: Organisation, people: tuple[User, User, User], at: datetime
) -> None:
    """One exercise as far as its stage; one in words has no host to tell."""
    mara, ana, ben = people
    made = make_drill(mara=mara, at=at, template=template)
    add(receipt=made.receipt, words="A letter of the exercise.", addresses="", at=at)
    if stage > 0:
        pull(at=at)
        case = Case.objects.of_report(made.report).get()
    if stage == 2:
        assessed(case, by=ana, at=at)
    if stage < 3:
        return
    confirmed(case, by=ana, second=ben, at=at)
    work(at)
    play_police(referral=Referral.objects.get(case=case), by=mara, at=at)
    notice = Notice.objects.filter(case=case).first()
    if stage < 4 or notice is None:
        return
    assign_host(notice=notice, host=host, by=ana, at=at)
    work(at)
    if stage == 5:
        remove_page(drill=Drill.objects.get(report=made.report), by=mara, at=at)
        for each in range(1, 5):
            work(at + timedelta(hours=6 * each))


def figures(stella: User, at: datetime) -> list[object]:
    """Everything that is published, held up as a promise, or told to Prometheus."""
    over = at + timedelta(days=40)
    with transaction.atomic():
        release = compile_period(period=f"{at:%Y-%m}", by=stella, at=over)
        exports = [export(release, ref_area="XS") for export in (as_csv, as_sdmx, as_sdmx_ml)]
        transaction.set_rollback(True)
    # Without the length of the audit log, which tells of every act.
    numbers = replace(state(over), unlogged=0)
    return [exports, promises(over), generate_latest(_registry(numbers))]


def _registry(numbers: State) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Numbers(numbers))
    return registry
