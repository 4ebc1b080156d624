# SPDX-License-Identifier: Apache-2.0
"""Two workers at the same moment, on a database that lets them in together."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from hearthline.hub.clocks.actions import lease
from hearthline.hub.clocks.tests.make import DataKey, Letter, make_due

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"
)


@pytest.fixture
def committed(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database whose transactions really commit; what was made is removed afterwards."""
    with django_db_blocker.unblock():
        yield
        Letter.objects.all().delete()
        DataKey.objects.all().delete()


def test_each_row_goes_to_one_of_them(committed, now) -> None:
    rows = {make_due(str(number), due_at=now, at=now).pk for number in range(40)}
    taken: dict[str, list] = {"w1": [], "w2": []}
    start = threading.Barrier(2)

    def work(holder: str) -> None:
        start.wait(timeout=10)
        while got := lease(Letter.objects.due(now), holder=holder, at=now, limit=3):
            taken[holder] += [row.pk for row in got]
        connection.close()

    workers = [threading.Thread(target=work, args=[holder]) for holder in taken]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    assert sorted([*taken["w1"], *taken["w2"]]) == sorted(rows)
