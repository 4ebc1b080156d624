# SPDX-License-Identifier: Apache-2.0
"""Without a stop page a listed name does not exist, and some resolvers say why (RFC 8914)."""

from collections.abc import Iterator

import dns.edns
import pytest

from tests.resolvers.conftest import CANARY, Followed, following

BLOCKED = 15
WAYS = [("bind", "transfer"), ("unbound", "transfer"), ("pdns", "transfer"), ("kresd", "file")]
# Whether the versions of docs/dns-blocking.md give a reason. Later ones may learn to.
GIVES_REASON = {"bind": False, "unbound": False, "pdns": True, "kresd": True}


@pytest.fixture(scope="module", params=WAYS, ids="-".join)
def followed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Followed]]:
    name, way = request.param
    with following(name, way, tmp_path_factory.mktemp(f"nx-{name}"), []) as made:
        made.ready()
        yield name, made


def reasons(followed: Followed, name: str) -> set[int]:
    options = followed.resolver.ask(name).options
    return {each.code for each in options if isinstance(each, dns.edns.EDEOption)}


def test_a_listed_name_does_not_exist(followed: tuple[str, Followed]):
    for name in ("bad.example", "worse.test", "below.worse.test"):
        for kind in ("A", "AAAA", "HTTPS"):
            assert followed[1].resolver.says(name, kind) == {"NXDOMAIN"}
    assert followed[1].resolver.says("www.bad.example") == {"198.51.100.1"}


def test_the_canary_exists_all_the_same(followed: tuple[str, Followed]):
    assert followed[1].resolver.says(CANARY, "TXT") == {"hearthline-serial=1"}
    assert followed[1].resolver.says(CANARY, "A") == set()


def test_the_reason_is_blocked_where_one_is_given(followed: tuple[str, Followed]):
    name, made = followed
    given = reasons(made, "bad.example")
    assert given <= {BLOCKED}
    assert given or not GIVES_REASON[name]
    assert reasons(made, "www.bad.example") == set()
