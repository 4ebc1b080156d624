# SPDX-License-Identifier: Apache-2.0
"""Updates as dnspython reads them: what must be there, what goes, what comes."""

from pathlib import Path

import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.update
import pytest

from hearthline.kit.dns import versions
from hearthline.kit.dns.tests import make
from hearthline.kit.dns.updating import Feeder, Server


@pytest.fixture
def feeder() -> Feeder:
    return Feeder(make.policy(), Server("127.0.0.1", 1, make.KEY), lambda: make.NOW)


def updates(feeder: Feeder, folder: Path) -> list[dns.update.UpdateMessage]:
    newest = versions.newest(folder)
    assert newest is not None
    steps = list(versions.chain(folder, newest))[::-1]
    messages = feeder.messages(steps[0].previous, newest.serial, steps)
    return [dns.message.from_wire(message) for message in messages]


def said(section) -> list[str]:
    return [" ".join(rrset.to_text().split()) for rrset in section]


def test_a_change_is_one_message_that_asks_for_the_serial_before(feeder: Feeder, tmp_path: Path):
    make.written(tmp_path, 1, [("old.example", True)])
    make.written(tmp_path, 2, [("new.example", False)])
    (update,) = updates(feeder, tmp_path)
    canary = f"{make.CANARY}.{make.ZONE}."
    assert said(update.prerequisite) == [f'{canary} 0 IN TXT "hearthline-serial=1"']
    assert said(update.update) == [
        "old.example.block.example. ANY ANY",
        "*.old.example.block.example. ANY ANY",
        "new.example.block.example. 60 IN A 192.0.2.80",
        "new.example.block.example. 60 IN AAAA 2001:db8::80",
        f"{canary} ANY TXT",
        f'{canary} 60 IN TXT "hearthline-serial=2"',
    ]


def test_a_large_change_is_many_messages_and_the_canary_is_the_last(feeder: Feeder, tmp_path: Path):
    make.written(tmp_path, 1, [])
    make.written(tmp_path, 2, [(f"new{number}.example", True) for number in range(2000)])
    found = updates(feeder, tmp_path)
    assert len(found) > 3
    changing = [make.CANARY in " ".join(said(update.update)) for update in found]
    assert changing == [False] * (len(found) - 1) + [True]
    assert all(update.prerequisite for update in found)
    assert sum(len(rrset) for update in found for rrset in update.update) == 2000 * 4 + 1


def test_versions_that_were_missed_are_sent_in_turn(feeder: Feeder, tmp_path: Path):
    make.written(tmp_path, 1, [])
    make.written(tmp_path, 2, [("came.example", False)])
    make.written(tmp_path, 3, [])
    (update,) = updates(feeder, tmp_path)
    assert said(update.prerequisite)[0].endswith('"hearthline-serial=1"')
    assert [line.split(".")[0] for line in said(update.update)][:3] == ["came"] * 3
    assert said(update.update)[2] == "came.example.block.example. ANY ANY"
