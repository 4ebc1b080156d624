# SPDX-License-Identifier: Apache-2.0
"""One address against the list: caught within its scope, let pass beyond it, asked about rarely."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import (
    AddressRefused,
    Checker,
    FoundHashes,
    LookUpFailed,
    Match,
    canonicalise,
    expressions,
    within_scope,
)
from hearthline.kit.urls.checker import REMEMBERED
from hearthline.kit.urls.prefixes import Prefixes, from_bytes, version_of
from hearthline.kit.urls.tests.listed import Entry, Publisher, listing, page

LIST = listing(
    page("http://harbour.test/pier/7"),
    page("http://harbour.test/find?berth=2"),
    page("http://quay.test/"),
    Entry("path", "cove.test/a/b/c/d/e/"),
    Entry("host", "lagoon.test"),
    Entry("host", "203.0.113.7"),
    Entry("domain", "reef.test"),
)


def checked(address: str) -> Match | None:
    return Checker(LIST.prefixes, Publisher(LIST)).check(address, now=0)


@pytest.mark.parametrize(
    ("address", "expression", "scope"),
    [
        ("http://harbour.test/pier/7", "harbour.test/pier/7", "url"),
        ("https://harbour.test:8443/pier/7?x=1#y", "harbour.test/pier/7", "url"),
        ("http://harbour.test/find?berth=2", "harbour.test/find?berth=2", "url"),
        ("http://quay.test", "quay.test/", "url"),
        ("http://quay.test/?x", "quay.test/", "url"),
        ("http://cove.test/a/b/c/d/e/", "cove.test/a/b/c/d/e/", "path"),
        ("http://cove.test/a/b/c/d/e/f/g?h", "cove.test/a/b/c/d/e/", "path"),
        ("http://lagoon.test/", "lagoon.test/", "host"),
        ("http://lagoon.test/any/thing", "lagoon.test/", "host"),
        ("http://203.0.113.7/x", "203.0.113.7/", "host"),
        ("http://reef.test/", "reef.test/", "domain"),
        ("http://a.b.c.d.e.f.reef.test/any", "reef.test/", "domain"),
    ],
)
def test_a_listed_address_is_caught_within_its_scope(
    address: str, expression: str, scope: str
) -> None:
    assert checked(address) == Match(expression, scope)


@pytest.mark.parametrize(
    "address",
    [
        "http://harbour.test/",
        "http://harbour.test/pier/",
        "http://harbour.test/pier/70",
        "http://harbour.test/pier/7/",
        "http://harbour.test/find",
        "http://harbour.test/find?berth=20",
        "http://www.harbour.test/pier/7",
        "http://quay.test/other",
        "http://www.quay.test/",
        "http://cove.test/a/b/c/d/",
        "http://cove.test/a/b/c/d/e",
        "http://www.cove.test/a/b/c/d/e/",
        "http://www.lagoon.test/",
        "http://mylagoon.test/",
        "http://203.0.113.70/",
        "http://7.203.0.113.7.test/",
        "http://notreef.test/",
        "http://reef.test.example.org/",
    ],
)
def test_a_neighbour_of_a_listed_address_passes(address: str) -> None:
    assert checked(address) is None


def test_a_text_that_is_no_address_is_refused() -> None:
    with pytest.raises(AddressRefused):
        checked("not an address")


def test_nothing_is_asked_about_an_address_that_meets_no_prefix() -> None:
    publisher = Publisher(LIST)
    assert Checker(LIST.prefixes, publisher).check("http://example.org/x?y", now=0) is None
    assert publisher.asked == []


def test_only_the_prefix_that_met_is_asked_for_and_its_answer_is_kept() -> None:
    publisher = Publisher(LIST, seconds=300)
    checker = Checker(LIST.prefixes, publisher)
    prefix = sha256(b"lagoon.test/").digest()[:4]
    for now in (0, 100, 299):
        assert checker.check("http://lagoon.test/x", now=now) is not None
    assert publisher.asked == [prefix]
    checker.check("http://lagoon.test/x", now=300)
    assert publisher.asked == [prefix, prefix]


def test_an_answer_without_a_full_hash_is_kept_too() -> None:
    raw = sha256(b"example.org/").digest()[:4]
    values = from_bytes(raw)
    publisher = Publisher(LIST)
    checker = Checker(Prefixes(values, version_of(1, values)), publisher)
    for _ in range(3):
        assert checker.check("http://example.org/", now=0) is None
    assert publisher.asked == [raw]


def test_a_hash_that_was_not_asked_for_lists_nothing() -> None:
    raw = sha256(b"example.org/").digest()[:4]
    values = from_bytes(raw)
    stray = {sha256(b"www.example.org/").digest(): "host"}
    checker = Checker(Prefixes(values, b""), lambda _: FoundHashes(stray, 60))
    assert checker.check("http://www.example.org/", now=0) is None


def test_kept_answers_do_not_grow_without_end() -> None:
    count = REMEMBERED + 50
    full = [sha256(f"h{n}.test/".encode()).digest() for n in range(count)]
    values = from_bytes(b"".join(sorted({each[:4] for each in full})))
    publisher = Publisher(LIST)
    checker = Checker(Prefixes(values, b""), publisher)
    for n in range(count):
        checker.check(f"http://h{n}.test/", now=0)
    checker.check("http://h0.test/", now=0)  # its answer made room long ago
    assert len(publisher.asked) == count + 1
    checker.check(f"http://h{count - 1}.test/", now=0)
    assert len(publisher.asked) == count + 1


def test_when_nobody_answers_the_caller_is_told() -> None:
    def silent(prefixes: Sequence[bytes]) -> FoundHashes:
        raise LookUpFailed

    checker = Checker(LIST.prefixes, silent)
    with pytest.raises(LookUpFailed):
        checker.check("http://lagoon.test/", now=0)
    assert checker.check("http://example.org/", now=0) is None


LABELS = st.lists(st.sampled_from(["a", "bb", "c-c"]), min_size=1, max_size=4)
NAMES = st.lists(st.sampled_from(["1", "two", "3.html"]), max_size=3)


@given(LABELS, NAMES, st.booleans(), st.sampled_from(["", "?", "?q=1/"]))
def test_what_is_looked_up_in_scope_is_part_of_the_published_expressions(
    labels: list[str], names: list[str], directory: bool, query: str
) -> None:
    path = "/".join(["", *names]) + ("/" if directory or not names else "")
    c = canonicalise("http://" + ".".join([*labels, "test"]) + path + query)
    found = [expression for expression, _ in within_scope(c)]
    assert set(found) <= set(expressions(c))
    assert len(found) == len(set(found))
    assert found[0] == expressions(c)[0]
