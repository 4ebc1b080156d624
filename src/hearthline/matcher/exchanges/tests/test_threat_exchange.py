# SPDX-License-Identifier: Apache-2.0
"""Feeds in the manner of ThreatExchange: cursors, updates, tombstones, opinions of members."""

from datetime import timedelta

import pytest

from hearthline.kit.formats.known_hash import HashKind
from hearthline.matcher.exchanges import Opinion, fetch
from hearthline.matcher.exchanges.tests.conftest import TOKEN
from hearthline.matcher.exchanges.tests.source import AT, T0, FakeThreatExchange, Reply, md5, pdq
from hearthline.matcher.exchanges.threat_exchange import ThreatExchange


@pytest.fixture
def feed(source):
    source.answer = feed = FakeThreatExchange()
    return feed


@pytest.fixture
def exchange(client):
    return ThreatExchange(client, "555")


def test_all_pages_come_with_the_cursor_alone(exchange, feed, store, bank, source):
    for n in range(1200):
        feed.add(T0 + n, n, pdq(n))
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.pages) == ("", 3)
    assert len(bank.entries) == 1200
    assert [asked.query.get("after") for asked in source.asked] == [None, "500", "1000"]
    assert {asked.path for asked in source.asked} == {"/base/555/threat_updates/"}
    assert {asked.query["access_token"] for asked in source.asked} == {TOKEN}


def test_the_next_fetch_begins_at_the_last_update(exchange, feed, store, bank, source):
    feed.add(T0, 1, pdq(1))
    fetch(exchange, store, bank, at=AT)
    feed.add(T0 + 9, 2, pdq(2))
    fetch(exchange, store, bank, at=AT)
    assert source.asked[-1].query["start_time"] == str(T0)
    assert bank.added == 2


@pytest.mark.parametrize(
    "change", [{"should_delete": True}, {"descriptors": None}, {"descriptors": {"data": []}}]
)
def test_a_tombstone_removes(exchange, feed, store, bank, change):
    feed.add(T0, 1, pdq(1))
    feed.add(T0, 2, pdq(2))
    fetch(exchange, store, bank, at=AT)
    feed.add(T0 + 1, 1, pdq(1), **change)
    fetch(exchange, store, bank, at=AT)
    assert bank.values == [pdq(2)]
    assert store.status().entries == 1


def test_the_later_word_on_an_entry_counts_within_a_page(exchange, feed, store, bank):
    feed.add(T0, 1, pdq(1), should_delete=True)
    feed.add(T0 + 1, 1, pdq(1))
    feed.add(T0 + 2, 2, pdq(2))
    feed.add(T0 + 3, 2, pdq(2), should_delete=True)
    fetch(exchange, store, bank, at=AT)
    assert bank.values == [pdq(1)]


def test_an_update_replaces(exchange, feed, store, bank):
    feed.add(T0, 1, pdq(1))
    fetch(exchange, store, bank, at=AT)
    feed.add(T0 + 1, 1, pdq(2))
    fetch(exchange, store, bank, at=AT)
    assert bank.values == [pdq(2)]
    assert store.status().counts["changed"] == 1


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("HASH_PDQ", HashKind.PDQ, pdq(1)),
        ("HASH_MD5", HashKind.MD5, md5(1)),
        ("HASH_VIDEO_MD5", HashKind.MD5, md5(1)),
        ("HASH_SHA1", HashKind.SHA1, "a" * 40),
        ("HASH_SHA256", HashKind.SHA256, "b" * 64),
    ],
)
def test_kinds(exchange, feed, store, bank, name, kind, value):
    feed.add(T0, 1, value, type=name)
    fetch(exchange, store, bank, at=AT)
    [[signal]] = bank.entries.values()
    assert (signal.kind, signal.value) == (kind, value)


def test_addresses_and_words_are_counted_and_not_kept(exchange, feed, store, bank, tmp_path):
    feed.add(T0, 1, "http://host.example/secret-path", type="URI")
    fetch(exchange, store, bank, at=AT)
    assert bank.entries == {}
    assert store.status().counts["unsupported:URI"] == 1
    assert b"secret-path" not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize(
    ("descriptors", "opinion"),
    [
        ([{"status": "MALICIOUS"}], Opinion.CONFIRM),
        ([{"status": "UNKNOWN"}], Opinion.UNSTATED),
        ([{"status": "NON_MALICIOUS"}], Opinion.DENY),
        ([{"status": "MALICIOUS"}, {"status": "NON_MALICIOUS"}], Opinion.DISPUTED),
        ([{"status": "UNKNOWN", "reactions": [{"key": "HELPFUL"}]}], Opinion.CONFIRM),
        (
            [{"status": "MALICIOUS", "reactions": [{"key": "DISAGREE_WITH_TAGS"}]}],
            Opinion.DISPUTED,
        ),
    ],
)
def test_opinions_of_members_become_one(exchange, feed, store, bank, descriptors, opinion):
    feed.add(T0, 1, pdq(1), descriptors=descriptors)
    fetch(exchange, store, bank, at=AT)
    [[signal]] = bank.entries.values()
    assert signal.opinion is opinion


def test_members_and_tags_are_kept(exchange, feed, store, bank):
    feed.add(T0, 1, pdq(1))
    fetch(exchange, store, bank, at=AT)
    [[signal]] = bank.entries.values()
    assert (signal.key, signal.reported_by, signal.tags) == (
        "1",
        ("Example Platform",),
        ("example",),
    )


@pytest.mark.parametrize(
    "bad",
    [
        {"id": None},
        {"id": "x" * 400},
        {"indicator": "zz"},
        {"indicator": None},
        {"last_updated": None},
        {"descriptors": "some"},
        {"descriptors": [7]},
        {"descriptors": [{"owner": 7}]},
        {"descriptors": [{"tags": 7}]},
    ],
)
def test_a_bad_indicator_is_reported_and_the_others_come(exchange, feed, store, bank, bad):
    feed.add(T0, 1, pdq(1))
    feed.add(T0 + 1, 2, pdq(2), **bad)
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.rejected, bank.values) == ("", 1, [pdq(1)])


def test_an_old_checkpoint_takes_all_anew_and_removes_what_is_gone(
    exchange, feed, store, bank, source
):
    for n in range(5):
        feed.add(T0 + n, n, pdq(n))
    fetch(exchange, store, bank, at=AT)
    del feed.items[1]  # removed so long ago that no tombstone is left
    fetch(exchange, store, bank, at=AT + timedelta(days=24))
    assert len(bank.entries) == 5
    fetch(exchange, store, bank, at=AT + timedelta(days=60))
    assert source.asked[-1].query["start_time"] == "0"
    assert bank.values == sorted(pdq(n) for n in (0, 2, 3, 4))
    assert bank.added == 5  # what stayed as it was is not given again


def test_the_credential_reaches_neither_state_nor_quarantine(
    exchange, feed, store, bank, source, tmp_path
):
    """The address of the next page repeats it, and a broken page goes to quarantine whole."""
    for n in range(40):
        feed.add(T0 + n, n, pdq(n))
    feed.breaks = {30}
    feed.instead = {
        1: Reply(b'{"paging": {"next": "https://h.invalid/?access_token=%s"}' % TOKEN.encode())
    }
    outcome = fetch(exchange, store, bank, at=AT)
    assert outcome.quarantined > 0
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"[credential]" in kept
    assert TOKEN.encode() not in kept
    assert b"not%2Fa+real" not in kept
