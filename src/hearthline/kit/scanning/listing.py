# SPDX-License-Identifier: Apache-2.0
"""Which files there are to scan: below a folder, in a list, or in object storage."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hearthline.kit.hashing.signatures import kind_of
from hearthline.kit.scanning import names
from hearthline.kit.scanning.contents import stores
from hearthline.kit.scanning.place import Place, PlaceRefused

NOT_FOLLOWED = "not_followed"
_LOOK = 1 << 16


def found(
    source: str, place: Place, *, leave_out: Path, unlisted: list[dict[str, Any]]
) -> Iterator[str]:
    """The names of all files of a source: `-` is a list on standard input.

    Folders are walked in order of their names, without following links to folders; `leave_out`
    is not entered. What cannot be listed goes to `unlisted` with the reason. Raises PlaceRefused.
    """
    scheme = names.scheme_of(source)
    if scheme:
        if scheme not in names.SCHEMES:
            known = ", ".join(f"{each}://" for each in names.SCHEMES)
            raise PlaceRefused(f"{scheme}:// cannot be scanned, only folders, lists and {known}.")
        return iter(stores().listing(source, place))
    if source == "-":
        return _listed(names.read(sys.stdin.buffer, end=b"\n"))
    path = Path(source)
    if path.is_dir():
        return _walked(os.path.abspath(source), os.path.abspath(leave_out), unlisted)
    return _from_file(path)


def _from_file(path: Path) -> Iterator[str]:
    """The names in a list: each ended by a NUL byte if there is one, else by a line feed."""
    try:
        with path.open("rb") as file:
            start = file.read(_LOOK)
            if kind_of(start) is not None:
                raise PlaceRefused(
                    f"{names.shown(str(path))} is no list but a {kind_of(start)}. "
                    "Name a folder or a list of files; `hearthline hash` takes single files."
                )
            file.seek(0)
            end = b"\0" if b"\0" in start else b"\n"
            yield from _listed(names.read(file, end=end))
    except OSError as error:
        raise PlaceRefused(f"{names.shown(str(path))} cannot be read: {error.strerror}.") from None


def _listed(listed: Iterator[str]) -> Iterator[str]:
    """Paths of a list are made absolute, so that a scan may be gone on with from anywhere."""
    return (each if names.scheme_of(each) else os.path.abspath(each) for each in listed)


def _walked(top: str, leave_out: str, unlisted: list[dict[str, Any]]) -> Iterator[str]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            why = f"The folder cannot be read: {reason}."
            unlisted.append(names.told(folder) | {"refused": "unreadable", "why": why})
            continue
        below = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.path != leave_out:
                    below.append(entry.path)
            elif not entry.is_symlink():
                if entry.is_file():  # a pipe or a device holds nothing to scan
                    yield entry.path
            elif entry.is_dir():
                why = "It is a link to a folder, which is not followed."
                unlisted.append(names.told(entry.path) | {"refused": NOT_FOLLOWED, "why": why})
            else:
                yield entry.path
        waiting += reversed(below)
