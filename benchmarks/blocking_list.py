# SPDX-License-Identifier: Apache-2.0
"""A version of a million entries made from the ledger: read, unsealed, put in order, rendered,
signed, written to disk and entered, on the embedded database with all its triggers.

First the version that brings all of them, then one after a thousand changes, which is what the
worker makes in life. All addresses are invented. Settings, from the environment:

    HEARTHLINE_ENTRIES  how many entries the list has (1000000)
"""

import os
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ENTRIES = int(os.environ.get("HEARTHLINE_ENTRIES", "1000000"))
CHANGES = 1_000
AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
BATCH = 10_000
_SCOPES = ("url", "url", "url", "url", "url", "path", "host", "host", "host", "domain")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hearthline-list-") as home:
        publishing, models = prepared(Path(home))
        print(f"{ENTRIES:,} entries; seconds by the clock, and of this process\n")
        fill(models, 0, ENTRIES)
        with timed("first version, all of them new"):
            publishing.make_version(at=AT)
        change(models)
        with timed(f"next version, {CHANGES:,} added and {CHANGES:,} lifted"):
            made = publishing.make_version(at=AT + timedelta(minutes=1))
        assert (made.added, made.removed, made.entries) == (CHANGES, CHANGES, ENTRIES)
        profile(publishing, models)
        here = publishing.place(made.serial)
        for name in sorted(path.name for path in here.iterdir()):
            print(f"  {name:14} {(here / name).stat().st_size / 1e6:8.1f} MB")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"most memory    {most:8.0f} MB")


def prepared(home: Path) -> tuple[Any, Any]:
    """An installation of its own in this process."""
    from_keys = import_module("hearthline.hub.config.commands.keys")
    os.environ |= from_keys.new_keys() | {
        "HEARTHLINE_HOME": str(home),
        "HEARTHLINE_COUNTRY": "solmere",
    }
    import_module("hearthline.hub.config.start").start_django("all")
    import_module("django.core.management").call_command("migrate", verbosity=0)
    room = "hearthline.hub.blocklists"
    return import_module(f"{room}.actions.publishing"), import_module(f"{room}.models")


def address(number: int) -> tuple[str, str]:
    """Scope and address of an entry."""
    scope = _SCOPES[number % 10]
    host = f"n{number:07}.{('harbour', 'lantern', 'quay')[number % 3]}-{number % 997}.test"
    return scope, {
        "url": f"{host}/album/{number}/page.html?id={number % 89}",
        "path": f"{host}/album/{number}/",
    }.get(scope, host)


def fill(models: Any, first: int, last: int) -> None:
    """Entries in force, as two people would have listed them, written in bulk."""
    sealing = import_module("hearthline.hub.sealing.actions")
    users = import_module("hearthline.hub.accounts.models").User
    people = [users.objects.get_or_create(email=f"{n}@example.org", name=n)[0] for n in "ab"]
    row, key = sealing.mint(at=AT)
    for some in batches(first, last):
        rows = []
        for number in some:
            scope, place = address(number)
            entry = models.Entry(
                id=uuid.UUID(int=number + 1), data_key=row, scope=scope, category="baseline",
                digest=number.to_bytes(32, "big"), host_digest=(number + 1).to_bytes(32, "big"),
                legal_basis="children_act_12", state="listed", proposed_by=people[0],
                proposed_at=AT, approved_by=people[1], approved_at=AT, listed_at=AT, review_at=AT,
                expires_at=AT + timedelta(days=180),
            )  # fmt: skip
            entry.seal(key, "address", place)
            rows.append(entry)
        models.Entry.objects.bulk_create(rows)


def change(models: Any) -> None:
    """A thousand lifted, a thousand new."""
    gone = [uuid.UUID(int=number + 1) for number in range(CHANGES)]
    models.Entry.objects.filter(pk__in=gone).update(
        state="delisted", delisted_at=AT, delisted_because="gone"
    )
    fill(models, ENTRIES, ENTRIES + CHANGES)


def profile(publishing: Any, models: Any) -> None:
    """Where the time goes."""
    rows: Any = None
    blocking = import_module("hearthline.kit.blocking")

    def read() -> None:
        nonlocal rows
        found = models.Entry.objects.filter(state="listed")
        rows = [publishing._entry(row, key) for row, key in publishing._rows(found)]

    step("  read and unseal", read)
    content = blocking.ListVersion(1, AT, rows)
    step("  put in order", lambda: blocking.ListVersion(1, AT, rows))
    step("  digest", lambda: content.digest)
    step("  render outputs", lambda: publishing._outputs(content))


def step(what: str, do: Callable[[], object]) -> None:
    with timed(what):
        do()


def batches(first: int, last: int) -> Iterator[range]:
    for start in range(first, last, BATCH):
        yield range(start, min(start + BATCH, last))


@contextmanager
def timed(what: str) -> Iterator[None]:
    wall, own = time.perf_counter(), time.process_time()
    yield
    print(f"{what:42} {time.perf_counter() - wall:6.1f} s {time.process_time() - own:6.1f} s")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
