# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from hearthline.hub.reports.public.networks import KEY_LIVES, Bucket, Networks, network_of

HOUR = timedelta(hours=1)


def asked(remote: str, forwarded: str = "") -> HttpRequest:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **headers)


def test_an_ipv4_address_is_a_network() -> None:
    assert network_of(asked("192.0.2.77")) == bytes([192, 0, 2, 77])
    assert network_of(asked("192.0.2.77")) != network_of(asked("192.0.2.78"))
    # The same address, as a server that listens on IPv6 sees it.
    assert network_of(asked("::ffff:192.0.2.77")) == bytes([192, 0, 2, 77])


def test_an_ipv6_household_is_a_network() -> None:
    home = network_of(asked("2001:db8:0:1::77"))
    assert len(home) == 7
    assert network_of(asked("2001:db8:0:ff:1:2:3:4")) == home
    assert network_of(asked("2001:db8:0:100::1")) != home


def test_what_is_no_address_shares_one_bucket() -> None:
    assert network_of(asked("")) == network_of(asked("unix:")) == b""


def test_headers_are_not_believed_by_default() -> None:
    assert network_of(asked("192.0.2.77", "198.51.100.1")) == bytes([192, 0, 2, 77])


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (1, "198.51.100.1", [198, 51, 100, 1]),
        # What stands left of the address our own proxy saw was written by the sender.
        (1, "203.0.113.9, 198.51.100.1", [198, 51, 100, 1]),
        (2, "203.0.113.9, 198.51.100.1, 10.0.0.2", [198, 51, 100, 1]),
        (1, "198.51.100.1:4711", [198, 51, 100, 1]),
        # Fewer than there should be: it did not pass our proxies.
        (2, "198.51.100.1", [192, 0, 2, 77]),
    ],
)
def test_trusted_proxies_are_counted_from_the_right(
    proxies: int, forwarded: str, found: list[int], settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert network_of(asked("192.0.2.77", forwarded)) == bytes(found)


def test_an_ipv6_address_with_its_port(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    assert network_of(asked("::1", "[2001:db8::77]:4711")) == network_of(asked("::1", "2001:db8::"))


def test_a_network_that_sent_nothing_has_all_and_looking_keeps_nothing(now: datetime) -> None:
    counts = Networks(3, HOUR)
    assert counts.left(b"a", now) == 3
    assert len(counts) == 0


def test_each_network_has_its_own_bucket(now: datetime) -> None:
    counts = Networks(3, HOUR)
    for _ in range(5):
        counts.take(b"a", now)
    assert (counts.left(b"a", now), counts.left(b"b", now)) == (0, 3)


def test_a_bucket_comes_back_steadily(now: datetime) -> None:
    bucket = Bucket.full(60, timedelta(minutes=10))
    for _ in range(60):
        bucket.take(now)
    assert bucket.at(now) == 0
    assert bucket.at(now + timedelta(seconds=10)) == pytest.approx(1)
    assert bucket.at(now + HOUR) == 60
    # A clock that was set back takes nothing away.
    assert bucket.at(now) == 60


def test_no_name_of_a_network_is_kept_and_no_two_processes_have_the_same(now: datetime) -> None:
    one, other = Networks(3, HOUR), Networks(3, HOUR)
    network = bytes([192, 0, 2, 77])
    one.take(network, now)
    other.take(network, now)
    assert network not in b"".join(one._buckets)
    assert set(one._buckets) != set(other._buckets)


def test_the_key_is_thrown_away_with_every_count(now: datetime) -> None:
    counts = Networks(3, HOUR)
    counts.take(b"a", now)
    key = counts._key
    counts.left(b"a", now + KEY_LIVES - timedelta(seconds=1))
    assert counts._key == key
    counts.left(b"b", now + KEY_LIVES)
    assert counts._key != key
    assert len(counts) == 0


def test_a_flood_of_networks_does_not_fill_the_memory(now: datetime) -> None:
    counts = Networks(3, HOUR, networks=100)
    for number in range(5_000):
        counts.take(number.to_bytes(4), now)
    assert len(counts) == 100
    # Those beyond the bound share one bucket, and it is empty.
    assert counts.left((9_999).to_bytes(4), now) == 0


@given(st.lists(st.integers(0, 900), max_size=80))
def test_never_more_in_a_time_than_a_full_bucket_and_what_came_back(gaps: list[int]) -> None:
    start = at = datetime.fromisoformat("2026-10-05T09:00:00+00:00")
    bucket, taken = Bucket.full(5, HOUR), 0
    for gap in gaps:
        at += timedelta(seconds=gap)
        if bucket.at(at) >= 1:
            bucket.take(at)
            taken += 1
    assert taken <= 5 + 5 * ((at - start) / HOUR) + 1e-6
