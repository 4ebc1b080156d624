# SPDX-License-Identifier: Apache-2.0
"""`hearthline exchange`: from a source on the loopback into a real bank, and what it says of it."""

import json
import os
import signal
from pathlib import Path

import pytest

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks import Library
from hearthline.matcher.exchanges import Store
from hearthline.matcher.exchanges.command import main
from hearthline.matcher.exchanges.tests.source import AT, T0, FakeStopNcii, Reply, md5, pdq
from hearthline.matcher.tests.caller import Caller

KEY = "key-of-the-source"
WORLD = """
[[exchange]]
name = "regional"
kind = "stop_ncii"
bank = "KNOWN"
url = "URL"
function_key = { env = "REGIONAL_ONE" }
subscription_key = { file = "two.txt" }

[[exchange]]
name = "own"
kind = "file"
bank = "own-list"
path = "own.csv"
format = "csv"

[[exchange]]
name = "resting"
kind = "file"
bank = "own-list"
path = "none.csv"
format = "csv"
enabled = false
"""


class World:
    """A matching service's folder, its exchanges, and what a call of the command said."""

    def __init__(self, folder: Path, feed: FakeStopNcii, capsys: pytest.CaptureFixture) -> None:
        self.folder, self.feed, self._capsys = folder, feed, capsys
        self.out = self.err = ""

    def run(self, *words: str) -> int:
        act, *rest = words
        code = main([act, "--folder", str(self.folder), *rest])
        self.out, self.err = self._capsys.readouterr()
        return code

    def values(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]

    def matches(self, number: int) -> list[str]:
        with Library(self.folder / "banks") as library:
            [answer] = library.lookup(HashKind.PDQ, [bytes.fromhex(pdq(number))], at=AT)
        return [match.bank for match in answer.matches]


@pytest.fixture
def world(tmp_path, source, capsys, monkeypatch):
    folder = tmp_path / "matcher"
    source.answer = feed = FakeStopNcii()
    feed.add(T0, pdq(1))
    feed.add(T0 + 1, pdq(2))
    with Library(folder / "banks") as library:
        for name in ("KNOWN", "own-list"):
            library.create_bank(name, by="Ada", at=AT)
    (folder / "exchanges.toml").write_text(WORLD.replace("URL", source.url))
    (folder / "own.csv").write_text(f"md5\n{md5(1)}\n")
    (folder / "two.txt").write_text("key-in-a-file\n")
    monkeypatch.setenv("REGIONAL_ONE", KEY)
    return World(folder, feed, capsys)


def test_a_list_is_fetched_matches_and_is_taken_back(world):
    assert world.run("fetch") == 0
    assert world.out.splitlines() == [
        "regional: 1 page, 2 entries listed, 0 taken back, into bank KNOWN.",
        "own: 1 page, 1 entry listed, 0 taken back, into bank own-list.",
    ]
    assert world.err == ""
    assert (world.matches(1), world.matches(2), world.matches(3)) == (["KNOWN"], ["KNOWN"], [])
    world.feed.add(T0 + 60, pdq(1), hashStatus="Withdrawn")
    assert world.run("fetch", "regional") == 0
    assert "1 taken back" in world.out
    assert (world.matches(1), world.matches(2)) == ([], ["KNOWN"])


def test_programs_read_a_line_of_json_for_each(world):
    assert world.run("fetch", "--json") == 0
    first, second = world.values()
    assert first == {
        "exchange": "regional",
        "bank": "KNOWN",
        "result": "fetched",
        "pages": 1,
        "updates": 2,
        "removals": 0,
        "rejected": 0,
        "quarantined": 0,
        "problem": "",
        "problem_code": "",
    }
    assert second["exchange"] == "own"


def test_a_timer_fetches_what_is_due(world):
    assert world.run("fetch", "--due") == 0
    assert len(world.out.splitlines()) == 2
    assert (world.run("fetch", "--due"), world.out, world.err) == (0, "", "")


def test_one_fails_and_the_other_is_fetched(world, source):
    world.feed.reply = lambda asked: Reply(status=401)
    assert world.run("fetch") == 1
    assert "refuses the credential" in world.err
    assert "own: 1 page, 1 entry" in world.out
    assert world.run("status") == 1
    assert "problem: " in world.out


def test_a_page_that_does_not_read_is_told_and_the_rest_comes(world):
    for n in range(3, 9):
        world.feed.add(T0 + 100 * n, pdq(n))
    world.feed.breaks = {4}
    assert world.run("fetch", "regional") == 1
    assert f"see {world.folder / 'exchanges' / 'regional' / 'quarantine'}" in world.err
    assert (world.matches(8), world.matches(5)) == (["KNOWN"], [])
    assert world.run("status", "regional") == 1
    assert "  gap: 2023-11-14 " in world.out
    assert "  in quarantine: " in world.out
    assert world.run("status", "--json", "regional") == 1
    [standing] = world.values()
    assert (len(standing["gaps"]), len(standing["quarantined"]) > 0) == (1, True)
    world.feed.breaks = set()
    assert (world.run("fetch", "regional"), world.matches(5)) == (0, ["KNOWN"])
    assert world.run("status", "regional") == 0


def test_status_before_the_first_fetch_makes_nothing(world):
    assert world.run("status") == 0
    assert world.out.splitlines()[:4] == [
        "regional (stop_ncii, into bank KNOWN)",
        "  entries: 0",
        "  read to its end: never",
        "  due: at once",
    ]
    assert "resting (file, into bank own-list, not enabled)" in world.out
    assert not (world.folder / "exchanges").exists()


def test_the_service_says_the_same_and_matches_at_once(world):
    caller = Caller(world.folder)
    try:
        raw = {"signal": pdq(1), "signal_type": "pdq"}
        assert caller.get("/m/raw_lookup", params=raw).json() == {"matches": []}
        world.run("fetch")
        assert len(caller.get("/m/raw_lookup", params=raw).json()["matches"]) == 1
        world.run("status", "--json", "regional")
        [here] = world.values()
        there = caller.get("/c/exchange/regional/status").json()
        assert (there["success"], there["problem"]) == (True, here["problem"])
        assert (there["entries"], there["counts"]) == (here["entries"], here["counts"])
        assert (there["quarantined"], there["gaps"]) == (0, 0)
    finally:
        caller.close()


def test_restart_gives_the_bank_everything_again(world):
    world.run("fetch", "regional")
    with Library(world.folder / "banks") as library:
        bank = library.bank("KNOWN")
        bank.remove([entry.id for entry in bank.all()], by="Ada", at=AT)
    world.run("fetch", "regional")
    assert world.matches(1) == []
    assert world.run("restart", "regional") == 0
    assert world.out == "regional: the next fetch takes the whole list anew.\n"
    world.run("fetch", "regional")
    assert world.matches(1) == ["KNOWN"]


def test_two_fetches_of_one_source_do_not_run_together(world):
    store = Store(world.folder / "exchanges" / "regional")
    with store.locked():
        assert world.run("fetch", "regional") == 1
        assert "another fetch is on it" in world.err
        assert world.run("restart", "regional") == 1
        assert "a fetch is on it" in world.err
        assert (world.run("fetch", "--due", "regional"), world.out, world.err) == (0, "", "")
    store.close()
    assert world.run("fetch", "regional") == 0


def test_stopped_in_the_middle_it_goes_on_from_there(world, source):
    for n in range(3, 1500):
        world.feed.add(T0 + n, pdq(n))
    answer = world.feed.reply

    def stop(asked):
        if len(source.asked) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return answer(asked)

    world.feed.reply = stop
    assert world.run("fetch") == 3
    assert "stopped." in world.err
    assert "own" not in world.out
    assert world.matches(1) == ["KNOWN"]
    assert world.run("status", "--json", "regional") == 1
    [standing] = world.values()
    assert (standing["problem_code"], standing["due"]) == ("stopped", None)
    assert world.run("fetch", "--due") == 0
    assert source.asked[2].query["nextPageToken"] == source.asked[1].query["nextPageToken"]
    with Library(world.folder / "banks") as library:
        assert len(list(library.bank("KNOWN").all())) == 1499
        assert library.bank("KNOWN").verify() == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["fetch", "nobody"], "names no exchange 'nobody'; there are: regional, own, resting."),
        (["fetch", "resting"], "resting is not enabled"),
        (["status", "nobody"], "names no exchange 'nobody'"),
        (["restart", "nobody"], "names no exchange 'nobody'"),
    ],
)
def test_calls_that_cannot_be_done_are_refused(world, words, told):
    assert world.run(*words) == 2
    assert told in world.err


def test_a_configuration_that_is_broken_or_missing_is_named(world):
    (world.folder / "exchanges.toml").write_text("wish = 1\n")
    assert (world.run("fetch"), "wish: is not a key" in world.err) == (2, True)
    (world.folder / "exchanges.toml").unlink()
    assert world.run("fetch") == 2
    assert "there is no exchanges.toml" in world.err


def test_without_banks_nothing_is_fetched(tmp_path, world, source):
    (world.folder / "banks").rename(tmp_path / "elsewhere")
    assert world.run("fetch") == 2
    assert "hearthline bank create" in world.err
    assert source.asked == []


def test_state_that_is_broken_is_told_and_holds_up_nobody(world):
    (world.folder / "exchanges" / "regional").mkdir(parents=True)
    (world.folder / "exchanges" / "regional" / "state.sqlite3").write_bytes(b"not this" * 1000)
    assert world.run("fetch") == 1
    assert "regional cannot be used (" in world.err
    assert "own: 1 page" in world.out
    assert world.run("status") == 1
    assert "regional cannot be used (" in world.out


def test_credentials_are_shown_nowhere(world):
    world.feed.reply = lambda asked: Reply(f"half a page with {KEY}".encode())
    for words in (["fetch"], ["fetch", "--json"], ["status"], ["status", "--json"]):
        assert world.run(*words) == 1
        assert KEY not in world.out + world.err
        assert "key-in-a-file" not in world.out + world.err
    kept = list((world.folder / "exchanges" / "regional" / "quarantine").glob("*.page"))
    assert [KEY.encode() in path.read_bytes() for path in kept] == [False]
