# SPDX-License-Identifier: Apache-2.0
"""A small list, its folder, and dnspython as a client that shares no code with ours."""

import ipaddress
from datetime import UTC, datetime
from pathlib import Path

import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.zone

from hearthline.kit.dns import tsig, write_version
from hearthline.kit.dns.answering import Access, Answers
from hearthline.kit.dns.editions import Editions
from hearthline.kit.formats import rpz

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = 1_767_603_600.0  # the same moment
ZONE = "block.example"
CANARY = "canary.example.org"
STOP = ["192.0.2.80", "2001:db8::80"]
KEY = tsig.Key("isp.example", b"k" * 32)
OTHER_KEY = tsig.Key("stranger.example", b"s" * 32)
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
NAMES = [(f"n{number}.example", number % 2 == 0) for number in range(40)]
Records = set[tuple[str, str, str]]


def policy(**terms) -> rpz.Policy:
    return rpz.policy(**{"zone": ZONE, "canary": CANARY, "stop_addresses": STOP} | terms)


def written(folder: Path, serial: int = 1, names=NAMES) -> None:
    write_version(folder, serial, names, AT)


def editions(folder: Path, **terms) -> Editions:
    return Editions(folder, policy(**terms), folder / "served.json")


def answers(held: Editions, *, keyless: bool = False, now: float = NOW) -> Answers:
    access = Access({KEY.name: KEY}, LOOPBACK, LOOPBACK if keyless else [])
    return Answers(held.policy.zone, lambda: held.current, access, lambda: now)


def query(kind: str = "SOA", *, key: tsig.Key | None = KEY, name: str = ZONE, serial=None, at=NOW):
    """A query, and its bytes; signed at that time."""
    asked = dns.message.make_query(name, kind, use_edns=True)
    if serial is not None:
        soa = f"{name}. 0 IN SOA . . {serial} 0 0 0 0".split(" ", 4)
        asked.authority.append(dns.rrset.from_text(soa[0], 0, "IN", "SOA", soa[4]))
    if key is not None:
        asked.use_tsig(dns.tsig.Key(key.name, key.secret, "hmac-sha256"))
        # dnspython takes the time from the system's clock; ours is fixed.
        with at_time(at):
            return asked, asked.to_wire()
    return asked, asked.to_wire()


class at_time:  # noqa: N801
    """dnspython's clock stands at a moment."""

    def __init__(self, moment: float) -> None:
        self._moment = moment

    def __enter__(self) -> None:
        self._time = dns.message.time
        dns.message.time = self  # type: ignore[assignment]

    def __exit__(self, *_exception: object) -> None:
        dns.message.time = self._time

    def time(self) -> float:
        return self._moment


def read(asked: dns.message.Message, messages: list[bytes]) -> list[dns.message.Message]:
    """The answers, as dnspython reads and verifies them."""
    found: list[dns.message.Message] = []
    context = None
    with at_time(NOW):
        for message in messages:
            answer = dns.message.from_wire(
                message,
                keyring=asked.keyring,
                request_mac=asked.mac,
                xfr=True,
                tsig_ctx=context,
                multi=len(messages) > 1,
                one_rr_per_rrset=True,
            )
            context = answer.tsig_ctx
            assert answer.had_tsig == (asked.keyring is not None)
            found.append(answer)
    return found


def rows(answers: list[dns.message.Message]) -> list[tuple[str, str, str]]:
    """The records of the answers in order: owner below the zone, type, data."""
    zone = dns.name.from_text(ZONE)
    return [
        (
            str(rrset.name.relativize(zone)),
            dns.rdatatype.to_text(rrset.rdtype),
            rrset[0].to_text().strip('"'),
        )
        for answer in answers
        for rrset in answer.answer
    ]


def from_file(names, serial: int, **terms) -> Records:
    """The records of the zone file of the same list: what a transfer must bring."""
    text = rpz.zone_file(
        names,
        serial=serial,
        **{"zone": ZONE, "canary": CANARY, "stop_addresses": STOP} | terms,
    )
    zone = dns.zone.from_text(text.decode(), origin=ZONE, relativize=True)
    origin = dns.name.from_text(ZONE)
    return {
        (
            str(name),
            dns.rdatatype.to_text(data.rdtype),
            data.to_text(origin=origin, relativize=False).strip('"'),
        )
        for name, _ttl, data in zone.iterate_rdatas()
    }
