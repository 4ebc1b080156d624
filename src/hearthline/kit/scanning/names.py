# SPDX-License-Identifier: Apache-2.0
"""Names of files as they travel: paths of this machine, and addresses in object storage.

A name is text as Python reads it from the system. A path need not be UTF-8; what is not is kept
(`surrogateescape`), so that the file can still be opened, and is never printed as it is.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

SCHEMES = ("s3", "gs", "az")
"""Kinds of object storage: S3 and what speaks like it, Google Cloud Storage, Azure Blob."""

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://", re.I)
_PIECE = 1 << 20


def scheme_of(name: str) -> str:
    """The scheme of an address (`s3`), empty for a path."""
    found = _ADDRESS.match(name)
    return found[1].lower() if found else ""


def told(name: str) -> dict[str, Any]:
    """The name as JSON has it: `path`, and its bytes in `path_hex` if they are not UTF-8."""
    raw = os.fsencode(name)
    try:
        return {"path": raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {"path": raw.decode("utf-8", "replace"), "path_hex": raw.hex()}


def shown(name: str) -> str:
    """The name for a terminal, in one line: signs that would steer it are written out."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def joined(names: Iterable[str]) -> bytes:
    """Names each ended by a NUL byte, which no name can hold."""
    return b"".join(os.fsencode(name) + b"\0" for name in names)


def parted(data: bytes) -> list[str]:
    """What `joined` joined."""
    return [os.fsdecode(each) for each in data.split(b"\0")[:-1]]


def read(source: BinaryIO, *, end: bytes = b"\0") -> Iterator[str]:
    """Names from a file or pipe, as they come, each ended by a NUL byte or a line feed.

    Empty ones are stepped over; of lines, a carriage return at the end belongs to none.
    """
    waiting = b""
    for piece in pieces(source):
        *whole, waiting = (waiting + piece).split(end)
        yield from _named(whole, end)
    yield from _named([waiting], end)


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """What a file or pipe holds, without waiting for more than there is already."""
    read_some = getattr(source, "read1", source.read)
    while piece := read_some(_PIECE):
        yield piece


def _named(raw: list[bytes], end: bytes) -> Iterator[str]:
    for each in raw:
        name = each.removesuffix(b"\r") if end == b"\n" else each
        if name:
            yield os.fsdecode(name)
