# SPDX-License-Identifier: Apache-2.0
"""All exchanges of one configuration: which are due, how they stand, and each for itself."""

from datetime import timedelta

import pytest

from hearthline.matcher.exchanges import (
    Limits,
    Store,
    Surroundings,
    fetch_all,
    read_configuration,
    standings,
)
from hearthline.matcher.exchanges.tests.bank import Bank
from hearthline.matcher.exchanges.tests.source import AT, T0, FakeStopNcii, Reply, md5, pdq

WORLD = """
[[exchange]]
name = "own"
kind = "file"
bank = "own-list"
path = "own.csv"
format = "csv"

[[exchange]]
name = "remote"
kind = "stop_ncii"
bank = "remote-list"
url = "URL"
function_key = { env = "ONE" }
subscription_key = { env = "TWO" }
every_minutes = 30

[[exchange]]
name = "resting"
kind = "file"
bank = "own-list"
path = "none.csv"
format = "csv"
enabled = false
"""


class World:
    def __init__(self, tmp_path, source):
        (tmp_path / "own.csv").write_text(f"md5\n{md5(1)}\n")
        path = tmp_path / "exchanges.toml"
        path.write_text(WORLD.replace("URL", source.url))
        self.configuration = read_configuration(path)
        self.state = tmp_path / "state"
        self.banks = {"own-list": Bank(), "remote-list": Bank()}
        self.around = Surroundings(
            limits=Limits(silence=1, total=2, tries=2, longest_wait=10),
            sleep=lambda seconds: None,
            environment={"ONE": "1", "TWO": "2"},
            folder=tmp_path,
        )

    def fetch(self, at, **options):
        return fetch_all(
            self.configuration,
            lambda settings: self.banks[settings.bank],
            state=self.state,
            at=at,
            around=self.around,
            **options,
        )

    def standing(self, name):
        return next(s for s in standings(self.configuration, self.state) if s.name == name)


@pytest.fixture
def world(tmp_path, source):
    source.answer = feed = FakeStopNcii()
    feed.add(T0, pdq(1))
    world = World(tmp_path, source)
    world.feed = feed
    return world


def test_all_enabled_exchanges_into_their_banks(world):
    outcomes = world.fetch(AT)
    assert {name: o.problem for name, o in outcomes.items()} == {"own": "", "remote": ""}
    assert world.banks["own-list"].values == [md5(1)]
    assert world.banks["remote-list"].values == [pdq(1)]


def test_only_what_is_due(world):
    world.fetch(AT)
    assert set(world.fetch(AT + timedelta(minutes=29))) == set()
    assert set(world.fetch(AT + timedelta(minutes=30))) == {"remote"}
    assert set(world.fetch(AT + timedelta(minutes=31), due_only=False)) == {"own", "remote"}


def test_how_they_stand(world):
    assert world.standing("remote").due is None
    world.fetch(AT)
    standing = world.standing("remote")
    assert (standing.kind, standing.bank, standing.enabled) == ("stop_ncii", "remote-list", True)
    assert standing.due == AT + timedelta(minutes=30)
    assert (standing.status.entries, standing.status.last_success) == (1, AT)
    assert world.standing("resting").status.last_attempt is None


def test_a_source_that_wants_peace_is_due_later(world):
    world.feed.reply = lambda asked: Reply(status=429, headers={"Retry-After": "7200"})
    assert world.fetch(AT)["remote"].problem_code == "wait"
    assert world.standing("remote").due == AT + timedelta(hours=2)
    assert set(world.fetch(AT + timedelta(minutes=90))) == {"own"}


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda w: w.around.environment.pop("ONE"), "credential"),
        (lambda w: setattr(w.feed, "reply", lambda asked: Reply(status=503)), "unavailable"),
        (lambda w: w.banks.update({"remote-list": None}), "internal"),
        (lambda w: w.banks.pop("remote-list"), "internal"),
    ],
)
def test_one_that_fails_does_not_hold_up_the_others(world, break_it, code, caplog):
    break_it(world)
    world.configuration = type(world.configuration)(
        tuple(reversed(world.configuration.exchanges)), world.configuration.folder
    )
    outcomes = world.fetch(AT)
    assert (outcomes["remote"].problem_code, outcomes["own"].problem) == (code, "")
    assert world.standing("remote").status.problem_code == code
    assert "exchange remote" in caplog.text


def test_one_that_is_being_fetched_is_left_alone(world):
    store = Store(world.state / "remote")
    with store.locked():
        assert set(world.fetch(AT)) == {"own"}
    store.close()
    assert set(world.fetch(AT)) == {"remote"}
