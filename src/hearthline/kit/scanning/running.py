# SPDX-License-Identifier: Apache-2.0
"""A scan from beginning to end: the shards that are not done yet, given to a runner.

Whoever runs it writes; those who do the work only hand rows back. So they may be on any machine,
may die at any moment, and never leave half a file behind.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from hearthline.kit.scanning.hashed import failed
from hearthline.kit.scanning.job import Job, Line, row_line
from hearthline.kit.scanning.scanner import Done, Task, Work, count


class ScanStopped(RuntimeError):
    """The scan cannot go on; what is done is kept. The message says what to do."""


class Runner(Protocol):
    """Runs work on as many cores as it has.

    Gives back each Done as it is ready, in any order. `moved` hears how many more files were
    begun since it was last called. Raises ScanStopped.
    """

    def run(
        self, task: Task, works: Iterator[Work], moved: Callable[[int], None]
    ) -> Iterator[Done]: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all files; `reasons` are those for which files have no perceptual hash."""

    files: int
    done: int
    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def failures(self) -> int:
        """Files that failed, and folders that could not be read."""
        return self.counts.get("failed", 0) + self.counts.get("unlisted", 0)

    def as_json(self) -> dict[str, Any]:
        """The summary as plain values."""
        return {
            "files": self.files,
            "done": self.done,
            "counts": dict(sorted(self.counts.items())),
            "reasons": dict(sorted(self.reasons.items())),
        }


def run(
    job: Job,
    runner: Runner,
    task: Task,
    *,
    retry_failed: bool = False,
    moved: Callable[[int], None] = lambda _count: None,
) -> None:
    """Does what is left to do; with `retry_failed` also what failed before. Raises ScanStopped."""
    again: dict[int, list[int]] = {}
    works = _works(job, retry_failed, again)
    for done in runner.run(task, works, moved):
        lines, counts, reasons = list(done.lines), done.counts, done.reasons
        if done.shard in again:
            lines = job.rows(done.shard)
            for place, row in zip(again.pop(done.shard), done.lines, strict=True):
                lines[place] = row
            counts, reasons = _counted(lines)
        line = Line(
            shard=done.shard,
            file=job.file_for(done.shard),
            at=task.at.isoformat(),
            counts=dict(counts),
            reasons=dict(reasons),
        )
        job.finish(done.shard, b"".join(lines), line)


def left(job: Job, *, retry_failed: bool = False) -> int:
    """How many files are still to be done."""
    files = sum(len(shard) for number, shard in job.shards() if number not in job.done)
    if retry_failed:
        files += sum(line.counts.get("failed", 0) for line in job.done.values())
    return files


def summarise(job: Job) -> Summary:
    """Counts all that is done, and gathers matches and failures into files of their own."""
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for line in job.done.values():
        counts.update(line.counts)
        reasons.update(line.reasons)
    unlisted = job.unlisted()
    if unlisted:
        counts["unlisted"] = len(unlisted)
        reasons.update(each["refused"] for each in unlisted)
    summary = Summary(job.count(), counts["files"], dict(counts), dict(reasons))
    job.write("matches.jsonl", _picked(job, "matches", lambda row: "matches" in row))
    job.write("failures.jsonl", _failures(job, unlisted))
    job.write("summary.json", [json.dumps(summary.as_json(), indent=1).encode() + b"\n"])
    return summary


def _works(job: Job, retry_failed: bool, again: dict[int, list[int]]) -> Iterator[Work]:
    for number, shard in job.shards():
        line = job.done.get(number)
        if line is None:
            yield Work(number, tuple(shard))
        elif retry_failed and line.counts.get("failed"):
            rows = job.rows(number)
            again[number] = [place for place, row in enumerate(rows) if failed(json.loads(row))]
            yield Work(number, tuple(shard[place] for place in again[number]))


def _counted(lines: Iterable[bytes]) -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for line in lines:
        count(json.loads(line), counts, reasons)
    return counts, reasons


def _picked(job: Job, counted: str, wanted: Callable[[dict[str, Any]], bool]) -> Iterator[bytes]:
    """The rows that are wanted, of the shards that have counted any."""
    for number in sorted(job.done):
        if job.done[number].counts.get(counted):
            yield from (row for row in job.rows(number) if wanted(json.loads(row)))


def _failures(job: Job, unlisted: list[dict[str, Any]]) -> Iterator[bytes]:
    yield from map(row_line, unlisted)
    yield from _picked(job, "failed", failed)
