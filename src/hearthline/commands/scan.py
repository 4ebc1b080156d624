# SPDX-License-Identifier: Apache-2.0
"""hearthline scan: every picture and video below a folder, in a list or in a bucket, looked up.

The folder --out holds results as they are done. Stopped or killed at any moment, the same call goes
on where it was: nothing is lost, nothing is done twice. When all is done it holds matches.jsonl,
failures.jsonl (with the reasons), summary.json, and the hashes of every file in results/, which
`hearthline match` can look up again later without reading a file.

Nothing of any file is kept but its name, its size and its hashes.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hearthline.commands import options
from hearthline.commands.ending import (
    DONE,
    FAILED,
    STOPPED,
    CallRefused,
    Stopped,
    ended,
    parser,
    tell,
)
from hearthline.commands.progress import Progress
from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning import (
    Job,
    JobRefused,
    PlaceRefused,
    Runner,
    ScanStopped,
    Summary,
    Task,
    Wanted,
    found,
    kinds_known,
    left,
    names,
    run,
    summarise,
)
from hearthline.kit.scanning.runners.pool import Pool

_TELL_LISTED = 100_000


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    return ended("scan", lambda: _scan(chosen))


def _parser() -> argparse.ArgumentParser:
    made = parser("scan", __doc__)
    made.add_argument("source", metavar="SOURCE", help="a folder, a list of names, - or an address")
    made.add_argument("--out", required=True, metavar="FOLDER", help="where results go")
    options.add_library(made)
    options.add_banks(made)
    options.add_hashing(made, exact=False)
    made.add_argument("--negatives", action="store_true", help="look up negatives too")
    made.add_argument("--retry-failed", action="store_true", help="try again what failed before")
    made.add_argument(
        "--shard-files",
        type=int,
        metavar="N",
        help="files done together; 20 to 200, or more of many",
    )
    made.add_argument("--quiet", action="store_true", help="no progress")
    runner = made.add_argument_group("where the work is done")
    runner.add_argument("--workers", type=int, default=0, metavar="N", help="processes; one a core")
    runner.add_argument(
        "--runner", choices=("pool", "daft"), default=None, help="pool: processes (default)"
    )
    runner.add_argument(
        "--cluster", default="", metavar="ADDRESS", help="a Ray cluster by Daft; or local"
    )
    runner.add_argument(
        "--patience", type=float, default=600.0, metavar="SECONDS", help="for one file (600)"
    )
    options.add_place(made)
    return made


def _scan(chosen: argparse.Namespace) -> int:
    _check(chosen)
    with options.library(chosen) as library:
        task = _task(chosen, library)
    out = Path(chosen.out)
    try:
        with Job(out, _asked(chosen, task), chosen.shard_files) as job:
            _list(chosen, job)
            _run(chosen, job, task)
            summary = summarise(job)
    except (JobRefused, PlaceRefused) as refusal:
        raise CallRefused(str(refusal)) from None
    except ScanStopped as fault:
        tell("scan", f"{fault} The same call goes on where this one stopped.")
        return STOPPED
    _print(summary, out)
    return FAILED if summary.failures else DONE


def _run(chosen: argparse.Namespace, job: Job, task: Task) -> None:
    runner = _runner(chosen)
    retry = chosen.retry_failed
    try:
        with Progress(left(job, retry_failed=retry), quiet=chosen.quiet) as shown:
            run(job, runner, task, retry_failed=retry, moved=shown.moved)
    except (Stopped, KeyboardInterrupt):
        if isinstance(runner, Pool):
            raise
        # Daft's threads cannot be ended: leaving as usual would be an abort.
        tell("scan", "stopped.")
        os._exit(STOPPED)


def _check(chosen: argparse.Namespace) -> None:
    options.above_nothing(chosen.frames_per_second, "--frames-per-second")
    options.above_nothing(chosen.patience, "--patience")
    if chosen.shard_files is not None:
        options.above_nothing(chosen.shard_files, "--shard-files")
    if chosen.workers < 0:
        raise CallRefused("--workers is a number above 0; leave it out for one a core.")
    if chosen.cluster and chosen.runner == "pool":
        raise CallRefused("a cluster runs on Daft; leave --runner out, or say daft.")


def _task(chosen: argparse.Namespace, library: Library) -> Task:
    # In this order: a bank that is not there is told before any work.
    known = kinds_known(library, chosen.bank)
    if not known:
        raise CallRefused("the banks hold no hashes yet; `hearthline bank import` takes some in.")
    wanted = Wanted(
        kinds=options.kinds(chosen.kinds) or known,
        exact=chosen.exact,
        dihedral=chosen.dihedral,
        negatives=chosen.negatives,
        frames_per_second=chosen.frames_per_second,
    )
    banks = tuple(sorted(set(chosen.bank))) if chosen.bank else None
    return Task(
        library=str(Path(chosen.library).absolute()),
        banks=banks,
        wanted=wanted,
        place=options.place(chosen),
        at=datetime.now(UTC),
    )


def _asked(chosen: argparse.Namespace, task: Task) -> dict[str, Any]:
    """What a job folder is for: with any of it changed the rows would not fit together."""
    source = chosen.source
    if source != "-" and not names.scheme_of(source):
        source = names.shown(str(Path(source).absolute()))
    return {
        "source": source,
        "library": task.library,
        "bank": task.banks,
        "kinds": chosen.kinds,
        "exact": chosen.exact,
        "dihedral": chosen.dihedral,
        "negatives": chosen.negatives,
        "frames-per-second": chosen.frames_per_second,
        "endpoint": chosen.endpoint,
    }


def _list(chosen: argparse.Namespace, job: Job) -> None:
    """Lists the files, unless an earlier call did."""
    if job.listed:
        return
    unlisted: list[dict[str, Any]] = []
    listed = found(
        chosen.source, options.place(chosen), leave_out=Path(chosen.out), unlisted=unlisted
    )
    job.list_names(listed if chosen.quiet else _counted(listed), unlisted)


def _counted(listed: Iterable[str]) -> Iterable[str]:
    for number, name in enumerate(listed, start=1):
        if number % _TELL_LISTED == 0:
            tell("scan", f"{number:,} files listed")
        yield name


def _runner(chosen: argparse.Namespace) -> Runner:
    if not chosen.cluster and chosen.runner != "daft":
        return Pool(chosen.workers, patience=chosen.patience)
    try:
        # Imported by name: most installations do without Daft.
        on_daft = importlib.import_module("hearthline.kit.scanning.runners.on_daft")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "hearthline":
            raise
        raise CallRefused(
            f"{error.name} is not installed: pip install 'hearthline[cluster]', or leave "
            "--runner and --cluster out."
        ) from None
    runner: Runner = on_daft.Daft(chosen.workers, cluster=chosen.cluster)
    return runner


def _print(summary: Summary, out: Path) -> None:
    counts = summary.counts
    say: Callable[[str], int] = sys.stdout.write
    say(f"{summary.done:,} of {summary.files:,} files done")
    kinds = [f"{counts[kind]:,} {word}" for kind, word in _WORDS.items() if counts.get(kind)]
    say(f": {', '.join(kinds)}.\n" if kinds else ".\n")
    say(f"{counts.get('matches', 0):,} files match; {out / 'matches.jsonl'}\n")
    if counts.get("suppressed"):
        say(f"{counts['suppressed']:,} with matches that a bank of harmless content suppresses\n")
    for reason, number in sorted(summary.reasons.items(), key=lambda each: -each[1]):
        say(f"{number:>9,} {reason}\n")
    if summary.failures:
        say(f"{summary.failures:,} failed; {out / 'failures.jsonl'}, --retry-failed tries again\n")


_WORDS = {"picture": "pictures", "video": "videos", "other": "others"}
