# SPDX-License-Identifier: Apache-2.0
"""The folder through which the site hands each version of the DNS list to the primary.

    FOLDER/versions/<serial>/version.json   serial, made_at, names, sha256, previous, changes_sha256
    FOLDER/versions/<serial>/names.tsv      name, tab, 1 if names below count too, else 0; sorted
    FOLDER/versions/<serial>/changes.tsv    - or +, tab, a line of names.tsv: since `previous`

A version appears under its serial only when it is whole, and never changes afterwards. Of older
versions the changes are kept, for incremental transfers, and the names of the last few.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hearthline.kit.formats import rpz

KEPT_NAMES = 3  # a reader may be busy with the one before
KEPT_CHANGES = 100


class VersionRefused(ValueError):
    """A version may not be written: what stands against it."""


class VersionBroken(ValueError):
    """A version cannot be read, or is not what its description says."""


@dataclass(frozen=True, slots=True)
class Version:
    """What `version.json` says. `previous` is 0 where no changes are known."""

    serial: int
    made_at: str
    names: int
    sha256: str
    previous: int
    changes_sha256: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Lines of names.tsv that a version took away from the one before, and that it added."""

    previous: int
    serial: int
    removed: tuple[bytes, ...]
    added: tuple[bytes, ...]


def write_version(
    folder: Path,
    serial: int,
    names: rpz.Names,
    made_at: datetime,
    *,
    kept: int = KEPT_CHANGES,
) -> Version:
    """Writes the next version, whole or not at all; the primary sees it within a second.

    `names` in any order: (name, whether names below count too). `made_at` has a time zone. To
    write the newest version again, with the same names, changes nothing. Raises VersionRefused for
    a serial that is not the next, FormatRefused for a name that cannot be listed.
    """
    rpz.checked_serial(serial)
    if made_at.tzinfo is None:
        raise VersionRefused("made_at needs a time zone.")
    listed = rpz.in_order(names)
    content = "".join([f"{name}\t{wildcard:d}\n" for name, wildcard in listed]).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    last = max(_serials(folder), default=0)
    before = None
    changed, previous = b"", 0
    # After a version that is damaged, the next has no changes to tell and is read as a whole.
    with suppress(VersionBroken):
        before = newest(folder)
        if before is not None and last < serial:
            changed = _changes(read_names(folder, before), content)
            previous = before.serial
    if last >= serial:
        if before is not None and (before.serial, before.sha256) == (serial, sha256):
            return before
        raise VersionRefused(f"serial {last} is there already; {serial} is not the next.")
    digest = hashlib.sha256(changed).hexdigest()
    version = Version(serial, made_at.isoformat(), len(listed), sha256, previous, digest)
    _write(folder, version, content, changed)
    _tidy(folder, kept)
    return version


def newest(folder: Path) -> Version | None:
    """The version with the largest serial, None where there is none. Raises VersionBroken."""
    serials = _serials(folder)
    return read_version(folder, serials[-1]) if serials else None


def read_version(folder: Path, serial: int) -> Version:
    """The description of a version. Raises VersionBroken."""
    path = _place(folder, serial) / "version.json"
    try:
        said = json.loads(path.read_bytes())
        kinds = {"serial": int, "made_at": str, "names": int, "sha256": str, "previous": int}
        kinds["changes_sha256"] = str
        version = Version(**{field: kind(said[field]) for field, kind in kinds.items()})
    except (OSError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as fault:
        raise VersionBroken(f"{path} cannot be read: {type(fault).__name__}.") from fault
    if version.serial != serial or not 0 <= version.previous < serial <= rpz.LARGEST_SERIAL:
        raise VersionBroken(f"{path} is about another serial.")
    return version


def read_names(folder: Path, version: Version) -> bytes:
    """The bytes of names.tsv, as described. Raises VersionBroken."""
    return _read(_place(folder, version.serial) / "names.tsv", version.sha256)


def read_changes(folder: Path, version: Version) -> Changes:
    """What the version changed. Raises VersionBroken, also where `previous` is 0."""
    path = _place(folder, version.serial) / "changes.tsv"
    if not version.previous:
        raise VersionBroken(f"{path.parent} tells of no version before.")
    lines = _read(path, version.changes_sha256).splitlines(keepends=True)
    removed = tuple(line[2:] for line in lines if line.startswith(b"-\t"))
    added = tuple(line[2:] for line in lines if line.startswith(b"+\t"))
    if len(removed) + len(added) != len(lines):
        raise VersionBroken(f"{path} has lines that are no changes.")
    return Changes(version.previous, version.serial, removed, added)


def chain(folder: Path, version: Version, *, most: int = KEPT_CHANGES) -> Iterator[Changes]:
    """What led to the version, the last change first, as far back as it is kept unbroken."""
    with suppress(VersionBroken):
        for _ in range(most):
            yield read_changes(folder, version)
            version = read_version(folder, version.previous)


def names_of(content: bytes) -> Iterator[tuple[str, bool]]:
    """The names in the bytes of a names.tsv."""
    for line in content.decode().splitlines():
        name, _, wildcard = line.partition("\t")
        yield name, wildcard == "1"


def _serials(folder: Path) -> list[int]:
    try:
        found = os.listdir(folder / "versions")
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in found if name.isascii() and name.isdecimal())


def _place(folder: Path, serial: int) -> Path:
    return folder / "versions" / str(serial)


def _read(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise VersionBroken(f"{path} cannot be read: {fault.strerror}.") from fault
    if hashlib.sha256(content).hexdigest() != sha256:
        raise VersionBroken(f"{path} is not what version.json says.")
    return content


def _changes(old: bytes, new: bytes) -> bytes:
    gone = set(old.splitlines(keepends=True))
    added = []
    for line in new.splitlines(keepends=True):
        if line in gone:
            gone.remove(line)
        else:
            added.append(line)
    return b"".join([*(b"-\t" + line for line in sorted(gone)), *(b"+\t" + line for line in added)])


def _write(folder: Path, version: Version, content: bytes, changed: bytes) -> None:
    place = _place(folder, version.serial)
    part = place.with_name(f".{version.serial}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        described = {field: getattr(version, field) for field in Version.__slots__}
        text = json.dumps(described, indent=1, sort_keys=True) + "\n"
        files = {"names.tsv": content, "changes.tsv": changed, "version.json": text.encode()}
        for name, written in files.items():
            with (part / name).open("wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
        try:
            part.rename(place)
        except OSError:
            raise VersionRefused(f"serial {version.serial} was just written by another.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    directory = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _tidy(folder: Path, kept: int) -> None:
    serials = _serials(folder)
    for serial in serials[: -max(kept, KEPT_NAMES)]:
        shutil.rmtree(_place(folder, serial), ignore_errors=True)
    for serial in serials[:-KEPT_NAMES]:
        (_place(folder, serial) / "names.tsv").unlink(missing_ok=True)
