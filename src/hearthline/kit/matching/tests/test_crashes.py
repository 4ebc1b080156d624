# SPDX-License-Identifier: Apache-2.0
import os
import re
import subprocess
import sys

import pytest

from hearthline.kit.matching import HashIndex, IndexBroken

from .make import hashes, listed, numbered

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
