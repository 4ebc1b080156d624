# SPDX-License-Identifier: Apache-2.0
"""A thousand single bytes changed at random, in the tables and in the exported file: all found."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, models, transaction

from hearthline.hub.audit.models import Checkpoint, Entry, Leaf
from hearthline.hub.audit.tests.make import alter, make_log, open_tables, public_key_text
from hearthline.hub.audit.verify import export, verify, verify_export

pytestmark = pytest.mark.django_db

TIMES = 1_000
# Every column of the log, with its table. The key of a leaf or checkpoint is its place.
COLUMNS: list[tuple[type[models.Model], str]] = [
    *((Entry, name) for name in (
        "at", "actor", "roles", "verb", "object_type", "object_id", "reason", "detail",
    )),
    *((Leaf, name) for name in ("index", "entry_id", "hash")),
    *((Checkpoint, name) for name in ("size", "signed_at", "root", "frontier", "note")),
]  # fmt: skip


@pytest.fixture
def log(ana, now) -> None:
    """Three checkpoints over about 12 entries."""
    make_log(4, 5, 3, about=ana, at=now)


def one_byte_changed(value: object, chance: random.Random) -> object:
    """`value` with one byte of it changed; a number or a time by what one byte can make of it."""
    match value:
        case datetime():
            return value + timedelta(microseconds=chance.randint(1, 255))
        case int():
            return value ^ chance.randint(1, 255)
        case str():
            # One plain letter becomes another, so that the text can still be stored.
            plain = [place for place, letter in enumerate(value) if letter.isascii()]
            place = chance.choice(plain)
            letter = chance.choice([code for code in range(32, 127) if chr(code) != value[place]])
            return f"{value[:place]}{chr(letter)}{value[place + 1 :]}"
        case _:
            raw = bytearray(bytes(value))  # type: ignore[call-overload]
            raw[chance.randrange(len(raw))] ^= chance.randint(1, 255)
            return bytes(raw)


def changes(chance: random.Random) -> Iterator[tuple[models.Model, str, object]]:
    """A row, a column with something in it, and what one byte makes of it."""
    while True:
        model, column = chance.choice(COLUMNS)
        row = chance.choice(list(model._default_manager.all()))
        if getattr(row, column):
            yield row, column, one_byte_changed(getattr(row, column), chance)


def test_every_byte_changed_in_the_tables_is_found(log) -> None:
    open_tables()
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    key = public_key_text()
    assert verify(public_key_text=key).ok
    done = 0
    for row, column, value in changes(chance):
        savepoint = transaction.savepoint()
        try:
            with transaction.atomic():
                alter(row, **{column: value})
        except DatabaseError:
            continue  # another row has this key: the database itself refused
        else:
            found = verify(public_key_text=key)
            assert not found.ok, f"seed {seed}: {row._meta.label}.{column} of {row.pk}"
            done += 1
        finally:
            transaction.savepoint_rollback(savepoint)
        if done == TIMES:
            break
    assert verify(public_key_text=key).ok


def test_every_byte_changed_in_the_exported_file_is_found(log, tmp_path: Path) -> None:
    kept, changed = tmp_path / "log.jsonl", tmp_path / "changed.jsonl"
    assert export(kept).ok
    key = public_key_text()
    assert verify_export(kept, key).ok
    whole = kept.read_bytes()
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    for _ in range(TIMES):
        raw = bytearray(whole)
        place = chance.randrange(len(raw))
        raw[place] ^= chance.randint(1, 255)
        changed.write_bytes(raw)
        assert not verify_export(changed, key).ok, f"seed {seed}: byte {place}"
