# SPDX-License-Identifier: Apache-2.0
"""A scan from beginning to end, and from wherever it was left."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearthline.kit.scanning import (
    Job,
    JobRefused,
    Task,
    found,
    left,
    run,
    summarise,
)
from hearthline.kit.scanning.job import suitable
from hearthline.kit.scanning.tests import make
from hearthline.kit.scanning.tests.make import InTurn

ASKED = {"source": "pictures", "bank": ["known"]}
FILES, SHARD = 10, 3


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    make.pictures(folder, FILES)
    (folder / "005.jpg").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


@pytest.fixture
def task(banks: Path) -> Task:
    return make.task(banks)


def opened(folder: Path, pictures: Path) -> Job:
    job = Job(folder, ASKED, SHARD)
    if not job.listed:
        holes: list = []
        job.list_names(found(str(pictures), make.HERE, leave_out=folder, unlisted=holes), holes)
    return job


def scan(folder: Path, pictures: Path, task: Task, *, most: int = 1000, **more: bool) -> None:
    with opened(folder, pictures) as job:
        run(job, InTurn(most), task, **more)
        if most > FILES:
            summarise(job)


def rows(folder: Path) -> list[dict]:
    """All rows that count, in the order of the files."""
    manifest = make.rows(folder / "manifest.jsonl")
    last = {line["shard"]: line["file"] for line in manifest}
    named = [folder / "results" / last[shard] for shard in sorted(last)]
    assert sorted(named) == sorted((folder / "results").iterdir())
    return [row for path in named for row in make.rows(path)]


def test_every_file_gets_a_row_and_the_summary_counts_them(
    tmp_path: Path, pictures: Path, task: Task
):
    out = tmp_path / "out"
    scan(out, pictures, task)
    assert [row["path"] for row in rows(out)] == sorted(map(str, pictures.iterdir()))
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["files"], summary["done"]) == (FILES, FILES)
    assert summary["counts"]["picture"] == FILES - 1
    assert (summary["counts"]["matches"], summary["counts"]["failed"]) == (2, 1)
    assert summary["reasons"] == {"broken": 1}
    matches = [row["path"] for row in make.rows(out / "matches.jsonl")]
    assert matches == [str(pictures / name) for name in ("000.jpg", "003.jpg")]
    (failure,) = make.rows(out / "failures.jsonl")
    assert (failure["path"], failure["refused"]) == (str(pictures / "005.jpg"), "broken")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(0, 3), max_size=4), torn=st.binary(max_size=30))
def test_wherever_it_was_stopped_it_goes_on_without_loss_or_repeat(
    tmp_path_factory, pictures: Path, task: Task, stops: list[int], torn: bytes
):
    whole, parts = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("parts")
    scan(whole, pictures, task)
    for stop in stops:
        scan(parts, pictures, task, most=stop)
        # What a crash may leave: half a line, rows that do not count, half a file.
        with (parts / "manifest.jsonl").open("ab") as manifest:
            manifest.write(torn.replace(b"\n", b""))
        (parts / "results" / "shard-0000003.jsonl.part").write_bytes(torn)
        (parts / "summary.json.part").write_bytes(torn)
    scan(parts, pictures, task)
    assert rows(parts) == rows(whole)
    assert (parts / "summary.json").read_text() == (whole / "summary.json").read_text()


def test_what_is_done_is_not_read_again(tmp_path: Path, pictures: Path, task: Task):
    out = tmp_path / "out"
    scan(out, pictures, task, most=2)
    for path in sorted(pictures.iterdir())[: 2 * SHARD]:
        path.unlink()
    with opened(out, pictures) as job:
        assert left(job) == FILES - 2 * SHARD
    scan(out, pictures, task)
    assert len(rows(out)) == FILES
    assert not any(row.get("refused") == "unreadable" for row in rows(out))


def test_files_that_come_later_belong_to_another_scan(tmp_path: Path, pictures: Path, task: Task):
    out = tmp_path / "out"
    scan(out, pictures, task, most=1)
    (pictures / "000-later.jpg").write_bytes(make.jpeg(50))
    scan(out, pictures, task)
    assert len(rows(out)) == FILES


def test_what_failed_is_tried_again_if_asked_for(tmp_path: Path, pictures: Path, task: Task):
    out = tmp_path / "out"
    scan(out, pictures, task)
    before = rows(out)
    (pictures / "005.jpg").write_bytes(make.jpeg(3))
    scan(out, pictures, task)
    assert rows(out) == before
    with opened(out, pictures) as job:
        assert left(job, retry_failed=True) == 1
    scan(out, pictures, task, retry_failed=True)
    after = rows(out)
    assert after[5]["matches"][0]["bank"] == "known"
    assert after[:5] + after[6:] == before[:5] + before[6:]
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["counts"]["matches"], summary["reasons"]) == (3, {})
    assert (out / "failures.jsonl").read_bytes() == b""


def test_a_second_try_that_was_cut_short_leaves_the_first_rows(
    tmp_path: Path, pictures: Path, task: Task
):
    out = tmp_path / "out"
    scan(out, pictures, task)
    before = rows(out)
    (out / "results" / "shard-0000001.1.jsonl").write_bytes(b"written, but not in the manifest\n")
    scan(out, pictures, task)
    assert rows(out) == before
    for _ in range(2):
        scan(out, pictures, task, retry_failed=True)
    assert rows(out) == before


def test_a_folder_of_another_scan_is_refused(tmp_path: Path, pictures: Path, task: Task):
    out = tmp_path / "out"
    scan(out, pictures, task, most=1)
    with pytest.raises(JobRefused, match=r"a scan with another bank, exact\. Name a new folder"):
        Job(out, ASKED | {"bank": None, "exact": True}, SHARD)


def test_the_size_of_shards_stays_that_of_the_first_call(tmp_path: Path):
    Job(tmp_path, ASKED, SHARD).__exit__()
    with Job(tmp_path, ASKED, 77) as job:
        assert job.shard_files == SHARD


@pytest.mark.parametrize(
    ("count", "size"), [(1, 20), (2_000, 31), (20_000, 200), (1_000_000, 200), (10**8, 20_000)]
)
def test_shards_suit_the_number_of_files(count: int, size: int):
    assert suitable(count) == size


def test_two_scans_do_not_share_a_folder(tmp_path: Path):
    with (
        Job(tmp_path, ASKED, SHARD),
        pytest.raises(JobRefused, match="Another scan is writing"),
    ):
        Job(tmp_path, ASKED, SHARD)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"version": 2, "shard_files": 1, "asked": {}}']
)
def test_a_folder_that_is_no_job_is_refused(tmp_path: Path, content: str):
    (tmp_path / "job.json").write_text(content)
    with pytest.raises(JobRefused, match="name a new folder"):
        Job(tmp_path, ASKED, SHARD)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(JobRefused, match="cannot be made: Not a directory"):
        Job(tmp_path / "file" / "out", ASKED, SHARD)


def test_unlisted_folders_count_as_failures(tmp_path: Path, pictures: Path, task: Task):
    (pictures / "again").symlink_to(pictures)
    out = tmp_path / "out"
    with opened(out, pictures) as job:
        run(job, InTurn(), task)
        summary = summarise(job)
    assert (summary.failures, summary.reasons) == (2, {"broken": 1, "not_followed": 1})
    assert len((out / "failures.jsonl").read_bytes().splitlines()) == 2


def test_a_folder_of_results_is_its_owners_alone(tmp_path: Path):
    with Job(tmp_path / "out", ASKED):
        """It is made."""
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
