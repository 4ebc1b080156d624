# SPDX-License-Identifier: Apache-2.0
import io
import json

import pytest

from hearthline.kit.formats import hash_rows
from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem

PDQ, MD5 = "fedcba9876543210" * 4, "0123456789abcdef" * 2
ROW = {"path": "a.jpg", "md5": MD5, "pdq": PDQ, "quality": 100, "exact": True}


def read(*rows: object) -> list[KnownHash | RefusedItem]:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    return list(hash_rows.read(io.BytesIO(b"\n".join(lines))))


def test_the_hashes_of_a_file_are_taken_together_and_its_path_is_not():
    pdq, md5 = read(ROW)
    assert (pdq.kind, pdq.hex, md5.kind, md5.hex) == (HashKind.PDQ, PDQ, HashKind.MD5, MD5)
    assert pdq.content == md5.content == "line 1"
    assert not pdq.metadata


def test_rows_are_told_apart_by_their_lines():
    assert [one.place for one in read({"md5": MD5}, b"", {"md5": MD5})] == ["line 1", "line 3"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"exact": False}, "--exact"), ({"quality": 49}, "quality"), ({"quality": "100"}, "quality"),
     ({"pdq": "xyz"}, "hexadecimal"), ({"pdq": MD5}, "32 digits"), ({"pdq": 7}, "empty")],
)  # fmt: skip
def test_a_doubtful_picture_hash_is_refused_and_the_digest_taken(change, reason):
    refused, md5 = read(ROW | change)
    assert isinstance(refused, RefusedItem)
    assert reason in refused.reason
    assert md5.kind is HashKind.MD5


@pytest.mark.parametrize("line", [b"nothing", b"[1]", b"{}", b'{"path": "a"}', b"[" * 100_000])
def test_what_is_no_row_is_refused_and_the_rest_goes_on(line: bytes):
    refused, md5 = read(line, {"md5": MD5})
    assert isinstance(refused, RefusedItem)
    assert md5.hex == MD5


def test_a_line_without_measure_is_one_line_and_costs_no_other() -> None:
    long = b"[" * 9_000_000 + b'{"md5": "' + b"ab" * 16 + b'"}'
    refused, found = hash_rows.read(io.BytesIO(long + b'\n{"md5": "' + b"cd" * 16 + b'"}'))
    assert isinstance(refused, RefusedItem)
    assert (refused.place, refused.reason[:11]) == ("line 1", "longer than")
    assert isinstance(found, KnownHash)
    assert found.place == "line 2"
