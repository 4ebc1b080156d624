# SPDX-License-Identifier: Apache-2.0
"""No address of a visitor is kept anywhere: real programs, many visits, then every byte read."""

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from hearthline.hub.demo.check import receipt_in
from hearthline.hub.demo.visitor import Visitor
from hearthline.hub.demo.world import World, free_ports
from hearthline.kit.sealing import new_receipt

# As a proxy of ours would tell them, and one that only a forged part of the header names.
ADDRESSES = ("192.0.2.77", "2001:db8::77")
FORGED = "198.51.100.99"
REPORTS, TRIES = 12, 33
# What somebody wanted to open who was led to the stop page instead.
BLOCKED = "zqmarigold-blocked.test"


class Watched(World):
    """A world behind one proxy whose programs write what they say into one file."""

    def environment(self, program: str = "all") -> dict[str, str]:
        return {**super().environment(program), "HEARTHLINE_TRUSTED_PROXIES": "1"}

    @property
    def log(self) -> Path:
        return self.folder / "programs.log"


@pytest.fixture
def world(prepared: Path) -> Iterator[Watched]:
    with tempfile.TemporaryDirectory(prefix="hearthline-address-") as folder:
        made = Watched(Path(folder), free_ports())
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        with made.log.open("wb") as log:
            for door in ("public", "desk"):
                made.running[door] = subprocess.Popen(
                    [sys.executable, "-m", "hearthline.cli", "serve", door],
                    env=made.environment(), stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            try:
                for door in ("public", "desk"):
                    _answers(made.url(door))
                yield made
            finally:
                made.stop()


def _answers(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert time.monotonic() < until, f"{url} does not answer"
            time.sleep(0.1)
        else:
            return


def visitor(address: str) -> Visitor:
    """A browser whose address our proxy tells, behind a part of the header that it forged."""
    made = Visitor()
    made._opener.addheaders.append(("X-Forwarded-For", f"{FORGED}, {address}"))
    return made


def report(world: Watched, address: str) -> str:
    """Tell a few words and press Send; the receipt."""
    child = visitor(address)
    page = child.get(world.url("public", "/report/start/child/"))
    page = child.send(page, page.form("kind"), kind="grooming")
    page = child.get(world.url("public", "/report/words/"))
    child.send(page, page.form("words"), words="They ask me for things I do not want.")
    page = child.get(world.url("public", "/report/send/"))
    return receipt_in(child.send(page, page.form(action="")))


def guess(world: Watched, address: str) -> list[int]:
    """Receipts nobody has, until the door asks to wait."""
    stranger = visitor(address)
    page = stranger.get(world.url("public", "/receipt/"))
    form = page.form("receipt")
    return [stranger.send(page, form, receipt=new_receipt()).status for _ in range(TRIES)]


def spelt(address: str) -> list[bytes]:
    """Every way it could have been written: as text, as digits, as bytes, as its network."""
    packed = ip_address(address).packed
    found = [address.encode(), ip_address(address).exploded.encode(), packed.hex().encode()]
    return [*found, packed, packed[:7], packed[:7].hex().encode()] if len(packed) > 4 else found


@pytest.mark.world
def test_no_address_of_a_visitor_is_anywhere_on_the_disk(world: Watched) -> None:
    for address in ADDRESSES:
        for _ in range(REPORTS):
            assert len(receipt_digits(report(world, address))) == 16
        statuses = guess(world, address)
        # The network was counted: it was told to wait.
        assert statuses[0] == 200
        assert 429 in statuses
        for _ in range(REPORTS):
            wanted = f"/stopped/?address=http://{BLOCKED}/page"
            assert visitor(address).get(world.url("public", wanted)).status == 451
    # What goes wrong is said in the log, so the log is not empty for a good reason only.
    visitor(ADDRESSES[0]).get(world.url("public", "/no-such-page/"))
    world.run("-m", "hearthline.cli", "worker", "--once")
    export = world.folder / "audit-export.txt"
    world.run("-m", "hearthline.cli", "audit", "export", str(export))
    assert export.stat().st_size > 10_000
    assert b"Not Found" in world.log.read_bytes()
    # But not when somebody met the stop page.
    assert b"stopped" not in world.log.read_bytes()

    files = {path: path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}
    names = {path.name for path in files}
    assert {"hearthline.sqlite3", "hearthline.sqlite3-wal", "programs.log"} <= names
    for path, content in files.items():
        for address in (*ADDRESSES, FORGED):
            for trace in spelt(address):
                assert trace not in content, (path.name, trace)
        assert BLOCKED.encode() not in content, path.name
        # Four bytes may come up once in what is sealed; kept addresses would come up each time.
        for address in (ADDRESSES[0], FORGED):
            assert content.count(ip_address(address).packed) < 3, path.name


def receipt_digits(receipt: str) -> str:
    return "".join(character for character in receipt if character.isdigit())
