# SPDX-License-Identifier: Apache-2.0
"""The demonstration's mail server: takes every letter and keeps it in a folder to read.

Runs by itself: `python -m hearthline.hub.demo.sink`. Nothing leaves the machine.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    """One letter in the inbox."""

    name: str
    message: EmailMessage


class Inbox:
    """A folder of letters, in the order they came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes) -> None:
        """Write one letter whole or not at all."""
        name = f"{time.time_ns():020d}"
        part = self.folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self.folder / f"{name}.eml")

    def letters(self) -> list[Received]:
        """Newest first."""
        return [self.read(path.stem) for path in sorted(self.folder.glob("*.eml"), reverse=True)]

    def read(self, name: str) -> Received:
        """One letter. Raises FileNotFoundError."""
        if not name.isdigit():
            raise FileNotFoundError(name)
        content = (self.folder / f"{name}.eml").read_bytes()
        return Received(name, message_from_bytes(content, policy=policy.default))


class Keep:
    """What the SMTP server does with a letter."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        self.inbox.keep(content if isinstance(content, bytes) else content.encode())
        return "250 kept"


def start(port: int, inbox: Inbox) -> Controller:
    """The server, running in a thread on 127.0.0.1:`port`."""
    controller = Controller(Keep(inbox), hostname="127.0.0.1", port=port)
    controller.start()
    return controller


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    controller = start(chosen.port, Inbox(chosen.folder))
    stop.wait()
    controller.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
