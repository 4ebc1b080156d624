# SPDX-License-Identifier: Apache-2.0
import errno
import os
import re
import subprocess
import sys

import pytest

from hearthline.kit.matching import HashIndex, IndexBroken

from .make import hashes, listed, numbered, open_files

KILLS = os.environ.get("HEARTHLINE_KILLS", "30")


def test_a_writer_killed_at_any_moment_loses_nothing_it_confirmed(tmp_path):
    command = [sys.executable, "-m", "hearthline.kit.matching.tests.killing", tmp_path, KILLS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    told = re.fullmatch(r"nothing lost by \d+ kills in (\d+) changes", done.stdout)
    assert told, done.stdout + done.stderr
    assert int(told[1]) >= int(KILLS) // 2


@pytest.fixture
def folder(tmp_path):
    with HashIndex.open(tmp_path, writable=True) as index:
        index.add(hashes(9000), numbered(9000))
        index.add(hashes(2, seed=8), numbered(2, 10_000))
        index.add(hashes(2, seed=9), numbered(2, 11_000))
    return tmp_path


def log_of(folder):
    [log] = folder.glob("changes-*.log")
    return log


@pytest.mark.parametrize("torn", [1, 50, 90])
def test_part_of_a_record_at_the_end_is_not_read_and_then_cut_off(folder, torn):
    whole = log_of(folder).read_bytes()
    log_of(folder).write_bytes(whole + whole[:torn])
    with HashIndex.open(folder) as reader:
        assert len(reader) == 9004
        with HashIndex.open(folder, writable=True) as writer:
            assert log_of(folder).read_bytes() == whole
            writer.add(hashes(1, seed=10), numbered(1, 12_000))
        reader.refresh()
        assert len(reader) == 9005


def test_a_last_record_that_was_written_in_part_is_as_if_never_added(folder):
    whole = log_of(folder).read_bytes()
    log_of(folder).write_bytes(whole[:-1] + b"\0")
    with HashIndex.open(folder) as index:
        assert len(index) == 9002
        assert listed(index.search(hashes(1, seed=9), 0)) == []


def test_damage_before_good_records_is_refused(folder):
    damaged = bytearray(log_of(folder).read_bytes())
    damaged[60] ^= 1
    log_of(folder).write_bytes(damaged)
    with pytest.raises(IndexBroken, match=r"good records after it.*ledger"):
        HashIndex.open(folder)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"not json"])
def test_a_damaged_manifest_is_refused(folder, content):
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(IndexBroken, match="manifest"):
        HashIndex.open(folder)


def test_a_changed_manifest_is_refused(folder):
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"pairs": 9000', '"pairs": 9001'))
    with pytest.raises(IndexBroken, match="manifest"):
        HashIndex.open(folder)


def test_damage_to_the_list_of_removed_ids_is_refused(folder):
    with HashIndex.open(folder, writable=True) as index:
        index.remove(numbered(3))
        index.add(hashes(2100, seed=11), numbered(2100, 20_000))
    [removed] = folder.glob("removed-*.ids")
    removed.write_bytes(removed.read_bytes()[:-1])
    with pytest.raises(IndexBroken, match="removed-"):
        HashIndex.open(folder)


def test_what_was_removed_before_a_restart_stays_removed(folder):
    for start in (0, 3):
        with HashIndex.open(folder, writable=True) as index:
            index.remove(numbered(3, start))
        with HashIndex.open(folder, writable=True) as index:
            index.add(hashes(2100, seed=start), numbered(2100, 20_000))
    with HashIndex.open(folder) as index:
        assert listed(index.search(hashes(7), 0)) == [(6, 6, 0)]


def test_a_segment_that_is_gone_is_named(folder):
    [segment] = folder.glob("segment-*.hls")
    segment.unlink()
    with pytest.raises(IndexBroken, match=r"segment-.* is missing"):
        HashIndex.open(folder)


def test_files_a_crash_left_behind_are_swept_by_the_next_writer(folder):
    before = sorted(path.name for path in folder.iterdir())
    (folder / "segment-00000009-0001.hls").write_bytes(b"half")
    (folder / "segment-00000009-0002.hls.part").write_bytes(b"half")
    (folder / "notes.txt").write_text("not ours")
    HashIndex.open(folder, writable=True).close()
    assert sorted(path.name for path in folder.iterdir()) == sorted([*before, "notes.txt"])


@pytest.mark.parametrize("writable", [False, True])
def test_a_change_log_that_is_gone_is_named_and_no_empty_one_takes_its_place(folder, writable):
    log_of(folder).unlink()
    with pytest.raises(IndexBroken, match=r"changes-.* is missing"):
        HashIndex.open(folder, writable=writable)


def test_damage_seen_by_an_open_reader_is_refused_again_and_again(folder):
    with HashIndex.open(folder) as reader:
        with HashIndex.open(folder, writable=True) as writer:
            writer.merge()
            writer.add(hashes(2, seed=10), numbered(2, 12_000))
            writer.add(hashes(2, seed=11), numbered(2, 13_000))
        damaged = bytearray(log_of(folder).read_bytes())
        damaged[60] ^= 1
        log_of(folder).write_bytes(damaged)
        for _ in range(2):
            with pytest.raises(IndexBroken, match="good records after it"):
                reader.refresh()
            assert len(reader) == 9004


def test_a_disk_that_runs_full_costs_neither_the_index_nor_room(folder, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with HashIndex.open(folder, writable=True) as index:
        handles = open_files(folder)
        with monkeypatch.context() as disk:
            disk.setattr(os, "pwrite", full)
            with pytest.raises(OSError, match="space"):
                index.merge()
            with pytest.raises(OSError, match="space"):
                index.add(hashes(1, seed=10), numbered(1, 12_000))
        assert open_files(folder) == handles
        assert list(folder.glob("*.part")) == []
        assert len(index) == 9004
        index.merge()
        assert index.add(hashes(1, seed=10), numbered(1, 12_000)) == 1
