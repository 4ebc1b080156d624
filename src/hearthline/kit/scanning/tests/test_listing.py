# SPDX-License-Identifier: Apache-2.0
"""Which files a scan is about."""

import io
import os
import sys
from pathlib import Path

import pytest

from hearthline.kit.scanning import PlaceRefused, found
from hearthline.kit.scanning.tests import make


def listed(source: str | Path, out: Path, unlisted: list | None = None) -> list[str]:
    holes = [] if unlisted is None else unlisted
    return list(found(str(source), make.HERE, leave_out=out, unlisted=holes))


def test_a_folder_gives_every_file_below_it_in_order(tmp_path: Path):
    for name in ("b/2.jpg", "a/1.jpg", "b/c/.hidden", "0.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    below = [os.path.relpath(name, tmp_path) for name in listed(tmp_path, tmp_path / "out")]
    assert below == ["0.txt", "a/1.jpg", "b/2.jpg", "b/c/.hidden"]


def test_the_results_are_not_scanned(tmp_path: Path):
    make.pictures(tmp_path / "pictures", 1)
    make.pictures(tmp_path / "out", 2)
    assert len(listed(tmp_path, tmp_path / "out")) == 1


def test_a_link_to_a_folder_is_told_and_not_followed(tmp_path: Path):
    make.pictures(tmp_path / "pictures", 1)
    (tmp_path / "again").symlink_to(tmp_path)
    holes: list = []
    assert len(listed(tmp_path, tmp_path / "out", holes)) == 1
    assert [(hole["path"], hole["refused"]) for hole in holes] == [
        (str(tmp_path / "again"), "not_followed")
    ]


def test_a_folder_that_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path):
    make.pictures(tmp_path / "pictures", 1)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    if os.access(closed, os.R_OK):
        pytest.skip("this account may read every folder")
    holes: list = []
    assert len(listed(tmp_path, tmp_path / "out", holes)) == 1
    assert [hole["refused"] for hole in holes] == ["unreadable"]


def test_a_link_to_nothing_is_listed_so_that_it_is_told(tmp_path: Path):
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    assert len(listed(tmp_path, tmp_path / "out")) == 1


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    assert listed(tmp_path, tmp_path / "out") == []


@pytest.mark.parametrize("end", [b"\n", b"\0", b"\r\n"])
def test_a_list_holds_paths_and_addresses(tmp_path: Path, end: bytes):
    file = tmp_path / "list"
    file.write_bytes(end.join([b"/a/b.jpg", b"s3://bucket/c.jpg", b"below.jpg", b""]))
    absolute = [os.path.abspath("below.jpg")]
    assert listed(file, tmp_path / "out") == ["/a/b.jpg", "s3://bucket/c.jpg", *absolute]


def test_a_list_comes_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"/a.jpg\n/b.jpg\n")))
    assert listed("-", tmp_path / "out") == ["/a.jpg", "/b.jpg"]


def test_a_picture_is_no_list(tmp_path: Path):
    (path,) = make.pictures(tmp_path, 1)
    with pytest.raises(PlaceRefused, match=r"JPEG picture.*hearthline hash"):
        listed(path, tmp_path / "out")


def test_a_source_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(PlaceRefused, match="nowhere cannot be read: No such file"):
        listed(tmp_path / "nowhere", tmp_path / "out")


def test_other_networks_are_refused(tmp_path: Path):
    with pytest.raises(PlaceRefused, match="https:// cannot be scanned"):
        listed("https://example.org/", tmp_path / "out")
