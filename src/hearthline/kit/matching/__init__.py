# SPDX-License-Identifier: Apache-2.0
"""From a hash to the known hashes near it: exact, on disk, shared by processes.

`HashIndex` finds perceptual hashes within a Hamming distance, `DigestIndex` digests by equality.
Each is a folder of memory-mapped files with one writer and many readers; docs/matching.md says why
no match is ever missed and why no crash loses anything.
"""

from .exact import DigestIndex
from .folder import move_in
from .hamming import HashIndex, Matches
from .refusals import IndexBroken, IndexBusy, WrongWidth

__all__ = [
    "DigestIndex",
    "HashIndex",
    "IndexBroken",
    "IndexBusy",
    "Matches",
    "WrongWidth",
    "move_in",
]
