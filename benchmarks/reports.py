# SPDX-License-Identifier: Apache-2.0
"""Durable reports a second at the public door, beside a view that only inserts one row.

Both run in the same minutes on the same server (granian, two processes), the same database with
the same promise (on disk before the answer) and the same clients, on SQLite and on PostgreSQL. A
report is sealed to the desk and to its receipt, has pointers, a step and an audit entry; the ratio
says what that costs. The slow step of its receipt is the worker's: how long that takes to catch up
is measured after a run without it and after one beside it. HEARTHLINE_BENCH_SECONDS bounds each
phase (15 if unset).
"""

import os
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue

from benchmarks.client import CLIENTS, HEADER, Browser, Form, Timed, at_a_rate, timed
from benchmarks.ending import end_cleanly
from benchmarks.installation import PROCESSES, Installation, installations

SECONDS = float(os.environ.get("HEARTHLINE_BENCH_SECONDS", "15"))
# More forms than can be sent in the time.
MOST_PER_SECOND = 400
RATE = 100
RATE_SECONDS = 20
# Catching up may take longer than the whole benchmark should; then what is left is said.
LONGEST_CATCH_UP = 60


def main() -> None:
    end_cleanly()
    with tempfile.TemporaryDirectory(prefix="hearthline-bench-") as folder:
        Path(folder).chmod(0o755)
        with installations(Path(folder)) as found:
            print(f"Durable writes over HTTP: {PROCESSES} server processes, {CLIENTS} clients")
            for one in found:
                closed_loop(one)
            print(f"\nReports at {RATE} a second for {RATE_SECONDS} seconds, come what may")
            for one in found:
                open_loop(one)


def closed_loop(one: Installation) -> None:
    """Send as fast as eight clients can, with and without the worker, beside the bare view."""
    forms = one.forms(int(SECONDS * MOST_PER_SECOND))
    half = len(forms) // 2
    print(f"\n{one.kind}\n{HEADER}")
    bare = inserts(one)
    print(bare.line("bare view: one insert"))
    with one.served() as port:
        sent = _sent(port, forms[:half])
        print(sent.line("report: press Send"))
        asked = timed(SECONDS / 2, lambda: _fill(port))
        print(asked.line("report: all questions before it"))
    behind = _catch_up(one)
    with one.served() as port:
        one.start("worker")
        busy = _sent(port, forms[half:])
        print(busy.line("report: Send, worker beside it"))
        one.stop()
    behind_busy = _catch_up(one)
    print(f"Reports for each 100 bare inserts: {_share(sent, bare):.0f}")
    print(f"The worker alone {behind}; after running beside it {behind_busy}")
    _errors(bare, sent, asked, busy)


def open_loop(one: Installation) -> None:
    """The same rate whatever the answers do; the worker runs as it does in service."""
    forms = one.forms(RATE * RATE_SECONDS)
    with one.served() as port:
        one.start("worker")

        def press(form: Form) -> None:
            browser = Browser(port)
            browser.take(form)
            browser.press_send()
            browser.close()

        found = at_a_rate(RATE, [lambda form=form: press(form) for form in forms])  # type: ignore[misc]
        one.stop()
    print(f"\n{one.kind}\n{HEADER}")
    print(found.line("report: press Send"))
    print(f"The worker then {_catch_up(one)}")
    _errors(found)


def inserts(one: Installation) -> Timed:
    """The bare view, from clients that keep their connections as well."""
    mine = threading.local()

    with one.served("desk", "benchmarks.bare_settings") as port:

        def insert() -> bool:
            if not hasattr(mine, "browser"):
                mine.browser = Browser(port)
            mine.browser.insert()
            return True

        return timed(SECONDS, insert)


def _sent(port: int, forms: list[Form]) -> Timed:
    waiting: SimpleQueue[Form] = SimpleQueue()
    for form in forms:
        waiting.put(form)
    mine = threading.local()

    def send() -> bool:
        try:
            form = waiting.get_nowait()
        except Empty:
            return False
        if not hasattr(mine, "browser"):
            mine.browser = Browser(port)
        mine.browser.take(form)
        mine.browser.press_send()
        return True

    return timed(SECONDS, send)


def _fill(port: int) -> bool:
    browser = Browser(port)
    browser.fill()
    browser.close()
    return True


def _catch_up(one: Installation) -> str:
    """Let the worker alone take the slow step of what waits; what it came to, in words."""
    waiting = one.fresh_receipts()
    if not waiting:
        return "had nothing to catch up with"
    one.start("worker")
    started = time.monotonic()
    while (left := one.fresh_receipts()) and time.monotonic() - started < LONGEST_CATCH_UP:
        time.sleep(0.2)
    took = time.monotonic() - started
    one.stop()
    rest = f", {left} left" if left else ""
    return (
        f"keeps {(waiting - left) / took:.0f} receipts a second ({waiting} in {took:.0f} s{rest})"
    )


def _share(sent: Timed, bare: Timed) -> float:
    return 100 * sent.per_second / bare.per_second if bare.per_second else 0.0


def _errors(*phases: Timed) -> None:
    for error in sorted({error for phase in phases for error in phase.errors})[:5]:
        print(f"  {error}")


if __name__ == "__main__":
    main()
