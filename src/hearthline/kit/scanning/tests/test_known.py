# SPDX-License-Identifier: Apache-2.0
"""What a row says that banks know."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hearthline.kit.formats.known_hash import HashKind, KnownHash
from hearthline.kit.hashing import digest, hash_picture
from hearthline.kit.hashing.video import hash_video
from hearthline.kit.matching.banks import Library, NoSuchBank
from hearthline.kit.scanning import Wanted, hash_named, kinds_known, look_up
from hearthline.kit.scanning.tests import make


@pytest.fixture
def library(banks: Path) -> Iterator[Library]:
    with Library(banks) as opened:
        yield opened


def told(library: Library, *paths: Path, banks: list[str] | None = None, **wanted: object):
    hashed = [hash_named(str(path), Wanted(**wanted), make.HERE) for path in paths]
    look_up(library, hashed, banks=banks, at=make.NOW)
    return [each.row for each in hashed]


def test_a_known_picture_is_told_with_bank_entry_and_distance(library: Library, tmp_path: Path):
    known, other = make.pictures(tmp_path / "in", 2)
    first, second = told(library, known, other)
    matches = {match.pop("kind"): match for match in first["matches"]}
    bank = library.bank("known")
    bits, same = hash_picture(make.jpeg(0)).pdq.bits, digest(make.jpeg(0)).sha256
    always = {"bank": "known", "distance": 0, "category": "test"}
    assert matches == {
        "pdq": always | {"entry": bank.find(HashKind.PDQ, bits).id, "radius": 31, "view": "shown"},
        "sha256": always | {"entry": bank.find(HashKind.SHA256, same).id, "radius": 0},
    }
    assert "matches" not in second


def test_a_turned_copy_is_found_by_the_view_that_matches(library: Library, tmp_path: Path):
    path = tmp_path / "turned.png"
    make.drawn(0).rotate(90, expand=True).save(path)
    (row,) = told(library, path)
    assert [match["view"] for match in row["matches"]] == ["rotate_270"]
    assert "matches" not in told(library, path, dihedral=False)[0]


def test_a_negative_is_found_if_asked_for(library: Library, tmp_path: Path):
    path = tmp_path / "negative.png"
    make.drawn(0).point(lambda value: 255 - value).save(path)
    assert "matches" not in told(library, path)[0]
    assert told(library, path, negatives=True)[0]["matches"][0]["view"] == "negative_shown"


def test_only_the_banks_asked_for_are_looked_in(library: Library, tmp_path: Path):
    make.bank_of(library, "other", [make.jpeg(1)])
    (path, _) = make.pictures(tmp_path / "in", 2)
    assert "matches" not in told(library, path, banks=["other"])[0]
    assert "matches" in told(library, path, banks=["known"])[0]


def test_what_is_known_to_be_harmless_is_suppressed_with_the_reason(
    library: Library, tmp_path: Path
):
    harmless = library.create_bank("harmless", negative=True, **make.SIGNED)
    (path,) = make.pictures(tmp_path / "in", 1)
    near = KnownHash(HashKind.PDQ, hash_picture(make.jpeg(0)).pdq.bits)
    harmless.add([near], source="Test", **make.SIGNED)
    (row,) = told(library, path)
    # The picture looks harmless, but these very bytes are known not to be.
    assert [match["kind"] for match in row["matches"]] == ["sha256"]
    assert [match["kind"] for match in row["suppressed"]] == ["pdq"]
    assert row["reason"] == "known to be harmless: bank harmless, entry 1, 0 bits"


def test_bytes_that_are_known_to_be_harmless_suppress_all_else(library: Library, tmp_path: Path):
    harmless = library.create_bank("harmless", negative=True, **make.SIGNED)
    same = KnownHash(HashKind.SHA256, digest(make.jpeg(0)).sha256)
    harmless.add([same], source="Test", **make.SIGNED)
    (path,) = make.pictures(tmp_path / "in", 1)
    (row,) = told(library, path)
    assert "matches" not in row
    assert {match["kind"] for match in row["suppressed"]} == {"pdq", "sha256"}
    assert row["reason"] == "known to be harmless: bank harmless, entry 1, equal sha256"


def test_a_disputed_entry_matches_and_says_so(library: Library, tmp_path: Path):
    bank = library.bank("known")
    entry = bank.find(HashKind.PDQ, hash_picture(make.jpeg(0)).pdq.bits)
    bank.dispute([entry.id], reason="a second look", **make.SIGNED)
    (path,) = make.pictures(tmp_path / "in", 1)
    disputed = {match["kind"]: match.get("disputed") for match in told(library, path)[0]["matches"]}
    assert disputed == {"pdq": True, "sha256": None}


def test_a_video_is_told_by_the_shares_that_match(library: Library, tmp_path: Path):
    known = hash_video(make.video(tmp_path / "known.mp4", [10, 11, 12, 13]))
    frames = [KnownHash(HashKind.PDQ, each.pdq.bits, content="film") for each in known.frames]
    library.create_bank("films", **make.SIGNED).add(frames, source="Test", **make.SIGNED)
    (row,) = told(library, make.video(tmp_path / "cut.mp4", [11, 12, 20]))
    assert [(match["bank"], match["at"]) for match in row["matches"]] == [
        ("films", 0.0),
        ("films", 1.0),
    ]
    content = library.bank("films").entry(1).content
    assert row["videos"] == [
        {
            "bank": "films",
            "content": content,
            "frames": 2,
            "share": 0.667,
            "of": 4,
            "content_share": 0.5,
        }
    ]


def test_only_kinds_that_banks_hold_need_be_made(library: Library):
    assert kinds_known(library, None) == (HashKind.PDQ, HashKind.SHA256)
    library.create_bank("empty", **make.SIGNED)
    assert kinds_known(library, ["empty"]) == ()


def test_a_bank_that_is_not_there_is_named(library: Library):
    with pytest.raises(NoSuchBank, match="'lost'"):
        kinds_known(library, ["lost"])
