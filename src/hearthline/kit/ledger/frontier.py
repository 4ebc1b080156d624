# SPDX-License-Identifier: Apache-2.0
"""The growing edge of the tree: all that is needed to append, in O(log n) hashes."""

from collections.abc import Sequence

from .tree import EMPTY_ROOT, HASH_SIZE, node_hash, require_hash

_SIZE_BYTES = 8


class Frontier:
    """The roots of the complete subtrees a log of `size` leaves is made of, largest first.

    A log of 11 leaves (binary 1011) has three: over 8, 2 and 1 leaves. A writer keeps this beside
    the log and never reads old entries to append or to sign. `append` changes the object in place.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int, peaks: Sequence[bytes]) -> None:
        """Raises ValueError unless there is one 32-byte hash for every 1 in binary `size`."""
        if size < 0 or len(peaks) != size.bit_count():
            raise ValueError("A frontier holds one hash for every 1 in its size written in binary.")
        self._size = size
        self._peaks = [require_hash(peak) for peak in peaks]

    @classmethod
    def empty(cls) -> "Frontier":
        """The frontier of a log without entries."""
        return cls(0, ())

    @property
    def size(self) -> int:
        """How many leaves have been appended."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The subtree roots, largest subtree first."""
        return tuple(self._peaks)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf hash. Raises ValueError, changing nothing, unless it is 32 bytes."""
        merged = require_hash(leaf_hash)
        # Adding one to the size carries through its trailing 1s: each carry joins two subtrees.
        carry = self._size
        while carry & 1:
            merged = node_hash(self._peaks.pop(), merged)
            carry >>= 1
        self._peaks.append(merged)
        self._size += 1

    def root(self) -> bytes:
        """The root of the tree of `size` leaves."""
        if not self._peaks:
            return EMPTY_ROOT
        *larger, joined = self._peaks
        for peak in reversed(larger):
            joined = node_hash(peak, joined)
        return joined

    def to_bytes(self) -> bytes:
        """The size as 8 big-endian bytes, then the hashes: at most 2 056 bytes."""
        return self._size.to_bytes(_SIZE_BYTES, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Frontier":
        """Read what `to_bytes` wrote. Raises ValueError on anything else."""
        size, tail = int.from_bytes(stored[:_SIZE_BYTES], "big"), stored[_SIZE_BYTES:]
        if len(stored) < _SIZE_BYTES or len(tail) % HASH_SIZE:
            raise ValueError("A stored frontier is 8 bytes of size, then hashes of 32 bytes each.")
        return cls(size, [tail[i : i + HASH_SIZE] for i in range(0, len(tail), HASH_SIZE)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frontier):
            return NotImplemented
        return self._size == other._size and self._peaks == other._peaks

    __hash__ = None  # type: ignore[assignment]  # it changes in place, so it is no dictionary key

    def __repr__(self) -> str:
        return f"Frontier(size={self._size}, root={self.root().hex()})"
