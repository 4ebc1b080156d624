# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from hearthline.kit.matching import HashIndex, IndexBroken, IndexBusy, WrongWidth

from .make import compared, hashes, listed, numbered, screenshots, turned

RADII = (0, 1, 15, 31, 32, 47, 64)


@pytest.fixture
def index(tmp_path):
    with HashIndex.open(tmp_path / "index", writable=True) as opened:
        yield opened


@pytest.mark.parametrize("count", [1, 50, 3000, 30000])
@pytest.mark.parametrize("make", [hashes, screenshots])
def test_a_search_finds_what_comparing_all_finds(index, make, count):
    known, ids = make(count), numbered(count, 7)
    index.add(known, ids)
    index.merge()
    near = turned(known[np.arange(24) % count], np.arange(24) * 3)
    queries = np.concatenate([near, make(4, seed=9)])
    for radius in RADII:
        found = listed(index.search(queries, radius))
        assert len(found) == len(set(found))
        assert set(found) == compared(known, ids, queries, radius)


def test_near_duplicates_by_the_thousand_are_all_found(index):
    flips = np.arange(20000) % 60
    known = turned(np.repeat(hashes(1), flips.size, axis=0), flips)
    index.add(known, numbered(flips.size))
    queries = turned(hashes(1)[[0, 0, 0]], [0, 20, 90])
    for radius in (12, 31):
        expected = compared(known, numbered(flips.size), queries, radius)
        assert set(listed(index.search(queries, radius))) == expected
        assert len(expected) > 4000


def test_equal_hashes_by_the_thousand_are_all_found(index):
    flat = np.zeros((30000, 32), np.uint8)
    index.add(flat, numbered(30000))
    index.add(hashes(100), numbered(100, 50000))
    index.remove(numbered(10))
    matches = index.search(turned(flat[:2], [3, 40]), 31)
    assert matches.id.tolist() == list(range(10, 30000))
    assert set(matches.distance.tolist()) == {3}


def test_matches_come_by_query_then_distance_then_id(index):
    known = hashes(1)
    index.add(turned(np.repeat(known, 6, axis=0), [9, 3, 3, 0, 31, 32]), numbered(6))
    assert listed(index.search(np.repeat(known, 2, axis=0), 31)) == [
        (query, *pair) for query in (0, 1) for pair in [(3, 0), (1, 3), (2, 3), (0, 9), (4, 31)]
    ]


def test_a_hash_of_many_ids_and_an_id_of_many_hashes(index):
    known = hashes(3)
    assert index.add(known[[0, 0, 1, 2, 0]], np.array([5, 4, 4, 4, 5], np.uint64)) == 4
    index.merge()
    assert listed(index.search(known, 0)) == [(0, 4, 0), (0, 5, 0), (1, 4, 0), (2, 4, 0)]
    assert len(index) == 4


def test_adding_again_changes_nothing(index):
    known = hashes(5000)
    assert index.add(known, numbered(5000)) == 5000
    assert index.add(known[:100], numbered(100)) == 0
    assert index.add(known[:2], numbered(2, 1)) == 2
    assert len(index) == 5002


def test_what_is_removed_is_not_found_and_can_be_added_again(index):
    known = hashes(3000)
    index.add(known, numbered(3000))
    index.add(known[:3], numbered(3, 9000))
    assert index.remove(np.array([1, 9001, 77777], np.uint64)) == 2
    assert index.remove(np.array([1], np.uint64)) == 0
    assert listed(index.search(known[:3], 0)) == [(0, 0, 0), (0, 9000, 0), (2, 2, 0), (2, 9002, 0)]
    index.merge()
    assert index.add(known[1:2], numbered(1, 1)) == 1
    assert listed(index.search(known[1:2], 0)) == [(0, 1, 0)]
    assert len(index) == 3002


def test_a_reader_sees_adds_removes_and_merges(index, tmp_path):
    known = hashes(3000)
    with HashIndex.open(tmp_path / "index") as reader:
        assert len(reader) == 0
        index.add(known[:3], numbered(3), mark=11)
        assert listed(reader.search(known[:1], 0)) == []
        reader.refresh()
        assert (listed(reader.search(known[:1], 0)), reader.mark) == ([(0, 0, 0)], 11)
        index.remove(numbered(1))
        index.add(known[3:], numbered(2997, 3), mark=12)
        index.merge()
        reader.refresh()
        assert (listed(reader.search(known[:4], 0)), reader.mark) == (
            [(1, 1, 0), (2, 2, 0), (3, 3, 0)],
            12,
        )
        assert len(reader) == 2999


def test_the_mark_is_kept_also_where_nothing_else_changes(index, tmp_path):
    index.add(hashes(1), numbered(1), mark=4)
    index.add(hashes(1), numbered(1), mark=5)
    index.remove(numbered(1, 99), mark=6)
    index.add(hashes(2), numbered(2))
    index.close()
    assert HashIndex.open(tmp_path / "index").mark == 6


def test_a_second_writer_is_refused_until_the_first_has_closed(index, tmp_path):
    with pytest.raises(IndexBusy, match="reading is possible"):
        HashIndex.open(tmp_path / "index", writable=True)
    index.close()
    HashIndex.open(tmp_path / "index", writable=True).close()


def test_hashes_of_another_length_are_refused(index):
    with pytest.raises(WrongWidth, match=r"\(n, 32\)"):
        index.add(hashes(1, width=16), numbered(1))
    with pytest.raises(WrongWidth):
        index.search(np.zeros(32, np.uint8), 31)
    with pytest.raises(ValueError, match="one id for each hash"):
        index.add(hashes(2), numbered(3))


@pytest.mark.parametrize("ids", [np.array([-1]), np.array([1.5])])
def test_ids_that_would_become_another_number_are_refused(index, ids):
    index.add(hashes(1), np.array([2**64 - 1], np.uint64))
    with pytest.raises(ValueError, match="whole numbers"):
        index.add(hashes(1, seed=2), ids)
    with pytest.raises(ValueError, match="whole numbers"):
        index.remove(ids)
    assert index.pairs()[1].tolist() == [2**64 - 1]
    assert index.remove([2**64 - 1, 1]) == 1


def test_arrays_with_gaps_or_of_another_byte_order_are_taken_as_what_they_say(index):
    known = hashes(8)
    wide = np.zeros((16, 64), np.uint8)
    wide[::2, ::2] = known
    assert index.add(wide[::2, ::2], np.arange(1, 17, dtype=">u8")[::2]) == 8
    assert index.search(np.asfortranarray(known), 0).id.tolist() == list(range(1, 17, 2))


@pytest.mark.parametrize("radius", [-1, 65, 3.5])
def test_a_radius_out_of_range_is_refused(index, radius):
    with pytest.raises(ValueError, match="from 0 to 64"):
        index.search(hashes(1), radius)


def test_a_folder_without_an_index_is_refused_to_a_reader(tmp_path):
    with pytest.raises(IndexBroken, match="writable=True"):
        HashIndex.open(tmp_path / "nothing")


def test_a_reader_cannot_write(index, tmp_path):
    with (
        HashIndex.open(tmp_path / "index") as reader,
        pytest.raises(ValueError, match="writable=True"),
    ):
        reader.add(hashes(1), numbered(1))


def test_no_query_has_no_match_whether_or_not_the_hashes_were_merged(tmp_path):
    nothing = np.empty((0, 32), np.uint8)
    with HashIndex.open(tmp_path / "pdq", writable=True) as index:
        assert len(index.search(nothing, 31)) == 0
        index.add(np.zeros((1, 32), np.uint8), np.array([1], np.uint64))
        assert len(index.search(nothing, 31)) == 0
        index.merge()
        assert len(index.search(nothing, 31)) == 0
