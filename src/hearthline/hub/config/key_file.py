# SPDX-License-Identifier: Apache-2.0
"""The operator's key file: NAME=value lines that only the service may read."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

DESK_PUBLIC = "HEARTHLINE_DESK_PUBLIC_KEY"
DESK_PRIVATE = "HEARTHLINE_DESK_PRIVATE_KEY"
AUDIT_PUBLIC = "HEARTHLINE_AUDIT_PUBLIC_KEY"
AUDIT_PRIVATE = "HEARTHLINE_AUDIT_PRIVATE_KEY"
LIST_PUBLIC = "HEARTHLINE_BLOCKLIST_PUBLIC_KEY"
LIST_PRIVATE = "HEARTHLINE_BLOCKLIST_PRIVATE_KEY"


def values(path: Path) -> dict[str, str]:
    """What the file sets. Raises OSError."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.strip().partition("=")
        if sign and not name.startswith("#"):
            found[name.strip()] = value.strip()
    return found


class AnotherFile(ValueError):
    """The file does not hold the keys the command was started with; writing would lose some."""


def change(path: Path, new: Mapping[str, str]) -> None:
    """Set these names in the file, whole or not at all, every other line as it was.

    Raises AnotherFile unless what stands there is what this process was started with.
    """
    there = values(path)
    for name in new:
        if there.get(name, "").split() != os.environ.get(name, "").split():
            raise AnotherFile(
                f"{path} holds another {name} than this command was started with. Point "
                "HEARTHLINE_ENV at that file and run it again."
            )
    lines = path.read_text(encoding="utf-8").splitlines()
    left = dict(new)
    for number, line in enumerate(lines):
        name, sign, _value = line.strip().partition("=")
        if sign and name.strip() in new:
            lines[number] = f"{name.strip()}={new[name.strip()]}"
            left.pop(name.strip(), None)
    lines += [f"{name}={value}" for name, value in left.items()]
    replace(path, "".join(f"{line}\n" for line in lines).encode())


def replace(path: Path, content: bytes) -> None:
    """Write a file for its owner alone (mode 600), in place of what was there, durably."""
    with placed(path) as place:
        place.write_bytes(content)


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; it becomes `path` when all is well, else it is gone.

    Killed halfway, the file is the old one or the new one and never a part.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 600
    os.close(handle)
    place = Path(name)
    try:
        yield place
        _to_disk(place)
        place.replace(path)
        _to_disk(path.parent)
    finally:
        place.unlink(missing_ok=True)


def create(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
