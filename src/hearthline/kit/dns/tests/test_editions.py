# SPDX-License-Identifier: Apache-2.0
"""Following the folder: forward only, whole versions only, and what changed at the cost of it."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.dns.editions import Editions, WentBack
from hearthline.kit.dns.rendering import Renderer, Rendering
from hearthline.kit.dns.tests import make
from hearthline.kit.dns.tests.make import NAMES
from hearthline.kit.dns.versions import VersionBroken

LINES = st.sets(st.from_regex(rb"[a-d]{1,3}\.[a-c]\.example\t[01]\n", fullmatch=True), max_size=400)


def test_a_new_version_is_taken_in_once(tmp_path: Path):
    held = make.editions(tmp_path)
    assert held.refresh() is False
    make.written(tmp_path, 1)
    assert held.refresh() is True
    assert held.refresh() is False
    assert held.current is not None
    assert held.current.serial == 1


def test_a_change_shares_the_pages_it_does_not_touch(tmp_path: Path):
    names = [(f"n{number:04}.example", False) for number in range(2000)]
    make.written(tmp_path, 1, names)
    held = make.editions(tmp_path)
    held.refresh()
    before = held.current
    make.written(tmp_path, 2, names[1:])
    held.refresh()
    assert before is not None
    assert held.current is not None
    same = set(map(id, before.rendering.pages)) & set(map(id, held.current.rendering.pages))
    assert len(same) == len(before.rendering.pages) - 1


def test_many_small_changes_leave_pages_of_a_good_size():
    renderer = Renderer(make.policy())
    lines = [b"m%04d.example\t0\n" % number for number in range(500)]
    held = Rendering.of(b"".join(lines), renderer)
    for number in range(500):
        held = held.changed([], [b"m0001.a%03d.example\t0\n" % (999 - number)])
    assert len(held.pages) < 20
    assert held.records == 2 * 1000


@given(LINES, LINES)
def test_changing_gives_the_same_as_rendering_anew(old: set[bytes], new: set[bytes]):
    renderer = Renderer(make.policy())
    anew = Rendering.of(b"".join(sorted(new)), renderer)
    changed = Rendering.of(b"".join(sorted(old)), renderer).changed(old - new, new - old)
    assert changed.sha256 == anew.sha256
    assert b"".join(p.wire for p in changed.pages) == b"".join(p.wire for p in anew.pages)
    assert (changed.records, changed.size) == (anew.records, anew.size)


@pytest.mark.parametrize("gap", [False, True])
def test_changes_lead_from_what_is_served_to_what_is_new(tmp_path: Path, *, gap: bool):
    make.written(tmp_path, 1)
    held = make.editions(tmp_path)
    held.refresh()
    for serial in (2, 3):
        make.written(tmp_path, serial, [*NAMES, (f"new{serial}.example", False)])
    if gap:
        shutil.rmtree(tmp_path / "versions" / "2")
    held.refresh()
    assert held.current is not None
    assert held.current.serial == 3
    assert [delta.previous for delta in held.current.deltas] == ([2] if gap else [1, 2])
    fresh = make.editions(tmp_path)
    fresh.refresh()
    assert fresh.current is not None
    assert fresh.current.rendering.sha256 == held.current.rendering.sha256
    assert [d.previous for d in fresh.current.deltas] == [d.previous for d in held.current.deltas]


def test_an_older_folder_is_refused_also_after_a_restart(tmp_path: Path):
    make.written(tmp_path, 1)
    shutil.copytree(tmp_path / "versions", tmp_path / "backup")
    make.written(tmp_path, 2)
    held = make.editions(tmp_path)
    held.refresh()
    shutil.rmtree(tmp_path / "versions")
    (tmp_path / "backup").rename(tmp_path / "versions")
    for follower in (held, make.editions(tmp_path)):
        with pytest.raises(WentBack, match="write a version above 2"):
            follower.refresh()
    assert held.current is not None
    assert held.current.serial == 2


def test_another_list_under_the_same_serial_is_refused(tmp_path: Path):
    make.written(tmp_path, 1)
    held = make.editions(tmp_path)
    held.refresh()
    shutil.rmtree(tmp_path / "versions")
    make.written(tmp_path, 1, NAMES[1:])
    with pytest.raises(WentBack, match="another list under serial 1"):
        held.refresh()


def test_a_damaged_version_leaves_the_one_before(tmp_path: Path):
    make.written(tmp_path, 1)
    held = make.editions(tmp_path)
    held.refresh()
    make.written(tmp_path, 2, NAMES[1:])
    for name in ("names.tsv", "changes.tsv"):
        (tmp_path / "versions" / "2" / name).write_bytes(b"other.example\t0\n")
    with pytest.raises(VersionBroken, match=r"names\.tsv is not what"):
        held.refresh()
    assert held.current is not None
    assert held.current.serial == 1


def test_changes_that_do_not_give_the_list_are_not_believed(tmp_path: Path):
    make.written(tmp_path, 1)
    held = make.editions(tmp_path)
    held.refresh()
    make.written(tmp_path, 2, NAMES[1:])
    place = tmp_path / "versions" / "2"
    (place / "changes.tsv").write_bytes(b"")
    text = (place / "version.json").read_text()
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    start = text.index('"changes_sha256": "') + 19
    (place / "version.json").write_text(text[:start] + nothing + text[start + 64 :])
    held.refresh()
    assert held.current is not None
    assert held.current.rendering.sha256 == held.current.version.sha256


def test_a_list_with_the_canary_on_it_is_refused(tmp_path: Path):
    for serial, name in ((1, (make.CANARY, False)), (2, ("example.org", True))):
        make.written(tmp_path, serial, [name, *NAMES])
        with pytest.raises(VersionBroken, match="lists the canary"):
            make.editions(tmp_path).refresh()
    make.written(tmp_path, 3, [("example.org", False), ("sub.canary.example.org", True)])
    assert make.editions(tmp_path).refresh() is True


def test_under_new_terms_nobody_is_sent_changes_to_records_of_the_old(tmp_path: Path):
    make.written(tmp_path, 1)
    make.editions(tmp_path).refresh()
    other = make.editions(tmp_path, stop_addresses=["192.0.2.81"])
    other.refresh()
    make.written(tmp_path, 2, NAMES[1:])
    other.refresh()
    assert other.current is not None
    assert other.current.since(1) is None
    again = make.editions(tmp_path, stop_addresses=["192.0.2.81"])
    again.refresh()
    make.written(tmp_path, 3)
    again.refresh()
    assert again.current is not None
    assert again.current.since(1) is None
    assert again.current.since(2) is not None


def test_what_cannot_be_remembered_is_not_served(tmp_path: Path):
    make.written(tmp_path / "list", 1)
    held = Editions(tmp_path / "list", make.policy(), tmp_path / "missing" / "served.json")
    with pytest.raises(FileNotFoundError):
        held.refresh()
    assert held.current is None


def test_a_state_that_cannot_be_read_stops_the_start_with_a_sentence(tmp_path: Path):
    (tmp_path / "served.json").write_text("{")
    with pytest.raises(VersionBroken, match="which serial was served last"):
        make.editions(tmp_path)
