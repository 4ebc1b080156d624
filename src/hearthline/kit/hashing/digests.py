# SPDX-License-Identifier: Apache-2.0
"""The exact hashes under which files are listed: MD5, SHA-1 and SHA-256.

MD5 and SHA-1 no longer withstand forgers and are made only because lists hold them.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hearthline.kit.hashing.refusals import NotHashable

_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Digests:
    """MD5 (16 bytes), SHA-1 (20) and SHA-256 (32) of the same content."""

    md5: bytes
    sha1: bytes
    sha256: bytes


def digest(source: bytes | Path | BinaryIO | Iterable[bytes]) -> Digests:
    """All three digests in one reading; a file may be of any length and is never held whole.

    Raises NotHashable where the file cannot be read or is empty: the digest of nothing is on
    many lists by accident, and would match every empty file.
    """
    hashes = (
        hashlib.md5(usedforsecurity=False),
        hashlib.sha1(usedforsecurity=False),
        hashlib.sha256(),
    )
    length = 0
    try:
        for piece in _pieces(source):
            length += len(piece)
            for each in hashes:
                each.update(piece)
    except OSError as error:
        raise NotHashable.unreadable(error) from None
    if not length:
        raise NotHashable.empty()
    md5, sha1, sha256 = (each.digest() for each in hashes)
    return Digests(md5, sha1, sha256)


def _pieces(source: bytes | Path | BinaryIO | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(source, bytes):
        yield source
    elif isinstance(source, Path):
        with source.open("rb") as file:
            yield from _pieces(file)
    elif isinstance(source, BinaryIO) or hasattr(source, "read"):
        while piece := source.read(_PIECE):
            yield piece
    else:
        yield from source
