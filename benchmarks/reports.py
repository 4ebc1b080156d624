# SPDX-License-Identifier: Apache-2.0
"""Durable reports a second at the public door, beside a view that only inserts one row.

Both run in the same minutes on the same server (granian, two processes), the same database
settings (SQLite, on disk before the answer) and the same clients. A report is sealed to the desk
and to its receipt, has pointers, a step and an audit entry; the ratio says what that costs. Most
of it is the receipt's key derivation, which is slow on purpose; it is measured by itself.
HEARTHLINE_BENCH_SECONDS bounds each phase (15 if unset).
"""

import os
import secrets
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue

from benchmarks.client import CLIENTS, HEADER, Browser, Timed, timed
from hearthline.hub.config.commands.serve import server
from hearthline.hub.demo.world import World, free_ports
from hearthline.kit.sealing import DataKey, new_receipt, receipt_digest, wrap_for_receipt

ROOT = Path(__file__).resolve().parents[1]
SECONDS = float(os.environ.get("HEARTHLINE_BENCH_SECONDS", "15"))
PROCESSES = 2


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hearthline-bench-") as folder:
        world = World(Path(folder), free_ports())
        world.prepare()
        filled, sent = reports(world)
        bare = inserts(world)
    whole = len(sent.seconds) / (filled.took * _share(filled, sent) + sent.took)
    print(f"Durable writes over HTTP: {PROCESSES} server processes, {CLIENTS} clients, SQLite FULL")
    print(HEADER)
    print(bare.line("bare view: one insert"))
    print(sent.line("report: press Send"))
    print(filled.line("report: all questions before it"))
    print(f"Two derivations of a receipt's keys, alone on one core: {_derivations():.0f} ms")
    print(f"Bare inserts for each report sent: {_ratio(bare, sent):.1f}")
    print(f"Whole forms, questions and Send together: {whole:.1f} reports a second")
    for error in sorted({*bare.errors, *sent.errors, *filled.errors})[:5]:
        print(f"  {error}")


def reports(world: World) -> tuple[Timed, Timed]:
    """Fill in as many forms as the time allows, then send them all."""
    waiting: SimpleQueue[Browser] = SimpleQueue()
    port = world.ports["public"]

    def fill() -> bool:
        browser = Browser(port)
        browser.fill()
        waiting.put(browser)
        return True

    def send() -> bool:
        try:
            browser = waiting.get_nowait()
        except Empty:
            return False
        browser.press_send()
        browser.close()
        return True

    with _Served(port, world.environment("public")):
        filled = timed(SECONDS, fill)
        return filled, timed(SECONDS, send)


def inserts(world: World) -> Timed:
    """The bare view, from clients that keep their connections as well."""
    port = world.ports["desk"]
    mine = threading.local()

    def insert() -> bool:
        if not hasattr(mine, "browser"):
            mine.browser = Browser(port)
        mine.browser.insert()
        return True

    environment = {
        **world.environment("public"),
        "DJANGO_SETTINGS_MODULE": "benchmarks.bare_settings",
        "PYTHONPATH": str(ROOT),
    }
    with _Served(port, environment):
        return timed(SECONDS, insert)


class _Served:
    """One web server for as long as the block lasts."""

    def __init__(self, port: int, environment: dict[str, str]) -> None:
        self._port, self._environment = port, environment

    def __enter__(self) -> None:
        command = server("127.0.0.1", self._port, PROCESSES)
        self._process = subprocess.Popen(command, env=self._environment)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                browser = Browser(self._port)
                browser.ask("GET", "/", {}, 200)
                browser.close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("The server did not answer within 30 seconds.")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)


def _derivations() -> float:
    """Milliseconds of processor time that every report spends on its receipt."""
    receipt, secret = new_receipt(), secrets.token_bytes(32)
    started = time.process_time()
    for _ in range(5):
        receipt_digest(receipt, secret)
        wrap_for_receipt(DataKey.generate(), receipt, secret, row="benchmark")
    return (time.process_time() - started) / 5 * 1000


def _share(filled: Timed, sent: Timed) -> float:
    """The part of the filled forms that was sent."""
    return len(sent.seconds) / len(filled.seconds) if filled.seconds else 0.0


def _ratio(bare: Timed, sent: Timed) -> float:
    return bare.per_second / sent.per_second if sent.per_second else 0.0


if __name__ == "__main__":
    main()
