# SPDX-License-Identifier: Apache-2.0
"""The triggers are dropped here, as somebody could who has the database file itself."""

import random
from datetime import timedelta
from itertools import islice

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from hearthline.hub.audit.actions import extend_log
from hearthline.hub.audit.keys import ORIGIN, public_key
from hearthline.hub.audit.models import Checkpoint, Entry, Leaf
from hearthline.hub.audit.prover import Kind, Prover
from hearthline.hub.audit.reading import read_database
from hearthline.hub.audit.tests.make import (
    alter,
    make_entries,
    make_log,
    open_tables,
    public_key_text,
    remove,
)
from hearthline.hub.audit.verify import Report, verify
from hearthline.kit import ledger
from hearthline.kit.sealing import KeyRefused, new_secret_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(ana, now) -> None:
    """Three checkpoints over about 12 entries, and the tables open to anybody."""
    make_log(4, 5, 3, about=ana, at=now)
    open_tables()


def proven(**given) -> Report:
    return verify(public_key_text=public_key_text(), **given)


def entry_at(place: int) -> Entry:
    return Leaf.objects.select_related("entry").get(index=place).entry


def test_a_log_nobody_touched_is_whole(log, ana, now) -> None:
    make_entries(2, about=ana, at=now)
    report = proven()
    assert report.ok
    assert (report.entries, report.checkpoints, report.unlogged) == (Leaf.objects.count(), 3, 2)
    assert report.signed_at == "2026-10-05T12:00:00.000000+00:00"
    assert "whole" in report.sentence


def test_an_empty_log_is_whole() -> None:
    assert proven().ok


def test_another_key_proves_nothing(log) -> None:
    other = ledger.verifier_key(ORIGIN, Ed25519PrivateKey.generate().public_key())
    report = verify(public_key_text=other)
    assert not report.ok
    assert "no signature by this key" in report.sentence
    with pytest.raises(KeyRefused):
        verify(public_key_text="")


TEXTS = ["actor", "roles", "verb", "object_type", "object_id", "reason", "detail"]


@pytest.mark.parametrize("column", TEXTS)
@pytest.mark.parametrize("seed", range(8))
def test_one_changed_byte_of_an_entry_is_found_and_named(column, seed, log, ana) -> None:
    chance = random.Random(f"{column}{seed}")
    entry = entry_at(chance.randrange(Leaf.objects.count()))
    text = getattr(entry, column) or "x"
    at = chance.randrange(len(text))
    other = chance.choice([sign for sign in 'abz09{}", é' if sign != text[at]])
    changed = text[:at] + other + text[at + 1 :] if getattr(entry, column) else "x"
    alter(entry, **{column: changed})
    report = proven()
    assert [(found.kind, found.entry_id) for found in report.findings] == [
        (Kind.ENTRY_ALTERED, entry.id)
    ]
    assert f"Entry {entry.id} (" in report.sentence
    shown = changed if column == "verb" else entry.verb
    assert shown in report.sentence


def test_a_microsecond_is_found(log) -> None:
    entry = entry_at(5)
    Entry.objects.filter(pk=entry.pk).update(at=entry.at + timedelta(microseconds=1))
    assert f"Entry {entry.id} (" in proven().sentence


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases keep types")
@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "20x6-10-05 09:00:00"), ("at", "2026-13-05 09:00:00"), ("at", 5), ("reason", b"\xff")],
)
def test_an_entry_that_cannot_be_read_any_more_is_named(column, value, log) -> None:
    entry = entry_at(6)
    alter(entry, **{column: value})
    report = proven()
    assert [(found.kind, found.entry_id) for found in report.findings] == [
        (Kind.ENTRY_ALTERED, entry.id)
    ]
    assert "cannot be read" in report.sentence


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases keep types")
def test_text_that_is_no_text_is_named(log) -> None:
    entry = entry_at(2)
    with connection.cursor() as cursor:
        statement = "UPDATE audit_entry SET reason = CAST(x'ff41' AS TEXT) WHERE id = %s"
        cursor.execute(statement, [entry.id])
    assert f"Entry {entry.id} (which cannot be read any more)" in proven().sentence


@pytest.mark.parametrize("seed", range(12))
def test_one_changed_byte_of_a_leaf_is_found_and_named(seed, log) -> None:
    chance = random.Random(seed)
    leaf = Leaf.objects.get(index=chance.randrange(Leaf.objects.count()))
    at = chance.randrange(32)
    changed = bytearray(leaf.hash)
    changed[at] ^= 1 << chance.randrange(8)
    alter(leaf, hash=bytes(changed))
    report = proven()
    assert [(found.kind, found.place, found.entry_id) for found in report.findings] == [
        (Kind.LEAF_ALTERED, leaf.index, leaf.entry_id)
    ]
    assert "the entry itself is as it was signed" in report.sentence


@pytest.mark.parametrize("value", [b"", b"short", b"x" * 33])
def test_a_leaf_that_is_no_hash_is_named(value, log) -> None:
    entry = entry_at(4)
    alter(entry.leaf, hash=value)
    (found,) = proven().findings
    assert (found.kind, found.entry_id) == (Kind.LEAF_ALTERED, entry.id)


@pytest.mark.parametrize("index", [-3, 40, 10**12])
def test_a_leaf_at_another_place_is_found(index, log) -> None:
    alter(Leaf.objects.get(index=6), index=index)
    report = proven()
    assert not report.ok
    assert any(
        found.kind == Kind.PLACE_MISSING and found.place in {6, index} for found in report.findings
    )


@pytest.mark.parametrize("place", [0, 5, 11])
def test_a_leaf_of_another_entry_is_found(place, log) -> None:
    leaf = Leaf.objects.get(index=place)
    alter(leaf, entry_id=9999)
    first = proven().findings[0]
    assert (first.kind, first.place, first.entry_id) == (Kind.ENTRY_MISSING, place, 9999)
    alter(leaf, entry_id=leaf.entry_id)
    assert proven().ok


def test_two_leaves_that_changed_entries_are_both_named(log) -> None:
    one, other = entry_at(5), entry_at(6)
    alter(one.leaf, entry_id=9999)
    alter(other.leaf, entry_id=one.id)
    alter(one.leaf, entry_id=other.id)
    assert [found.entry_id for found in proven().findings] == [other.id, one.id]


@pytest.mark.parametrize("place", [0, 3, 4, 11])
def test_a_deleted_entry_is_named(place, log) -> None:
    entry = entry_at(place)
    remove(entry)
    (found,) = proven().findings
    assert (found.kind, found.entry_id, found.place) == (Kind.ENTRY_MISSING, entry.id, place)
    assert f"Entry {entry.id} is missing" in found.sentence
    entry.save(force_insert=True)  # put back, as the database will want its foreign keys whole
    assert proven().ok


@pytest.mark.parametrize("place", [0, 3, 4, 8])
def test_an_entry_deleted_with_its_leaf_leaves_a_gap(place, log) -> None:
    entry, before = entry_at(place), Entry.objects.filter(leaf__index=place - 1).first()
    remove(entry.leaf)
    remove(entry)
    (found,) = proven().findings
    assert (found.kind, found.place) == (Kind.PLACE_MISSING, place)
    assert f"after entry {before.id if before else 0}" in found.sentence


def test_an_end_that_was_cut_off_is_found_by_the_checkpoint_over_it(log) -> None:
    last = Leaf.objects.order_by("-index").first()
    remove(last)
    remove(last.entry)
    (found,) = proven().findings
    assert (found.kind, found.place) == (Kind.PLACE_MISSING, last.index)


def test_an_end_cut_off_with_its_checkpoint_is_found_by_a_kept_one(log) -> None:
    last = Checkpoint.objects.newest()
    before = Checkpoint.objects.order_by("-size")[1].size
    for leaf in Leaf.objects.filter(index__gte=before):
        remove(leaf)
        remove(leaf.entry)
    remove(last)
    assert proven().ok
    report = proven(kept=[last.note])
    assert not report.ok
    assert f"no checkpoint over {last.size} entries any more" in report.sentence


def test_kept_checkpoints_of_this_log_agree(log) -> None:
    notes = [checkpoint.note for checkpoint in Checkpoint.objects.all()]
    assert proven(kept=notes).ok
    report = proven(kept=["hello"])
    assert not report.ok
    assert "kept cannot be used" in report.sentence


def test_a_rewritten_log_under_the_same_key_is_found_by_a_kept_checkpoint(log, now) -> None:
    kept = Checkpoint.objects.newest().note
    entry = entry_at(2)
    Entry.objects.filter(pk=entry.pk).update(reason="another")
    for row in (*Leaf.objects.all(), *Checkpoint.objects.all()):
        remove(row)
    extend_log(at=now)
    assert proven().ok
    assert "is not the one that was kept" in proven(kept=[kept]).sentence


def test_an_entry_altered_with_its_leaf_is_found_in_its_stretch(log) -> None:
    entry = entry_at(6)
    Entry.objects.filter(pk=entry.pk).update(reason="another")
    forged = ledger.leaf_hash(Entry.objects.get(pk=entry.pk).leaf_bytes())
    alter(entry.leaf, hash=forged)
    (found,) = proven().findings
    assert found.kind == Kind.STRETCH_ALTERED
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    start, end = next((a, b) for a, b in zip([0, *sizes], sizes, strict=False) if a <= 6 < b)
    assert f"Between entry {entry_at(start).id} and entry {entry_at(end - 1).id}" in found.sentence


def test_what_comes_after_an_altered_stretch_is_still_proven(log) -> None:
    for place in (1, 10):
        entry = entry_at(place)
        Entry.objects.filter(pk=entry.pk).update(reason="another")
        forged = ledger.leaf_hash(Entry.objects.get(pk=entry.pk).leaf_bytes())
        alter(entry.leaf, hash=forged)
    assert [found.kind for found in proven().findings] == [Kind.STRETCH_ALTERED] * 2


def test_an_entry_slipped_in_later_is_named(log) -> None:
    entry = entry_at(6)
    remove(entry.leaf)
    kinds = [found.kind for found in proven().findings]
    assert kinds == [Kind.PLACE_MISSING, Kind.ENTRY_SLIPPED_IN]
    assert proven().findings[1].entry_id == entry.id


def test_an_entry_under_another_number_is_named(log) -> None:
    entry = entry_at(6)
    alter(entry, id=9999)
    first = proven().findings[0]
    assert (first.kind, first.entry_id) == (Kind.ENTRY_MISSING, entry.id)
    alter(Entry.objects.get(id=9999), id=entry.id)
    assert proven().ok


@pytest.mark.parametrize("column", ["root", "frontier", "note"])
@pytest.mark.parametrize("seed", range(8))
def test_one_changed_byte_of_a_checkpoint_is_found_and_named(column, seed, log) -> None:
    chance = random.Random(f"{column}{seed}")
    row = chance.choice(list(Checkpoint.objects.order_by("size")))
    old = getattr(row, column)
    whole = bytearray(old.encode() if column == "note" else bytes(old))
    at = chance.randrange(len(whole))
    whole[at] = whole[at] ^ 1 if whole[at] < 128 else ord("x")
    new = bytes(whole).decode(errors="replace") if column == "note" else bytes(whole)
    alter(row, **{column: new})
    report = proven()
    assert {(found.kind, found.place) for found in report.findings} == {
        (Kind.CHECKPOINT_ALTERED, row.size)
    }
    assert f"The checkpoint over {row.size} entries was altered" in report.sentence


def test_another_time_or_size_of_a_checkpoint_is_found(log, now) -> None:
    row = Checkpoint.objects.order_by("size")[1]
    Checkpoint.objects.filter(size=row.size).update(signed_at=now)
    assert "Its time is not what was signed" in proven().sentence
    Checkpoint.objects.filter(size=row.size).update(signed_at=row.signed_at)
    for size in (row.size + 1, 1, 10**12):
        alter(row, size=size)
        assert f"The checkpoint over {size} entries was altered" in proven().sentence
        alter(Checkpoint.objects.get(size=size), size=row.size)
    assert proven().ok


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases keep types")
def test_a_checkpoint_that_cannot_be_read_any_more_is_named(log) -> None:
    row = Checkpoint.objects.order_by("size")[1]
    alter(row, signed_at="x")
    assert f"The checkpoint over {row.size} entries was altered" in proven().sentence


def test_a_deleted_last_checkpoint_is_found(log) -> None:
    last = Checkpoint.objects.newest()
    remove(last)
    (found,) = proven().findings
    assert found.kind == Kind.CHECKPOINT_MISSING


def test_the_first_of_several_alterations_is_named(log) -> None:
    later, first = entry_at(9), entry_at(3)
    for entry in (later, first):
        Entry.objects.filter(pk=entry.pk).update(actor="staff:somebody else")
    report = proven()
    assert [found.entry_id for found in report.findings] == [first.id, later.id]
    assert f"Entry {first.id} (" in report.sentence
    assert "1 more" in report.sentence


def test_reading_goes_in_chunks(ana, now, monkeypatch) -> None:
    monkeypatch.setattr("hearthline.hub.audit.reading.CHUNK", 3)
    make_log(4, 5, 3, 1, about=ana, at=now)
    make_entries(7, about=ana, at=now)
    report = proven()
    assert report.ok
    assert (report.entries, report.checkpoints, report.unlogged) == (Leaf.objects.count(), 4, 7)


def test_a_log_that_grows_while_it_is_read_is_whole(ana, now, monkeypatch) -> None:
    monkeypatch.setattr("hearthline.hub.audit.reading.CHUNK", 2)
    make_log(3, 2, about=ana, at=now)
    lines = read_database()
    first = list(islice(lines, 2))
    make_log(5, about=ana, at=now)
    prover = Prover([public_key(public_key_text())])
    prover.prove([*first, *lines])
    assert prover.findings == []
    assert prover.checkpoints == 3


def test_a_log_that_grows_at_the_end_of_reading_is_whole(ana, now) -> None:
    make_log(3, 2, about=ana, at=now)
    lines = read_database()
    first = list(islice(lines, Leaf.objects.count()))
    make_log(5, about=ana, at=now)
    prover = Prover([public_key(public_key_text())])
    prover.prove([*first, *lines])
    assert prover.findings == []


def test_a_log_that_changed_its_key_is_proven_with_both_keys_and_not_with_one(
    ana, now, settings
) -> None:
    make_log(2, about=ana, at=now)
    old = public_key_text()
    settings.AUDIT_PRIVATE_KEY = new_secret_text()
    make_log(2, about=ana, at=now + timedelta(days=1))
    new = public_key_text()
    assert verify(public_key_text=f"{new} {old}").ok
    for alone in (new, old):
        report = verify(public_key_text=alone)
        assert [finding.kind for finding in report.findings] == [Kind.CHECKPOINT_ALTERED]
