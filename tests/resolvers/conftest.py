# SPDX-License-Identifier: Apache-2.0
"""A country's list, its primary, and a resolver that follows it."""

import ipaddress
import os
import shutil
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hearthline.kit.dns import tsig, wire, write_version
from hearthline.kit.dns.answering import Access, Answers
from hearthline.kit.dns.editions import Editions
from hearthline.kit.dns.notifying import Notifier, Target
from hearthline.kit.dns.primary import Primary
from hearthline.kit.dns.wire import Kind
from hearthline.kit.formats import rpz
from tests.resolvers import programs
from tests.resolvers.authority import Authority
from tests.resolvers.programs import HERE, Place, Program

REQUIRED = os.environ.get("HEARTHLINE_REQUIRE_RESOLVERS") == "1"
NEEDS = {"bind": "named", "unbound": "unbound", "pdns": "pdns_recursor", "kresd": "kresd"}
ZONE, CANARY = "block.example", "canary.example.org"
KEY = tsig.Key("isp.example", b"0123456789abcdef0123456789abcdef")
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LISTED = [("bad.example", False), ("worse.test", True), ("deep.host.test", False)]
# Enough beside them that a change is a small part, and transfers are incremental.
OTHERS = [(f"filler{number}.invalid", True) for number in range(300)]


def installed(program: str) -> bool:
    """Whether the program is there. Fails where it must be."""
    there = bool(shutil.which(program) or shutil.which(program, path="/usr/sbin"))
    assert there or not REQUIRED, f"HEARTHLINE_REQUIRE_RESOLVERS=1, and {program} is not installed"
    return there


def need(program: str) -> None:
    """Skips, loudly, where a program is not installed."""
    if not installed(program):
        pytest.skip(f"NOT TESTED: {program} is not installed (Debian's package, see docs)")


class Seen(Answers):
    """Answers that remember which whole and which incremental transfers were asked for."""

    transfers: list[str]

    def to(self, message: bytes, address: str, *, over_tcp: bool) -> Iterator[bytes]:
        kind = wire.read(message).kind
        if over_tcp and kind in (Kind.AXFR, Kind.IXFR):
            self.transfers.append(Kind(kind).name)
        return super().to(message, address, over_tcp=over_tcp)


@dataclass
class Country:
    """The list as it changes: `publish` writes the next version. `transfers` were asked for."""

    folder: Path
    stop: list[str]
    names: list[tuple[str, bool]] = field(default_factory=lambda: [*LISTED, *OTHERS])
    serial: int = 0
    transfers: list[str] = field(default_factory=list)

    @property
    def policy(self) -> rpz.Policy:
        return rpz.policy(zone=ZONE, canary=CANARY, stop_addresses=self.stop)

    def publish(self, zone_file: Path | None = None) -> None:
        self.serial += 1
        write_version(self.folder, self.serial, self.names, AT)
        if zone_file is not None:
            part = zone_file.with_suffix(".part")
            part.write_bytes(
                b"".join(rpz.lines(rpz.in_order(self.names), self.policy, self.serial))
            )
            part.replace(zone_file)

    @contextmanager
    def served(self, *, keyless: bool, notify: int) -> Iterator[Primary]:
        held = Editions(self.folder, self.policy, self.folder / "served.json")
        access = Access({KEY.name: KEY}, LOOPBACK, LOOPBACK if keyless else [])
        answers = Seen(ZONE, lambda: held.current, access, time.time)
        answers.transfers = self.transfers
        notifier = Notifier(ZONE, [Target(HERE, notify)], time.time, lambda _text: None)
        with Primary(held, answers, notifier, address=(HERE, 0), tell=lambda _t: None) as primary:
            yield primary


@dataclass
class Followed:
    """A resolver that follows a list, by transfer or by file."""

    country: Country
    resolver: Program
    authority: Authority
    way: str

    def publish(self, names: list[tuple[str, bool]]) -> None:
        self.country.names = names
        by_file = self.way == "file"
        self.country.publish(self.resolver.place.zone_file if by_file else None)
        if by_file:
            self.resolver.reread()

    def ready(self) -> None:
        """Waits for the canary to tell the newest serial."""
        told = f"{rpz.SERIAL_MARK}{self.country.serial}"
        self.resolver.soon(CANARY, "TXT", {told})


@contextmanager
def following(
    name: str, way: str, folder: Path, stop: list[str], key: tsig.Key = KEY
) -> Iterator[Followed]:
    """The resolver of that name, started; ended with all it needs."""
    need(NEEDS[name])
    (folder / "list").mkdir()
    (folder / "run").mkdir()
    country = Country(folder / "list", stop)
    port = programs.free_port()
    zone_file = folder / "run" / "rpz.zone"
    country.publish(zone_file if way == "file" else None)
    keyless = name == "unbound"
    with Authority() as authority, country.served(keyless=keyless, notify=port) as primary:
        secret = b64encode(key.secret).decode()
        place = Place(folder / "run", port, primary.port, authority.port, key.text(), secret)
        resolver = getattr(programs, name)(way, place)
        try:
            resolver.start()
            yield Followed(country, resolver, authority, way)
        finally:
            resolver.stop()
