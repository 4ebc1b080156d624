# SPDX-License-Identifier: Apache-2.0
"""Without the key there is no list: neither for dig nor for a resolver."""

import re
import subprocess
import time
from base64 import b64encode
from pathlib import Path

import pytest

from hearthline.kit.dns.tsig import Key
from tests.resolvers.conftest import CANARY, KEY, ZONE, Country, following, need
from tests.resolvers.programs import HERE

WRONG = Key(KEY.name, b"another secret of 32 bytes, alas")
STRANGER = Key("stranger.example", KEY.secret)


def dig(port: int, kind: str, key: Key | None) -> str:
    signed = []
    if key is not None:
        signed = ["-y", f"hmac-sha256:{key.name}:{b64encode(key.secret).decode()}"]
    command = ["dig", f"@{HERE}", "-p", str(port), "+time=2", "+tries=1", *signed, ZONE, kind]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def country(tmp_path: Path) -> Country:
    need("dig")
    made = Country(tmp_path, ["192.0.2.80"])
    made.names += [(f"more{number}.invalid", True) for number in range(2000)]
    made.publish()
    made.names = made.names[:-1]
    made.publish()
    return made


def test_dig_with_the_key_verifies_every_message(country: Country):
    with country.served(keyless=False, notify=1) as primary:
        whole = dig(primary.port, "AXFR", KEY)
        changes = dig(primary.port, "IXFR=1", KEY)
    assert re.search(r"XFR size: \d+ records", whole)
    assert re.search(rf'{CANARY}\.{ZONE}\.\s+60\s+IN\s+TXT\s+"hearthline-serial=2"', whole)
    assert int(re.findall(r"records \(messages (\d+)", whole)[0]) > 1
    assert "verify" not in whole + changes
    serials = re.findall(r"IN\s+SOA\s+localhost\. hostmaster\.localhost\. (\d)", changes)
    assert serials == ["2", "1", "2", "2"]


@pytest.mark.parametrize("kind", ["AXFR", "IXFR=1", "SOA"])
@pytest.mark.parametrize("key", [None, WRONG, STRANGER], ids=["none", "wrong", "unknown"])
def test_dig_without_the_key_gets_no_record(country: Country, kind: str, key: Key | None):
    with country.served(keyless=False, notify=1) as primary:
        said = dig(primary.port, kind, key)
    assert re.search(r"Transfer failed|status: (REFUSED|NOTAUTH)", said)
    assert re.findall(r"IN[ \t]+(SOA|A|TXT)[ \t]+\S", said) == []
    assert "bad.example" not in said


@pytest.mark.parametrize(
    ("name", "complaint"), [("bind", "tsig indicates error"), ("pdns", "Unable to load RPZ")]
)
def test_a_resolver_with_a_wrong_key_never_has_the_list(tmp_path: Path, name: str, complaint: str):
    with following(name, "transfer", tmp_path, ["192.0.2.80"], WRONG) as followed:
        resolver = followed.resolver
        resolver.soon("ordinary.example", "A", {"198.51.100.1"})
        until = time.monotonic() + 5
        while not re.search(complaint, resolver.log()):
            assert time.monotonic() < until, resolver.log()
            time.sleep(0.05)
        assert resolver.says("bad.example") == {"198.51.100.1"}
        assert resolver.says(CANARY, "TXT") == set()
