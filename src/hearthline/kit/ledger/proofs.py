# SPDX-License-Identifier: Apache-2.0
"""Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4).

A proof ties a root to a size only as far as the shape of its path does. Trust a root and its size
together, from one signed checkpoint, and hand both to the verifiers as they stand there.
"""

from collections.abc import Sequence
from hmac import compare_digest

from .tree import EMPTY_ROOT, is_hash, node_hash, split_point, subtree_root

# RFC 9162 section 4.10 holds a tree size in 64 bits, which also bounds the work of a verifier.
_LARGEST_SIZE = 2**64 - 1


def inclusion_proof(hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """The path from leaf `index` (from 0) to the root over the first `size` leaf hashes.

    Raises ValueError unless 0 <= index < size <= len(hashes).
    """
    if not 0 <= index < size <= len(hashes):
        raise ValueError("An inclusion proof needs 0 <= index < size <= number of leaves.")
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        middle = start + split_point(end - start)
        if index < middle:
            path.append(subtree_root(hashes, middle, end))
            end = middle
        else:
            path.append(subtree_root(hashes, start, middle))
            start = middle
    path.reverse()
    return path


def consistency_proof(hashes: Sequence[bytes], old_size: int, new_size: int) -> list[bytes]:
    """The path showing that the first `old_size` leaves are unchanged among `new_size`.

    Empty when the sizes are equal or the old log was empty. Raises ValueError unless
    0 <= old_size <= new_size <= len(hashes).
    """
    if not 0 <= old_size <= new_size <= len(hashes):
        raise ValueError("A consistency proof needs 0 <= old size <= new size <= number of leaves.")
    if old_size == 0:
        return []
    start, end = 0, new_size
    path: list[bytes] = []
    while old_size != end:
        middle = start + split_point(end - start)
        if old_size <= middle:
            path.append(subtree_root(hashes, middle, end))
            end = middle
        else:
            path.append(subtree_root(hashes, start, middle))
            start = middle
    # The verifier already knows the old root, so a subtree that IS the old tree is left out.
    if start > 0:
        path.append(subtree_root(hashes, start, end))
    path.reverse()
    return path


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether `leaf` (a leaf hash) stands at `index` in the log of `size` leaves under `root`.

    RFC 9162 section 2.1.3.2. False for anything malformed; never raises.
    """
    if not (_sizes(index, size) and index < size and _hashes(proof) and _hashes([leaf, root])):
        return False
    position, last, joined = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            joined = node_hash(sibling, joined)
            position, last = _skip_lone_levels(position, last)
        else:
            joined = node_hash(joined, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and compare_digest(joined, root)


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the log under `new_root` begins with the whole log under `old_root`.

    RFC 9162 section 2.1.4.2, and the empty log as the beginning of every log. False for anything
    malformed; never raises.
    """
    if not (_sizes(old_size, new_size) and _hashes(proof) and _hashes([old_root, new_root])):
        return False
    if new_size == 0 and new_root != EMPTY_ROOT:
        return False
    if old_size == 0:
        return not proof and compare_digest(old_root, EMPTY_ROOT)
    if old_size == new_size:
        return not proof and compare_digest(old_root, new_root)
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            position, last = _skip_lone_levels(position, last)
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and compare_digest(old, old_root) and compare_digest(new, new_root)


def _skip_lone_levels(position: int, last: int) -> tuple[int, int]:
    """Climb the levels where a right-edge node has no sibling, and so moves up unhashed."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _sizes(smaller: object, larger: object) -> bool:
    # type() and not isinstance(): True is an int in Python, but no position in a log.
    if type(smaller) is not int or type(larger) is not int:
        return False
    return 0 <= smaller <= larger <= _LARGEST_SIZE


def _hashes(values: object) -> bool:
    return isinstance(values, list | tuple) and all(is_hash(value) for value in values)
