# SPDX-License-Identifier: Apache-2.0
"""A block list of a million entries as hash prefixes: a check, an entry, a difference, a build.

Beside ours stands what a contractor would write first: a set of the listed texts, asked with the
published expressions. It tells everybody what is listed, so it is a yardstick and no choice.
CPU time of one thread, medians of the rounds, which take turns; memory is what the process grows
by, each holder in a process of its own. All addresses are invented. Settings, from the environment:

    HEARTHLINE_ENTRIES  how many entries the list has (1000000)
    HEARTHLINE_CHECKS   how many addresses are checked a round (20000)
    HEARTHLINE_ROUNDS   how often each way takes its turn (5)
"""

import gc
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hearthline.kit.urls import (
    Checker,
    FoundHashes,
    PrefixClient,
    PrefixList,
    canonicalise,
    expressions,
    hashes_of,
)
from hearthline.kit.urls.prefix_messages import Coding, apply, delta, read_search, search
from hearthline.kit.urls.prefixes import build

ENTRIES = int(os.environ.get("HEARTHLINE_ENTRIES", "1000000"))
CHECKS = int(os.environ.get("HEARTHLINE_CHECKS", "20000"))
ROUNDS = int(os.environ.get("HEARTHLINE_ROUNDS", "5"))
ADDED, REMOVED = 1_000, 100


class Entry(NamedTuple):
    scope: str
    address: str


def main() -> None:
    print(f"{ENTRIES:,} entries, {CHECKS:,} checks a round, {ROUNDS} rounds\n")
    began = time.process_time()
    published = build(hashes_of(entries(0, ENTRIES)), serial=1)
    print(f"build from entries          {time.process_time() - began:8.1f} s")
    measure_messages(published)
    measure_checks(published)
    measure_memory()


def entries(first: int, last: int) -> Iterator[Entry]:
    """Nine pages and one host or domain in each ten."""
    for n in range(first, last):
        if n % 20 == 0:
            yield Entry("domain", f"domain{n}.test")
        elif n % 10 == 0:
            yield Entry("host", f"www.host{n}.test")
        else:
            yield Entry("url", f"site{n // 50}.test/gallery/page-{n}.html")


def measure_messages(published: PrefixList) -> None:
    old = published.prefixes
    later = build(hashes_of(entries(REMOVED, ENTRIES + ADDED)), serial=2).prefixes
    print(f"\n{'answer':28}{'bytes':>12}{'to make, s':>12}{'to apply, s':>13}")
    for coding in Coding:
        for name, held in (("whole list", None), (f"+{ADDED:,} -{REMOVED}", old)):
            began = time.process_time()
            answer = delta(held, later, coding=coding)
            made = time.process_time()
            if apply(held, answer) != later:
                raise SystemExit("the answer does not make the list")
            applied = time.process_time()
            line = f"{name + ', ' + coding:28}{len(answer):12,}"
            print(f"{line}{made - began:12.2f}{applied - made:13.2f}")


def measure_checks(published: PrefixList) -> None:
    def look_up(prefixes: Sequence[bytes]) -> FoundHashes:
        return read_search(search(published, prefixes, cache_seconds=300))

    checker = Checker(published.prefixes, look_up)
    plain = {entry.address for entry in entries(0, ENTRIES)}
    ways: dict[str, Callable[[str], object]] = {
        "prefixes": lambda address: checker.check(address, now=0),
        "set of texts": lambda address: in_set(plain, address),
    }
    print(f"\n{'microseconds a check':28}" + "".join(f"{name:>14}" for name in ways))
    for kind, addresses in kinds().items():
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                began = time.process_time()
                for address in addresses:
                    way(address)
                times[name].append((time.process_time() - began) / len(addresses) * 1e6)
        print(f"{kind:28}" + "".join(f"{statistics.median(times[name]):14.1f}" for name in ways))


def in_set(plain: set[str], address: str) -> bool:
    return any(
        each in plain or each.removesuffix("/") in plain
        for each in expressions(canonicalise(address))
    )


def kinds() -> dict[str, list[str]]:
    """Addresses to check, by kind. Every check is of an address not seen before in its round."""
    chance = random.Random(5)

    def made(one: Callable[[int], str]) -> list[str]:
        return [one(n) for n in chance.sample(range(ENTRIES), min(CHECKS, ENTRIES))]

    return {
        "ordinary": made(lambda n: f"https://www.shop{n}.test/news/2026/item-{n}.html?ref=home"),
        "front page": made(lambda n: f"https://shop{n}.test/"),
        "long": made(lambda n: f"https://a.b.c.shop{n}.test/a/b/c/d/e/{n}?q={n}&page=2&sort=up"),
        "disguised": made(lambda n: f"http://u@WWW.Shop{n}.test:80/a%20b/%2e%2e/{n}%2541?x=%41#y"),
        "other scripts": made(lambda n: f"http://bücher{n}.test/图书/{n}"),
        "listed, looked up": made(lambda n: f"http://site{n // 50}.test/gallery/page-{n}.html"),
    }


def measure_memory() -> None:
    print(f"\n{'resident bytes an entry':28}")
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "list"
        later = build(hashes_of(entries(0, ENTRIES)), serial=1).prefixes
        PrefixClient(
            fetch=lambda version: delta(None, later),
            look_up=nobody,
            confirm=lambda prefixes: None,
            kept_in=kept,
        )
        for name, argument in (("prefixes", str(kept)), ("set of texts", "")):
            run = [sys.executable, "-m", "benchmarks.blocking_check", "hold", argument]
            grown = int(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
            print(f"{name:28}{grown / ENTRIES:12.1f}")


def hold(kept: str) -> None:
    """Print by how many bytes this process grows when it holds the list."""
    array("I", bytes(4))
    gc.collect()
    before = resident()
    held: object
    if kept:
        held = PrefixClient(
            fetch=offline, look_up=nobody, confirm=lambda prefixes: None, kept_in=Path(kept)
        )
    else:
        held = {entry.address for entry in entries(0, ENTRIES)}
    gc.collect()
    print(resident() - before)
    del held


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def offline(version: bytes | None) -> bytes:
    raise OSError("the kept list is enough")


def nobody(prefixes: Sequence[bytes]) -> FoundHashes:
    raise OSError("nothing is looked up here")


if __name__ == "__main__":
    if sys.argv[1:2] == ["hold"]:
        hold(sys.argv[2])
    else:
        main()
