# SPDX-License-Identifier: Apache-2.0
"""Where content comes from: bytes, a path or an open binary file."""

from pathlib import Path
from typing import BinaryIO

from hearthline.kit.hashing.refusals import NotHashable, Why

Source = bytes | Path | BinaryIO


def read(source: Source, most: int) -> bytes:
    """All bytes of the source; NotHashable if it is unreadable, empty or longer than `most`."""
    if isinstance(source, bytes):
        content = source
    else:
        try:
            content = _read(source, most + 1)
        except OSError as error:
            raise NotHashable.unreadable(error) from None
    if not content:
        raise NotHashable.empty()
    if len(content) > most:
        raise NotHashable(Why.TOO_LARGE, f"It is larger than the {most:,} bytes that are allowed.")
    return content


def _read(source: Path | BinaryIO, most: int) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return file.read(most)
    return source.read(most)
