# SPDX-License-Identifier: Apache-2.0
"""`/v1/lookup`: many hashes at once, as JSON and as bare bytes."""

import struct
from pathlib import Path

import numpy as np
import pytest

from hearthline.kit.matching.banks import HashKind, KnownHash
from hearthline.matcher.recognition import now
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller

OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def known(caller: Caller) -> list[bytes]:
    """What the bank KNOWN holds; its entries are 1, 2, 3 …"""
    hashes = [make.a_hash(number) for number in range(20)]
    bank = caller.service.library.create_bank("KNOWN", by="Ada", at=now())
    rows = np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)
    # An addition gives ids in the order of the hashes.
    ids = bank.add_array(HashKind.PDQ, rows, source="s", by="Ada", at=now(), category="c1").ids
    return [hashes[place] for place in np.argsort(ids)]


def test_what_is_known_is_listed_by_its_place(caller: Caller, known: list[bytes]):
    asked = [make.a_hash(100), make.near(known[4], 5), make.a_hash(101), known[0]]
    answer = caller.post("/v1/lookup", json={"hashes": [one.hex() for one in asked]})
    near = {"bank": "KNOWN", "radius": 31, "disputed": False}
    assert answer.json() == {
        "kind": "pdq",
        "queries": 4,
        "known": [
            {"query": 1, "matches": [{**near, "entry": 5, "distance": 5}]},
            {"query": 3, "matches": [{**near, "entry": 1, "distance": 0}]},
        ],
        "announced": "",
    }


def test_ten_thousand_hashes_are_one_call(caller: Caller, known: list[bytes]):
    asked = np.random.default_rng(1).integers(0, 256, (10_000, 32), dtype=np.uint8)
    asked[9_999] = np.frombuffer(known[7], np.uint8)
    answer = caller.post("/v1/lookup", content=asked.tobytes(), headers=OCTETS).json()
    assert answer["queries"] == 10_000
    assert [one["query"] for one in answer["known"]] == [9_999]
    more = np.vstack([asked, asked[:1]])
    refused = caller.post("/v1/lookup", content=more.tobytes(), headers=OCTETS)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_rows_of_bytes_say_the_same_as_json(caller: Caller, known: list[bytes]):
    caller.service.library.bank("KNOWN").dispute([3], reason="seen anew", by="Bo", at=now())
    body = known[2] + make.a_hash(100) + make.near(known[5], 8)
    both = {**OCTETS, "Accept": "application/octet-stream"}
    answer = caller.post("/v1/lookup", content=body, headers=both)
    assert answer.headers["hearthline-banks"] == "KNOWN"
    rows = list(struct.iter_unpack("<IHBBQ", answer.content))
    assert rows == [(0, 0, 0, 1, 3), (2, 0, 8, 0, 6)]


def test_what_is_harmless_is_told_as_suppressed(caller: Caller, known: list[bytes]):
    library = caller.service.library
    harmless = library.create_bank("HARMLESS", by="Ada", at=now(), negative=True)
    harmless.add([KnownHash(HashKind.PDQ, known[0])], source="s", by="Ada", at=now())
    told = caller.post("/v1/lookup", json={"hashes": [known[0].hex()]}).json()["known"][0]
    assert told["matches"] == []
    assert told["suppressed"][0]["bank"] == "KNOWN"
    assert told["reason"] == "known to be harmless: bank HARMLESS, entry 1, 0 bits"
    both = {**OCTETS, "Accept": "application/octet-stream"}
    packed = caller.post("/v1/lookup", content=known[0], headers=both).content
    assert next(struct.iter_unpack("<IHBBQ", packed))[3] == 2


def test_details_are_told_on_request(caller: Caller, known: list[bytes]):
    asked = {"hashes": [known[0].hex()], "details": True, "banks": ["KNOWN"]}
    near = caller.post("/v1/lookup", json=asked).json()["known"][0]["matches"][0]
    assert (near["category"], near["sources"], near["confirmations"]) == ("c1", ["s"], 0)


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
def test_digests_are_looked_up_in_the_same_way(caller: Caller, kind: str):
    value = bytes(range(HashKind(kind).width))
    bank = caller.service.library.create_bank("FILES", by="Ada", at=now())
    bank.add([KnownHash(HashKind(kind), value)], source="s", by="Ada", at=now())
    asked = {"kind": kind, "hashes": ["00" * len(value), value.hex()]}
    assert [one["query"] for one in caller.post("/v1/lookup", json=asked).json()["known"]] == [1]
    packed = caller.post(f"/v1/lookup?kind={kind}", content=value, headers=OCTETS).json()
    assert packed["known"][0]["matches"][0]["distance"] == 0


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ({"hashes": []}, "hashes: at least one"),
        ({"hashes": ["ab"]}, "hashes.0: pdq has 64 digits"),
        ({"hashes": ["zz" * 32]}, "hashes: not all are hexadecimal digits"),
        ({"hashes": [" a" * 32]}, "hashes: not all are hexadecimal digits"),
        ({"hashes": ["ab" * 32], "kind": "tlsh"}, "kind: "),
        ({"hashes": ["ab" * 32], "wish": 1}, "wish: Extra inputs are not permitted"),
        ({"hashes": ["ab" * 32], "reference": "https://a.test/x"}, "reference: letters"),
        ({"hashes": "ab"}, "hashes: Input should be a valid array"),
    ],
)
def test_what_cannot_be_looked_up_is_refused_in_words(caller: Caller, asked: dict, detail: str):
    answer = caller.post("/v1/lookup", json=asked)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(detail)
    assert "abab" not in answer.text


def test_a_body_that_is_no_rows_is_refused(caller: Caller):
    assert caller.post("/v1/lookup", content=b"x" * 33, headers=OCTETS).status_code == 400
    assert caller.post("/v1/lookup?kind=x", content=b"x", headers=OCTETS).status_code == 400
    assert caller.post("/v1/lookup", content=b"not json").status_code == 400


def test_a_bank_that_is_not_there_is_named(caller: Caller):
    answer = caller.post("/v1/lookup", json={"hashes": ["ab" * 32], "banks": ["NOWHERE"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_bank")


def test_a_bank_that_cannot_be_read_is_an_error_and_never_silence(
    caller: Caller, known: list[bytes], folder: Path
):
    assert caller.post("/v1/lookup", json={"hashes": [known[0].hex()]}).json()["known"]
    for path in (folder / "banks" / "KNOWN" / "pdq").iterdir():
        if path.is_file():
            path.write_bytes(b"damaged")
    other = Caller(folder)
    try:
        answer = other.post("/v1/lookup", json={"hashes": [known[0].hex()]})
        assert answer.status_code == 503
        assert other.get("/status").status_code == 503
    finally:
        other.close()
