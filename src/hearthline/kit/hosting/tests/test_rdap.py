# SPDX-License-Identifier: Apache-2.0
"""Whatever JSON a register sends, it is read or refused, and what is read is fit to be used."""

import contextlib
import copy
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.hosting import NotFetched
from hearthline.kit.hosting.rdap import read_network, read_registration
from hearthline.kit.hosting.tests.register import IP, domain, network

WORDS = st.sampled_from(
    ["entities", "roles", "vcardArray", "vcard", "email", "fn", "abuse", "registrar", "events",
     "eventAction", "last changed", "startAddress", "country", "a@b.test", "", "8.8.0.0"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=4)
    ),
    max_leaves=20,
)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside, by the keys that lead to it."""
    found = [path] if path else []
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in inside if isinstance(document, dict | list) else ():
        found += places(value, (*path, key))
    return found


def with_at(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return changed


def fit(emails: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[^\s@<>\"]+@[^\s@]+\.[^\s@]+", one) for one in emails)


def check(document: dict[str, Any]) -> None:
    with contextlib.suppress(NotFetched):
        found = read_network(document, ip=IP, server="rdap.register.test")
        assert fit(found.abuse)
        assert re.fullmatch(r"([A-Z]{2})?", found.country)
        assert re.fullmatch(r"(\d{4}-\d\d-\d\d)?", found.dated)
        assert found.name.isprintable()
        assert len(found.name) <= 200
    with contextlib.suppress(NotFetched):
        held = read_registration(document, domain="harbour-host.test", server="rdap.register.test")
        assert fit(held.abuse)
        assert held.registrar.isprintable()


@given(st.dictionaries(WORDS | st.text(), JSON, max_size=6))
@settings(max_examples=200)
def test_any_object_is_read_or_refused(document: dict[str, Any]) -> None:
    check(document | {"objectClassName": "ip network", "startAddress": IP, "endAddress": IP})
    check(document | {"objectClassName": "domain"})


@given(st.data())
@settings(max_examples=300)
def test_a_good_answer_with_anything_at_any_place_is_read_or_refused(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([network(), domain()]))
    check(with_at(good, data.draw(st.sampled_from(places(good))), data.draw(JSON)))


def test_without_a_change_both_are_read() -> None:
    found = read_network(network(), ip=IP, server="rdap.register.test")
    assert (found.country, found.abuse) == ("XS", ("abuse@harbour-net.test",))
    held = read_registration(domain(), domain="harbour-host.test", server="rdap.register.test")
    assert (held.registrar, held.abuse) == ("Quay Names", ("abuse@quay-names.test",))
