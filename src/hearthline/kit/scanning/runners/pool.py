# SPDX-License-Identifier: Apache-2.0
"""Processes of this machine. A file that kills its process, or holds it up, costs only itself.

Each process says which file it begins. When one dies, or is silent for too long and is ended, a
new one takes its shard up again and steps over that file. If whoever runs the scan is gone, the
processes end by themselves.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any

from hearthline.kit.matching.banks import BankRefused
from hearthline.kit.scanning.running import ScanStopped
from hearthline.kit.scanning.scanner import (
    BETWEEN,
    CRASHED,
    TOO_SLOW,
    Done,
    Scanner,
    Task,
    Work,
)

_LOOK_EVERY = 1.0
_DEATHS_WITHOUT_A_FILE = 3


class Pool:
    """`size` processes, by default one a core; a file may take `patience` seconds."""

    def __init__(self, size: int = 0, *, patience: float = 600.0) -> None:
        self._size = size or os.cpu_count() or 1
        self._patience = patience
        # Started from a clean process: a fork of this one would copy the locks of its threads.
        self._context: Any = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, f"{__package__}.warm"])

    def run(
        self, task: Task, works: Iterator[Work], moved: Callable[[int], None]
    ) -> Iterator[Done]:
        """See `Runner`."""
        workers: list[_Worker] = []
        try:
            while len(workers) < self._size and (work := next(works, None)):
                workers.append(_Worker(self._context, task, work))
            while workers:
                for worker in self._ready(workers):
                    done = worker.listen(moved)
                    if done is None:
                        continue
                    # First its next work: it need not wait until these rows are on the disk.
                    if work := next(works, None):
                        worker.give(work)
                    else:
                        workers.remove(worker)
                        worker.end()
                    yield done
        finally:
            for worker in workers:
                worker.end()

    def _ready(self, workers: list["_Worker"]) -> Iterator["_Worker"]:
        """Those that have something to say; those that keep silent for too long are ended."""
        pipes = {worker.pipe: worker for worker in workers}
        for pipe in wait(list(pipes), _LOOK_EVERY):
            yield pipes[pipe]
        for worker in workers:
            worker.end_if_slow(self._patience)


class _Worker:
    """A process, its work, and how far it is."""

    def __init__(self, context: Any, task: Task, work: Work) -> None:
        self._context, self._task = context, task
        self._work: Work | None = None
        self._deaths = 0
        self._furthest = -1
        self._start()
        self.give(work)

    def _start(self) -> None:
        self.pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_work, args=(self._task, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, work: Work) -> None:
        """Hands over the next work."""
        self._furthest = -1
        self._again(work)

    def listen(self, moved: Callable[[int], None]) -> Done | None:
        """Hears one thing: the Done of all the work, or None. A process that died is replaced."""
        try:
            heard = self.pipe.recv()
        except (EOFError, OSError):
            self._replace()
            return None
        if isinstance(heard, str):
            raise ScanStopped(heard)
        if isinstance(heard, Done):
            self._work = None
            self._deaths = 0
            return heard
        self._place, self._since = heard, time.monotonic()
        if heard > self._furthest:
            moved(heard - self._furthest)
            self._furthest = heard
        return None

    def end_if_slow(self, patience: float) -> None:
        """Ends a process that has been at one file for longer than `patience` seconds."""
        at_a_file = self._work is not None and self._place != BETWEEN
        if at_a_file and time.monotonic() - self._since > patience:
            self._why = TOO_SLOW
            self._process.kill()

    def end(self) -> None:
        """Ends the process, whatever it is doing."""
        self.pipe.close()
        if self._work is not None:
            self._process.kill()
        self._process.join()

    def _again(self, work: Work) -> None:
        self._work = work
        self._place, self._since, self._why = BETWEEN, time.monotonic(), CRASHED
        try:
            self.pipe.send(work)
        except OSError:
            """It died meanwhile; `listen` will hear of it."""

    def _replace(self) -> None:
        """A new process for the work of one that died, without the file at which it did."""
        work = self._work
        self.pipe.close()
        self._process.join()
        if work is None:
            raise ScanStopped("A process of the scan died while it had nothing to do.")
        if self._place == BETWEEN:
            self._deaths += 1
            if self._deaths >= _DEATHS_WITHOUT_A_FILE:
                raise ScanStopped(
                    "The processes of the scan die before they read a file. Is there memory "
                    "left? `hearthline bank verify` says whether the banks are sound."
                )
        else:
            work = replace(work, deadly={**work.deadly, self._place: self._why})
        self._start()
        self._again(work)


def _work(task: Task, pipe: Connection) -> None:
    """What a process does until nobody asks it any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who runs the scan decides when to stop
    try:
        scanner = Scanner(task)
        while True:
            pipe.send(scanner.scan(pipe.recv(), pipe.send))
    except (EOFError, OSError):
        return
    except BankRefused as refusal:
        pipe.send(str(refusal))
