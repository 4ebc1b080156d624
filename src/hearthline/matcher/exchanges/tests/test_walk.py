# SPDX-License-Identifier: Apache-2.0
"""Around what does not read: the rest goes on, what was passed over is asked for again."""

import json
from datetime import timedelta

import pytest

from hearthline.matcher.exchanges import fetch
from hearthline.matcher.exchanges import stop_ncii as stop_ncii_module
from hearthline.matcher.exchanges import threat_exchange as threat_exchange_module
from hearthline.matcher.exchanges.feed import Malformed, NotASignal
from hearthline.matcher.exchanges.ncmec import Ncmec
from hearthline.matcher.exchanges.stop_ncii import StopNcii
from hearthline.matcher.exchanges.tests.source import (
    AT,
    BEGIN,
    T0,
    FakeNcmec,
    FakeStopNcii,
    FakeThreatExchange,
    Reply,
    md5,
    pdq,
)
from hearthline.matcher.exchanges.threat_exchange import ThreatExchange

LATER = AT + timedelta(hours=1)
NUMBER = 60


def stop_ncii(client):
    feed = FakeStopNcii()
    for n in range(NUMBER):
        feed.add(T0 + 10 * n, pdq(n))
    return StopNcii(client), feed, pdq


def threat_exchange(client):
    feed = FakeThreatExchange()
    for n in range(NUMBER):
        feed.add(T0 + 10 * n, n, pdq(n))
    return ThreatExchange(client, "555"), feed, pdq


def ncmec(client):
    feed = FakeNcmec()
    feed.size = 20
    for n in range(NUMBER):
        feed.add(T0 + 10 * n, f"i{n}", md5=md5(n))
    return Ncmec(client, begin=BEGIN), feed, md5


@pytest.fixture(params=[stop_ncii, threat_exchange, ncmec])
def made(request, client, source):
    exchange, feed, value = request.param(client)
    source.answer = feed
    return exchange, feed, value


@pytest.mark.parametrize("keeps_cursor", [True, False])
def test_one_item_breaks_its_page_and_all_others_come(made, store, bank, keeps_cursor, source):
    exchange, feed, value = made
    feed.breaks, feed.keeps_cursor = {33}, keeps_cursor
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.quarantined > 0) == ("", True)
    assert bank.values == sorted(value(n) for n in range(NUMBER) if n != 33)
    [gap] = store.status().gaps
    assert gap.start <= T0 + 330 <= gap.end
    assert gap.end - gap.start <= 20
    assert len(source.asked) < 120
    assert store.status().quarantined[0].reason


def test_what_was_passed_over_comes_once_it_reads(made, store, bank):
    exchange, feed, value = made
    feed.breaks = {33}
    fetch(exchange, store, bank, at=AT)
    fetch(exchange, store, bank, at=LATER)
    assert len(bank.entries) == NUMBER - 1
    assert len(store.status().gaps) == 1
    feed.breaks = set()
    fetch(exchange, store, bank, at=LATER + timedelta(hours=1))
    assert bank.values == sorted(value(n) for n in range(NUMBER))
    assert store.status().gaps == ()


def test_an_accident_is_asked_for_again_and_leaves_no_gap(made, store, bank):
    exchange, feed, value = made
    feed.instead = {1: Reply(b'{"half": ')}
    outcome = fetch(exchange, store, bank, at=AT)
    assert (outcome.problem, outcome.quarantined) == ("", 1)
    assert bank.values == sorted(value(n) for n in range(NUMBER))
    assert store.status().gaps == ()


def test_the_newest_item_breaks_and_the_feed_waits_before_it(made, store, bank):
    """Nothing readable follows, so nothing says the source is sound beyond it."""
    exchange, feed, value = made
    feed.breaks, feed.keeps_cursor = {NUMBER - 1}, False
    outcome = fetch(exchange, store, bank, at=AT)
    assert outcome.problem_code == "malformed"
    assert bank.values == sorted(value(n) for n in range(NUMBER - 1))
    feed.breaks = set()
    assert fetch(exchange, store, bank, at=LATER).problem == ""
    assert len(bank.entries) == NUMBER


@pytest.mark.parametrize("keeps_cursor", [True, False])
def test_several_breaks(made, store, bank, keeps_cursor):
    exchange, feed, value = made
    feed.breaks, feed.keeps_cursor = {0, 20, 21, 50}, keeps_cursor
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert bank.values == sorted(value(n) for n in range(NUMBER) if n not in feed.breaks)


def test_a_server_that_fails_at_one_item_does_not_stall_the_feed(made, store, bank):
    exchange, feed, value = made
    feed.breaks = {33}
    answer = feed.reply

    def failing(asked):
        reply = answer(asked)
        try:
            json.loads(reply.body)
        except ValueError:
            if not reply.body.endswith(b"</queryResult>"):
                return Reply(status=500)
        return reply

    feed.reply = failing
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert bank.values == sorted(value(n) for n in range(NUMBER) if n != 33)


def test_a_server_that_only_fails_moves_nothing(made, store, bank, source):
    exchange, feed, _ = made
    feed.reply = lambda asked: Reply(status=500)
    outcome = fetch(exchange, store, bank, at=AT)
    assert outcome.problem_code == "server_failed"
    assert store.checkpoint() is None
    assert len(source.asked) < 100


def test_pages_that_lead_in_a_circle_end(client, source, store, bank):
    def circle(asked):
        token = {"a": "b", "b": "a"}.get(asked.query.get("nextPageToken"), "a")
        record = {"lastModtimestamp": T0, "hashValue": pdq(1), "signalType": "ImagePDQ"}
        page = {"hashRecords": [record], "hasMoreRecords": True, "nextPageToken": token}
        return Reply(json.dumps(page).encode())

    source.answer = circle
    outcome = fetch(StopNcii(client), store, bank, at=AT)
    assert (outcome.problem_code, len(source.asked)) == ("circle", 3)


BAD_PAGES = (
    b"[]",
    b"null",
    b"{}",
    b'{"data": {}}',
    b'{"data": [NaN]}',
    b"[" * 100_000,
    b'{"data": [], "paging": [1]}',
    b'{"data": [], "paging": {"next": "x"}}',
    b'{"hashRecords": [], "hasMoreRecords": "no"}',
    b'{"hashRecords": [], "hasMoreRecords": true}',
    b'{"hashRecords": [], "hasMoreRecords": false}',
    b"\xff\xfe",
    b"1" * 5000,
)


@pytest.mark.parametrize("body", BAD_PAGES, ids=range(len(BAD_PAGES)))
@pytest.mark.parametrize("shape", [stop_ncii_module._Shape(), threat_exchange_module._Shape("/x")])
def test_bodies_that_are_not_pages(shape, body):
    with pytest.raises((Malformed, NotASignal)):
        shape.read(body, shape.first(), int(AT.timestamp()))


@pytest.mark.parametrize("body", [BAD_PAGES[2], BAD_PAGES[5], BAD_PAGES[11]], ids=range(3))
@pytest.mark.parametrize("make", [stop_ncii, threat_exchange])
def test_a_source_of_nothing_but_bad_pages_moves_nothing(client, source, store, bank, make, body):
    exchange, _, _ = make(client)
    source.answer = lambda asked: Reply(body)
    outcome = fetch(exchange, store, bank, at=AT)
    assert outcome.problem_code == "malformed"
    assert [one.bytes for one in store.status().quarantined] == [len(body)]
    assert store.checkpoint() is None


def test_a_page_too_large_is_asked_for_in_smaller_parts(made, store, bank, source):
    exchange, feed, value = made
    for n in range(NUMBER, 900):
        if isinstance(feed, FakeStopNcii):
            feed.add(T0 + 10 * n, pdq(n), comment="x" * 400)
        elif isinstance(feed, FakeThreatExchange):
            feed.add(T0 + 10 * n, n, pdq(n), comment="x" * 400)
        else:
            feed.add(T0 + 10 * n, f"i{n}", md5=md5(n), extra="x" * 400)
            feed.size = 5000
    assert fetch(exchange, store, bank, at=AT).problem == ""
    assert bank.values == sorted(value(n) for n in range(900))
    assert store.status().gaps == ()


@pytest.mark.parametrize("cursor", ["\ud800", "a\nb", "x" * 5000])
@pytest.mark.parametrize(
    ("made", "page"),
    [
        (stop_ncii, {"hashRecords": [], "hasMoreRecords": True, "nextPageToken": "CURSOR"}),
        (
            threat_exchange,
            {"data": [], "paging": {"next": "https://h.invalid/", "cursors": {"after": "CURSOR"}}},
        ),
    ],
    indirect=["made"],
)
def test_a_cursor_that_no_request_can_hold_is_passed_over(made, store, bank, page, cursor):
    exchange, feed, value = made
    feed.instead = {1: Reply(json.dumps(page).replace("CURSOR", json.dumps(cursor)[1:-1]).encode())}
    outcome = fetch(exchange, store, bank, at=AT)
    assert outcome.problem == ""
    assert bank.values == sorted(value(n) for n in range(NUMBER))
