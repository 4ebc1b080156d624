# SPDX-License-Identifier: Apache-2.0
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from hearthline.kit.ledger import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root

from .make import REFERENCE_LEAVES, REFERENCE_ROOTS, entries, leaves


@pytest.mark.parametrize("size", range(9))
def test_root_is_the_published_reference_root(size):
    assert root(REFERENCE_LEAVES[:size]) == REFERENCE_ROOTS[size]


def test_the_root_of_the_empty_log_is_the_hash_of_nothing():
    assert root([]) == EMPTY_ROOT == sha256(b"").digest()


def test_a_leaf_and_a_node_of_the_same_bytes_differ():
    left, right = leaves(2)
    assert leaf_hash(left + right) != node_hash(left, right)


@given(st.integers(0, 300))
def test_root_is_what_an_independent_implementation_finds(size):
    other = InmemoryTree(algorithm="sha256")
    other.append_entries(entries(size))
    assert root(leaves(size)) == other.get_root()


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_frontier_has_the_root_of_the_whole_list_after_every_append(data):
    hashes = [leaf_hash(entry) for entry in data]
    frontier = Frontier.empty()
    assert (frontier.size, frontier.root()) == (0, EMPTY_ROOT)
    for count, each in enumerate(hashes, start=1):
        frontier.append(each)
        assert (frontier.size, frontier.root()) == (count, root(hashes[:count]))
        assert len(frontier.peaks) == count.bit_count()


@given(st.integers(0, 200), st.integers(0, 20))
def test_a_stored_frontier_goes_on_where_it_stopped(before, after):
    hashes = leaves(before + after)
    frontier = Frontier.empty()
    for each in hashes[:before]:
        frontier.append(each)
    resumed = Frontier.from_bytes(frontier.to_bytes())
    assert resumed == frontier
    for each in hashes[before:]:
        resumed.append(each)
    assert resumed.root() == root(hashes)


def test_frontiers_of_different_logs_are_not_equal():
    one, other = Frontier.empty(), Frontier.empty()
    one.append(leaf_hash(b"one"))
    assert one != other
    other.append(leaf_hash(b"other"))
    assert one != other
    assert one != one.to_bytes()


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\x00" * 7,
        b"\x00" * 9,
        (1).to_bytes(8, "big"),
        (3).to_bytes(8, "big") + b"\x00" * 32,
        (1).to_bytes(8, "big") + b"\x00" * 64,
    ],
)
def test_refuses_a_stored_frontier_that_does_not_add_up(stored):
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(stored)


def test_refuses_a_frontier_of_negative_size():
    with pytest.raises(ValueError, match="frontier"):
        Frontier(-1, [b"\x00" * 32])


@pytest.mark.parametrize("wrong", [b"", b"\x00" * 31, b"\x00" * 33, "0" * 32])
def test_refuses_what_is_not_a_hash_and_changes_nothing(wrong):
    frontier = Frontier.empty()
    frontier.append(leaf_hash(b"first"))
    before = frontier.to_bytes()
    with pytest.raises(ValueError, match="32 bytes"):
        frontier.append(wrong)
    assert frontier.to_bytes() == before
    with pytest.raises(ValueError, match="32 bytes"):
        root([wrong])
    with pytest.raises(ValueError, match="32 bytes"):
        node_hash(leaf_hash(b"first"), wrong)
