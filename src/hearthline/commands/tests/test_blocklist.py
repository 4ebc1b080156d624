# SPDX-License-Identifier: Apache-2.0
"""hearthline blocklist: serve the list, write it, make keys and check what was handed out."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import dns.message
import dns.query
import dns.tsig
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hearthline.commands.blocklist import _parser
from hearthline.commands.tests.conftest import Call
from hearthline.kit.blocking import ListVersion, manifest
from hearthline.kit.dns import tsig, write_version
from hearthline.kit.formats import rpz

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
NAMES = [("bad.example", False), ("worse.example", True)]
ZONE = ("--zone", "block.example", "--canary", "canary.example.org", "--stop-address", "192.0.2.80")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_version(tmp_path / "list", 4, NAMES, AT)
    return tmp_path / "list"


@pytest.fixture
def key_file(tmp_path: Path, call: Call) -> Path:
    path = tmp_path / "keys"
    path.write_text(call("blocklist", "new-key", "isp.example").out)
    path.chmod(0o600)
    return path


def test_the_list_is_served_until_the_service_is_stopped(folder: Path, key_file: Path):
    command = ("blocklist", "serve-dns", "--folder", folder, *ZONE, "--key-file", key_file)
    serving = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "hearthline.cli", *command, "--listen", "127.0.0.1@0"],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        text=True,
    )
    try:
        assert serving.stderr is not None
        assert "serves serial 4, 2 names." in serving.stderr.readline()
        told = serving.stderr.readline()
        found = re.search(r"block\.example is served on 127\.0\.0\.1@(\d+)\.", told)
        assert found, told
        (key,) = tsig.read_keys(key_file).values()
        asked = dns.message.make_query("block.example", "SOA")
        asked.use_tsig(dns.tsig.Key(key.name, key.secret, "hmac-sha256"))
        answer = dns.query.udp(asked, "127.0.0.1", port=int(found[1]), timeout=5)
        assert answer.answer[0][0].serial == 4
        began = time.monotonic()
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(5) == 0
        assert time.monotonic() - began < 3
    finally:
        serving.kill()
        serving.communicate()


def test_the_zone_file_is_that_of_the_newest_version(folder: Path, call: Call):
    said = call("blocklist", "zone-file", "--folder", folder, *ZONE)
    terms = {"zone": "block.example", "canary": "canary.example.org"}
    expected = rpz.zone_file(NAMES, serial=4, stop_addresses=["192.0.2.80"], **terms)
    assert (said.code, said.out.encode()) == (0, expected)


def test_a_new_key_is_one_both_ends_read(call: Call):
    said = call("blocklist", "new-key", "ISP.example")
    assert list(tsig.keys_in(said.out)) == ["isp.example"]
    assert call("blocklist", "new-key", "no name").code == 1


@pytest.mark.parametrize(
    ("more", "code", "reason"),
    [
        (("--notify", "resolver.example"), 2, "is no ADDRESS"),
        (("--notify", "192.0.2.1@70000"), 2, "ports end"),
        (("--notify", "192.0.2.1#other"), 2, "no key other"),
        (("--allow", "192.0.2.1/24"), 2, "write networks as"),
        (("--keyless", "everybody"), 2, "write networks as"),
        (("--ttl", "0"), 1, "1 to 86400"),
        (("--stop-address", "stop.example"), 1, "IPv4 or IPv6"),
        (("--canary", "worse.example"), 1, "lists the canary"),
    ],
)
def test_a_call_that_cannot_be_served_says_why(
    folder: Path, key_file: Path, call: Call, more: tuple[str, str], code: int, reason: str
):
    said = call(
        *("blocklist", "serve-dns", "--folder", folder, *ZONE, "--key-file", key_file),
        *("--listen", "127.0.0.1@0", *more),
    )
    assert (said.code, reason in said.errors) == (code, True), said.errors
    assert "Traceback" not in said.errors


def test_without_a_folder_or_keys_nothing_is_served(tmp_path: Path, folder: Path, call: Call):
    served = ("blocklist", "serve-dns", *ZONE, "--folder")
    said = call(*served, folder, "--key-file", tmp_path / "none")
    assert (said.code, "No such file" in said.errors) == (1, True)
    key = tmp_path / "keys"
    key.write_text(tsig.new_key("isp").text())
    key.chmod(0o644)
    said = call(*served, folder, "--key-file", key)
    assert (said.code, "chmod 640" in said.errors) == (1, True)
    key.chmod(0o640)
    said = call(*served, tmp_path / "none", "--key-file", key)
    assert (said.code, "is no folder" in said.errors) == (2, True)
    said = call("blocklist", "zone-file", "--folder", tmp_path / "none", *ZONE)
    assert (said.code, "holds no version" in said.errors) == (2, True)


def test_the_calls_of_the_operators_page_are_understood():
    page = Path(__file__).resolve().parents[4] / "docs" / "dns-blocking.md"
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    text = re.sub(r"\$\(.*?\)", "1", "\n".join(blocks).replace("\\\n", " "))
    calls = [shlex.split(call) for call in re.findall(r"hearthline blocklist ([^>&\n]*)", text)]
    assert {call[0] for call in calls} == {
        *("serve-dns", "zone-file", "feed-knot", "new-key", "check-manifest")
    }
    for call in calls:
        assert _parser().parse_args(call).name == call[0]


class Published:
    """A version as an ISP gets it: a manifest and a zone file."""

    def __init__(self, folder: Path) -> None:
        key = Ed25519PrivateKey.generate()
        self.public = b64encode(key.public_key().public_bytes_raw()).decode()
        self.zone, self.manifest = folder / "rpz.zone", folder / "manifest.json"
        self.zone.write_bytes(b"$ORIGIN block.example.\n")
        outputs = {"rpz.zone": self.zone.read_bytes()}
        self.manifest.write_bytes(manifest(ListVersion(4, AT, ()), outputs, key))


@pytest.fixture
def published(tmp_path: Path) -> Published:
    return Published(tmp_path)


def checked(call: Call, published: Published, *more: object):
    files = (published.manifest, published.zone)
    return call("blocklist", "check-manifest", *files, "--public-key", published.public, *more)


def test_what_was_handed_out_is_checked(call: Call, published: Published):
    said = checked(call, published, "--last-serial", 4)
    assert (said.code, said.out) == (
        0,
        "version 4 of 2026-01-05T09:00:00.000000+00:00: 0 entries.\n",
    )


def test_an_older_version_a_changed_file_and_another_key_are_refused(
    call: Call, published: Published
):
    said = checked(call, published, "--last-serial", 5)
    assert (said.code, "keep what you have" in said.errors) == (1, True)
    published.zone.write_bytes(b"$ORIGIN other.example.\n")
    said = checked(call, published)
    assert (said.code, "is not the rpz.zone of version 4" in said.errors) == (1, True)
    published.public = b64encode(
        Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    ).decode()
    said = checked(call, published)
    assert (said.code, "signature" in said.errors) == (1, True)
    published.public = "nonsense"
    assert checked(call, published).code == 2
