# SPDX-License-Identifier: Apache-2.0
"""The folder of a scan: what was asked, which files there are, and what is done.

    job.json          what to do; a scan of something else needs another folder
    names             every file to scan, each name ended by a NUL byte; never changes
    results/          a file of rows (JSON Lines) for each shard, which is a run of names
    manifest.jsonl    a line for each shard that is done, naming its file of rows
    unlisted.jsonl    folders that could not be read when the names were listed
    matches.jsonl, failures.jsonl, summary.json   gathered from the rows when all is done

A crash at any moment loses nothing and repeats nothing. Every file is complete and on the disk
before it gets its name; a shard counts as done when the manifest says so; rows that no manifest
line names are rubbish, swept at the next start; half a manifest line is cut off.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from hearthline.kit.scanning import names

_VERSION = 1


class JobRefused(ValueError):
    """The folder cannot be used for this scan; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the manifest: the shard is done, `file` has its rows, `counts` of what."""

    shard: int
    file: str
    at: str
    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("shard", "file", "at", "counts", "reasons")}


class Job:
    """An open job folder; one process at a time.

    `shard_files` names make a shard, or as many as suit their number. Raises JobRefused.
    """

    def __init__(self, folder: Path, asked: dict[str, Any], shard_files: int | None = None) -> None:
        self.folder = folder
        self._results = folder / "results"
        try:
            # Rows say which file matches what: for the eyes of whoever scans.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._results.mkdir(exist_ok=True)
        except OSError as error:
            raise JobRefused(f"{folder} cannot be made: {error.strerror}.") from None
        self._lock = _locked(folder)
        self.done: dict[int, Line] = {}
        try:
            self._shard_files = self._agreed(asked, shard_files)
            self._read_manifest()
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> "Job":
        return self

    def __exit__(self, *_exception: object) -> None:
        os.close(self._lock)

    # What to do

    @property
    def listed(self) -> bool:
        """Whether the names stand."""
        return (self.folder / "names").exists()

    def list_names(self, found: Iterable[str], unlisted: list[dict[str, Any]]) -> None:
        """Writes the names, once and for all. `unlisted` is filled while `found` is read."""
        with _written(self.folder / "names") as out:
            for name in found:
                out.write(os.fsencode(name) + b"\0")
            # First what could not be listed: where the names stand, this stands too.
            with _written(self.folder / "unlisted.jsonl") as beside:
                beside.writelines(row_line(each) for each in unlisted)

    def count(self) -> int:
        """How many names there are."""
        with (self.folder / "names").open("rb") as file:
            return sum(piece.count(b"\0") for piece in iter(lambda: file.read(1 << 20), b""))

    @property
    def shard_files(self) -> int:
        """How many names make a shard: it follows from the names, which never change."""
        return self._shard_files or suitable(self.count())

    def shards(self) -> Iterator[tuple[int, list[str]]]:
        """Every shard with its names, in order."""
        size = self.shard_files
        with (self.folder / "names").open("rb") as file:
            shard: list[str] = []
            number = 0
            for name in names.read(file):
                shard.append(name)
                if len(shard) == size:
                    yield number, shard
                    shard, number = [], number + 1
            if shard:
                yield number, shard

    # What is done

    def rows(self, shard: int) -> list[bytes]:
        """The rows of a shard that is done, one line of JSON each."""
        return (self._results / self.done[shard].file).read_bytes().splitlines(keepends=True)

    def finish(self, shard: int, lines: bytes, line: Line) -> None:
        """Writes the rows of a shard, then the manifest line that makes them count."""
        before = self.done.get(shard)
        with _written(self._results / line.file) as out:
            out.write(lines)
        with (self.folder / "manifest.jsonl").open("ab") as manifest:
            manifest.write(row_line(line.as_json()))
            manifest.flush()
            os.fsync(manifest.fileno())
        self.done[shard] = line
        if before is not None and before.file != line.file:
            (self._results / before.file).unlink(missing_ok=True)

    def file_for(self, shard: int) -> str:
        """A name for rows that no rows of this shard have."""
        before = self.done.get(shard)
        if before is None:
            return f"shard-{shard:07}.jsonl"
        tries = int(before.file.split(".")[1]) if before.file.count(".") == 2 else 0
        return f"shard-{shard:07}.{tries + 1}.jsonl"

    def write(self, name: str, lines: Iterable[bytes]) -> None:
        """A gathered file, whole or not at all."""
        with _written(self.folder / name) as out:
            out.writelines(lines)

    def unlisted(self) -> list[dict[str, Any]]:
        """What could not be listed."""
        path = self.folder / "unlisted.jsonl"
        return [json.loads(line) for line in path.read_bytes().splitlines()]

    def _agreed(self, asked: dict[str, Any], shard_files: int | None) -> int | None:
        """What the folder was made for is what is asked now; returns the shards' size of then."""
        path = self.folder / "job.json"
        if not path.exists():
            if any(self._results.iterdir()) or (self.folder / "manifest.jsonl").exists():
                raise JobRefused(f"{self.folder} holds something else; name a new folder.")
            with _written(path) as out:
                kept = {"version": _VERSION, "shard_files": shard_files, "asked": asked}
                out.write(json.dumps(kept, indent=1).encode() + b"\n")
            return shard_files
        try:
            kept = json.loads(path.read_bytes())
            before, size, version = kept["asked"], kept["shard_files"], kept["version"]
        except (ValueError, KeyError, TypeError):
            raise JobRefused(f"{path} cannot be read; name a new folder.") from None
        if version != _VERSION or not isinstance(size, int | None):
            raise JobRefused(f"{path} is of another version; name a new folder.")
        # As JSON, so that what was written and what is asked compare alike.
        other = json.loads(json.dumps(asked))
        different = [
            key for key in before.keys() | other.keys() if before.get(key) != other.get(key)
        ]
        if different:
            what = ", ".join(sorted(different))
            raise JobRefused(
                f"{self.folder} holds a scan with another {what}. Name a new folder, or ask for "
                f"the same as {path} says."
            )
        return size

    def _read_manifest(self) -> None:
        path = self.folder / "manifest.jsonl"
        if path.exists():
            with path.open("r+b") as file:
                whole = 0
                for raw in file:
                    if not raw.endswith(b"\n"):
                        break
                    line = Line(**json.loads(raw))
                    self.done[line.shard] = line
                    whole += len(raw)
                file.truncate(whole)
        named = {line.file for line in self.done.values()}
        for left in self._results.iterdir():
            if left.name not in named:
                left.unlink()


def suitable(count: int) -> int:
    """How many of so many names make a shard.

    Few, so that a crash costs little and all cores end together; yet no more than some thousand
    shards.
    """
    return max(20, min(200, count // 64), count // 5_000)


def row_line(row: dict[str, Any]) -> bytes:
    """A row as one line of JSON. What JSON can name and UTF-8 cannot stays escaped."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is whole and on the disk, or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _locked(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise JobRefused(
            f"Another scan is writing to {folder}. Wait for it, or name another folder."
        ) from None
    return handle
