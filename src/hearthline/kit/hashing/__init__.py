# SPDX-License-Identifier: Apache-2.0
"""Content to hashes: PDQ of pictures and of video frames; MD5, SHA-1 and SHA-256 of files.

Nothing is kept: content stays in memory for the length of a call. Whatever is wrong with content,
`NotHashable` says it by name, and nothing else is raised.
"""

from hearthline.kit.hashing.decoding import DEFAULT_LIMITS, Limits, View
from hearthline.kit.hashing.digests import Digests, digest
from hearthline.kit.hashing.pdq import GOOD_QUALITY, Pdq, dihedral, hash_luma, hash_rgb
from hearthline.kit.hashing.pictures import PictureHashes, ViewHash, hash_picture
from hearthline.kit.hashing.refusals import NotHashable, Why

__all__ = [
    "DEFAULT_LIMITS",
    "GOOD_QUALITY",
    "Digests",
    "Limits",
    "NotHashable",
    "Pdq",
    "PictureHashes",
    "View",
    "ViewHash",
    "Why",
    "digest",
    "dihedral",
    "hash_luma",
    "hash_picture",
    "hash_rgb",
]
