# SPDX-License-Identifier: Apache-2.0
"""Writers of the embedded database queue, and nobody is kept out for good."""

import fcntl
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

# Takes the turn, says so, and keeps it until it is told to go on, or for good.
_HOLDER = """
import sys
from django.conf import settings
settings.configure()
settings.DATABASES = {"default": {
    "ENGINE": "hearthline.hub.config.sqlite", "NAME": sys.argv[1],
    "OPTIONS": {"transaction_mode": "IMMEDIATE"}}}
from django.db import connection, transaction
with transaction.atomic():
    connection.cursor().execute("INSERT INTO said VALUES ('holder')")
    print("held", flush=True)
    sys.stdin.readline()
"""

# Lets people go first, asks for the turn, takes it and ends.
_COURTEOUS = """
import sys
from django.conf import settings
settings.configure()
settings.DATABASES = {"default": {
    "ENGINE": "hearthline.hub.config.sqlite", "NAME": sys.argv[1],
    "OPTIONS": {"transaction_mode": "IMMEDIATE"}}}
from django.db import connection, transaction
from hearthline.hub.config.sqlite.base import give_way
give_way()
connection.ensure_connection()
print("asks", flush=True)
with transaction.atomic():
    connection.cursor().execute("INSERT INTO said VALUES ('worker')")
"""

# Takes turn after turn.
_BUSY = """
import sys, time
from django.conf import settings
settings.configure()
settings.DATABASES = {"default": {
    "ENGINE": "hearthline.hub.config.sqlite", "NAME": sys.argv[1],
    "OPTIONS": {"transaction_mode": "IMMEDIATE"}}}
from django.db import connection, transaction
said = False
while True:
    with transaction.atomic():
        connection.cursor().execute("INSERT INTO said VALUES ('busy')")
        time.sleep(0.01)
    if not said:
        print("busy", flush=True)
        said = True
"""


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: Any) -> Iterator[Path]:
    """A database of the test's own."""
    path = tmp_path / "own.sqlite3"
    with django_db_blocker.unblock():
        connection = opened(path)
        connection.cursor().execute("CREATE TABLE said (words TEXT)")
        connection.close()
        yield path


@pytest.fixture
def holder(file: Path) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(  # noqa: S603  # our own fixed program
        [sys.executable, "-c", _HOLDER, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def opened(file: Path, wait: float = 20) -> Any:
    databases = {
        "default": {
            "ENGINE": "hearthline.hub.config.sqlite",
            "NAME": str(file),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": wait},
        }
    }
    return ConnectionHandler(databases)["default"]


def go_on(holder: "subprocess.Popen[str]") -> None:
    assert holder.stdin is not None
    holder.stdin.write("\n")
    holder.stdin.flush()


def write(connection: Any, words: str) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    connection.cursor().execute("INSERT INTO said VALUES (%s)", [words])


def end(connection: Any) -> None:
    connection.commit()
    connection.set_autocommit(True)


def said(file: Path) -> list[str]:
    connection = opened(file)
    found = [row[0] for row in connection.cursor().execute("SELECT words FROM said")]
    connection.close()
    return found


def test_a_writer_waits_for_the_one_in_another_process(
    file: Path, holder: "subprocess.Popen[str]"
) -> None:
    threading.Timer(0.2, go_on, [holder]).start()
    connection = opened(file)
    write(connection, "after")
    end(connection)
    connection.close()
    assert said(file) == ["holder", "after"]


def test_the_turn_of_a_process_that_is_killed_is_free(
    file: Path, holder: "subprocess.Popen[str]"
) -> None:
    threading.Timer(0.2, holder.kill).start()
    connection = opened(file)
    write(connection, "after")
    end(connection)
    connection.close()
    assert said(file) == ["after"]


def test_who_waits_too_long_is_told_that_the_database_is_locked(
    file: Path, holder: "subprocess.Popen[str]"
) -> None:
    connection = opened(file, wait=0.1)
    with pytest.raises(OperationalError, match="database is locked"):
        write(connection, "never")
    connection.close()
    go_on(holder)
    holder.wait()
    connection = opened(file, wait=0.1)
    write(connection, "then")
    end(connection)
    connection.close()
    assert said(file) == ["holder", "then"]


def test_a_thread_that_waits_too_long_is_told_as_well(file: Path) -> None:
    one = opened(file)
    write(one, "one")
    told: list[str] = []

    def other() -> None:
        connection = opened(file, wait=0.1)
        try:
            write(connection, "never")
        except OperationalError as error:
            told.append(str(error))
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    end(one)
    one.close()
    assert told == ["database is locked"]
    assert said(file) == ["one"]


@pytest.mark.parametrize("leave", ["rollback", "close"])
def test_the_turn_is_given_when_a_transaction_is_left(file: Path, leave: str) -> None:
    one, two = opened(file), opened(file, wait=0.1)
    write(one, "never")
    getattr(one, leave)()
    write(two, "two")
    end(two)
    one.close()
    two.close()
    assert said(file) == ["two"]


def test_the_turn_is_given_when_a_statement_fails_within_a_block(file: Path) -> None:
    one, two = opened(file), opened(file, wait=0.1)
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError):
        one.cursor().execute("INSERT INTO nowhere VALUES (1)")
    one.rollback()
    write(two, "two")
    end(two)
    one.close()
    two.close()
    assert said(file) == ["two"]


def test_one_who_writes_all_the_time_lets_others_in_between(file: Path) -> None:
    """Without a queue the one who has just written is the first to find the file free again."""
    ours = 20
    busy = subprocess.Popen(  # noqa: S603  # our own fixed program
        [sys.executable, "-c", _BUSY, str(file)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert busy.stdout is not None
        assert busy.stdout.readline() == "busy\n"
        connection = opened(file)
        for number in range(ours):
            write(connection, f"ours {number}")
            end(connection)
        connection.close()
    finally:
        busy.kill()
        busy.communicate()
    order = said(file)
    places = [at for at, words in enumerate(order) if words.startswith("ours")]
    between = [after - before for before, after in pairwise(places)]
    assert len(places) == ours
    # Each of its turns is long and it wants the next at once; ours still come every other time.
    assert sorted(between)[ours // 2] <= 3


def test_the_worker_lets_people_go_first_and_has_its_turn_all_the_same(file: Path) -> None:
    """People wait here without end, by the lock that says so; the worker still comes through."""
    with (file.with_name(f"{file.name}-wait")).open("wb") as people:
        fcntl.flock(people, fcntl.LOCK_SH)
        connection = opened(file)
        connection.ensure_connection()
        with subprocess.Popen(  # noqa: S603  # our own fixed program
            [sys.executable, "-c", _COURTEOUS, str(file)], stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "asks\n"
            write(connection, "a person")
            end(connection)
            connection.close()
            assert worker.wait(timeout=20) == 0
    assert said(file) == ["a person", "worker"]
