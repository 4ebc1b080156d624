# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.blocking import Entry, ListVersion, Scope, changes_digest, hosts_for_dns

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)

entries = st.lists(
    st.builds(
        Entry,
        id=st.uuids().map(str),
        scope=st.sampled_from(Scope),
        address=st.from_regex(r"[a-z]{1,8}\.test(/[a-z]{0,8}){0,2}", fullmatch=True),
        category=st.sampled_from(["baseline", "national"]),
        basis=st.sampled_from(["children_act_12", "children_act_14"]),
        listed_at=st.integers(0, 10**9).map(lambda second: NOON + timedelta(seconds=second)),
    ),
    unique_by=lambda entry: entry.id,
    max_size=20,
)


def one(address: str, scope: Scope, number: str = "1") -> Entry:
    return Entry(number, scope, address, "baseline", "children_act_12", NOON)


@given(entries, st.randoms())
def test_the_same_entries_make_the_same_digest_in_whatever_order(found, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(found)
    random.shuffle(shuffled)
    assert ListVersion(1, NOON, found).digest == ListVersion(1, NOON, shuffled).digest


@given(entries.filter(bool), st.data())
def test_any_change_of_any_entry_changes_the_digest(found, data) -> None:  # type: ignore[no-untyped-def]
    before = ListVersion(1, NOON, found).digest
    at = data.draw(st.integers(0, len(found) - 1))
    changed = list(found)
    changed[at] = changed[at]._replace(address=changed[at].address + "x")
    assert ListVersion(1, NOON, changed).digest != before
    assert ListVersion(1, NOON, [*found[:at], *found[at + 1 :]]).digest != before


def test_a_moment_is_the_same_by_every_clock() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=8)))
    there = one("harbour.test", Scope.HOST)._replace(listed_at=east)
    here = one("harbour.test", Scope.HOST)
    assert ListVersion(1, NOON, [there]).digest == ListVersion(2, east, [here]).digest


@pytest.mark.parametrize("address", ["a.test/x\ty", "a.test/x\n", "a.test/x y", "a.test\x7f"])
def test_an_address_that_would_blur_the_canonical_form_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="canonical"):
        ListVersion(1, NOON, [one(address, Scope.URL)])


def test_pages_and_paths_never_enter_dns() -> None:
    version = ListVersion(
        1,
        NOON,
        [
            one("wide.test", Scope.DOMAIN, "1"),
            one("files.harbour.test", Scope.HOST, "2"),
            one("other.test/a/page.html", Scope.URL, "3"),
            one("other.test/a/", Scope.PATH, "4"),
            one("wide.test", Scope.HOST, "5"),
        ],
    )
    assert hosts_for_dns(version) == [("files.harbour.test", False), ("wide.test", True)]


def test_the_digest_of_changes_does_not_hang_on_their_order() -> None:
    added, removed = ("1", "add", ""), ("2", "remove", "gone")
    assert changes_digest([added, removed]) == changes_digest([removed, added])
    assert changes_digest([added]) != changes_digest([added, removed])
