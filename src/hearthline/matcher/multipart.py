# SPDX-License-Identifier: Apache-2.0
"""The files of a `multipart/form-data` body (RFC 7578), in memory.

The libraries that read such bodies put large files on the disk meanwhile. Here nothing a platform
sends may touch a disk.
"""

import re
from dataclasses import dataclass, field

MOST_PARTS = 16
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))', re.IGNORECASE)
_NAME = re.compile(rb'[;\s]name="([^"\r\n]{0,200})"', re.IGNORECASE)
_FILENAME = re.compile(rb"[;\s]filename\*?=", re.IGNORECASE)


class NotMultipart(ValueError):
    """The body is no form of files; the text says where it ends to be one."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a form: the name of its field, and its bytes."""

    name: str
    content: bytes = field(repr=False)


def files_of(body: bytes, content_type: str) -> list[File]:
    """The parts that are files, in their order; plain fields are passed over.

    Raises NotMultipart.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise NotMultipart("the content type names no boundary")
    mark = b"--" + (found[1] or found[2]).encode("latin-1")
    # The first boundary may stand at the very beginning, without a line before it.
    # No further than is allowed: each piece of millions would cost more than its bytes.
    pieces = (b"\r\n" + body).split(b"\r\n" + mark, MOST_PARTS + 2)
    if len(pieces) - 2 > MOST_PARTS:
        raise NotMultipart(f"the form has more than {MOST_PARTS} parts")
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise NotMultipart("the form has no part, or ends before its last boundary")
    files = []
    for piece in pieces[1:-1]:
        head, sign, content = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not sign or name is None:
            raise NotMultipart("a part of the form has no name")
        if _FILENAME.search(head):
            files.append(File(name[1].decode("utf-8", "replace"), content))
    return files
