# SPDX-License-Identifier: Apache-2.0
"""A file to its row: hashes and no content, a reason where there is no hash."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from PIL import Image

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.hashing import Limits, hash_picture
from hearthline.kit.scanning import Wanted, failed, hash_named
from hearthline.kit.scanning.hashed import TURNED, from_row
from hearthline.kit.scanning.tests import make


def sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def hashed(path: Path, **wanted: object):
    return hash_named(str(path), Wanted(**wanted), make.HERE)


def test_a_picture_is_told_by_its_hashes_and_its_kind(tmp_path: Path):
    (path,) = make.pictures(tmp_path, 1)
    content = path.read_bytes()
    assert hashed(path, exact=True).row == {
        "path": str(path),
        "bytes": len(content),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "media": "picture",
        "format": "JPEG",
        "width": 96,
        "height": 80,
        "pdq": hash_picture(content).pdq.hex,
        "quality": 100,
        "exact": True,
    }


def test_turned_views_are_looked_up_and_told_only_if_asked_for(tmp_path: Path):
    (path,) = make.pictures(tmp_path, 1)
    plain = hashed(path)
    assert [look.view for look in plain.looks[HashKind.PDQ]] == list(TURNED)
    assert "views" not in plain.row
    told = hashed(path, tell_dihedral=True).row["views"]
    assert [view["view"] for view in told] == list(TURNED[1:])
    assert len(hashed(path, dihedral=False).looks[HashKind.PDQ]) == 1


def test_each_name_of_a_view_says_how_the_picture_was_turned(tmp_path: Path):
    (path,) = make.pictures(tmp_path, 1)
    told = {each["view"]: each["pdq"] for each in hashed(path, tell_dihedral=True).row["views"]}
    for view in TURNED[1:]:
        turn = {"flip_vertical": "FLIP_TOP_BOTTOM", "flip_horizontal": "FLIP_LEFT_RIGHT"}
        method = Image.Transpose[turn.get(view, view.upper())]
        file = io.BytesIO()
        with Image.open(path) as picture:
            picture.transpose(method).save(file, "PNG")
        turned = hash_picture(file.getvalue()).pdq
        assert turned.distance(type(turned).from_hex(told[view])) <= 12, view


def test_negatives_are_looked_up_if_asked_for(tmp_path: Path):
    (path,) = make.pictures(tmp_path, 1)
    looks = hashed(path, negatives=True, dihedral=False).looks[HashKind.PDQ]
    assert [look.view for look in looks] == ["shown", "negative_shown"]
    assert int.from_bytes(looks[0].value) ^ int.from_bytes(looks[1].value) == 2**256 - 1


def test_only_the_kinds_asked_for_are_made(tmp_path: Path):
    (path,) = make.pictures(tmp_path, 1)
    assert "pdq" not in hashed(path, kinds=(HashKind.MD5,)).row
    assert "md5" not in hashed(path, kinds=(HashKind.PDQ,)).row


def test_what_is_transparent_is_looked_up_on_black_too(tmp_path: Path):
    path = tmp_path / "clear.png"
    picture = make.drawn(4).convert("RGBA")
    picture.putalpha(make.drawn(5).convert("L"))
    picture.save(path)
    row = hashed(path).row
    assert [each["view"] for each in row["views"]] == ["over_black", "without_alpha"]


def test_a_video_is_told_by_frames(tmp_path: Path):
    path = make.video(tmp_path / "film.mp4", [1, 2, 3])
    row = hashed(path).row
    assert row["media"] == "video"
    assert [frame["at"] for frame in row["frames"]] == [0.0, 1.0, 2.0]
    assert {"md5", "sha1", "sha256"} <= row.keys()


def test_a_large_video_is_read_where_it_lies(tmp_path: Path):
    path = make.video(tmp_path / "film.mp4", [1, 2])
    row = hashed(path, limits=Limits(file_bytes=1000)).row
    assert len(row["frames"]) == 2
    assert row["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_any_other_file_has_digests_and_is_no_failure(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_text("words")
    row = hashed(path).row
    assert (row["refused"], len(row["sha256"])) == ("not_an_image", 64)
    assert not failed(row)


def test_an_empty_file_is_no_failure(tmp_path: Path):
    path = tmp_path / "empty.jpg"
    path.touch()
    row = hashed(path).row
    assert row["refused"] == "empty"
    assert not failed(row)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "broken"),
        ("heic.heic", b"\0\0\0\x18ftypheic" + bytes(40), "unsupported"),
        ("cut.mp4", b"\0\0\0\x18ftypmp42" + bytes(40), "broken"),
    ],
)
def test_what_cannot_be_decoded_fails_with_its_digests_made(
    tmp_path: Path, name: str, content: bytes, reason: str
):
    path = tmp_path / name
    path.write_bytes(content)
    row = hashed(path).row
    assert (row["refused"], row["sha1"]) == (reason, sha1(content))
    assert failed(row)


def test_a_picture_larger_than_allowed_fails(tmp_path: Path):
    (path,) = make.pictures(tmp_path, 1)
    row = hashed(path, limits=Limits(file_bytes=100)).row
    assert (row["refused"], len(row["md5"])) == ("too_large", 32)


def test_what_is_no_file_is_unreadable(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "gone", Path("/etc/passwd/x")):
        row = hashed(path).row
        assert row["refused"] == "unreadable"
        assert failed(row)


def test_a_name_that_is_not_utf_8_is_read_and_told_safely(tmp_path: Path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg"))
    path.write_bytes(make.jpeg(1))
    row = hashed(path).row
    assert (row["media"], bytes.fromhex(row["path_hex"])) == ("picture", os.fsencode(path))


def test_a_row_can_be_looked_up_again(tmp_path: Path):
    film = make.video(tmp_path / "film.mp4", [1, 2])
    clear = tmp_path / "clear.png"
    picture = make.drawn(4).convert("RGBA")
    picture.putalpha(make.drawn(5).convert("L"))
    picture.save(clear)
    for path in (film, clear):
        first = hashed(path, tell_dihedral=True, negatives=True)
        again = from_row(first.row, negatives=True)
        assert {kind: {look.value for look in looks} for kind, looks in again.looks.items()} == {
            kind: {look.value for look in looks} for kind, looks in first.looks.items()
        }


@pytest.mark.parametrize(
    "row", [{"pdq": "ab"}, {"md5": 5}, {"views": [{"view": "shown"}]}, {"frames": {}}]
)
def test_a_row_with_a_hash_that_is_none_is_refused(row: dict):
    with pytest.raises(ValueError):
        from_row(row)
