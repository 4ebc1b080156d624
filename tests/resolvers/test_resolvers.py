# SPDX-License-Identifier: Apache-2.0
"""Real resolvers, configured as docs/dns-blocking.md says, follow the list."""

from collections.abc import Iterator

import pytest

from tests.resolvers.authority import ORDINARY
from tests.resolvers.conftest import CANARY, LISTED, OTHERS, Followed, following

STOP = ["192.0.2.80", "2001:db8::80"]
A, AAAA = ({ORDINARY[kind]} for kind in ("A", "AAAA"))
STOP_A, STOP_AAAA = {STOP[0]}, {STOP[1]}
NEAR = (
    "www.bad.example",  # below a host that is listed alone
    "abad.example",
    "bad.examples",
    "bad.example.org",
    "ad.example",
    "example",
    "worse.tests",
    "aworse.test",
    "worse.test.example",
    "host.test",  # above a host that is listed
    "test",
)
WAYS = [
    ("bind", "transfer"),
    ("unbound", "transfer"),
    ("pdns", "transfer"),
    ("bind", "file"),
    ("unbound", "file"),
    ("pdns", "file"),
    ("kresd", "file"),
]


@pytest.fixture(scope="module", params=WAYS, ids="-".join)
def followed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Followed]:
    name, way = request.param
    with following(name, way, tmp_path_factory.mktemp(f"{name}-{way}"), STOP) as made:
        made.ready()
        yield made


def test_the_canary_tells_that_the_list_is_applied_and_which(followed: Followed):
    followed.ready()
    assert followed.resolver.says(CANARY) == STOP_A


@pytest.mark.parametrize(
    "name", ["bad.example", "BAD.example", "worse.test", "any.at.worse.test", "deep.host.test"]
)
def test_a_listed_name_leads_to_the_stop_page(followed: Followed, name: str):
    assert followed.resolver.says(name, "A") == STOP_A
    assert followed.resolver.says(name, "AAAA") == STOP_AAAA
    for kind in ("HTTPS", "MX", "TXT"):  # no way past the addresses
        assert followed.resolver.says(name, kind) == set()
    assert name.lower() not in followed.authority.asked


@pytest.mark.parametrize("name", NEAR)
def test_a_name_that_is_merely_like_it_is_untouched(followed: Followed, name: str):
    assert followed.resolver.says(name, "A") == A
    assert followed.resolver.says(name, "AAAA") == AAAA


def test_an_entry_is_blocked_and_lifted_again(followed: Followed):
    name = "new.bad-shop.example"
    resolver = followed.resolver
    assert resolver.says(name) == A
    followed.publish([*LISTED, *OTHERS, ("bad-shop.example", True)])
    resolver.soon(name, "A", STOP_A)
    resolver.soon("bad-shop.example", "AAAA", STOP_AAAA)
    followed.ready()
    assert resolver.says("bad.example") == STOP_A
    followed.publish([*LISTED[1:], *OTHERS])
    resolver.soon(name, "A", A)
    resolver.soon("bad.example", "A", A)
    followed.ready()
    assert resolver.says("worse.test") == STOP_A
    followed.publish([*LISTED, *OTHERS])
    resolver.soon("bad.example", "A", STOP_A)
    followed.ready()
    if followed.way == "transfer":
        # The whole list once at the start; afterwards what changed.
        assert followed.country.transfers.count("AXFR") <= 1
        assert followed.country.transfers.count("IXFR") >= 3
