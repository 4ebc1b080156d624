# SPDX-License-Identifier: Apache-2.0
"""hearthline hash: names in, rows of hashes out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hearthline.commands.tests.conftest import Call
from hearthline.kit.hashing import hash_picture
from hearthline.kit.scanning.tests import make


def test_files_named_in_the_call_are_hashed_in_their_order(tmp_path: Path, call: Call):
    paths = make.pictures(tmp_path, 3)
    said = call("hash", paths[2], paths[0])
    assert (said.code, said.errors) == (0, "")
    assert [row["path"] for row in said.rows] == [str(paths[2]), str(paths[0])]
    assert said.rows[0]["pdq"] == hash_picture(paths[2]).pdq.hex
    assert said.rows[0]["exact"] is True


@pytest.mark.parametrize(("option", "end"), [([], b"\n"), (["-0"], b"\0")])
def test_names_come_from_a_pipe(tmp_path: Path, call: Call, option: list[str], end: bytes):
    names = [os.fsencode(path) for path in make.pictures(tmp_path, 2)]
    said = call("hash", *option, "-", stdin=end.join(names))
    assert [row["path"].encode() for row in said.rows] == names


def test_a_name_with_a_line_feed_needs_nul(tmp_path: Path, call: Call):
    path = tmp_path / "two\nlines.jpg"
    path.write_bytes(make.jpeg(1))
    assert call("hash", "-0", "-", stdin=os.fsencode(path)).row["path"] == str(path)


def test_scan_hashes_for_looking_up_and_dihedral_tells_turned_views(tmp_path: Path, call: Call):
    path = tmp_path / "large.jpg"
    path.write_bytes(make.jpeg(1, (1400, 1100)))
    row = call("hash", "--scan", "--dihedral", "--kinds", "pdq", path).row
    assert (row["exact"], len(row["views"])) == (False, 7)
    assert "views" not in call("hash", "--scan", path).row
    assert len(call("hash", "--dihedral", path).row["views"]) == 7


def test_what_cannot_be_hashed_is_told_among_the_rows_and_by_the_code(tmp_path: Path, call: Call):
    (path,) = make.pictures(tmp_path, 1)
    said = call("hash", tmp_path / "gone.jpg", path, tmp_path)
    assert (said.code, said.errors) == (1, "")
    assert [row.get("refused") for row in said.rows] == ["unreadable", None, "unreadable"]
    assert said.rows[0]["why"] == "The file cannot be read: No such file or directory."
    assert said.rows[2]["why"] == "It is a folder."


def test_a_file_of_another_kind_is_no_failure(tmp_path: Path, call: Call):
    (tmp_path / "words.txt").write_text("words")
    said = call("hash", tmp_path / "words.txt")
    assert (said.code, said.row["refused"]) == (0, "not_an_image")


def test_output_holds_no_content(tmp_path: Path, call: Call):
    path = make.video(tmp_path / "film.mp4", [1, 2])
    row = call("hash", path).row
    assert set(row) == {"path", "bytes", "md5", "sha1", "sha256", "media", "format"} | {
        "width",
        "height",
        "frames",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kinds", "pdq,crc", "x"], "'crc' is no kind of hash; there are pdq, md5, sha1, sha256"),
        (["--kinds", ",", "x"], "name at least one kind of hash"),
        (["--frames-per-second", "0", "x"], "--frames-per-second is a number above 0"),
        (["-0", "x"], "-0 is about names on standard input; add - to read them"),
        ([], "the following arguments are required: FILE"),
    ],
)
def test_a_call_that_cannot_be_understood_says_what_to_change(
    call: Call, arguments: list[str], said: str
):
    told = call("hash", *arguments)
    assert told.code == 2
    assert said in told.errors
    assert "Traceback" not in told.errors


def test_help_tells_the_exit_codes(call: Call):
    for name in ("hash", "match", "bank", "scan"):
        said = call(name, "--help")
        assert said.code == 0
        assert "exit codes: 0 done; 1 done, but something failed" in said.out


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path):
    paths = make.pictures(tmp_path, 40)
    command = [sys.executable, "-m", "hearthline.cli", "hash", *map(str, paths)]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (3, b"")
