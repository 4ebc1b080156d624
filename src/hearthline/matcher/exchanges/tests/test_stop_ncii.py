# SPDX-License-Identifier: Apache-2.0
"""Feeds in the manner of StopNCII: pages, snapshots of a hash, people who withdraw."""

from datetime import timedelta

import pytest

from hearthline.matcher.exchanges import Opinion, fetch
from hearthline.matcher.exchanges.client import Client
from hearthline.matcher.exchanges.credentials import Secret
from hearthline.matcher.exchanges.stop_ncii import StopNcii
from hearthline.matcher.exchanges.tests.source import AT, T0, FakeStopNcii, Reply, md5, pdq


@pytest.fixture
def feed(source):
    source.answer = feed = FakeStopNcii()
    return feed


@pytest.fixture
def exchange(client):
    return StopNcii(client)


def test_all_pages_come_and_the_next_fetch_asks_from_there(exchange, feed, store, bank, source):
    for n in range(2000):
        feed.add(T0 + n, pdq(n))
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.pages, outcome.updates) == ("", 3, 2000)
    assert bank.values == sorted(pdq(n) for n in range(2000))
    feed.add(T0 + 3000, pdq(3000))
    fetch(exchange, store, bank, at=AT + timedelta(hours=1))
    assert source.asked[-1].query["startTimestamp"] == str(T0 + 1999)
    assert bank.added == 2001  # what was known came again and was not written again


def test_a_record_says_who_reported_it_and_which_cases(exchange, feed, store, bank):
    feedback = [
        {"source": "Example A", "feedbackValue": "Blocked", "tags": ["one", "two"]},
        {"source": "Example B", "feedbackValue": "SomethingNew", "tags": []},
    ]
    cases = {"c1": "Active", "c2": "Withdrawn"}
    feed.add(T0, pdq(1).upper(), CSPFeedbacks=feedback, caseNumbers=cases)
    fetch(exchange, store, bank, at=AT)
    [[signal]] = bank.entries.values()
    assert signal.value == pdq(1)
    assert signal.opinion is Opinion.CONFIRM
    assert (signal.tags, signal.reported_by) == (("one", "two"), ("Example A", "Example B"))
    assert signal.cases == ("c1",)


@pytest.mark.parametrize(
    ("feedback", "opinion"),
    [
        ([], Opinion.UNSTATED),
        (["Undefined"], Opinion.UNSTATED),
        (["Blocked"], Opinion.CONFIRM),
        (["NotBlocked"], Opinion.DENY),
        (["Blocked", "NotBlocked"], Opinion.DISPUTED),
    ],
)
def test_feedback_becomes_one_opinion(exchange, feed, store, bank, feedback, opinion):
    feed.add(T0, pdq(1), CSPFeedbacks=[{"feedbackValue": value} for value in feedback])
    fetch(exchange, store, bank, at=AT)
    [[signal]] = bank.entries.values()
    assert signal.opinion is opinion


@pytest.mark.parametrize(
    "change",
    [
        {"hashStatus": "Withdrawn"},
        {"hashStatus": "Deleted"},
        {"caseNumbers": {"c1": "Withdrawn", "c2": "Deleted"}},
    ],
)
def test_what_is_withdrawn_goes(exchange, feed, store, bank, change):
    feed.add(T0, pdq(1))
    feed.add(T0, pdq(2))
    fetch(exchange, store, bank, at=AT)
    feed.items.pop(0)
    feed.add(T0 + 5, pdq(1), **change)
    fetch(exchange, store, bank, at=AT)
    assert bank.values == [pdq(2)]


def test_no_cases_written_as_an_empty_array_is_no_cases(exchange, feed, store, bank):
    feed.add(T0, pdq(1), caseNumbers=[])
    assert fetch(exchange, store, bank, at=AT).rejected == 0
    assert bank.values == [pdq(1)]


def test_kinds_nobody_here_matches_are_counted_and_not_kept(exchange, feed, store, bank):
    feed.add(T0, md5(1), signalType="VideoMD5")
    feed.add(T0, "words", signalType="Text")
    feed.add(T0, "http://host.example", signalType="URL")
    fetch(exchange, store, bank, at=AT)
    assert bank.values == [md5(1)]
    counts = store.status().counts
    assert (counts["unsupported:Text"], counts["unsupported:URL"]) == (1, 1)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"hashValue": "abc"}, "64 hex digits"),
        ({"hashValue": None}, "64 hex digits"),
        ({"hashValue": "0" * 64}, "empty content"),
        ({"caseNumbers": ["c1"]}, "case numbers"),
        ({"lastModtimestamp": "yesterday"}, "time of update"),
        ({"CSPFeedbacks": "none"}, "array"),
        ({"CSPFeedbacks": [1]}, "object"),
    ],
)
def test_a_bad_record_is_reported_and_the_others_come(exchange, feed, store, bank, bad, reason):
    feed.add(T0, pdq(1))
    feed.add(T0 + 1, pdq(2), **bad)
    feed.add(T0 + 2, pdq(3))
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.rejected) == ("", 1)
    assert bank.values == sorted([pdq(1), pdq(3)])
    assert reason in store.status().rejected[0].reason


def test_a_record_that_turns_bad_leaves_what_we_hold(exchange, feed, store, bank):
    feed.add(T0, pdq(1))
    fetch(exchange, store, bank, at=AT)
    feed.add(T0 + 1, pdq(1), caseNumbers=["c1"])
    fetch(exchange, store, bank, at=AT)
    assert bank.values == [pdq(1)]


def test_records_out_of_order_are_fetched_from_the_beginning_after_a_break(
    exchange, feed, store, bank, source
):
    for n in range(1000):
        feed.add(T0 + (n * 7919) % 1000, pdq(n))
    feed.instead = {2: Reply(status=403)}
    assert fetch(exchange, store, bank, at=AT).problem_code == "refused"
    fetch(exchange, store, bank, at=AT + timedelta(days=2))  # the token has expired meanwhile
    assert source.asked[2].query["startTimestamp"] == "0"
    assert len(bank.entries) == 1000


def test_keys_go_in_headers_only(source, feed, store, bank):
    feed.add(T0, pdq(1))
    client = Client(source.url, headers={"x-functions-key": Secret("one-key")})
    fetch(StopNcii(client), store, bank, at=AT)
    [asked] = source.asked
    assert asked.path == "/base/FetchHashes"
    assert asked.headers["x-functions-key"] == "one-key"
    assert set(asked.query) == {"startTimestamp", "pageSize"}
