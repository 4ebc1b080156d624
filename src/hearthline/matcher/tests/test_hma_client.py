# SPDX-License-Identifier: Apache-2.0
"""A client written for HMA goes through all it does, without a change."""

import time

import pytest

from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller
from hearthline.matcher.tests.hma_client import HmaClient, HmaError


class Session:
    """The caller in the shape such clients hold."""

    def __init__(self, caller: Caller) -> None:
        self.request = caller.call


@pytest.fixture
def client(caller: Caller) -> HmaClient:
    client = HmaClient(Session(caller), "http://matcher.test/")
    client.ensure_bank("KNOWN")
    return client


def test_it_is_alive(client: HmaClient):
    assert client.alive()


def test_a_picture_is_banked_and_recognised_smaller_and_recompressed(client: HmaClient):
    content = client.bank_file("KNOWN", make.a_file(1))
    again = make.as_file(make.a_picture(1).resize((200, 150)), "JPEG")
    assert client.match_file(again) == {"pdq": {"KNOWN": [content]}}
    assert client.match_file(make.a_file(2)) == {"pdq": {}}


def test_hashes_of_files_are_those_that_are_banked(client: HmaClient):
    hashed = client.hash_file(make.a_file(1))
    content = client.bank_file("KNOWN", make.a_file(1))
    assert list(hashed) == ["pdq"]
    assert len(hashed["pdq"]) == 64
    assert client.content("KNOWN", content)["signals"] == hashed
    assert client.match_hash(hashed["pdq"]) == {
        "KNOWN": [{"bank_content_id": content, "distance": "0"}]
    }


def test_a_video_is_known_by_its_md5(client: HmaClient):
    hashed = client.hash_file(b"not really a film", "video")
    content = client.bank_hash("KNOWN", hashed)
    assert list(hashed) == ["video_md5"]
    assert client.match_hash(hashed["video_md5"], "video_md5") == {
        "KNOWN": [{"bank_content_id": content, "distance": "-"}]
    }


def test_one_content_has_several_signals(client: HmaClient):
    signals = {"pdq": make.a_hash(1).hex(), "video_md5": "ab" * 16}
    content = client.bank_hash("KNOWN", signals)
    assert client.content("KNOWN", content)["signals"] == signals
    assert client.remove("KNOWN", content) == 1
    assert client.match_hash(signals["pdq"]) == {}
    assert client.match_hash(signals["video_md5"], "video_md5") == {}


def test_raw_lookups_tell_numbers_that_no_two_banks_share(client: HmaClient):
    client.ensure_bank("OTHER")
    value = make.a_hash(1)
    first = client.bank_hash("KNOWN", {"pdq": value.hex()})
    second = client.bank_hash("OTHER", {"pdq": make.near(value, 4).hex()})
    assert first != second
    assert client.raw(value.hex()) == {first: 0, second: 4}
    assert client.content("OTHER", second)["bank"]["name"] == "OTHER"
    with pytest.raises(HmaError, match=r"404: content .* not found"):
        client.content("KNOWN", second)


def test_what_is_paused_is_not_matched_but_told_raw(client: HmaClient):
    value = make.a_hash(1).hex()
    content = client.bank_hash("KNOWN", {"pdq": value})
    client.pause("KNOWN", content, int(time.time()) + 3600)
    assert client.match_hash(value) == {}
    assert client.raw(value) == {content: 0}
    client.pause("KNOWN", content, 0)
    assert list(client.match_hash(value)) == ["KNOWN"]


def test_two_hashes_are_compared(client: HmaClient):
    value = make.a_hash(1)
    assert client.distance(value.hex(), make.near(value, 9).hex()) == 9


def test_the_index_grows_at_once(client: HmaClient):
    assert client.index_size() == 0
    for number in range(3):
        client.bank_hash("KNOWN", {"pdq": make.a_hash(number).hex()})
    assert client.index_size() == 3


def test_errors_come_as_messages(client: HmaClient):
    with pytest.raises(HmaError, match="400: invalid pdq signal: 4 digits, pdq has 64"):
        client.match_hash("abcd")
    with pytest.raises(HmaError, match="400: No such SignalType 'tlsh'"):
        client.match_hash("ab" * 32, "tlsh")
    with pytest.raises(HmaError, match="404: bank 'NOWHERE' not found"):
        client.bank_hash("NOWHERE", {"pdq": make.a_hash(1).hex()})
