# SPDX-License-Identifier: Apache-2.0
"""The work of a scan: a shard of names in, a row for each out. Runs in any process, anywhere."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hearthline.kit.hashing import NotHashable
from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning import names
from hearthline.kit.scanning.contents import Content, opened_ahead
from hearthline.kit.scanning.hashed import Hashed, Wanted, failed, hash_content
from hearthline.kit.scanning.job import row_line
from hearthline.kit.scanning.known import look_up
from hearthline.kit.scanning.place import Place

#: Looked up together: enough to make a lookup cheap, few enough to be told soon.
_TOGETHER = 256

BETWEEN = -1
CRASHED, TOO_SLOW = "crashed", "too_slow"
_WHY = {
    CRASHED: "The process that read it died. It may be made to do so, or memory ran out.",
    TOO_SLOW: "It took longer than a file may take.",
}


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with every file. `library` is a folder; `banks` None means all of them."""

    library: str
    banks: tuple[str, ...] | None
    wanted: Wanted
    place: Place
    at: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """A shard, or those names of it that are tried again.

    `deadly` tells which places are not to be touched again, and why: CRASHED or TOO_SLOW.
    """

    shard: int
    names: tuple[str, ...]
    deadly: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The rows of a Work in the order of its names, each a line of JSON, and which failed."""

    shard: int
    lines: tuple[bytes, ...]
    counts: Mapping[str, int]
    reasons: Mapping[str, int]


class Scanner:
    """Does the work, one after the other, with the banks open. Raises BankRefused."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._library = Library(Path(task.library))

    def close(self) -> None:
        """Lets go of the banks."""
        self._library.close()

    def scan(self, work: Work, tell: Callable[[int], None] | None = None) -> Done:
        """The rows of the names.

        `tell` hears each place before its file is worked on, and BETWEEN before a lookup.
        """
        lines: list[bytes] = []
        counts: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        waiting: list[Hashed] = []
        healthy = (name for place, name in enumerate(work.names) if place not in work.deadly)
        contents = opened_ahead(healthy, self._task.place)
        for place, name in enumerate(work.names):
            if tell is not None:
                tell(place)
            if place in work.deadly:
                waiting.append(fatal(name, work.deadly[place]))
            else:
                waiting.append(self._hashed(*next(contents)))
            if len(waiting) >= _TOGETHER:
                if tell is not None:
                    tell(BETWEEN)
                lines += self._rows(waiting, counts, reasons)
                waiting = []
        if tell is not None:
            tell(BETWEEN)
        lines += self._rows(waiting, counts, reasons)
        return Done(work.shard, tuple(lines), counts, reasons)

    def _hashed(self, name: str, content: Content | NotHashable) -> Hashed:
        try:
            return hash_content(name, content, self._task.wanted)
        except Exception as fault:  # one of ours must not cost the files behind it
            return fatal(name, CRASHED, f"An unexpected fault: {type(fault).__name__}.")

    def _rows(
        self, hashed: list[Hashed], counts: Counter[str], reasons: Counter[str]
    ) -> list[bytes]:
        look_up(self._library, hashed, banks=self._task.banks, at=self._task.at)
        for each in hashed:
            count(each.row, counts, reasons)
        return [row_line(each.row) for each in hashed]


def count(row: Mapping[str, Any], counts: Counter[str], reasons: Counter[str]) -> None:
    """Adds a row to the numbers of a summary."""
    counts["files"] += 1
    counts["bytes"] += row.get("bytes", 0)
    counts[row.get("media", "other")] += 1
    for key in ("matches", "suppressed", "damaged"):
        if key in row:
            counts[key] += 1
    if failed(row):
        counts["failed"] += 1
    if "refused" in row:
        reasons[row["refused"]] += 1


def fatal(name: str, reason: str, why: str = "") -> Hashed:
    """The row of a file that nothing may touch again in this run."""
    return Hashed(names.told(name) | {"refused": reason, "why": why or _WHY[reason]})
