# SPDX-License-Identifier: Apache-2.0
"""A real Knot DNS, configured as documented, kept up to date by the feeder."""

import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hearthline.kit.dns.tsig import Key
from hearthline.kit.formats import rpz
from tests.resolvers import programs
from tests.resolvers.conftest import CANARY, KEY, ZONE, Country, need
from tests.resolvers.programs import HERE, Place, Program
from tests.resolvers.test_refusals import WRONG


@dataclass
class Knot:
    """The server, the list it is fed from, and the feeder's command."""

    country: Country
    server: Program

    def reload(self) -> None:
        """Loads the newest version from its zone file, as an operator does."""
        soa = 2_000_000_000 + self.country.serial
        names = rpz.in_order(self.country.names)
        parts = rpz.lines(names, self.country.policy, self.country.serial, soa_serial=soa)
        self.server.place.zone_file.write_bytes(b"".join(parts))

    def feed(self, key: Key = KEY) -> "subprocess.CompletedProcess[str]":
        key_file = self.server.place.folder / "feeder.key"
        key_file.touch(0o600)
        key_file.write_text(key.text())
        server = f"{HERE}@{self.server.port}#{key.name}"
        command = ["feed-knot", "--once", "--folder", str(self.country.folder), "--zone", ZONE]
        command += ["--canary", CANARY, "--stop-address", self.country.stop[0]]
        command += ["--key-file", str(key_file), "--server", server]
        return subprocess.run(
            [sys.executable, "-m", "hearthline.cli", "blocklist", *command],
            capture_output=True,
            text=True,
            check=False,
        )

    def has(self, name: str) -> set[str]:
        return self.server.says(f"{name}.{ZONE}")

    def serial(self) -> set[str]:
        return self.server.says(f"{CANARY}.{ZONE}", "TXT")


@pytest.fixture
def knot(tmp_path: Path) -> Iterator[Knot]:
    need("knotd")
    run = tmp_path / "run"
    run.mkdir()
    country = Country(tmp_path / "list", ["192.0.2.80"])
    country.publish()
    port = programs.free_port()
    place = Place(run, port, port, 0, "", b64encode(KEY.secret).decode())
    path = run / "knot.conf"
    path.write_text(programs.snippet("knot", place))
    found = shutil.which("knotd", path="/usr/sbin:/usr/local/sbin") or "knotd"
    made = Knot(country, Program([found, "-c", path], place, lambda: None))
    made.reload()
    made.server.start()
    try:
        made.server.soon(f"{CANARY}.{ZONE}", "TXT", {"hearthline-serial=1"})
        yield made
    finally:
        made.server.stop()


def test_what_changed_is_added_and_removed(knot: Knot):
    knot.country.names = [*knot.country.names[1:], ("new.example", True)]
    knot.country.publish()
    fed = knot.feed()
    assert (fed.returncode, "has serial 2" in fed.stderr) == (0, True), fed.stderr
    assert knot.serial() == {"hearthline-serial=2"}
    assert knot.has("new.example") == knot.has("below.new.example") == {"192.0.2.80"}
    assert knot.has("bad.example") == {"NXDOMAIN"}
    assert knot.has("worse.test") == {"192.0.2.80"}
    again = knot.feed()
    assert (again.returncode, again.stderr) == (0, "")


def test_many_names_are_fed_in_parts_over_missed_versions(knot: Knot):
    for serial in (2, 3):
        more = [(f"many{number}.of-{serial}.example", True) for number in range(1500)]
        knot.country.names += more
        knot.country.publish()
    knot.country.names = knot.country.names[1:]
    knot.country.publish()
    assert knot.feed().returncode == 0
    assert knot.serial() == {"hearthline-serial=4"}
    for name in ("many0.of-2.example", "many1499.of-3.example"):
        assert knot.has(name) == {"192.0.2.80"}
    assert knot.has("bad.example") == {"NXDOMAIN"}


def test_after_a_gap_the_feeder_says_what_to_do_and_a_reload_heals(knot: Knot):
    for _ in range(2):
        knot.country.names = knot.country.names[1:]
        knot.country.publish()
    shutil.rmtree(knot.country.folder / "versions" / "2")
    said = knot.feed()
    assert (said.returncode, "load the zone anew" in said.stderr) == (1, True), said.stderr
    assert knot.serial() == {"hearthline-serial=1"}
    knot.reload()
    knot.server.hang_up()
    knot.server.soon(f"{CANARY}.{ZONE}", "TXT", {"hearthline-serial=3"})
    knot.country.publish()
    assert knot.feed().returncode == 0
    assert knot.serial() == {"hearthline-serial=4"}


def test_a_wrong_key_feeds_nothing(knot: Knot):
    knot.country.names = knot.country.names[1:]
    knot.country.publish()
    said = knot.feed(WRONG)
    assert (said.returncode, "NOTAUTH" in said.stderr) == (1, True), said.stderr
    assert knot.has("bad.example") == {"192.0.2.80"}
