# SPDX-License-Identifier: Apache-2.0
"""hearthline match: hashes in, what banks know of them out."""

import json
from pathlib import Path

import pytest

from hearthline.commands.tests.conftest import Call
from hearthline.kit.hashing import digest, hash_picture
from hearthline.kit.scanning.tests import make


def test_what_hash_writes_is_looked_up(tmp_path: Path, banks: Path, call: Call):
    hashed = call("hash", "--scan", *make.pictures(tmp_path / "in", 4)).out
    said = call("match", "--library", banks, stdin=hashed.encode())
    assert (said.code, said.errors) == (0, "")
    assert [Path(row["path"]).name for row in said.rows] == ["000.jpg", "003.jpg"]
    assert {match["kind"] for match in said.rows[0]["matches"]} == {"pdq", "sha256"}


def test_all_rows_come_out_if_asked_for(tmp_path: Path, banks: Path, call: Call):
    hashed = call("hash", *make.pictures(tmp_path / "in", 4)).out
    assert len(call("match", "--library", banks, "--all", stdin=hashed.encode()).rows) == 4


def test_plain_hashes_are_told_apart_by_their_length(banks: Path, call: Call):
    pdq, sha256 = hash_picture(make.jpeg(0)).pdq.hex, digest(make.jpeg(0)).sha256.hex()
    said = call("match", "--library", banks, stdin=f"{pdq}\n\n{'0' * 32}\n".encode())
    assert (said.code, said.row["kind"], said.row["pdq"]) == (0, "pdq", pdq)
    said = call("match", "--library", banks, "--kind", "sha256", stdin=sha256.encode())
    assert said.row["matches"][0]["kind"] == "sha256"


def test_rows_that_others_wrote_oddly_are_looked_up_all_the_same(banks: Path, call: Call):
    pdq = hash_picture(make.jpeg(0)).pdq.hex
    frame = '{"at": 1' + "0" * 400 + f', "pdq": "{pdq}"}}'
    for row in (
        f'{{"path": "\\ud800", "pdq": "{pdq}"}}',
        f'{{"path": "x", "media": "video", "pdq": "{pdq}"}}',
        f'{{"path": "x", "media": "video", "frames": [], "pdq": "{pdq}"}}',
        f'{{"path": "x", "media": "video", "frames": [{frame}]}}',
    ):
        said = call("match", "--library", banks, stdin=row.encode())
        assert (said.code, said.errors) == (0, "")
        assert said.row["path"] in {"x", "\ud800"}
        assert said.row["matches"][0]["distance"] == 0


def test_an_answer_of_before_is_replaced(banks: Path, call: Call):
    row = {"path": "x", "pdq": "0" * 64, "matches": [{"bank": "old"}], "reason": "old"}
    said = call("match", "--library", banks, "--all", stdin=json.dumps(row).encode())
    assert said.row == {"path": "x", "pdq": "0" * 64}


def test_a_row_of_a_file_that_was_refused_passes(banks: Path, call: Call):
    row = b'{"path":"x","refused":"broken","why":"It is broken."}'
    said = call("match", "--library", banks, stdin=row)
    assert (said.code, said.out) == (0, "")


def test_a_negative_is_found_if_asked_for(banks: Path, call: Call):
    negative = hash_picture(make.jpeg(0)).pdq.complement().hex.encode()
    assert call("match", "--library", banks, stdin=negative).out == ""
    said = call("match", "--library", banks, "--negatives", stdin=negative)
    assert said.row["matches"][0]["view"] == "negative_shown"


def test_lines_that_cannot_be_read_are_numbered_and_the_rest_goes_on(banks: Path, call: Call):
    good = hash_picture(make.jpeg(0)).pdq.hex.encode()
    bad = b'\xff\xfe\x1b[31m\n{"pdq": 5}\n{broken\nabcd\n[]\n'
    said = call("match", "--library", banks, stdin=bad + good)
    assert (said.code, len(said.rows)) == (1, 1)
    assert said.errors.splitlines() == [
        "hearthline match: line 1: not hexadecimal digits.",
        "hearthline match: line 2: no pdq hash where one should be.",
        "hearthline match: line 3: not a JSON object.",
        "hearthline match: line 4: 4 digits are no MD5 (32), SHA-1 (40), SHA-256 or PDQ (64).",
        "hearthline match: line 5: not hexadecimal digits.",
    ]


def test_of_many_bad_lines_the_first_are_told(banks: Path, call: Call):
    said = call("match", "--library", banks, stdin=b"bad\n" * 500)
    assert said.code == 1
    assert said.errors.splitlines()[-1].endswith(
        "500 lines could not be read; the first 20 are told above."
    )
    assert len(said.errors.splitlines()) == 21


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "name the folder of banks with --library, or in HEARTHLINE_LIBRARY."),
        (["--library", "lost"], 2, "lost is no folder of banks; `hearthline bank create`"),
        (["--bank", "lost"], 1, "there is no bank named 'lost'"),
    ],
)
def test_banks_that_are_not_there_are_named(
    banks: Path,
    call: Call,
    arguments: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
):
    if "--bank" in arguments:
        monkeypatch.setenv("HEARTHLINE_LIBRARY", str(banks))
    told = call("match", *arguments, stdin=b"0" * 64)
    assert (told.code, said in told.errors) == (code, True)
    assert len(told.errors.splitlines()) == 1
