# SPDX-License-Identifier: Apache-2.0
"""Processes give the same rows, and outlive files that do not let them live."""

import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.scanning import ScanStopped, Work
from hearthline.kit.scanning.runners.pool import Pool
from hearthline.kit.scanning.tests import make

ENDLESS = 1 << 40  # bytes of a file without content: hashing it takes an hour


def works(folder: Path, size: int = 3) -> list[Work]:
    names = sorted(str(path) for path in folder.iterdir())
    shards = [tuple(names[start : start + size]) for start in range(0, len(names), size)]
    return list(map(Work, range(len(shards)), shards))


def told(done) -> dict[str, dict]:
    rows = [json.loads(line) for each in done for line in each.lines]
    assert len({row["path"] for row in rows}) == len(rows)
    return {Path(row["path"]).name: row for row in rows}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures, and amid them a file that takes too long."""
    make.pictures(tmp_path / "in", 8)
    with (tmp_path / "in" / "004-endless").open("wb") as file:
        file.truncate(ENDLESS)
    return tmp_path / "in"


def test_processes_give_the_rows_of_one(tmp_path: Path, banks: Path):
    make.pictures(tmp_path / "in", 8)
    task, shards = make.task(banks), works(tmp_path / "in")
    moved: list[int] = []
    done = list(Pool(2).run(task, iter(shards), moved.append))
    assert told(done) == told(make.InTurn().run(task, iter(shards), moved.append))
    assert sum(moved) == 2 * 8


def test_a_file_that_takes_too_long_costs_only_itself(folder: Path, banks: Path):
    done = list(Pool(1, patience=2).run(make.task(banks), iter(works(folder)), lambda _: None))
    rows = told(done)
    assert len(rows) == 9
    assert {name: row["refused"] for name, row in rows.items() if "refused" in row} == {
        "004-endless": "too_slow"
    }


def test_a_file_that_kills_its_process_costs_only_itself(folder: Path, banks: Path):
    count = 0

    def killed_at_the_fifth(moved: int) -> None:
        nonlocal count
        count += moved
        if count == 5:
            (child,) = multiprocessing.active_children()
            os.kill(child.pid, signal.SIGKILL)

    task = make.task(banks, kinds=(HashKind.PDQ, HashKind.SHA256))
    rows = told(Pool(1).run(task, iter(works(folder)), killed_at_the_fifth))
    assert len(rows) == 9
    assert {name: row["refused"] for name, row in rows.items() if "refused" in row} == {
        "004-endless": "crashed"
    }
    assert count == 9


def test_banks_that_cannot_be_opened_stop_the_scan(folder: Path, banks: Path):
    for path in (banks / "known" / "pdq").iterdir():
        path.write_bytes(b"broken")
    with pytest.raises(ScanStopped, match="rebuild"):
        list(Pool(1).run(make.task(banks), iter(works(folder)), lambda _: None))


def test_nothing_to_do_starts_nothing(banks: Path):
    assert list(Pool(2).run(make.task(banks), iter(()), lambda _: None)) == []
    assert multiprocessing.active_children() == []


def test_stopped_amid_work_it_leaves_no_process(folder: Path, banks: Path):
    done = Pool(2).run(make.task(banks), iter(works(folder)), lambda _: None)
    next(done)
    assert multiprocessing.active_children() != []
    done.close()
    assert multiprocessing.active_children() == []
