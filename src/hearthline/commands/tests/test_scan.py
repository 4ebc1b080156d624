# SPDX-License-Identifier: Apache-2.0
"""hearthline scan: a folder, a list or a bucket in; matches, failures and a summary out."""

import json
import os
import sys
from pathlib import Path

import pytest

from hearthline import cli
from hearthline.commands.tests.conftest import Call, Said
from hearthline.kit.scanning.tests import make, store


@pytest.fixture
def scan(tmp_path: Path, banks: Path, call: Call):
    def called(source: object, *more: object, stdin: bytes = b"") -> Said:
        arguments = ("--library", banks, "--out", tmp_path / "out", "--workers", "1", *more)
        return call("scan", source, *arguments, stdin=stdin)

    return called


def test_a_folder_is_scanned_and_the_matches_are_told(tmp_path: Path, scan):
    make.pictures(tmp_path / "in", 4)
    make.video(tmp_path / "in" / "film.mp4", [3])
    (tmp_path / "in" / "words.txt").write_text("words")
    said = scan(tmp_path / "in")
    assert said.code == 0
    assert said.out.splitlines() == [
        "6 of 6 files done: 4 pictures, 1 videos, 1 others.",
        f"3 files match; {tmp_path / 'out' / 'matches.jsonl'}",
        "        1 not_an_image",
    ]
    matches = make.rows(tmp_path / "out" / "matches.jsonl")
    assert [Path(row["path"]).name for row in matches] == ["000.jpg", "003.jpg", "film.mp4"]
    # No bank holds MD5, so none was made.
    assert "md5" not in matches[0]
    assert said.errors.splitlines()[-1].startswith("hearthline scan: 6 of 6 files, ")


def test_failures_are_listed_with_reasons_and_tried_again(tmp_path: Path, scan):
    make.pictures(tmp_path / "in", 2)
    broken = tmp_path / "in" / os.fsdecode(b"caf\xe9\x1b[2J.png")
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    said = scan(tmp_path / "in", "--quiet")
    assert (said.code, said.errors) == (1, "")
    assert "1 failed" in said.out
    (failure,) = make.rows(tmp_path / "out" / "failures.jsonl")
    assert (failure["refused"], bytes.fromhex(failure["path_hex"])) == (
        "broken",
        os.fsencode(broken),
    )
    broken.write_bytes(make.jpeg(3))
    assert scan(tmp_path / "in", "--quiet").code == 1
    assert scan(tmp_path / "in", "--quiet", "--retry-failed").code == 0
    assert len(make.rows(tmp_path / "out" / "matches.jsonl")) == 2


def test_a_list_comes_from_a_pipe_and_the_scan_goes_on_without_it(tmp_path: Path, scan):
    paths = make.pictures(tmp_path / "in", 3)
    names = "\n".join(map(str, paths)).encode()
    assert scan("-", stdin=names).code == 0
    said = scan("-")
    assert (said.code, said.out.splitlines()[0]) == (0, "3 of 3 files done: 3 pictures.")


def test_a_bucket_is_scanned(tmp_path: Path, scan):
    objects = {f"in/{number}.jpg": make.jpeg(number) for number in range(4)}
    with store.running(objects) as there:
        place = ("--endpoint", there.endpoint, "--region", "none", "--anonymous")
        said = scan("s3://bucket/in", *place)
    assert said.code == 0, said.errors
    matches = make.rows(tmp_path / "out" / "matches.jsonl")
    assert [row["path"] for row in matches] == ["s3://bucket/in/0.jpg", "s3://bucket/in/3.jpg"]
    assert "endpoint" in json.loads((tmp_path / "out" / "job.json").read_text())["asked"]


def test_only_hashes_and_names_are_written(tmp_path: Path, scan):
    paths = make.pictures(tmp_path / "in", 4)
    scan(tmp_path / "in")
    written = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert written < sum(path.stat().st_size for path in paths)
    assert not any(
        path.read_bytes()[200:400] in out.read_bytes()
        for path in paths
        for out in (tmp_path / "out").rglob("*")
        if out.is_file()
    )


def test_rows_of_a_scan_are_looked_up_again_without_the_files(
    tmp_path: Path, scan, call: Call, banks: Path
):
    make.pictures(tmp_path / "in", 4)
    scan(tmp_path / "in")
    rows = b"".join(path.read_bytes() for path in (tmp_path / "out" / "results").iterdir())
    assert len(call("match", "--library", banks, stdin=rows).rows) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere cannot be read: No such file or directory."),
        (["https://example.org"], "https:// cannot be scanned"),
        (["--shard-files", "0"], "--shard-files is a number above 0."),
        (["--workers", "-1"], "--workers is a number above 0"),
        (["--cluster", "local", "--runner", "pool"], "a cluster runs on Daft"),
        (["--kinds", "crc"], "'crc' is no kind of hash"),
    ],
)
def test_a_call_that_cannot_be_understood_says_what_to_change(
    tmp_path: Path, scan, arguments: list[str], said: str
):
    source = [] if not arguments[0].startswith("-") else [tmp_path]
    told = scan(*source, *arguments)
    assert told.code == 2
    assert said in told.errors
    assert len(told.errors.splitlines()) == 1


def test_another_scan_in_the_same_folder_is_refused(tmp_path: Path, scan):
    make.pictures(tmp_path / "in", 1)
    scan(tmp_path / "in")
    told = scan(tmp_path / "in", "--exact")
    assert told.code == 2
    assert "holds a scan with another exact. Name a new folder" in told.errors


def test_a_bank_that_is_not_there_is_named_before_any_work(tmp_path: Path, scan):
    told = scan(tmp_path, "--bank", "lost")
    assert (told.code, "no bank named 'lost'" in told.errors) == (1, True)
    assert not (tmp_path / "out").exists()


def test_banks_without_hashes_are_told(tmp_path: Path, call: Call):
    call("bank", "create", "empty", "--library", tmp_path / "new")
    told = call("scan", tmp_path, "--library", tmp_path / "new", "--out", tmp_path / "out")
    assert (told.code, "hold no hashes yet" in told.errors) == (2, True)


def test_what_is_not_installed_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delitem(sys.modules, "hearthline.commands.scan", raising=False)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.delitem(sys.modules, "hearthline.commands.progress", raising=False)
    monkeypatch.setattr(sys, "argv", ["hearthline", "scan", "--help"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "hearthline scan: tqdm is not installed. "
        "Install the engine as well: pip install 'hearthline[engine]'.\n"
    )


def test_daft_that_is_not_installed_is_named(tmp_path: Path, scan, monkeypatch: pytest.MonkeyPatch):
    make.pictures(tmp_path / "in", 1)
    monkeypatch.setitem(sys.modules, "daft", None)
    monkeypatch.delitem(sys.modules, "hearthline.kit.scanning.runners.on_daft", raising=False)
    told = scan(tmp_path / "in", "--runner", "daft")
    assert told.code == 2
    assert "daft is not installed: pip install 'hearthline[cluster]'" in told.errors


def test_keys_in_an_address_are_refused_before_they_are_written(
    tmp_path: Path, banks: Path, call: Call
):
    address = "https://me:secret@store.example.org/"
    out = tmp_path / "out"
    said = call("scan", "s3://b/", "--out", out, "--library", banks, "--endpoint", address)
    assert (said.code, "user name" in said.errors, "secret" in said.errors) == (2, True, False)
    assert not out.exists()
