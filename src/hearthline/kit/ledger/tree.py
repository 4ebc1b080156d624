# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree hash of a list of entries (RFC 9162 section 2.1.1)."""

from collections.abc import Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

# Leaves and nodes carry different first bytes, so that an entry can never be passed off as a node.
_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry: SHA-256(0x00 || data)."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees: SHA-256(0x01 || left || right).

    Raises ValueError unless both are 32 bytes.
    """
    return sha256(_NODE + require_hash(left) + require_hash(right)).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in log order; EMPTY_ROOT for none.

    Raises ValueError if one of them is not 32 bytes.
    """
    return subtree_root(hashes, 0, len(hashes))


def subtree_root(hashes: Sequence[bytes], start: int, end: int) -> bytes:
    """The root over hashes[start:end], read by index so that nothing is copied."""
    width = end - start
    if width == 0:
        return EMPTY_ROOT
    if width == 1:
        return require_hash(hashes[start])
    middle = start + split_point(width)
    return node_hash(subtree_root(hashes, start, middle), subtree_root(hashes, middle, end))


def split_point(width: int) -> int:
    """The largest power of two smaller than `width` (which is at least 2)."""
    return 1 << ((width - 1).bit_length() - 1)


def require_hash(value: bytes) -> bytes:
    """`value` itself; ValueError unless it is 32 bytes."""
    if not is_hash(value):
        raise ValueError("A hash in this log is exactly 32 bytes (SHA-256).")
    return value


def is_hash(value: object) -> bool:
    """Whether `value` has the shape of a hash in this log."""
    return isinstance(value, bytes) and len(value) == HASH_SIZE
