# SPDX-License-Identifier: Apache-2.0
"""Starting the server: granian with some worker processes over one folder."""

import fcntl
import os
import shutil
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn

from hearthline.matcher import allowance, environment, keys
from hearthline.matcher.configuration import FILE, read_configuration
from hearthline.matcher.keys import Keys
from hearthline.matcher.numbering import FILE as NUMBERS

RUN = "run"
LOCK = "serving.lock"


class NotStarted(ValueError):
    """The service cannot start as asked; the text says what to do."""


def serve(
    folder: Path, *, host: str, port: int, workers: int, without_keys: bool = False
) -> NoReturn:
    """Becomes the server. Raises NotStarted, ConfigurationRefused."""
    handle = held_for_serving(folder)
    try:
        variables = prepared(folder, host=host, without_keys=without_keys)
    except BaseException:
        os.close(handle)
        raise
    command = server(host, port, workers)
    os.execve(command[0], command, variables)  # noqa: S606  # our own fixed command


def prepared(folder: Path, *, host: str, without_keys: bool) -> dict[str, str]:
    """The environment of the server; makes what is not to outlive a start.

    Raises NotStarted, ConfigurationRefused.
    """
    read_configuration(folder / FILE)
    if without_keys and not _is_loopback(host):
        raise NotStarted("--without-keys opens every call to all: only with --host 127.0.0.1")
    if not without_keys and not Keys(folder / keys.FILE).all():
        raise NotStarted(
            "there is no key yet, so nobody could call: hearthline matcher key add NAME --scope …"
        )
    run = folder / RUN
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(mode=0o700, parents=True)
    # Before there are workers, so that they all share one file.
    (folder / allowance.FILE).unlink(missing_ok=True)
    (folder / NUMBERS).with_suffix(".lock").touch(mode=0o600)
    return os.environ | {
        environment.FOLDER: str(folder),
        environment.WITHOUT_KEYS: "yes" if without_keys else "",
        environment.COUNTERS: str(run),
    }


def held_for_serving(folder: Path) -> int:
    """Holds the folder as long as this process lives, whatever program it becomes.

    The server lets several listen on one port, so a second one would start unseen and sweep away
    what workers of the first one share. Returns the handle of the lock. Raises NotStarted.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise NotStarted(
            f"another process serves this folder already; end it first, or take another: {folder}"
        ) from None
    os.set_inheritable(handle, True)
    return handle


def server(host: str, port: int, workers: int) -> list[str]:
    """The command of the server."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--respawn-failed-workers", "--no-ws", "--log-level", "warning",
        # Proxies speak HTTP/1.1. HTTP/2 would let strangers fill 16 MiB of headers a stream.
        "--http", "1",
        # An access log would hold addresses, and with them hashes and URLs.
        "--no-access-log",
        "hearthline.matcher.app:application",
    ]  # fmt: skip


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
