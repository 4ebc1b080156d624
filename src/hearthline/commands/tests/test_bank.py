# SPDX-License-Identifier: Apache-2.0
"""hearthline bank: make banks, take lists in, hand them out, and see that all is well."""

import io
from pathlib import Path

import pytest

from hearthline.commands.tests.conftest import Call
from hearthline.kit.formats import vics
from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks import Library

MD5, PDQ = "0123456789abcdef" * 2, "fedcba9876543210" * 4
LIST = f"kind,hash,category\nmd5,{MD5},csam\npdq,{PDQ},csam\n".encode()


@pytest.fixture
def library(tmp_path: Path, call: Call) -> Path:
    folder = tmp_path / "library"
    said = call("bank", "create", "national", "--library", folder, "--by", "Ada")
    assert said.code == 0
    return folder


def taken_in(call: Call, library: Path, content: bytes = LIST, *more: str):
    return call(
        *("bank", "import", "national", "-", "--library", library, "--source", "Agency", *more),
        stdin=content,
    )


def test_a_bank_is_made_with_its_settings_and_listed(tmp_path: Path, call: Call):
    folder = tmp_path / "new" / "library"
    settings = ["--radius", "20", "--negative", "--kinds", "pdq,md5", "--enabled-share", "0.5"]
    settings += ["--source", "Agency", "--category", "csam", "--legal-basis", "Act 1"]
    assert call("bank", "create", "trial", "--library", folder, *settings).code == 0
    row = call("bank", "list", "--library", folder).row
    assert (row["name"], row["radius"], row["negative"]) == ("trial", 20, True)
    assert (row["kinds"], row["enabled_share"], row["legal_basis"]) == (
        ["pdq", "md5"],
        0.5,
        "Act 1",
    )


def test_who_made_it_is_journaled(library: Path):
    with Library(library) as opened:
        assert [change.by for change in opened.bank("national").journal()] == ["Ada"]


def test_what_files_were_hashed_to_is_taken_in_as_it_comes(library: Path, call: Call):
    row = f'{{"path":"a.jpg","md5":"{MD5}","pdq":"{PDQ}","quality":100,"exact":true}}'
    assert taken_in(call, library, row.encode()).row["new"] == 2
    hasty = row.replace("true", "false").replace("0123", "3210")
    said = taken_in(call, library, hasty.encode())
    assert (said.code, said.row["new"]) == (1, 1)
    assert "--exact" in said.errors


def test_a_list_is_taken_in_and_counted(library: Path, call: Call):
    assert taken_in(call, library).row["new"] == 2
    again = taken_in(call, library)
    assert (again.code, again.row["new"], again.row["known"]) == (0, 0, 2)
    row = call("bank", "stats", "--library", library).row
    assert (row["entries"], row["kinds"]) == (2, {"pdq": 1, "md5": 1})
    assert (row["categories"], row["sources"]) == ({"csam": 2}, {"Agency": 2})


@pytest.mark.parametrize("form", ["csv", "json", "plain"])
def test_what_is_handed_out_can_be_taken_in_again(
    library: Path, tmp_path: Path, call: Call, form: str
):
    taken_in(call, library)
    out = tmp_path / "list"
    said = call("bank", "export", "national", "--library", library, "--format", form, "--out", out)
    assert (said.code, said.errors) == (0, "hearthline bank export: 2 written.\n")
    call("bank", "create", "copy", "--library", library)
    more = ["--kind", "pdq"] if form == "plain" else []
    said = call("bank", "import", "copy", out, "--library", library, "--source", "Us", *more)
    if form == "plain":  # one of the two is no PDQ
        assert (said.code, said.row["new"], said.row["refused"]) == (1, 1, 1)
    else:
        assert (said.code, said.row["new"]) == (0, 2)


def test_vics_is_known_by_its_beginning_and_written_with_categories_of_its_own(
    library: Path, call: Call
):
    taken_in(call, library, LIST.replace(b"csam", b"other", 1))
    out = call(
        *("bank", "export", "national", "--library", library, "--format", "vics"),
        *("--vics-category", "csam=1", "--vics-namespace", "Solmere"),
    )
    assert "1 left out: category other has no VICS category" in out.errors
    (media,) = (each for each in vics.read(io.BytesIO(out.out.encode())) if hasattr(each, "hashes"))
    assert (media.category, media.hashes) == (1, {HashKind.PDQ: bytes.fromhex(PDQ)})
    call("bank", "create", "copy", "--library", library)
    arguments = ("bank", "import", "copy", "-", "--library", library, "--source", "Us")
    assert call(*arguments, "--categories", "2", stdin=out.out.encode()).row["refused"] == 1
    assert call(*arguments, "--categories", "1,2", stdin=out.out.encode()).row["new"] == 1


def test_items_that_cannot_be_taken_are_told_with_their_places(library: Path, call: Call):
    said = taken_in(call, library, LIST + b"md5,xyz,csam\n")
    assert (said.code, said.row["new"], said.row["refused"]) == (1, 2, 1)
    assert said.errors == "hearthline bank import: line 4: not hexadecimal digits\n"


def test_all_is_well_until_a_file_is_damaged_and_a_rebuild_mends_it(library: Path, call: Call):
    taken_in(call, library)
    said = call("bank", "verify", "--library", library)
    assert (said.code, said.row) == (0, {"bank": "national", "sound": True})
    for path in (library / "national" / "pdq").glob("*.log"):
        path.write_bytes(path.read_bytes()[:-8] + bytes(8))
    (library / "national" / "pdq" / "manifest.json").write_bytes(b"{")
    said = call("bank", "verify", "national", "--library", library)
    assert (said.code, said.errors.count("\n")) == (1, 1)
    assert "rebuild" in said.errors
    assert call("bank", "rebuild", "national", "--library", library).code == 0
    assert call("bank", "verify", "--library", library).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["create", "national"], 1, "a bank named 'national' exists; choose another name."),
        (["create", "a/b"], 1, "name: 1 to 64 letters"),
        (["create", "x", "--radius", "65"], 1, "radius: 65 is not a whole number from 0 to 64."),
        (["create", "x", "--kinds", "crc"], 2, "'crc' is no kind of hash"),
        (["import", "lost", "-", "--source", "x"], 1, "there is no bank named 'lost'"),
        (["import", "national", "-"], 2, "say with --source who handed the list out."),
        (["import", "national", "gone.csv", "--source", "x"], 1, "gone.csv: No such file"),
        (["import", "national", "-", "--source", "x", "--format", "vics"], 1, "value: no list"),
        (["export", "national", "--format", "vics", "--kind", "pdq"], 2, "leave --kind out."),
        (["export", "national", "--vics-category", "csam"], 2, "CODE=NUMBER"),
        (["stats", "lost"], 1, "there is no bank named 'lost'"),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_what_to_change(
    library: Path, call: Call, arguments: list[str], code: int, said: str
):
    told = call("bank", *arguments, "--library", library, stdin=b"{}")
    assert told.code == code, told.errors
    assert said in told.errors
    assert len(told.errors.splitlines()) == 1


def test_an_act_has_to_be_named(call: Call):
    assert call("bank").code == 2
