# SPDX-License-Identifier: Apache-2.0
"""hearthline demo: a fictional country on this machine, with invented data only.

Prints where everything is and who can sign in with one click, and runs until Ctrl-C. With
--check it walks the whole way by itself, prints one JSON line of what it saw, and ends with an
error if any step is missing.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from hearthline.hub.demo.check import walk
from hearthline.hub.demo.world import DEFAULT_PORTS, PARTS, World, WorldRefused, free_ports


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="walk the way and end")
    parser.add_argument("--folder", type=Path, default=Path("demo-data"), help="where it lives")
    parser.add_argument("--fresh", action="store_true", help="begin again with an empty folder")
    parser.add_argument("--port-base", type=int, help="first of six ports (8000 if left out)")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.check:
            return _check()
        if chosen.fresh:
            shutil.rmtree(chosen.folder, ignore_errors=True)
        return _run(World(chosen.folder.resolve(), _ports(chosen.port_base)))
    except WorldRefused as error:
        sys.stderr.write(f"hearthline demo: {error}\n")
        return 1


def _ports(base: int | None) -> dict[str, int]:
    if base is None:
        return dict(DEFAULT_PORTS)
    return {part: base + number for number, part in enumerate(PARTS)}


def build(world: World) -> None:
    """Prepare the world and, the first time, live through its month of reports.

    A month that was cut short is begun again.
    """
    seeding, seeded = world.folder / "seeding", world.folder / "seeded"
    if seeding.exists():
        shutil.rmtree(world.folder)
    world.prepare()
    world.start("smtp", "host", "endpoint")
    if not seeded.exists():
        seeding.touch()
        world.run("-m", "hearthline.hub.demo.seed")
        seeding.rename(seeded)
    world.start("public", "desk", "partners", "worker")


class _Asked(Exception):
    """Somebody stops the demonstration while it is being prepared."""


def _run(world: World) -> int:
    stop, ready = threading.Event(), threading.Event()

    def ask_to_stop(*_: object) -> None:
        if not (ready.is_set() or stop.is_set()):
            stop.set()
            raise _Asked
        stop.set()

    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, ask_to_stop)
    sys.stdout.write("Preparing Solmere, a country that does not exist. A minute or so …\n")
    sys.stdout.flush()
    try:
        build(world)
        ready.set()
        sys.stdout.write(_addresses(world))
        sys.stdout.flush()
        stop.wait()
    except _Asked:
        sys.stdout.write("Stopped before all was ready. `make demo` prepares it again.\n")
        return 0
    finally:
        world.stop()
    sys.stdout.write("Stopped. `make demo` goes on from here.\n")
    return 0


def _addresses(world: World) -> str:
    return f"""
Everything here is invented. Keys and data are in {world.folder.name}/.

  For the public     {world.url("public")}
  For the desk       {world.url("desk", "/demo/")}   one-click sign-ins: analysts Ana and
                     Ben, senior Sena, manager Mara, statistician Stella, oversight Omar,
                     administrator Ada
  For the police     {world.url("partners", "/demo/")}   one-click sign-in: liaison Paulo
  Letters sent       {world.url("desk", "/demo/inbox/")}
  Pages of the host  {world.url("desk", "/demo/pages/")}   an address to report:
                     {world.page("page-1")}

Ctrl-C stops it.
"""


def _check() -> int:
    with tempfile.TemporaryDirectory(prefix="hearthline-demo-") as folder:
        world = World(Path(folder), free_ports())
        try:
            build(world)
            seen = walk(world)
        finally:
            world.stop()
    sys.stdout.write(json.dumps(seen, ensure_ascii=False) + "\n")
    return 0 if seen["gaps"] == [] else 1
