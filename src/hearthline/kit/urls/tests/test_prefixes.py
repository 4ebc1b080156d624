# SPDX-License-Identifier: Apache-2.0
"""A list as prefixes: what is held, what stands behind, what cannot be listed."""

from hashlib import sha256
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import NotListable, check_listable, hashes_of
from hearthline.kit.urls.prefixes import build, from_bytes, in_bytes


class Entry(NamedTuple):
    scope: str
    address: str


PAGE = Entry("url", "harbour.test/pier/7?berth=2")
PATH = Entry("path", "harbour.test/pier/")
HOST = Entry("host", "lagoon.test")
DOMAIN = Entry("domain", "reef.test")


def hashed(expression: str) -> bytes:
    return sha256(expression.encode()).digest()


def test_the_published_example_of_a_hash_and_its_prefix() -> None:
    # "URLs and hashing" takes the first vector of FIPS 180-2, B.1.
    made = build({hashed("abc"): "url"}, serial=1)
    assert made.hashes.hex().startswith("ba7816bf8f01cfea414140de5dae2223")
    assert in_bytes(made.prefixes.values).hex() == "ba7816bf"


def test_each_entry_is_the_hash_of_its_expression() -> None:
    assert hashes_of([PAGE, PATH, HOST, DOMAIN]) == {
        hashed("harbour.test/pier/7?berth=2"): "url",
        hashed("harbour.test/pier/"): "path",
        hashed("lagoon.test/"): "host",
        hashed("reef.test/"): "domain",
    }


def test_where_two_entries_share_a_hash_the_wider_scope_stands() -> None:
    front_page, host = Entry("url", "lagoon.test/"), Entry("host", "lagoon.test")
    assert list(hashes_of([host, front_page]).values()) == ["host"]
    assert list(hashes_of([front_page, host]).values()) == ["host"]


def test_a_list_is_the_same_in_whatever_order_entries_come() -> None:
    entries = [PAGE, PATH, HOST, DOMAIN]
    forwards = build(hashes_of(entries), serial=3)
    assert forwards == build(hashes_of(entries[::-1]), serial=3)
    assert forwards.prefixes.values.tolist() == sorted(forwards.prefixes.values)


def test_the_checksum_is_the_sha256_of_the_ascending_prefixes() -> None:
    made = build(hashes_of([PAGE, HOST]), serial=1)
    prefixes = sorted(hashed(each)[:4] for each in ("harbour.test/pier/7?berth=2", "lagoon.test/"))
    assert made.prefixes.checksum == sha256(b"".join(prefixes)).digest()


def test_the_version_tells_serials_and_contents_apart() -> None:
    first = build(hashes_of([PAGE]), serial=7).prefixes
    assert first.serial == 7
    assert first.version != build(hashes_of([PAGE]), serial=8).prefixes.version
    assert first.version != build(hashes_of([HOST]), serial=7).prefixes.version


def test_behind_a_prefix_stand_its_full_hashes_and_no_others() -> None:
    one, two = b"\x01\x02\x03\x04" + bytes(28), b"\x01\x02\x03\x04" + b"\xff" * 28
    other = b"\x01\x02\x03\x05" + bytes(28)
    made = build({two: "host", other: "url", one: "domain"}, serial=1)
    assert made.behind(b"\x01\x02\x03\x04") == {one: "domain", two: "host"}
    assert made.behind(b"\x01\x02\x03\x05") == {other: "url"}
    assert made.behind(b"\x01\x02\x03\x06") == {}
    assert made.behind(b"\x01\x02\x03\x03") == {}
    assert len(made.prefixes) == 2


@given(st.sets(st.integers(0, 0xFFFF_FFFF)), st.integers(0, 0xFFFF_FFFF))
def test_prefixes_hold_what_was_put_in_and_nothing_else(values: set[int], other: int) -> None:
    made = build({value.to_bytes(4, "big") + bytes(28): "url" for value in values}, serial=1)
    assert all(made.prefixes.hold(value) for value in values)
    assert made.prefixes.hold(other) is (other in values)
    assert from_bytes(in_bytes(made.prefixes.values)) == made.prefixes.values


def test_an_empty_list_holds_nothing() -> None:
    made = build({}, serial=1)
    assert not made.prefixes.hold(0)
    assert made.behind(bytes(4)) == {}


@pytest.mark.parametrize(
    ("scope", "address"),
    [
        ("host", "lagoon.test/"),
        ("domain", "reef.test/x"),
        ("url", "lagoon.test"),
        ("path", "harbour.test/pier"),
        ("path", "harbour.test"),
        ("street", "harbour.test"),
        ("url", "/x"),
        ("host", ""),
        ("url", "harbour.test/é"),
    ],
)
def test_an_entry_nobody_could_match_is_refused(scope: str, address: str) -> None:
    with pytest.raises(NotListable):
        check_listable(scope, address)


@pytest.mark.parametrize("listed", [{b"short": "url"}, {bytes(32): "street"}])
def test_what_is_no_hash_with_a_scope_is_refused(listed: dict[bytes, str]) -> None:
    with pytest.raises(NotListable):
        build(listed, serial=1)
