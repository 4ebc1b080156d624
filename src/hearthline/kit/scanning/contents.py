# SPDX-License-Identifier: Apache-2.0
"""A named file opened to be read: on this machine, or in object storage."""

import importlib
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Protocol

from hearthline.kit.hashing import NotHashable, Why
from hearthline.kit.scanning.names import SCHEMES, scheme_of
from hearthline.kit.scanning.place import Place, PlaceRefused

_PIECE = 1 << 20
_AHEAD = 8


class Content(Protocol):
    """A file of `size` bytes. Each method may be called once; all raise NotHashable."""

    size: int

    def whole(self) -> bytes:
        """All of it, for small files."""

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece."""

    def seekable(self) -> Path | BinaryIO:
        """To be read here and there."""

    def close(self) -> None:
        """Lets go of it."""


def opened(name: str, place: Place) -> Content:
    """The file of this name. Raises NotHashable."""
    scheme = scheme_of(name)
    if not scheme:
        return _File(name)
    if scheme not in SCHEMES:
        known = ", ".join(f"{each}://" for each in SCHEMES)
        raise NotHashable(Why.UNREADABLE, f"{scheme}:// is not read here, only {known}.")
    try:
        stored: Content = stores().StoredObject(name, place)
    except PlaceRefused as refusal:
        raise NotHashable(Why.UNREADABLE, str(refusal)) from None
    return stored


def opened_ahead(names: Iterable[str], place: Place) -> Iterator[tuple[str, Content | NotHashable]]:
    """Every file in turn. Objects in a store are asked for while those before are worked on."""
    with ThreadPoolExecutor(_AHEAD, thread_name_prefix="reading") as threads:
        waiting: deque[tuple[str, Future[Content] | None]] = deque()
        for name in names:
            far = scheme_of(name) != ""
            waiting.append((name, threads.submit(opened, name, place) if far else None))
            if len(waiting) >= _AHEAD or not far:
                yield _arrived(*waiting.popleft(), place)
        while waiting:
            yield _arrived(*waiting.popleft(), place)


def stores() -> ModuleType:
    """The module that reads object storage, imported by name: only it needs `obstore`.

    Raises PlaceRefused where that is not installed.
    """
    try:
        return importlib.import_module("hearthline.kit.scanning.stores")
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise PlaceRefused(
            "Object storage needs obstore, which is not installed: "
            "pip install 'hearthline[engine]'."
        ) from None


def _arrived(
    name: str, asked: "Future[Content] | None", place: Place
) -> tuple[str, Content | NotHashable]:
    try:
        return name, asked.result() if asked else opened(name, place)
    except NotHashable as refusal:
        return name, refusal


class _File:
    """A file of this machine."""

    def __init__(self, name: str) -> None:
        self._name = name
        try:
            # Without waiting, so that a pipe in a folder holds up nothing.
            handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise _unreadable(error) from None
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
            raise NotHashable(Why.UNREADABLE, f"It is {what}.")
        self._file = os.fdopen(handle, "rb", buffering=0)
        self.size = status.st_size

    def whole(self) -> bytes:
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        try:
            while piece := self._file.read(_PIECE):
                yield piece
        except OSError as error:
            raise _unreadable(error) from None

    def seekable(self) -> Path:
        return Path(self._name)

    def close(self) -> None:
        self._file.close()


def _unreadable(error: OSError | ValueError) -> NotHashable:
    if isinstance(error, OSError):
        return NotHashable.unreadable(error)
    return NotHashable(Why.UNREADABLE, "The name cannot be that of a file.")
