# SPDX-License-Identifier: Apache-2.0
import random
import stat

import pytest

from hearthline.hub.audit.models import Checkpoint, Entry, Leaf
from hearthline.hub.audit.tests.make import (
    alter,
    make_entries,
    make_log,
    open_tables,
    public_key_text,
)
from hearthline.hub.audit.verify import export, verify, verify_export

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(ana, now, tmp_path):
    make_log(4, 5, 3, about=ana, at=now)
    make_entries(2, about=ana, at=now)
    path = tmp_path / "log.jsonl"
    assert export(path).ok
    return path


def test_an_exported_log_is_proven_without_the_database(file, django_db_blocker) -> None:
    key, leaves = public_key_text(), Leaf.objects.count()
    with django_db_blocker.block():
        report = verify_export(file, key)
    assert report.ok
    assert (report.entries, report.checkpoints, report.unlogged) == (leaves, 3, 2)
    assert report == verify(public_key_text=key)


def test_only_its_owner_may_read_the_file(file) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_overwritten(file) -> None:
    before = file.read_bytes()
    report = export(file)
    assert not report.ok
    assert "choose another name" in report.sentence
    assert file.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path) -> None:
    assert "cannot be written" in export(tmp_path / "nowhere" / "log").sentence
    assert "cannot be read" in verify_export(tmp_path / "none", public_key_text()).sentence


@pytest.mark.parametrize("seed", range(60))
def test_any_changed_byte_of_the_logged_part_is_found(seed, file) -> None:
    chance = random.Random(seed)
    content = bytearray(file.read_bytes())
    logged = content.index(b'{"entry":', content.rindex(b'{"checkpoint"'))
    at = chance.randrange(logged - 1)
    content[at] ^= 1 << chance.randrange(7)
    file.write_bytes(content)
    report = verify_export(file, public_key_text())
    assert not report.ok
    assert report.sentence


def test_an_altered_entry_is_named_from_the_file(file) -> None:
    entry = Leaf.objects.get(index=6).entry
    file.write_text(file.read_text().replace(f'"reason":"{entry.reason}"', '"reason":"x"', 1))
    altered = verify_export(file, public_key_text())
    assert not altered.ok
    assert altered.findings[0].entry_id is not None


def test_lines_taken_out_are_found(file) -> None:
    lines = file.read_text().splitlines(keepends=True)
    for number in (1, 5, 11):
        file.write_text("".join(lines[:number] + lines[number + 1 :]))
        assert not verify_export(file, public_key_text()).ok
    file.write_text("".join(lines[1:]))
    assert "Line 1 is not" in verify_export(file, public_key_text()).sentence


def test_a_checkpoint_taken_out_of_the_file_is_found(file) -> None:
    lines = file.read_text().splitlines(keepends=True)
    places = [n for n, line in enumerate(lines) if line.startswith('{"checkpoint"')]
    sizes = Checkpoint.objects.order_by("size").values_list("size", flat=True)
    for place, size in zip(places[:-1], sizes, strict=False):
        file.write_text("".join(lines[:place] + lines[place + 1 :]))
        sentence = verify_export(file, public_key_text()).sentence
        assert f"The checkpoint over {size} entries was deleted" in sentence


def test_a_file_cut_in_a_line_is_refused(file) -> None:
    file.write_bytes(file.read_bytes()[:-20])
    assert "altered or cut" in verify_export(file, public_key_text()).sentence


def test_a_kept_checkpoint_shows_that_the_file_ends_early(file) -> None:
    last = Checkpoint.objects.newest()
    lines = file.read_text().splitlines(keepends=True)
    ends = [n for n, line in enumerate(lines) if line.startswith('{"checkpoint"')]
    file.write_text("".join(lines[: ends[1] + 1]))
    assert verify_export(file, public_key_text()).ok
    assert not verify_export(file, public_key_text(), kept=[last.note]).ok


def test_a_broken_log_is_exported_as_it_is_and_named(ana, now, tmp_path) -> None:
    make_log(4, 5, about=ana, at=now)
    open_tables()
    entry = Leaf.objects.get(index=3).entry
    Entry.objects.filter(pk=entry.pk).update(verb="x.y")
    alter(Checkpoint.objects.newest(), frontier=b"x")
    path = tmp_path / "log.jsonl"
    export(path)
    report = verify_export(path, public_key_text())
    assert report.findings == verify(public_key_text=public_key_text()).findings
    assert report.findings[0].entry_id == entry.id
