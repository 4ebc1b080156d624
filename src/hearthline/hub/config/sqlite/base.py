# SPDX-License-Identifier: Apache-2.0
"""Django's SQLite, in which writers wait for one another instead of looking again.

SQLite lets one writer in. Whoever finds the file locked looks again after pauses that grow to a
tenth of a second, so with many at the form the file mostly waits for them; and a worker that writes
one thing after the other keeps all others out for as long as it does. Here writers queue: the
threads of a process at a lock of its own, the processes at two locks of the operating system,
which fall with a process that is killed. One who has just written finds the first of the two
taken by whoever is next. The worker lets people go first. SQLite itself still keeps out whoever
does not queue.
"""

import fcntl
import os
import threading
import time
from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

# Seconds between looks at the other processes' locks: less than writing a report takes.
_PAUSE = 0.0005
# Seconds a worker lets people go first, before it queues like anybody.
_LONGEST_WAY = 0.25
_COURTEOUS = threading.Event()
# As SQLite says it.
_LOCKED = "database is locked"
_own_turn: dict[str, threading.Lock] = {}


def give_way() -> None:
    """From now on this process writes when nobody else waits to, or after a quarter of a second."""
    _COURTEOUS.set()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions wait for their turn, at most the `timeout` of OPTIONS."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waits: float = 0.0
        self._locks: tuple[int, int, int] | None = None
        self._turn: threading.Lock | None = None

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        self._waits = float(params.get("timeout", 5.0))
        return params

    def _start_transaction_under_autocommit(self) -> None:
        if not self.is_in_memory_db():
            self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        # Where writing it out failed, Django rolls back, and that gives the turn.
        self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()
            locks, self._locks = self._locks, None
            for lock in locks or ():
                os.close(lock)

    def _take_turn(self) -> None:
        name = str(self.settings_dict["NAME"])
        until = time.monotonic() + self._waits
        if self._locks is None:
            self._locks = _opened(f"{name}-wait"), _opened(f"{name}-next"), _opened(f"{name}-turn")
        waiting, following, writing = self._locks
        if _COURTEOUS.is_set():
            _let_pass(waiting, min(until, time.monotonic() + _LONGEST_WAY))
        else:
            fcntl.flock(waiting, fcntl.LOCK_SH)
        own = _own_turn.setdefault(name, threading.Lock())
        try:
            if not own.acquire(timeout=self._waits):
                raise OperationalError(_LOCKED)
            self._turn = own
            _lock(following, until)
            _lock(writing, until)
            fcntl.flock(following, fcntl.LOCK_UN)
        except BaseException:
            self._give_turn()
            raise
        finally:
            fcntl.flock(waiting, fcntl.LOCK_UN)

    def _give_turn(self) -> None:
        if self._turn is None:
            return
        turn, self._turn = self._turn, None
        for lock in self._locks or ():
            fcntl.flock(lock, fcntl.LOCK_UN)
        turn.release()


def _opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(lock: int, until: float) -> None:
    """Take it by then. Raises OperationalError."""
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise OperationalError(_LOCKED) from None
            time.sleep(_PAUSE)
        else:
            return


def _let_pass(waiting: int, until: float) -> None:
    """Return when nobody waits, or by then. Those who wait share the lock."""
    with suppress(OperationalError):
        _lock(waiting, until)
        fcntl.flock(waiting, fcntl.LOCK_UN)
