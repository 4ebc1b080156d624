# SPDX-License-Identifier: Apache-2.0
import uuid
from contextlib import suppress

import pytest
from django.db import DatabaseError, transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor, Checkpoint, Entry, Leaf
from hearthline.hub.audit.tests.make import make_entries, make_log

pytestmark = pytest.mark.django_db


def test_an_entry_names_who_did_what_about_what_and_why(ana, ben, now) -> None:
    record(at=now, actor=ana.actor, verb="cases.claim", about=ben, reason="my turn",
           case=uuid.UUID(int=7), level="U1", again=False)  # fmt: skip
    entry = Entry.objects.newest_first()[0]
    assert (entry.at, entry.actor, entry.roles) == (now, f"staff:{ana.pk}", "analyst")
    assert (entry.object_type, entry.object_id) == ("accounts.user", str(ben.pk))
    assert (entry.verb, entry.reason) == ("cases.claim", "my turn")
    assert entry.detail == (
        '{"again":false,"case":"00000000-0000-0000-0000-000000000007","level":"U1"}'
    )
    assert list(Entry.objects.about("accounts.user", ben.pk))[-1] == entry


def test_an_act_that_fails_leaves_no_entry(ana, now) -> None:
    before = Entry.objects.count()
    with suppress(RuntimeError), transaction.atomic():
        record(at=now, actor=Actor.worker(), verb="x.y", about=ana)
        raise RuntimeError
    assert Entry.objects.count() == before


@pytest.mark.parametrize("model", [Entry, Leaf, Checkpoint])
def test_the_database_refuses_to_change_or_delete_a_row(model, ana, now) -> None:
    make_log(2, about=ana, at=now)
    column = {Entry: "reason", Leaf: "hash", Checkpoint: "note"}[model]
    value = {Entry: "x", Leaf: b"x", Checkpoint: "x"}[model]
    rows = model.objects.all()
    before = list(rows.values_list())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(**{column: value})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows._raw_delete(using="default")
    assert list(rows.values_list()) == before


def test_entries_of_a_day_are_found_by_the_countrys_calendar(ana, now, settings) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"  # its day starts at 16:00 UTC the day before
    entry = record(at=now.replace(hour=20), actor=Actor.worker(), verb="x.late", about=ana)
    assert entry not in Entry.objects.of_day(now.date(), now.date())
    assert entry in Entry.objects.of_day(now.date().replace(day=6), None)


def test_unlogged_entries_are_those_after_the_last_leaf(ana, now) -> None:
    make_log(3, about=ana, at=now)
    assert not Entry.objects.unlogged().exists()
    new = make_entries(2, about=ana, at=now)
    assert list(Entry.objects.unlogged()) == new
    assert list(Entry.objects.without_leaf()) == new
