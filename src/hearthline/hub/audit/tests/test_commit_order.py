# SPDX-License-Identifier: Apache-2.0
"""On PostgreSQL an entry may be committed after entries with higher numbers."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from hearthline.hub.audit.actions import extend_log, record
from hearthline.hub.audit.models import Actor, Checkpoint, Entry, Leaf
from hearthline.hub.audit.tests.make import public_key_text
from hearthline.hub.audit.verify import verify

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"
)


@pytest.fixture
def committed(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database whose transactions really commit; the audit tables are emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            for model in (Leaf, Checkpoint, Entry):
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                model.objects.all()._raw_delete(using="default")
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_an_entry_that_is_not_committed_yet_is_waited_for(committed, now) -> None:
    something, given, go_on = Checkpoint(size=1), threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record(at=now, actor=Actor.worker(), verb="x.slow", about=something)
            given.set()
            go_on.wait(timeout=10)
        connection.close()

    def log() -> None:
        extend_log(at=now)
        connection.close()

    writer, worker = threading.Thread(target=slow), threading.Thread(target=log)
    writer.start()
    given.wait(timeout=10)
    record(at=now, actor=Actor.worker(), verb="x.fast", about=something)
    worker.start()
    worker.join(timeout=0.5)
    assert worker.is_alive(), "the log was extended over an entry that may still appear"
    go_on.set()
    writer.join(timeout=10)
    worker.join(timeout=10)
    logged = Leaf.objects.order_by("index").values_list("entry__verb", flat=True)
    assert list(logged) == ["x.slow", "x.fast"]
    assert verify(public_key_text=public_key_text()).ok


def test_two_workers_do_not_log_an_entry_twice(committed, now) -> None:
    for number in range(20):
        record(at=now, actor=Actor.worker(), verb=f"x.step_{number}", about=Checkpoint(size=1))

    def log() -> None:
        while extend_log(at=now, limit=3):
            pass
        connection.close()

    workers = [threading.Thread(target=log) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    assert Leaf.objects.count() == 20
    assert verify(public_key_text=public_key_text()).ok
