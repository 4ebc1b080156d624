# SPDX-License-Identifier: Apache-2.0
"""Feeds in the manner of NCMEC's hash sharing: ranges of time, members, retractions."""

from datetime import UTC, datetime, timedelta

import pytest

from hearthline.kit.formats.known_hash import HashKind
from hearthline.matcher.exchanges import Opinion, fetch
from hearthline.matcher.exchanges.feed import Malformed
from hearthline.matcher.exchanges.ncmec import Ncmec, _Shape
from hearthline.matcher.exchanges.tests.source import AT, BEGIN, T0, FakeNcmec, Reply, md5, pdq


@pytest.fixture
def feed(source):
    source.answer = feed = FakeNcmec()
    return feed


def asked_for(asked):
    return {name: value for name, value in asked.query.items() if name in {"from", "to"}}


@pytest.fixture
def exchange(client):
    return Ncmec(client, begin=BEGIN)


def test_all_pages_of_a_range_come(exchange, feed, store, bank, source):
    for n in range(10):
        feed.add(T0 + n, f"i{n}", md5=md5(n))
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.updates, outcome.pages) == ("", 10, 4)
    assert source.asked[0].path == "/base/v2/entries"
    assert asked_for(source.asked[0]) == {
        "from": BEGIN.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "to": (AT - timedelta(seconds=60)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_the_next_fetch_asks_for_the_range_since(exchange, feed, store, bank, source):
    feed.add(T0, "i1", md5=md5(1))
    fetch(exchange, store, bank, at=AT)
    fetch(exchange, store, bank, at=AT + timedelta(hours=1))
    assert asked_for(source.asked[-1]) == {
        "from": (AT - timedelta(seconds=60)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "to": (AT + timedelta(seconds=3540)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert source.asked[-2].query["from"] == BEGIN.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_second_fetch_at_once_asks_nothing(exchange, feed, store, bank, source):
    fetch(exchange, store, bank, at=AT)
    number = len(source.asked)
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert len(source.asked) == number


def test_years_are_walked_in_ranges(client, feed, store, bank, source):
    feed.add(T0, "i1", md5=md5(1))
    exchange = Ncmec(client, begin=datetime(2021, 1, 1, tzinfo=UTC))
    fetch(exchange, store, bank, at=AT)
    starts = [asked.query["from"] for asked in source.asked]
    assert len(starts) == len(set(starts)) == 36  # three years by thirty days
    assert bank.values == [md5(1)]


def test_an_entry_has_several_hashes_and_words_about_them(exchange, feed, store, bank):
    doubt = '<feedback><negativeFeedback type="Sha1"/><affirmativeFeedback type="Md5"/></feedback>'
    feed.add(T0, "i1", md5=md5(1), sha1="a" * 40, pdq=pdq(1), pdna="0,1,2...", extra=doubt)
    fetch(exchange, store, bank, at=AT)
    [(key, signals)] = bank.entries.items()
    assert key == "42/image/i1"
    assert {s.kind: s.opinion for s in signals} == {
        HashKind.MD5: Opinion.CONFIRM,
        HashKind.SHA1: Opinion.DISPUTED,
        HashKind.PDQ: Opinion.CONFIRM,
    }
    assert {s.tags for s in signals} == {("A1", "image")}
    assert {s.reported_by for s in signals} == {("Example Member",)}
    assert store.status().counts["unsupported:pdna"] == 1


@pytest.mark.parametrize(("tag", "gone"), [("image", "deletedImage"), ("video", "deletedVideo")])
def test_a_retracted_entry_goes(exchange, feed, store, bank, tag, gone):
    feed.add(T0, "same-id", tag=tag, md5=md5(1))
    feed.add(T0, "same-id", tag=tag, member=43, md5=md5(2))
    fetch(exchange, store, bank, at=AT)
    feed.add(int(AT.timestamp()) + 5, "same-id", tag=gone)
    fetch(exchange, store, bank, at=AT + timedelta(hours=1))
    assert bank.values == [md5(2)]


def test_a_hash_that_left_its_entry_is_not_given_with_it(exchange, feed, store, bank):
    feed.add(T0, "i1", md5=md5(1), sha1="a" * 40)
    fetch(exchange, store, bank, at=AT)
    feed.items = []
    feed.add(int(AT.timestamp()) + 5, "i1", md5=md5(1))
    fetch(exchange, store, bank, at=AT + timedelta(hours=1))
    assert bank.values == [md5(1)]


def test_only_the_members_named(client, feed, store, bank):
    feed.add(T0, "i1", member=1, md5=md5(1))
    feed.add(T0, "i2", member=2, md5=md5(2))
    fetch(Ncmec(client, members=frozenset({"2"}), begin=BEGIN), store, bank, at=AT)
    assert bank.values == [md5(2)]
    assert store.status().counts["filtered"] == 1


@pytest.mark.parametrize(
    ("number", "item", "reason"),
    [
        (1, "<image><id>i</id></image>", "member"),
        (1, '<image><member id="1"/></image>', "id"),
        (1, '<sound><member id="1"/><id>i</id></sound>', "neither"),
        (
            1,
            '<image><member id="1"/><id>i</id><fingerprints><md5>no</md5></fingerprints></image>',
            "md5",
        ),
    ],
)
def test_a_bad_entry_is_reported_and_the_others_come(
    exchange, feed, store, bank, number, item, reason
):
    feed.add(T0, "i1", md5=md5(1))
    feed.items.append((T0 + 1, item.replace("sound>", "soundimage>")))
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.rejected, bank.values) == ("", number, [md5(1)])
    assert reason in store.status().rejected[0].reason


def test_one_bad_hash_does_not_take_the_others_with_it(exchange, feed, store, bank):
    feed.add(T0, "i1", md5="cut", sha1="a" * 40)
    fetch(exchange, store, bank, at=AT)
    assert bank.values == ["a" * 40]


def test_an_entry_that_turns_bad_leaves_what_we_hold(exchange, feed, store, bank):
    feed.add(T0, "i1", md5=md5(1))
    fetch(exchange, store, bank, at=AT)
    feed.add(int(AT.timestamp()) + 5, "i1", md5="cut")
    fetch(exchange, store, bank, at=AT + timedelta(hours=1))
    assert bank.values == [md5(1)]


def leading_to(address):
    return b"<queryResult><paging><next>" + address + b"</next></paging></queryResult>"


BAD_PAGES = (
    b"",
    b"not xml",
    b"<queryResult>",
    b"<other/>",
    b'<?xml version="1.0" encoding="nonsense"?><queryResult/>',
    b"<!DOCTYPE queryResult><queryResult/>",
    b'<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><queryResult>&b;</queryResult>',
    b'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><queryResult>&x;</queryResult>',
    b"<queryResult>" + b"<a>" * 50 + b"</a>" * 50 + b"</queryResult>",
    leading_to(b"https://elsewhere.invalid/v2/entries?a=1"),
    leading_to(b"//elsewhere.invalid/v2/entries?a=1"),
    leading_to(b"/v2/other?a=1"),
    leading_to(b"/v2/entries"),
)


@pytest.mark.parametrize("body", BAD_PAGES, ids=range(len(BAD_PAGES)))
def test_bodies_that_are_not_pages(body):
    shape = _Shape(frozenset(), 0)
    with pytest.raises(Malformed):
        shape.read(body, shape.first(), 10**10)


@pytest.mark.parametrize("body", [BAD_PAGES[0], BAD_PAGES[6], BAD_PAGES[9]], ids=range(3))
def test_a_source_of_nothing_but_bad_pages_moves_nothing(exchange, feed, store, bank, source, body):
    feed.reply = lambda asked: Reply(body, type="application/xml")
    outcome = fetch(exchange, store, bank, at=AT)
    assert outcome.problem_code == "malformed"
    assert (store.checkpoint(), bank.entries) == (None, {})
    assert len(store.status().quarantined) == (1 if body else 0)
    assert len(source.asked) < 60
    feed.reply = FakeNcmec.reply.__get__(feed)
    feed.add(T0, "i1", md5=md5(1))
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert bank.values == [md5(1)]


def test_an_expired_page_begins_its_range_again(exchange, feed, store, bank, source):
    for n in range(10):
        feed.add(T0 + n, f"i{n}", md5=md5(n))
    feed.instead = {3: Reply(status=410)}
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert "start" not in source.asked[3].query
    assert len(bank.entries) == 10


def test_a_page_that_is_never_there_ends_the_fetch(exchange, feed, store, bank, source):
    for n in range(10):
        feed.add(T0 + n, f"i{n}", md5=md5(n))
    answer = feed.reply
    feed.reply = lambda a: Reply(status=404) if a.query.get("start") == "4" else answer(a)
    assert fetch(exchange, store, bank, at=AT).problem_code == "not_there"
    assert len(source.asked) < 10
