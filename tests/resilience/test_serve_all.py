# SPDX-License-Identifier: Apache-2.0
"""`hearthline serve all` starts again what was killed, and leaves nothing of it behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hearthline.hub.demo.world import World, free_ports

WORKER = "hearthline.cli worker"


@pytest.fixture
def world(prepared: Path) -> Iterator[World]:
    """A prepared world whose programs are run by `serve all` alone."""
    with tempfile.TemporaryDirectory(prefix="hearthline-serve-") as folder:
        made = World(Path(folder), free_ports())
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        made.running["all"] = subprocess.Popen(
            [sys.executable, "-m", "hearthline.cli", "serve", "all"], env=made.environment()
        )
        try:
            eventually("the public door", lambda: answers(made))
            yield made
        finally:
            made.stop()


def children(parent: int) -> dict[int, str]:
    """The processes `parent` started, with their command lines."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True
    )
    found = (line.split(maxsplit=1) for line in listed.stdout.splitlines())
    return {int(pid): command for pid, command in found}


def program(world: World, words: str) -> int | None:
    """The process `serve all` started whose command has these words."""
    started = children(world.running["all"].pid)
    return next((pid for pid, command in started.items() if words in command), None)


def answers(world: World) -> bool:
    try:
        urllib.request.urlopen(world.url("public"), timeout=5).close()
    except OSError:
        return False
    return True


def lives(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip() not in {"", "Z", "Zs"}


def eventually(what: str, look: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not look():
        assert time.monotonic() < until, f"waited 30 seconds for {what}"
        time.sleep(0.1)


@pytest.mark.world
def test_what_is_killed_is_started_again_and_nothing_is_left_behind(world: World) -> None:
    """A server, the worker, and at last everything."""
    door = f"--port {world.ports['public']}"
    server = program(world, door)
    assert server is not None
    left_behind = list(children(server))
    assert left_behind
    os.kill(server, signal.SIGKILL)
    eventually("another server", lambda: program(world, door) not in {None, server})
    eventually("the old children to end", lambda: not any(map(lives, left_behind)))
    eventually("the public door", lambda: answers(world))

    worker = program(world, WORKER)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    eventually("another worker", lambda: program(world, WORKER) not in {None, worker})

    started = children(world.running["all"].pid)
    assert len(started) == 4
    world.running["all"].terminate()
    assert world.running["all"].wait(timeout=25) == 0
    assert not any(map(lives, started))
