# SPDX-License-Identifier: Apache-2.0
"""Journeys under kill -9: nothing accepted is lost, nothing is sent twice without a mark.

Servers and the worker are killed on both engines; on PostgreSQL the database's server as well.
HEARTHLINE_KILL_RUNS says how many journeys an engine has (10 if unset), HEARTHLINE_KILL_SEED
where the kills fall; a failing run names its seed.
"""

import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hearthline.hub.config.tests.postgres import Cluster
from hearthline.hub.demo.host import Pages
from hearthline.hub.demo.sink import Inbox
from hearthline.hub.demo.world import World, free_ports
from tests.resilience import slow_mail
from tests.resilience.count import Arrived, Ledgers
from tests.resilience.killer import STEPS, Killer, Plan
from tests.resilience.people import Journey, Person, Team

RUNS = int(os.environ.get("HEARTHLINE_KILL_RUNS", "10"))
SEED = int(os.environ.get("HEARTHLINE_KILL_SEED", str(time.time_ns() % 1_000_000)))
TEAMS = 5
# The worker's lease is five minutes: what a killed worker held is free after six.
LEASE_OVER = 6
CAST = Path(__file__).with_name("cast.py")


@pytest.fixture(params=["sqlite", "postgresql"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster | None]:
    """A PostgreSQL that keeps what it promised after a crash, or none: the embedded default."""
    if request.param == "sqlite":
        yield None
        return
    made = Cluster.in_a_temporary_folder(durable=True)
    yield made
    made.stop()


@pytest.fixture
def world(cluster: Cluster | None, prepared: Path) -> Iterator[World]:
    """A small world without a past, whose mail server is slow."""
    with tempfile.TemporaryDirectory(prefix="hearthline-kill-") as folder:
        url = cluster.url if cluster else ""
        made = World(Path(folder), free_ports(), pause=0.1, database=url)
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        if cluster:  # the database is another than the one that was copied
            made.prepare()
        made.run(str(CAST))
        mail = slow_mail.start(made.ports["smtp"], Inbox(made.inbox), random.Random(SEED))
        try:
            made.start("host", "public", "desk", "partners", "worker")
            yield made
        finally:
            made.stop()
            mail.stop()


@pytest.mark.world
def test_nothing_is_lost_and_nothing_is_sent_twice_without_a_mark(
    world: World, cluster: Cluster | None, capfd: pytest.CaptureFixture[str]
) -> None:
    print(f"HEARTHLINE_KILL_SEED={SEED} HEARTHLINE_KILL_RUNS={RUNS}")
    started = time.monotonic()
    killer, faults = Killer(world, cluster), list[str]()
    try:
        journeys = walk_all(world, killer, faults)
    finally:
        killer.wait()
        assert killer.errors == []
    walked = time.monotonic() - started
    rounds = settle(world)
    told = capfd.readouterr()
    people = {id(p): p for j in journeys for p in (j.child, j.team.ana, j.team.ben)}
    pressed_again = sum(person.tries for person in people.values())
    arrived = Arrived.at(world)
    with capfd.disabled():
        print(
            f"\nseed {SEED}: {len(journeys)} journeys in {walked:.0f} s, "
            f"kills {dict(killer.kills)}, pressed again {pressed_again} times, "
            f"{len(arrived.letters)} letters of which {arrived.marked()} marked as repeats, "
            f"{rounds} rounds to settle, busy {told.err.count('database was busy')}"
        )

    assert sum(killer.kills.values()) == RUNS
    assert faults == []
    assert "locked" not in told.err
    # Only a database that went away in the middle of a question leaves a trace in the log.
    assert "Traceback" not in told.err or killer.kills["database"]
    check_ledgers(world, journeys)
    check_letters(world, journeys, arrived)
    check_receipts(world, journeys, faults)
    assert "whole" in world.run("-m", "hearthline.cli", "audit", "verify")


def walk_all(world: World, killer: Killer, faults: list[str]) -> list[Journey]:
    """Every journey, several at a time, each with one kill in it."""
    chance = random.Random(SEED)
    plans = [Plan.drawn(chance, database=killer.cluster is not None) for _ in range(RUNS)]
    pages = Pages(world.pages)

    def work(number: int) -> list[Journey]:
        team = Team(world, faults)
        return [walk(n, team) for n in range(number, RUNS, TEAMS)]

    def walk(number: int, team: Team) -> Journey:
        journey, plan = Journey(number, team), plans[number]
        pages.put_up(journey.name)
        for step in STEPS:
            if step == plan.step:
                killer.follow(plan)
            getattr(journey, step)()
        return journey

    with ThreadPoolExecutor(TEAMS) as pool:
        return [journey for team in pool.map(work, range(TEAMS)) for journey in team]


def settle(world: World) -> int:
    """Let leases run out until nothing is left to do; rounds of the worker that were needed."""
    world.kill("worker")
    ledgers = Ledgers(world)
    for number in range(1, 9):
        world.run("-m", "hearthline.cli", "worker", "--once", "--ahead", str(number * LEASE_OVER))
        if not ledgers.unfinished():
            return number
    pytest.fail(f"seed {SEED}: still unfinished: {ledgers.unfinished()}")


def check_ledgers(world: World, journeys: list[Journey]) -> None:
    """Each journey is one report, one case, one referral and one notice."""
    ledgers = Ledgers(world)
    cases = {journey.case.replace("-", "") for journey in journeys}
    once = dict.fromkeys(cases, 1)
    assert ledgers.count("reports_report") == RUNS
    assert ledgers.count("cases_case WHERE confirmed_at IS NOT NULL") == RUNS == len(cases)
    assert ledgers.count("cases_case") == RUNS
    assert ledgers.per_case("referrals_referral") == once
    assert ledgers.per_case("notices_notice") == once
    # One first judgement and one review, however often the button was pressed.
    assert ledgers.per_case("cases_assessment") == dict.fromkeys(cases, 2)


def check_letters(world: World, journeys: list[Journey], arrived: Arrived) -> None:
    """No letter is lost, none came twice without the mark, and police heard before the host."""
    expected = Ledgers(world).message_ids()
    assert arrived.message_ids() == set(expected)
    assert [name for name, copies in arrived.unmarked().items() if copies > 1] == []
    for journey in journeys:
        police = arrived.place_of(journey.case[:8].upper())
        host = arrived.place_of(journey.address)
        assert police < host, f"the host heard of {journey.name} before police"


def check_receipts(world: World, journeys: list[Journey], faults: list[str]) -> None:
    """Every receipt that was shown opens its report, which tells the whole way."""
    assert len({journey.receipt for journey in journeys}) == RUNS
    for journey in journeys:
        child = Person(world, faults)
        page = child.open("public", "/receipt/")
        page = child.send(page, page.form("receipt"), receipt=journey.receipt)
        # Received, in review, judged, police told, host told.
        assert page.url.endswith("/receipt/status/"), page.url
        assert len(re.findall("<time", page.text)) >= 5, journey.name
    assert faults == []
