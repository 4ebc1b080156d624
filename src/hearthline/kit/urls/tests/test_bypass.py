# SPDX-License-Identifier: Apache-2.0
"""Proof on many spellings: every one of a listed address is caught, and nothing ordinary is."""

import random
from collections import Counter

import pytest

from hearthline.kit.urls import AddressRefused, Checker, canonicalise
from hearthline.kit.urls.tests import spellings as ways
from hearthline.kit.urls.tests.listed import Entry, Publisher, listing, page
from hearthline.kit.urls.tests.ordinary import neighbours, ordinary
from hearthline.kit.urls.tests.spellings import WAYS, Way, respelled, spellings

PAGES = [
    "http://harbour.test/pier/7.html",
    "http://harbour.test/find?berth=2&side=port",
    "http://www.quay.test/a/b/c/d/e/f",
    "https://cove.test/Mixed/Case/Page",
    "http://203.0.113.7/page/one",
    "http://bücher.test/regal",
    "http://faß.test/keller",
    "http://图书馆.test/书/七",
    "http://inlet.test/~user/a%20b",
    "http://inlet.test/x[1]{2}",
    "http://[2001:db8::7]/page",
]
WIDER = [
    Entry("path", "strand.test/gallery/"),
    Entry("host", "lagoon.test"),
    Entry("host", "198.51.100.9"),
    Entry("domain", "reef.test"),
]
WITHIN_WIDER = [
    "http://strand.test/gallery/room/3?x=1",
    "http://lagoon.test/",
    "http://lagoon.test/any/page?x",
    "http://198.51.100.9/any",
    "http://reef.test/",
    "http://a.b.reef.test/any/page",
]
LISTED = [*PAGES, *WITHIN_WIDER]
LIST = listing(*map(page, PAGES), *WIDER)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(LIST.prefixes, Publisher(LIST))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("address", LISTED)
def test_one_way_of_respelling_does_not_get_round_the_list(
    checker: Checker, address: str, way: Way
) -> None:
    chance = random.Random(7)
    for _ in range(8):
        spelling = respelled(address, [way], chance)
        assert checker.check(spelling, now=0) is not None, spelling


def test_five_thousand_spellings_are_all_caught(checker: Checker) -> None:
    missed, caught = [], Counter()
    for address, spelling in spellings(LISTED, 5_000):
        if checker.check(spelling, now=0) is None:
            missed.append(spelling)
        caught[address] += 1
    assert missed == []
    assert caught.total() == 5_000
    assert min(caught.values()) > 200


def test_ways_round_the_list_differ_from_the_address_as_written() -> None:
    """A proof of nothing, were most spellings the address itself."""
    differing = sum(spelling != address for address, spelling in spellings(LISTED, 500))
    assert differing == 500
    assert ways.spaced("http://a.test/", random.Random(1)) != "http://a.test/"


def test_twenty_thousand_ordinary_addresses_all_pass(checker: Checker) -> None:
    stopped = [each for each in ordinary(20_000) if checker.check(each, now=0) is not None]
    assert stopped == []


def test_the_nearest_neighbours_of_listed_pages_pass(checker: Checker) -> None:
    stopped = [each for each in neighbours(PAGES) if checker.check(each, now=0) is not None]
    assert stopped == []


def test_ordinary_addresses_pass_a_list_of_pages_on_the_same_hosts() -> None:
    """Half of the corpus is listed page by page: exactly that half is stopped."""
    corpus = [each for each in ordinary(20_000) if "?" not in each]
    forms = [canonicalise(each) for each in corpus]
    listed, others = forms[::2], forms[1::2]
    entries = [page(each.url) for each in listed]
    known = {entry.address for entry in entries}
    made = listing(*entries)
    checker = Checker(made.prefixes, Publisher(made))
    assert all(checker.check(each, now=0) for each in listed)
    stopped = [each for each in others if checker.check(each, now=0)]
    assert all(each.host + each.path in known for each in stopped)
    assert len(others) > 5_000


def test_what_no_browser_opens_is_refused_and_not_passed(checker: Checker) -> None:
    for text in ("http://harbour .test/pier/7.html", "http://harbour%00.test/", "http://[::1/x"):
        with pytest.raises(AddressRefused):
            checker.check(text, now=0)
