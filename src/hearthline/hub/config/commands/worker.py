# SPDX-License-Identifier: Apache-2.0
"""hearthline worker: take up reports, send letters, check addresses, extend the audit log.

Any number of workers may run. One that is killed loses nothing: what it held falls due again
when its lease runs out.
"""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence

from django.utils import timezone

from hearthline.hub.config.worker import sweep_once


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline worker", description=__doc__)
    parser.add_argument("--once", action="store_true", help="one round, then end")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between idle rounds")
    chosen = parser.parse_args(arguments)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    if chosen.once:
        sys.stdout.write(f"{sweep_once(holder=holder, at=timezone.now())} rows done\n")
        return 0
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    while not stop.is_set():
        # Right on while there is work, a pause when there is none.
        if not sweep_once(holder=holder, at=timezone.now()):
            stop.wait(chosen.pause)
    return 0
