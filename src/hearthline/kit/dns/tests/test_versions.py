# SPDX-License-Identifier: Apache-2.0
"""The folder between the site's worker and the primary."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.dns import versions
from hearthline.kit.dns.versions import VersionBroken, VersionRefused, write_version
from hearthline.kit.formats.refused import FormatRefused

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
ONE, TWO, WIDE = ("one.example", False), ("two.example", False), ("wide.example", True)
HOSTS = st.sets(st.from_regex(r"[a-e]\.[a-c]\.example", fullmatch=True))


def test_a_version_is_described_and_sorted(tmp_path: Path):
    version = write_version(tmp_path, 1, [WIDE, ONE], AT)
    assert (version.serial, version.names, version.previous) == (1, 2, 0)
    assert versions.newest(tmp_path) == version
    content = versions.read_names(tmp_path, version)
    assert content == b"one.example\t0\nwide.example\t1\n"
    assert list(versions.names_of(content)) == [ONE, WIDE]


def test_the_next_version_says_what_it_changed(tmp_path: Path):
    write_version(tmp_path, 1, [ONE, WIDE], AT)
    version = write_version(tmp_path, 5, [TWO, WIDE], AT)
    changes = versions.read_changes(tmp_path, version)
    assert (changes.previous, changes.serial) == (1, 5)
    assert (changes.removed, changes.added) == ((b"one.example\t0\n",), (b"two.example\t0\n",))


def test_changes_are_read_back_as_far_as_they_are_kept(tmp_path: Path):
    for serial in range(1, 8):
        write_version(tmp_path, serial, [(f"n{serial}.example", False)], AT, kept=4)
    newest = versions.newest(tmp_path)
    assert newest is not None
    assert [each.serial for each in versions.chain(tmp_path, newest)] == [7, 6, 5, 4]
    held = sorted(int(path.name) for path in (tmp_path / "versions").iterdir())
    assert held == [4, 5, 6, 7]
    with_names = [path.parent.name for path in sorted(tmp_path.glob("versions/*/names.tsv"))]
    assert with_names == ["5", "6", "7"]


@settings(max_examples=25)
@given(st.lists(HOSTS, min_size=1, max_size=6))
def test_the_changes_applied_in_turn_give_every_version(tmp_path_factory, lists):
    folder = tmp_path_factory.mktemp("folder")
    held: set[bytes] = set()
    for serial, hosts in enumerate(lists, start=1):
        version = write_version(folder, serial, [(host, False) for host in hosts], AT)
        content = versions.read_names(folder, version)
        if serial > 1:
            changes = versions.read_changes(folder, version)
            assert set(changes.removed) <= held
            assert not set(changes.added) & held
            held = held - set(changes.removed) | set(changes.added)
            assert held == set(content.splitlines(keepends=True))
        held = set(content.splitlines(keepends=True))


def test_writing_the_newest_again_changes_nothing(tmp_path: Path):
    first = write_version(tmp_path, 3, [ONE, TWO], AT)
    assert write_version(tmp_path, 3, [TWO, ONE], AT.replace(hour=11)) == first


@pytest.mark.parametrize(("serial", "names"), [(3, [TWO]), (2, [ONE])])
def test_going_back_is_refused(tmp_path: Path, serial: int, names):
    write_version(tmp_path, 3, [ONE], AT)
    with pytest.raises(VersionRefused, match="serial 3 is there already"):
        write_version(tmp_path, serial, names, AT)


def test_a_name_that_cannot_be_listed_leaves_the_folder_as_it_was(tmp_path: Path):
    with pytest.raises(FormatRefused, match="name: "):
        write_version(tmp_path, 1, [("192.0.2.1", False)], AT)
    assert list(tmp_path.iterdir()) == []


def test_a_time_without_a_zone_is_refused(tmp_path: Path):
    with pytest.raises(VersionRefused, match="time zone"):
        write_version(tmp_path, 1, [ONE], AT.replace(tzinfo=None))


def test_a_version_that_is_half_written_is_not_seen(tmp_path: Path):
    (tmp_path / "versions" / ".9.123.part").mkdir(parents=True)
    assert versions.newest(tmp_path) is None


@pytest.mark.parametrize("name", ["names.tsv", "changes.tsv"])
def test_a_damaged_file_is_noticed(tmp_path: Path, name: str):
    write_version(tmp_path, 1, [ONE], AT)
    version = write_version(tmp_path, 2, [TWO], AT)
    (tmp_path / "versions" / "2" / name).write_bytes(b"evil.example\t1\n")
    read = versions.read_names if name == "names.tsv" else versions.read_changes
    with pytest.raises(VersionBroken, match=f"{name} is not what version.json says"):
        read(tmp_path, version)


def test_after_a_damaged_version_the_next_one_starts_anew(tmp_path: Path):
    write_version(tmp_path, 1, [ONE], AT)
    (tmp_path / "versions" / "1" / "names.tsv").unlink()
    version = write_version(tmp_path, 2, [TWO], AT)
    assert version.previous == 0
    with pytest.raises(VersionBroken, match="no version before"):
        versions.read_changes(tmp_path, version)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"serial": 2}', '{"serial": Infinity}', "[" * 100_000]
)
def test_a_description_that_says_nothing_is_an_error_of_ours(tmp_path: Path, text: str):
    write_version(tmp_path, 1, [ONE], AT)
    (tmp_path / "versions" / "1" / "version.json").write_text(text)
    with pytest.raises(VersionBroken, match="cannot be read"):
        versions.newest(tmp_path)
    with pytest.raises(VersionRefused, match="serial 1 is there already"):
        write_version(tmp_path, 1, [ONE], AT)
    assert write_version(tmp_path, 2, [ONE], AT).previous == 0


def test_a_description_moved_to_another_serial_is_refused(tmp_path: Path):
    write_version(tmp_path, 1, [ONE], AT)
    (tmp_path / "versions" / "1").rename(tmp_path / "versions" / "9")
    with pytest.raises(VersionBroken, match="another serial"):
        versions.newest(tmp_path)
    path = tmp_path / "versions" / "9" / "version.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"serial": 9}))
    newest = versions.newest(tmp_path)
    assert newest is not None
    assert newest.serial == 9
