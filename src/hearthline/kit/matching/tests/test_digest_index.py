# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from hearthline.kit.matching import DigestIndex, HashIndex, IndexBroken, WrongWidth

from .make import hashes, listed, numbered


@pytest.mark.parametrize("width", [16, 20, 32])
@pytest.mark.parametrize("count", [1, 100, 20_000])
def test_every_digest_is_found_and_no_other(tmp_path, width, count):
    known = hashes(count, width=width)
    with DigestIndex.open(tmp_path, width=width, writable=True) as index:
        index.add(known, numbered(count))
        index.merge()
        matches = index.search(np.concatenate([known, hashes(50, seed=2, width=width)]))
        assert matches.query.tolist() == matches.id.tolist() == list(range(count))
        assert not matches.distance.any()
    with DigestIndex.open(tmp_path) as index:
        assert (index.width, len(index)) == (width, count)
        held, ids = index.pairs()
        assert np.array_equal(known[ids], held)


def test_digests_that_share_their_beginning_are_told_apart(tmp_path):
    known = np.zeros((5000, 20), np.uint8)
    known[:, 17:] = hashes(5000, width=3)
    known = np.unique(known, axis=0)
    with DigestIndex.open(tmp_path, width=20, writable=True) as index:
        index.add(known[:4000], numbered(4000))
        index.add(known[4000:4100], numbered(100, 4000))
        matches = index.search(known[:4200])
        assert matches.query.tolist() == matches.id.tolist() == list(range(4100))


def test_a_digest_of_several_ids_and_what_was_removed(tmp_path):
    known = hashes(3000, width=16)
    with DigestIndex.open(tmp_path, width=16, writable=True) as index:
        index.add(known, numbered(3000))
        index.add(known[:3], numbered(3, 9000))
        index.remove(np.array([1, 9002], np.uint64))
        expected = [(0, 0, 0), (0, 9000, 0), (1, 9001, 0), (2, 2, 0)]
        assert listed(index.search(known[:3])) == expected
        index.merge()
        assert listed(index.search(known[:3])) == expected


def test_a_width_no_digest_has_is_refused(tmp_path):
    with pytest.raises(WrongWidth, match="16, 20 or 32"):
        DigestIndex.open(tmp_path, width=8, writable=True)
    with pytest.raises(WrongWidth, match="Say the length"):
        DigestIndex.open(tmp_path, writable=True)


def test_another_width_than_the_folders_is_refused(tmp_path):
    DigestIndex.open(tmp_path, width=16, writable=True).close()
    with pytest.raises(WrongWidth, match="16 bytes, not 20"):
        DigestIndex.open(tmp_path, width=20)
    with DigestIndex.open(tmp_path) as index, pytest.raises(WrongWidth):
        index.search(hashes(1))


def test_an_index_of_the_other_kind_is_refused(tmp_path):
    DigestIndex.open(tmp_path, width=32, writable=True).close()
    with pytest.raises(IndexBroken, match="exact hashes"):
        HashIndex.open(tmp_path)
