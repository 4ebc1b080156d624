# SPDX-License-Identifier: Apache-2.0
"""MD5, SHA-1 and SHA-256 of anything, read once."""

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.hashing import Digests, NotHashable, Why, digest


def test_digests_of_three_letters():
    # FIPS 180-4 and RFC 1321 give these for "abc".
    assert digest(b"abc") == Digests(
        md5=bytes.fromhex("900150983cd24fb0d6963f7d28e17f72"),
        sha1=bytes.fromhex("a9993e364706816aba3e25717850c26c9cd0d89d"),
        sha256=bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    )


@given(st.lists(st.binary(max_size=40), min_size=1).filter(any))
def test_pieces_are_read_as_one(pieces):
    whole = b"".join(pieces)
    assert digest(pieces) == digest(whole) == digest(io.BytesIO(whole))
    assert digest(whole).sha256 == hashlib.sha256(whole).digest()


def test_a_file_longer_than_a_piece(tmp_path):
    path = tmp_path / "long"
    path.write_bytes(bytes(3_000_000))
    assert digest(path) == digest(bytes(3_000_000))


@pytest.mark.parametrize("nothing", [b"", [], [b"", b""], io.BytesIO()], ids=repr)
def test_nothing_has_no_digest(nothing):
    with pytest.raises(NotHashable) as caught:
        digest(nothing)
    assert caught.value.code == Why.EMPTY


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(NotHashable) as caught:
        digest(tmp_path / "missing")
    assert caught.value.code == Why.UNREADABLE
