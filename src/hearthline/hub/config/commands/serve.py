# SPDX-License-Identifier: Apache-2.0
"""hearthline serve: one door as one program, or all of them with the worker.

Each program is started with the keys its door may hold and no others. `all` watches its programs
and starts again what has ended; a large installation runs them apart, under its own supervisor.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn
from urllib.parse import urlsplit

from django.db import connection

from hearthline.hub.config.environment import text
from hearthline.hub.config.readiness import NotReady, refuse_unprepared
from hearthline.hub.config.start import KeysMissing, environment_for

DOORS = ("public", "desk", "partners")
DEFAULT_URL = {
    "public": "http://127.0.0.1:8000",
    "desk": "http://127.0.0.1:8001",
    "partners": "http://127.0.0.1:8002",
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline serve", description=__doc__)
    parser.add_argument("door", choices=[*DOORS, "all"])
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on (one door only)")
    parser.add_argument("--workers", type=int, default=1, help="server processes a door")
    chosen = parser.parse_args(arguments)
    try:
        refuse_unprepared()
        connection.close()
        if chosen.door == "all":
            return _watch(chosen.host, chosen.workers)
        environment = environment_for(chosen.door)
    except (KeysMissing, NotReady) as error:
        sys.stderr.write(f"hearthline serve: {error}\n")
        return 1
    port = chosen.port or port_of(chosen.door)
    command = server(chosen.host, port, chosen.workers)
    return _become(command, environment)


def port_of(door: str) -> int:
    """The port in the door's own address."""
    url = urlsplit(text(f"HEARTHLINE_{door.upper()}_URL", DEFAULT_URL[door]))
    return url.port or (443 if url.scheme == "https" else 80)


def server(host: str, port: int, workers: int) -> list[str]:
    """The command of one web server."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi",
        "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4",
        "--respawn-failed-workers", "--no-ws", "--log-level", "warning",
        # An access log would hold the addresses of children.
        "--no-access-log",
        "hearthline.hub.config.wsgi:application",
    ]  # fmt: skip


def worker() -> list[str]:
    """The command of the worker."""
    return [sys.executable, "-m", "hearthline.cli", "worker"]


def _watch(host: str, workers: int) -> int:
    """Run the three doors and the worker until told to stop."""
    plans = {door: (server(host, port_of(door), workers), environment_for(door)) for door in DOORS}
    plans["worker"] = (worker(), environment_for("worker"))
    running = {name: _start(*plan) for name, plan in plans.items()}
    stop = {signal.SIGTERM: False}

    def ask_to_stop(*_: object) -> None:
        stop[signal.SIGTERM] = True

    for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, ask_to_stop)
    for door in DOORS:
        sys.stdout.write(f"{door:9}{text(f'HEARTHLINE_{door.upper()}_URL', DEFAULT_URL[door])}\n")
    sys.stdout.flush()
    while not stop[signal.SIGTERM]:
        for name, process in running.items():
            if process.poll() is not None:
                sys.stderr.write(f"{name} ended with {process.returncode}; starting it again.\n")
                _end_children(process)
                running[name] = _start(*plans[name])
        time.sleep(1)
    for process in running.values():
        process.terminate()
    for process in running.values():
        process.wait(timeout=20)
    return 0


def _become(command: list[str], environment: dict[str, str]) -> NoReturn:
    """Replace this program by `command`; no shell is involved."""
    os.execve(command[0], command, environment)  # noqa: S606


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # our own fixed command
        command,
        env=environment,
        # A group of its own, so that what it leaves behind can be ended with it.
        start_new_session=True,
    )


def _end_children(process: "subprocess.Popen[bytes]") -> None:
    """A server that was killed leaves child processes: they would go on answering, unwatched."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
