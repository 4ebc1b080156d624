# SPDX-License-Identifier: Apache-2.0
"""What is remembered between fetches, and what a kill at any moment leaves."""

import contextlib
import sqlite3
import subprocess
import sys
from datetime import timedelta

import pytest

from hearthline.kit.formats.known_hash import HashKind
from hearthline.matcher.exchanges import Busy, Gap, Page, Signal, Store, Unread, fetch
from hearthline.matcher.exchanges.feed import ExchangeFailed, Rejected
from hearthline.matcher.exchanges.quarantine import MOST_FILES, MOST_OF_ONE, Quarantine
from hearthline.matcher.exchanges.stop_ncii import StopNcii
from hearthline.matcher.exchanges.store import MOST_GAPS, MOST_REJECTED
from hearthline.matcher.exchanges.tests.source import AT, T0, FakeStopNcii, Reply, md5, pdq


def signal(number, key=None):
    return Signal(HashKind.MD5, md5(number), key or f"k{number}")


class Given:
    """An exchange that gives these pages, then fails if it is told to."""

    def __init__(self, *pages, fails=None, anew=False):
        self.given, self.fails, self.anew = pages, fails, anew
        self.since = []

    def starts_anew(self, since, *, at):
        return self.anew

    def pages(self, since, *, at):
        self.since.append(since)
        yield from self.given
        if self.fails:
            raise self.fails

    def reread(self, gap, *, at):
        return iter(())


def page(*numbers, removals=(), place=1, **more):
    return Page(
        checkpoint={"start": place},
        updates=tuple(signal(n) for n in numbers),
        removals=tuple(f"k{n}" for n in removals),
        **more,
    )


def test_a_fetch_is_remembered(store, bank):
    exchange = Given(page(1, 2), page(3, place=2))
    outcome = fetch(exchange, store, bank, at=AT)
    status = store.status()
    assert (outcome.pages, outcome.updates, status.entries) == (2, 3, 3)
    assert (status.checkpoint, status.last_success, status.last_attempt) == ({"start": 2}, AT, AT)
    assert status.counts == {"added": 3, "pages": 2}
    assert (status.problem, status.not_before) == ("", None)


def test_a_failure_keeps_the_pages_before_it_and_says_why(store, bank):
    failure = ExchangeFailed("wait", "leave me alone", wait=timedelta(hours=2))
    outcome = fetch(Given(page(1), fails=failure), store, bank, at=AT)
    status = store.status()
    assert (outcome.problem_code, outcome.pages) == ("wait", 1)
    assert (status.checkpoint, status.last_success) == ({"start": 1}, None)
    assert (status.problem, status.problem_code) == ("leave me alone", "wait")
    assert status.not_before == AT + timedelta(hours=2)
    after = Given(page(2))
    fetch(after, store, bank, at=AT + timedelta(hours=3))
    assert after.since == [{"start": 1}]
    assert (store.status().problem, store.status().not_before) == ("", None)
    assert bank.values == sorted([md5(1), md5(2)])


def test_the_same_page_twice_is_given_once(store, bank):
    fetch(Given(page(1, 2), page(1, 2)), store, bank, at=AT)
    assert bank.added == 2
    assert store.status().counts["added"] == 2


def test_restart_gives_everything_again(store, bank):
    exchange = Given(page(1, 2))
    fetch(exchange, store, bank, at=AT)
    bank.entries.clear()
    store.restart()
    fetch(exchange, store, bank, at=AT)
    assert (exchange.since, len(bank.entries)) == ([None, None], 2)


def test_a_full_round_removes_what_is_no_longer_listed(store, bank):
    fetch(Given(page(1, 2, 3)), store, bank, at=AT)
    fetch(Given(page(1, 4), anew=True), store, bank, at=AT)
    assert bank.values == sorted([md5(1), md5(4)])
    assert store.status().entries == 2


def test_a_full_round_in_parts_removes_at_its_end(store, bank):
    fetch(Given(page(1, 2, 3)), store, bank, at=AT)
    fetch(Given(page(1), fails=ExchangeFailed("x", "x"), anew=True), store, bank, at=AT)
    assert len(bank.entries) == 3
    fetch(Given(page(2)), store, bank, at=AT)
    assert bank.values == sorted([md5(1), md5(2)])


def test_what_came_broken_is_still_listed(store, bank):
    fetch(Given(page(1, 2)), store, bank, at=AT)
    fetch(Given(page(1, rejected=(Rejected("bad", "k2"),)), anew=True), store, bank, at=AT)
    assert len(bank.entries) == 2


def test_nothing_is_removed_while_a_gap_is_open(store, bank):
    fetch(Given(page(1, 2)), store, bank, at=AT)
    fetch(Given(page(1, gaps=(Gap(5, 9, "bad"),)), anew=True), store, bank, at=AT)
    assert len(bank.entries) == 2
    fetch(Given(), store, bank, at=AT)  # the gap reads now, and holds nothing
    assert bank.values == [md5(1)]


@pytest.mark.parametrize(("most", "left"), [(0.5, 200), (0.9, 50)])
def test_a_list_that_shrinks_too_far_is_not_believed(store, bank, most, left):
    fetch(Given(page(*range(200))), store, bank, at=AT)
    shrunk = Given(page(*range(50)), anew=True)
    outcome = fetch(shrunk, store, bank, at=AT, most_removed=most)
    assert (outcome.problem_code == "shrunk", len(bank.entries)) == (left == 200, left)


def test_a_receiver_that_fails_keeps_the_place(store, bank):
    class Full:
        def add(self, signals, *, at):
            raise OSError(28, "no space left")

    with pytest.raises(OSError, match="space"):
        fetch(Given(page(1)), store, Full(), at=AT)
    assert (store.checkpoint(), store.status().entries) == (None, 0)
    fetch(Given(page(1)), store, bank, at=AT)
    assert len(bank.entries) == 1


def test_two_fetches_at_once_are_refused(store, bank, tmp_path):
    other = Store(tmp_path / "state")
    with other.locked(), pytest.raises(Busy):
        fetch(Given(page(1)), store, bank, at=AT)
    other.close()
    assert fetch(Given(page(1)), store, bank, at=AT).problem == ""


def test_lists_of_trouble_are_bounded(store, bank):
    gaps = tuple(Gap(n * 10, n * 10 + 5, "bad") for n in range(MOST_GAPS + 1))
    rejected = tuple(Rejected("bad", f"k{n}") for n in range(MOST_REJECTED + 50))
    fetch(
        Given(page(1, gaps=gaps, rejected=rejected), page(2, rejected=rejected)), store, bank, at=AT
    )
    status = store.status()
    assert [(gap.start, gap.end) for gap in status.gaps] == [(0, MOST_GAPS * 10 + 5)]
    assert len(status.rejected) == MOST_REJECTED
    assert status.counts["rejected"] == 2 * (MOST_REJECTED + 50)


def test_quarantine_keeps_the_latest_within_bounds(tmp_path):
    quarantine = Quarantine(tmp_path / "q")
    for n in range(MOST_FILES + 5):
        quarantine.keep(Unread(b"page %d" % n, f"bad {n}"), at=AT + timedelta(seconds=n))
    kept = quarantine.kept()
    assert [one.reason for one in kept[:2]] == ["bad 24", "bad 23"]
    assert (len(kept), len(list((tmp_path / "q").iterdir()))) == (MOST_FILES, 2 * MOST_FILES)


def test_quarantine_cuts_what_is_too_long_and_keeps_the_same_once(tmp_path):
    quarantine = Quarantine(tmp_path / "q")
    big = Unread(b"x" * (MOST_OF_ONE + 1), "bad")
    quarantine.keep(big, at=AT)
    kept = quarantine.keep(big, at=AT + timedelta(days=1))
    [file] = (tmp_path / "q").glob("*.page")
    assert (file.stat().st_size, kept.bytes) == (MOST_OF_ONE, MOST_OF_ONE + 1)
    assert [one.at for one in quarantine.kept()] == [AT + timedelta(days=1)]


def test_state_is_for_its_owner_only(store, bank, tmp_path):
    fetch(Given(page(1, unread=(Unread(b"x", "bad"),))), store, bank, at=AT)
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    for path in (tmp_path / "state" / "quarantine").iterdir():
        assert path.stat().st_mode & 0o077 == 0


KILLED = """
import os, sys
from pathlib import Path
from hearthline.matcher.exchanges import Limits, Store, fetch
from hearthline.matcher.exchanges.client import Client
from hearthline.matcher.exchanges.stop_ncii import StopNcii
from hearthline.matcher.exchanges.tests.bank import KilledBank
from hearthline.matcher.exchanges.tests.source import AT

url = sys.argv[1]

def run(folder, moment, lives):
    bank = KilledBank(folder / "bank.sqlite3", lives, early=moment == "early")
    outcome = fetch(StopNcii(Client(url)), Store(folder / "state"), bank, at=AT)
    os._exit(3 if outcome.problem else 0)

for moment in ("early", "late"):
    folder = Path(sys.argv[2], moment)
    folder.mkdir()
    for lives in (2, 1, 99):  # each a process of its own, which dies of SIGKILL or ends
        child = os.fork() or run(folder, moment, lives)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_killed_in_the_middle_nothing_is_lost_and_nothing_doubled(source, tmp_path):
    source.answer = feed = FakeStopNcii()
    for n in range(3000):
        feed.add(T0 + n, pdq(n))
    words = [sys.executable, "-c", KILLED, source.url, str(tmp_path)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout.split() == 2 * ["-9", "-9", "0"]
    # It went on each time, and did not begin again.
    tokens = [asked.query.get("nextPageToken") for asked in source.asked]
    assert tokens == 2 * [None, "0-800", "0-800", "0-800", "0-1600", "0-2400"]
    for moment, most_times in (("early", 1), ("late", 3)):
        with contextlib.closing(sqlite3.connect(tmp_path / moment / "bank.sqlite3")) as bank:
            rows = dict(bank.execute("SELECT hashes, times FROM entries"))
        assert sorted(rows) == sorted(f'["{pdq(n)}"]' for n in range(3000))
        assert max(rows.values()) == most_times
        store = Store(tmp_path / moment / "state")
        assert store.status().entries == 3000
        store.close()


def test_a_server_that_dies_midway_is_resumed(client, source, store, bank):
    source.answer = feed = FakeStopNcii()
    for n in range(2400):
        feed.add(T0 + n, pdq(n))
    feed.instead = {turn: Reply(b"x" * 100, cut=50) for turn in (2, 3, 4)}
    assert fetch(StopNcii(client), store, bank, at=AT).problem_code == "unreachable"
    assert len(bank.entries) == 800
    assert fetch(StopNcii(client), store, bank, at=AT + timedelta(minutes=5)).problem == ""
    assert source.asked[4].query["nextPageToken"] == "0-800"
    assert len(bank.entries) == bank.added == 2400
