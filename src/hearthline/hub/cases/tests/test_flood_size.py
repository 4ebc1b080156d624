# SPDX-License-Identifier: Apache-2.0
"""Junk by the thousand: what is real is found at once, and two people end the rest.

HEARTHLINE_FLOOD_SIZE makes it larger; `benchmarks/flood.py` runs it with 20,000.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.actions import extend_log
from hearthline.hub.audit.models import Entry
from hearthline.hub.audit.tests.make import public_key_text
from hearthline.hub.audit.verify import verify
from hearthline.hub.cases import actions, sweeps
from hearthline.hub.cases.actions import Place, quarantine
from hearthline.hub.cases.actions.quarantine import Alike
from hearthline.hub.cases.models import Case, FloodClosing, Lane
from hearthline.hub.cases.tests.flooding import flood
from hearthline.hub.cases.tests.make import make_report
from hearthline.hub.reports.models import Report
from hearthline.kit.packs.pack import Flood

SIZE = int(os.environ.get("HEARTHLINE_FLOOD_SIZE", "3000"))


def took(what: str, act: Callable[[], object]) -> None:
    """Do it, and say for the benchmark how long it took."""
    started = time.perf_counter()
    act()
    seconds = time.perf_counter() - started
    sys.stdout.write(f"{what:50}{seconds * 1000:10.0f} ms\n")


@pytest.mark.django_db
def test_a_flood_of_junk(ana: User, ben: User, now: datetime, settings: Any) -> None:
    usual = Flood()
    settings.PACK = settings.PACK.model_copy(update={"flood": usual})
    measure = usual.network_reports
    held = flood(SIZE, through_submit=min(2_000, SIZE // 10), at=now)
    assert held == SIZE - measure
    actions.pull(at=now, limit=SIZE)

    # What was let in before the door noticed is all there is in the queue.
    assert len(Report.objects.filter(lane="main")) == measure
    new = Case.objects.in_lane(Lane.NEW, ana, now).count()
    assert new <= measure
    junk = Case.objects.in_lane(Lane.URGENT, ana, now).count()

    # A report of danger comes in the middle of it, from anywhere else, and stands first.
    real = make_report(
        at=now, kind="self_harm", facts=["danger_now"], addresses="", words="My own trouble."
    ).report
    for lane in ("urgent", "new"):
        place = Place(lane=lane)
        took(f"queue, {lane}", partial(actions.open_queue, place=place, by=ana, at=now))
    first = actions.open_queue(place=Place(lane="urgent"), by=ana, at=now).rows[0]
    assert Case.objects.of_report(real).get() == first.case
    assert Case.objects.in_lane(Lane.URGENT, ana, now).count() == junk + 1

    # The lane itself says what is alike.
    took("the lane of held reports", partial(quarantine.open_held, by=ana, at=now))
    groups = quarantine.open_held(by=ana, at=now).groups
    by_words = [group for group in groups if group.by == "words"]
    assert by_words

    # An hour of the worker lets a handful of those that call themselves urgent through.
    for minute in range(60):
        sweeps.let_urgent_through(holder="w", at=now + timedelta(minutes=minute))
    assert Report.objects.held().count() == held - usual.urgent_per_hour

    after = now + timedelta(hours=1)
    while (sample := Report.objects.held().first()) is not None:
        closing = quarantine.ask_to_close_flood(
            alike=Alike.like(sample, "words"), reason="One text", with_urgent=True, by=ana, at=after
        )
        agree = partial(quarantine.agree_to_close_flood, closing=closing, by=ben, at=after)
        took("agreeing, the first thousand closed", agree)
        took("the worker closes the rest", partial(_to_the_end, after))
    closed = sum(FloodClosing.objects.values_list("closed", flat=True))
    assert closed == held - usual.urgent_per_hour
    assert Entry.objects.filter(verb="reports.close_as_flood").count() == closed
    assert Entry.objects.filter(verb="cases.close_flood").count() == FloodClosing.objects.count()
    took("the log is extended", partial(_log, after))
    assert verify(public_key_text=public_key_text()).ok


def _to_the_end(at: datetime) -> None:
    while sweeps.end_floods(holder="w", at=at):
        pass


def _log(at: datetime) -> None:
    while extend_log(at=at):
        pass
