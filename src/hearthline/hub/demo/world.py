# SPDX-License-Identifier: Apache-2.0
"""A whole installation in one folder: keys, database, doors, worker, mail sink and host.

Used by `hearthline demo` and by the journeys, which thereby test the programs a country runs.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from pyrage import x25519

from hearthline.hub.config.commands.keys import new_keys
from hearthline.hub.config.commands.serve import DOORS, server, worker
from hearthline.hub.config.start import environment_for
from hearthline.hub.demo.endpoint import AUTHORITY, make_certificates
from hearthline.hub.demo.endpoint import NAME as ENDPOINT

HOSTS = ("harbour-host.test", "lantern.test")
PARTS = (*DOORS, "smtp", "host", "endpoint")
DEFAULT_PORTS = dict(zip(PARTS, (8000, 8001, 8002, 8025, 8480, 8443), strict=True))


class WorldRefused(Exception):
    """The world cannot start; the text says what to do."""


@dataclass
class World:
    """One folder, its ports, and the programs running on them."""

    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: dict(DEFAULT_PORTS))
    pause: float = 1.0
    # A PostgreSQL address; empty for the embedded default, a file in the folder.
    database: str = ""
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def url(self, door: str, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.ports[door]}{path}"

    def page(self, name: str, host: str = HOSTS[0]) -> str:
        """The address of a page of the loopback host."""
        return f"http://pages.{host}:{self.ports['host']}/{name}"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def pages(self) -> Path:
        return self.folder / "host"

    @property
    def unit_identity(self) -> str:
        """The police unit's age identity, which in life only the unit would hold."""
        return (self.folder / "police-unit.key").read_text(encoding="utf-8").strip()

    def prepare(self) -> None:
        """Make the folder, its keys and its database. Safe to repeat."""
        self.folder.mkdir(parents=True, exist_ok=True)
        keys = self.folder / "keys.env"
        if not keys.exists():
            _write_private(keys, "".join(f"{n}={v}\n" for n, v in new_keys().items()))
            identity = x25519.Identity.generate()
            _write_private(self.folder / "police-unit.key", str(identity))
            (self.folder / "police-unit.pub").write_text(str(identity.to_public()))
        make_certificates(self.folder)
        self.run("-m", "hearthline.cli", "setup")

    def environment(self, program: str = "all") -> dict[str, str]:
        """The environment of one program, holding only the keys it may hold."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            # The world has a database of its own, whatever this process uses.
            if not name.startswith("HEARTHLINE_") and name != "DATABASE_URL"
        }
        own = {
            **inherited,
            **dict(
                line.split("=", 1) for line in (self.folder / "keys.env").read_text().splitlines()
            ),
            "HEARTHLINE_HOME": str(self.folder),
            "HEARTHLINE_COUNTRY": "solmere",
            "HEARTHLINE_DEMO": "1",
            "DATABASE_URL": self.database,
            "HEARTHLINE_SMTP_PORT": str(self.ports["smtp"]),
            "HEARTHLINE_MAIL_FROM": "hotline@hearthline.test",
            "HEARTHLINE_PROBE_HOSTS": " ".join(
                [
                    *(f"{host}=127.0.0.1:{self.ports['host']}" for host in HOSTS),
                    f"{ENDPOINT}=127.0.0.1:{self.ports['endpoint']}",
                ]
            ),
            "HEARTHLINE_CA_FILE": str(self.folder / AUTHORITY),
            **{f"HEARTHLINE_{door.upper()}_URL": self.url(door, "") for door in DOORS},
        }
        return own if program == "all" else environment_for(program, own)

    def run(self, *arguments: str) -> str:
        """Run one command to its end and return what it printed."""
        done = subprocess.run(  # noqa: S603  # our own fixed commands
            [sys.executable, *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            # Ctrl-C is for this program, which then ends the command.
            start_new_session=True,
        )
        if done.returncode:
            raise WorldRefused(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *parts: str) -> None:
        """Start the named parts, or all of them, and wait until they answer."""
        for part in parts or (*PARTS, "worker"):
            if part in self.ports:
                self._refuse_taken(part)
            self.running[part] = subprocess.Popen(  # noqa: S603  # our own fixed commands
                self._command(part),
                env=self.environment(part if part in (*DOORS, "worker") else "all"),
                # A group of its own, so that a server's child processes can be ended with it.
                start_new_session=True,
            )
        for part in parts or PARTS:
            if part in self.ports:
                self._wait(part)

    def kill(self, part: str) -> None:
        """End a part at once, as a power cut would."""
        process = self.running.pop(part)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if part in self.ports:
            self._wait_free(part)

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def _command(self, part: str) -> list[str]:
        if part in DOORS:
            return server("127.0.0.1", self.ports[part], 1)
        if part == "worker":
            return [*worker(), "--pause", str(self.pause)]
        module, folder = {
            "smtp": ("hearthline.hub.demo.sink", self.inbox),
            "host": ("hearthline.hub.demo.host", self.pages),
            "endpoint": ("hearthline.hub.demo.endpoint", self.folder),
        }[part]
        port = str(self.ports[part])
        return [sys.executable, "-m", module, "--port", port, "--folder", str(folder)]

    def _refuse_taken(self, part: str) -> None:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", self.ports[part]))
            except OSError:
                raise WorldRefused(
                    f"Port {self.ports[part]} is in use. Stop what uses it, or choose other "
                    "ports with --port-base, for instance --port-base 9000."
                ) from None

    def _wait_free(self, part: str) -> None:
        """A server's child processes end a moment after it; until then they hold its port."""
        for _ in range(100):
            try:
                self._refuse_taken(part)
            except WorldRefused:
                time.sleep(0.05)
            else:
                return

    def _wait(self, part: str) -> None:
        for _ in range(300):
            if self.running[part].poll() is not None:
                raise WorldRefused(f"The {part} program ended while it was starting.")
            if _answers(part, self.ports[part]):
                return
            time.sleep(0.1)
        raise WorldRefused(f"The {part} program did not answer within 30 seconds.")


def free_ports() -> dict[str, int]:
    """Ports nobody uses just now, one for each part."""
    sockets = [socket.socket() for _ in PARTS]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = dict(zip(PARTS, (one.getsockname()[1] for one in sockets), strict=True))
    for one in sockets:
        one.close()
    return ports


def _answers(part: str, port: int) -> bool:
    if part in DOORS:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            return False
        return True
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
