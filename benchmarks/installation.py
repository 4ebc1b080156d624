# SPDX-License-Identifier: Apache-2.0
"""A whole installation to be measured, on either database, and the servers of a measurement."""

import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.client import Browser, Form
from hearthline.hub.config.commands.serve import server
from hearthline.hub.config.tests.postgres import Cluster, NoPostgres, programs
from hearthline.hub.demo.world import World, free_ports

ROOT = Path(__file__).resolve().parents[1]
COUNTRY = ROOT / "src/hearthline/hub/config/countries/solmere.toml"
PROCESSES = 2
SQLITE, POSTGRES = "SQLite FULL", "PostgreSQL"


@dataclass
class Installation(World):
    """A world on the database `kind` names; all measures against floods are out of the way."""

    kind: str = SQLITE

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # All clients here are one network, and a measurement is a flood.
        pack = COUNTRY.read_text(encoding="utf-8")
        for name, most in (("network_reports", 10_000), ("process_reports", 100_000)):
            pack = re.sub(rf"^{name} = .*$", f"{name} = {most}", pack, flags=re.MULTILINE)
        (self.folder / "country.toml").write_text(pack, encoding="utf-8")
        super().prepare()

    def environment(self, program: str = "all") -> dict[str, str]:
        own = super().environment(program)
        own["HEARTHLINE_COUNTRY"] = str(self.folder / "country.toml")
        own["PYTHONPATH"] = str(ROOT)
        return own

    def forms(self, number: int) -> list[Form]:
        """That many forms filled in, each with all that a browser needs to press Send."""
        path = self.folder / "forms.txt"
        self.run(
            str(ROOT / "manage.py"), "shell", "-c",
            f"from benchmarks.forms import fill; fill({number}, {str(path)!r})",
        )  # fmt: skip
        lines = path.read_text(encoding="ascii").splitlines()
        return [Form(*line.split()) for line in lines]

    def fresh_receipts(self) -> int:
        """How many receipts wait for the worker."""
        question = "SELECT count(*) FROM reports_freshreceipt"
        if self.database:
            with psycopg.connect(self.database) as line:
                found = line.execute(question).fetchone()
        else:
            with sqlite3.connect(self.folder / "hearthline.sqlite3", timeout=20) as file:
                found = file.execute(question).fetchone()
        return int(found[0]) if found else 0

    @contextmanager
    def served(self, door: str = "public", settings: str = "") -> Iterator[int]:
        """Two server processes for as long as the block lasts; the port they answer on."""
        port, environment = self.ports[door], self.environment("public")
        if settings:
            environment["DJANGO_SETTINGS_MODULE"] = settings
        process = subprocess.Popen(
            server("127.0.0.1", port, PROCESSES), env=environment, start_new_session=True
        )
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def installations(folder: Path) -> Iterator[list[Installation]]:
    """One on SQLite and, where there are PostgreSQL programs, one on that; prepared."""
    found = [Installation(folder / "sqlite", free_ports())]
    with ExitStack() as until_done:
        try:
            cluster = until_done.enter_context(postgres())
            found.append(
                Installation(folder / "postgres", free_ports(), database=cluster.url, kind=POSTGRES)
            )
        except NoPostgres as missing:
            print(f"{POSTGRES} is left out: {missing}")
        for one in found:
            until_done.callback(one.stop)
            one.prepare()
        yield found


@contextmanager
def postgres() -> Iterator[Cluster]:
    """A server of our own with fsync on, ended also when starting it is. Raises NoPostgres."""
    programs()
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="hl-pg-")), durable=True)
    try:
        cluster.make()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            browser = Browser(port)
            browser.ask("GET", "/", {}, 200)
            browser.close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not answer within a minute.")
