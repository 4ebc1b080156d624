# SPDX-License-Identifier: Apache-2.0
"""`/v1/hash` and `/v1/hash-and-match`: a file in, hashes and matches out."""

import hashlib

import numpy as np
import pdqhash
import pytest
from PIL import Image

from hearthline.kit.matching.banks import HashKind, KnownHash
from hearthline.matcher.recognition import now
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller


@pytest.fixture
def known(caller: Caller, bank: str) -> bytes:
    content = make.a_file(1)
    caller.post(f"/c/bank/{bank}/content", files={"photo": ("a", content)})
    return content


def test_a_file_gets_all_its_hashes(caller: Caller):
    content = make.a_file(1)
    told = caller.post("/v1/hash", content=content).json()
    bits, quality = pdqhash.compute(np.asarray(make.a_picture(1)))
    assert told["picture"]["pdq"] == np.packbits(bits).tobytes().hex()
    assert (told["picture"]["quality"], told["picture"]["exact"]) == (quality, True)
    assert told["digests"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert caller.post("/v1/hash", files={"photo": ("a", content)}).json() == told


def test_hashes_and_matches_come_in_one_answer(caller: Caller, known: bytes):
    told = caller.post("/v1/hash-and-match", content=known).json()
    assert told["matches"] == [
        {
            "bank": "KNOWN",
            "entry": 1,
            "distance": 0,
            "radius": 31,
            "disputed": False,
            "kind": "pdq",
            "view": "as_it_is",
        }
    ]
    assert (told["suppressed"], told["reason"]) == ([], "")
    assert told["picture"]["pdq"]


def test_a_turned_picture_is_recognised_where_it_is_asked_for(caller: Caller, known: bytes):
    turned = make.as_file(make.a_picture(1).transpose(Image.Transpose.ROTATE_90))
    assert caller.post("/v1/hash-and-match", content=turned).json()["matches"] == []
    told = caller.post("/v1/hash-and-match?dihedral=true", content=turned).json()
    assert [one["view"] for one in told["matches"]] == ["turned_270"]
    assert len(told["picture"]["views"]) == 8


def test_a_negative_is_recognised_where_it_is_asked_for(caller: Caller, known: bytes):
    negative = make.as_file(Image.eval(make.a_picture(1), lambda value: 255 - value))
    told = caller.post("/v1/hash-and-match?negative=true", content=negative).json()
    assert [one["view"] for one in told["matches"]] == ["as_it_is_negative"]


def test_the_fast_way_finds_it_too(caller: Caller, known: bytes):
    photograph = make.as_file(make.a_picture(1).resize((2048, 1536)), "JPEG")
    told = caller.post("/v1/hash-and-match?fast=true", content=photograph).json()
    assert told["picture"]["exact"] is False
    assert [one["entry"] for one in told["matches"]] == [1]


def test_a_file_that_is_no_picture_is_known_by_its_bytes(caller: Caller, bank: str):
    content = b"not a picture, and known all the same"
    digest = KnownHash(HashKind.SHA1, hashlib.sha1(content, usedforsecurity=False).digest())
    caller.service.library.bank(bank).add([digest], source="s", by="Ada", at=now())
    told = caller.post("/v1/hash-and-match", content=content).json()
    assert told["picture"] is None
    assert told["not_hashed"]["code"] == "not_an_image"
    assert [(one["kind"], one["view"]) for one in told["matches"]] == [("sha1", "bytes")]


def test_a_file_known_to_be_harmless_has_no_match(caller: Caller, known: bytes):
    library = caller.service.library
    harmless = library.create_bank("HARMLESS", by="Ada", at=now(), negative=True)
    value = caller.post("/v1/hash", content=known).json()["picture"]["pdq"]
    pdq = KnownHash(HashKind.PDQ, bytes.fromhex(value))
    harmless.add([pdq], source="s", by="Ada", at=now())
    told = caller.post("/v1/hash-and-match", content=known).json()
    assert told["matches"] == []
    assert [one["bank"] for one in told["suppressed"]] == ["KNOWN"]
    assert told["reason"].startswith("known to be harmless: bank HARMLESS")


def test_a_picture_of_little_detail_says_so_and_matches_nothing(caller: Caller):
    told = caller.post("/v1/hash-and-match", content=make.a_blank_file()).json()
    assert (told["picture"]["good"], told["matches"]) == (False, [])


def test_an_empty_body_is_refused(caller: Caller):
    answer = caller.post("/v1/hash", content=b"")
    assert (answer.status_code, answer.json()["code"]) == (400, "empty")


def test_a_form_holds_one_file(caller: Caller):
    files = [("photo", ("a", b"1")), ("photo", ("b", b"2"))]
    assert caller.post("/v1/hash", files=files).json()["code"] == "one_file"
