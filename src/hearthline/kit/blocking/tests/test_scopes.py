# SPDX-License-Identifier: Apache-2.0
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit import blocking
from hearthline.kit.blocking import (
    Against,
    Place,
    Scope,
    ScopeRefused,
    check_scope,
    places,
    read_guards,
)
from hearthline.kit.urls import AddressRefused, canonicalise

GUARDS = read_guards(["hotline.solmere.test"])
LISTS = sorted((Path(blocking.__file__).parent / "guards").glob("*.toml"))


def refused(scope: Scope, address: str) -> Against:
    with pytest.raises(ScopeRefused) as error:
        check_scope(scope, address, GUARDS)
    return error.value.code


def test_the_ways_to_block_a_page_are_offered_from_the_narrowest_to_the_widest() -> None:
    page = canonicalise("http://files.harbour.example.co.uk/a/b/page.html?id=1")
    assert places(page) == [
        (Scope.URL, "files.harbour.example.co.uk/a/b/page.html?id=1"),
        (Scope.PATH, "files.harbour.example.co.uk/a/b/"),
        (Scope.PATH, "files.harbour.example.co.uk/a/"),
        (Scope.HOST, "files.harbour.example.co.uk"),
        (Scope.DOMAIN, "example.co.uk"),
    ]


def test_an_ip_address_is_never_offered_as_a_name() -> None:
    offered = places(canonicalise("http://203.0.113.7/a/page.html"))
    assert {place.scope for place in offered} == {Scope.URL, Scope.PATH}


def test_a_public_suffix_has_no_domain_to_offer() -> None:
    offered = places(canonicalise("http://github.io/page.html"))
    assert Scope.DOMAIN not in {place.scope for place in offered}


@pytest.mark.parametrize(
    ("scope", "address"),
    [
        (Scope.URL, "harbour.test/a/page.html?id=1"),
        (Scope.URL, "en.wikipedia.org/wiki/Page"),
        (Scope.PATH, "harbour.test/a/"),
        (Scope.PATH, "203.0.113.7/a/"),
        (Scope.HOST, "files.harbour.test"),
        (Scope.HOST, "alice.github.io"),
        (Scope.HOST, "d111.cloudfront.net"),
        (Scope.DOMAIN, "harbour.test"),
        (Scope.DOMAIN, "alice.github.io"),
    ],
)
def test_what_takes_nothing_else_with_it_may_be_listed(scope: Scope, address: str) -> None:
    check_scope(scope, address, GUARDS)


@pytest.mark.parametrize(
    ("scope", "address", "code"),
    [
        (Scope.DOMAIN, "github.io", Against.PUBLIC_SUFFIX),
        (Scope.HOST, "github.io", Against.PUBLIC_SUFFIX),
        (Scope.HOST, "www.sites.google.com", Against.POPULAR_SITE),
        (Scope.HOST, "pastebin.com", Against.SHARED_HOSTING),
        (Scope.HOST, "www.pastebin.com", Against.SHARED_HOSTING),
        (Scope.DOMAIN, "amazonaws.com", Against.SHARED_HOSTING),
        (Scope.DOMAIN, "incapdns.net", Against.CONTENT_NETWORK),
        (Scope.DOMAIN, "a1.incapdns.net", Against.CONTENT_NETWORK),
        (Scope.DOMAIN, "wikipedia.org", Against.POPULAR_SITE),
        (Scope.HOST, "en.wikipedia.org", Against.POPULAR_SITE),
        (Scope.DOMAIN, "mit.edu", Against.POPULAR_SITE),
    ],
)
def test_a_guarded_name_is_refused_and_two_seniors_may_override(
    scope: Scope, address: str, code: Against
) -> None:
    assert refused(scope, address) is code
    assert not code.final


@pytest.mark.parametrize(
    ("scope", "address", "code"),
    [
        (Scope.DOMAIN, "co.uk", Against.REGISTRY),
        (Scope.DOMAIN, "invalid", Against.REGISTRY),
        (Scope.HOST, "localhost", Against.REGISTRY),
        (Scope.HOST, "203.0.113.7", Against.IP_ADDRESS),
        (Scope.HOST, "[2001:db8::1]", Against.IP_ADDRESS),
        (Scope.DOMAIN, "solmere.test", Against.OWN_SITE),
        (Scope.HOST, "hotline.solmere.test", Against.OWN_SITE),
        (Scope.URL, "hotline.solmere.test/help/", Against.OWN_SITE),
        (Scope.HOST, "harbour.test/a/", Against.NOT_THIS_SCOPE),
        (Scope.DOMAIN, "Harbour.test", Against.NOT_THIS_SCOPE),
        (Scope.DOMAIN, "", Against.NOT_THIS_SCOPE),
        # Other spellings of a guarded name, which no guard would know.
        (Scope.HOST, "hotline.solmere.test.", Against.NOT_THIS_SCOPE),
        (Scope.DOMAIN, "co.uk.", Against.NOT_THIS_SCOPE),
        (Scope.DOMAIN, "google.com\n", Against.NOT_THIS_SCOPE),
        (Scope.HOST, "harbour..test", Against.NOT_THIS_SCOPE),
        (Scope.URL, "hotline.solmere.test./help/", Against.NOT_THIS_SCOPE),
        (Scope.PATH, "harbour.test/", Against.NOT_THIS_SCOPE),
        (Scope.PATH, "harbour.test/a", Against.NOT_THIS_SCOPE),
        (Scope.PATH, "harbour.test/a/?b=/", Against.NOT_THIS_SCOPE),
        (Scope.URL, "harbour.test", Against.NOT_THIS_SCOPE),
    ],
)
def test_what_can_never_be_listed_is_refused_for_good(
    scope: Scope, address: str, code: Against
) -> None:
    assert refused(scope, address) is code
    assert code.final


def test_only_names_go_into_dns() -> None:
    assert [scope for scope in Scope if scope.in_dns] == [Scope.HOST, Scope.DOMAIN]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_each_guard_list_names_its_source_and_makes_no_claim(path: Path) -> None:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert document["source"]
    assert document["verified"] is False
    assert len(set(document["names"])) == len(document["names"])
    assert all(name == name.lower().strip(".") and "." in name for name in document["names"])


@given(st.from_regex(r"https?://[a-z0-9.-]{1,30}(/[a-zA-Z0-9%._?=-]{0,12}){0,5}", fullmatch=True))
def test_every_place_offered_has_the_shape_of_its_scope(text: str) -> None:
    try:
        page = canonicalise(text)
    except AddressRefused:
        return
    offered = places(page)
    assert offered[0].scope is Scope.URL
    assert [list(Scope).index(place.scope) for place in offered] == sorted(
        list(Scope).index(place.scope) for place in offered
    )
    for place in offered:
        # What is offered always has the right shape, whatever a guard may say of it.
        assert _against(place) is not Against.NOT_THIS_SCOPE


def _against(place: Place) -> Against | None:
    try:
        check_scope(place.scope, place.address, GUARDS)
    except ScopeRefused as error:
        return error.code
    return None
