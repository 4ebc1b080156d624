# SPDX-License-Identifier: Apache-2.0
"""A response policy zone as a file. All names are invented."""

import os
import shutil
import subprocess
from pathlib import Path

import dns.name
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.formats import rpz
from hearthline.kit.formats.refused import FormatRefused

NAMES = [("shop.bad.example", False), ("worse.example", True)]
TERMS = {"zone": "block.example", "serial": 7, "canary": "canary.example.org"}
STOP = ("192.0.2.80", "2001:db8::80")
CHECKZONE = shutil.which("named-checkzone")
REQUIRED = os.environ.get("HEARTHLINE_REQUIRE_RESOLVERS") == "1"
LABEL = st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True)
HOST = st.builds("{}.{}.test".format, LABEL, LABEL)


def made(names=NAMES, **terms) -> bytes:
    return rpz.zone_file(names, **TERMS | {"stop_addresses": STOP} | terms)


def test_a_listed_name_leads_to_the_stop_page():
    assert made().decode() == (
        "$ORIGIN block.example.\n"
        "$TTL 60\n"
        "@ SOA localhost. hostmaster.localhost. 7 60 30 604800 60\n"
        "@ NS localhost.\n"
        'canary.example.org TXT "hearthline-serial=7"\n'
        "canary.example.org A 192.0.2.80\n"
        "canary.example.org AAAA 2001:db8::80\n"
        "shop.bad.example A 192.0.2.80\n"
        "shop.bad.example AAAA 2001:db8::80\n"
        "worse.example A 192.0.2.80\n"
        "worse.example AAAA 2001:db8::80\n"
        "*.worse.example A 192.0.2.80\n"
        "*.worse.example AAAA 2001:db8::80\n"
    )


def test_without_a_stop_page_a_listed_name_does_not_exist_and_the_canary_still_speaks():
    text = made(stop_addresses=None).decode()
    assert text.endswith(
        'canary.example.org TXT "hearthline-serial=7"\n'
        "shop.bad.example CNAME .\n"
        "worse.example CNAME .\n"
        "*.worse.example CNAME .\n"
    )


def test_another_program_reads_the_same_zone():
    zone = dns.zone.from_text(made().decode(), relativize=False)
    owners = {str(name).removesuffix(".block.example.") for name in zone.nodes}
    listed = {"canary.example.org", "shop.bad.example", "worse.example", "*.worse.example"}
    assert owners == {"block.example.", *listed}


@given(st.lists(st.tuples(HOST, st.booleans()), max_size=12), st.randoms())
def test_the_order_names_come_in_changes_no_byte(names, random):
    shuffled = random.sample(names, len(names))
    assert made(names) == made(shuffled) == made([(n.upper() + ".", w) for n, w in names])


@given(st.lists(st.tuples(HOST, st.booleans()), max_size=12))
def test_every_name_asked_for_is_covered_and_no_other(names):
    listed = rpz.in_order(names)
    exact, wide = dict(listed), {name for name, wildcard in listed if wildcard}
    assert [name for name, _ in names if name not in exact and not rpz.covered(name, wide)] == []
    assert set(exact) <= {name for name, _ in names}


def test_a_name_below_a_wildcard_is_left_out_because_it_would_tear_a_hole():
    text = made([("a.deep.worse.example", False), ("worse.example", True)])
    assert b"deep" not in text


def test_the_longest_name_fits_into_the_longest_zone():
    longest = ".".join(["x" * 59] * 3) + "." + "y" * 30
    assert len(longest) == rpz.LONGEST_HOST
    text = made([(longest, True)], zone="z" * rpz.LONGEST_ZONE).decode()
    assert len(dns.zone.from_text(text, relativize=False).nodes) == 4


def test_a_contact_with_a_dot_before_the_at_keeps_it():
    assert rb" help\.desk.example.org. 7 " in made(contact="help.desk@example.org")
    assert made(contact="help.desk@Example.org") == made(contact="help.desk@example.org")


@pytest.mark.parametrize(
    "name",
    [
        "test",  # a whole top-level domain
        "192.0.2.7",
        "0x7f.0x1",
        "2001:db8::1",
        "bücher.example",
        "*.bad.example",
        "bad..example",
        "bad.example/path",
        "bad example.test",
        "32.1.0.0.127.rpz-ip",
        "a.test\n@ NS evil.test.",
        "",
        "x" * 64 + ".test",
        ".".join(["x" * 60] * 4),
    ],
)
def test_what_cannot_be_a_rule_about_one_host_is_refused(name: str):
    with pytest.raises(FormatRefused, match="name: ") as refused:
        made([(name, False)])
    # The words end in logs, which must not hold what is listed.
    assert not name or name not in str(refused.value)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"serial": 0}, "serial"),
        ({"serial": 2**31}, "serial"),
        ({"ttl": 0}, "ttl"),
        ({"zone": "block example"}, "zone"),
        ({"zone": "x" * 41}, "zone"),
        ({"stop_addresses": ["192.0.2.80"] * 9}, "stop_addresses"),
        ({"primary": ""}, "primary"),
        ({"contact": "nobody"}, "contact"),
        ({"stop_addresses": ["stop.example.org"]}, "stop_addresses"),
        ({"canary": "shop.bad.example"}, "canary"),
        ({"canary": "canary.worse.example"}, "canary"),
    ],
)
def test_terms_that_make_no_zone_are_refused_by_name(terms, field: str):
    with pytest.raises(FormatRefused, match=f"{field}: "):
        made(**terms)


@pytest.mark.skipif(
    CHECKZONE is None and not REQUIRED, reason="NOT TESTED: named-checkzone (bind9-utils) is absent"
)
@pytest.mark.parametrize("stop", [STOP, STOP[:1], None])
def test_binds_own_checker_has_nothing_to_say(tmp_path: Path, stop):
    assert CHECKZONE, "HEARTHLINE_REQUIRE_RESOLVERS=1, and named-checkzone is not installed"
    many = [(f"n{number}.bad-{number % 7}.example", number % 3 == 0) for number in range(500)]
    path = tmp_path / "zone"
    path.write_bytes(made([*many, *NAMES], stop_addresses=stop))
    # `-i local`: no look-up leaves this machine; every other check is at its strictest.
    strict = [f"-{check}" for check in ("kfail", "mfail", "nfail", "rfail", "Mfail", "Sfail")]
    done = subprocess.run(  # noqa: S603 - a fixed program, our own file
        [CHECKZONE, "-i", "local", *strict, "block.example", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "zone block.example/IN: loaded serial 7\nOK\n"
