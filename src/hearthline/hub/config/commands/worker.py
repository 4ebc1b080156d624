# SPDX-License-Identifier: Apache-2.0
"""hearthline worker: take up reports, send letters, check addresses, extend the audit log.

Any number of workers may run. One that is killed loses nothing: what it held falls due again
when its lease runs out.
"""

import argparse
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from hearthline.hub.config.readiness import NotReady, refuse_unprepared
from hearthline.hub.config.sqlite.base import give_way
from hearthline.hub.config.worker import sweep_once

NICENESS = 5


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline worker", description=__doc__)
    parser.add_argument("--once", action="store_true", help="one round, then end")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between idle rounds")
    parser.add_argument(
        "--ahead",
        type=int,
        default=0,
        metavar="MINUTES",
        help="with --once, in a demonstration only: as if it were that much later",
    )
    chosen = parser.parse_args(arguments)
    if chosen.ahead and not (settings.DEMO and chosen.once):
        parser.error("--ahead moves time; it works with --once and in a demonstration only.")
    try:
        refuse_unprepared()
    except NotReady as error:
        sys.stderr.write(f"hearthline worker: {error}\n")
        return 1
    holder = new_holder()
    if chosen.once:
        at = timezone.now() + timedelta(minutes=chosen.ahead)
        sys.stdout.write(f"{sweep_once(holder=holder, at=at)} rows done\n")
        return 0
    # On one small server a person at the form comes before work that may wait a moment.
    os.nice(NICENESS)
    give_way()
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    while not stop.is_set():
        # Right on while there is work, a pause when there is none.
        if not sweep_once(holder=holder, at=timezone.now()):
            stop.wait(chosen.pause)
    return 0


def new_holder() -> str:
    """The name this worker holds leases under.

    Drawn anew at each start: in containers every worker may be process 1 of a host of the same
    name, and one that had lost a lease would take the other's for its own.
    """
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
