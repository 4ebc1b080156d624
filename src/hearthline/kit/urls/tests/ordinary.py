# SPDX-License-Identifier: Apache-2.0
"""Ordinary addresses, invented and always the same, and near neighbours of listed ones."""

import random
from collections.abc import Iterator, Sequence

from hearthline.kit.urls import canonicalise

WORDS = [
    *("anchor", "bakery", "bridge", "cedar", "choir", "clinic", "council", "dairy", "drum"),
    *("ferry", "garden", "harbour", "heron", "island", "kettle", "ladder", "lantern", "library"),
    *("maple", "market", "meadow", "museum", "news", "orchard", "otter", "paper", "pebble"),
    *("piano", "pottery", "quay", "radio", "recipe", "river", "school", "shop", "spoon"),
    *("station", "tea", "theatre", "timber", "trains", "valley", "village", "violin", "wool"),
]
ENDINGS = (".test", ".example", ".invalid", ".example.org", ".example.com", ".example.net")


def ordinary(how_many: int) -> Iterator[str]:
    """Addresses as people open them every day, no two alike."""
    chance = random.Random(200)
    seen: set[str] = set()
    while len(seen) < how_many:
        words = chance.choices(WORDS, k=6)
        host = chance.choice(["", "www.", "m.", f"{words[0]}.", f"{words[0]}.{words[1]}."])
        host += chance.choice([words[2], f"{words[2]}-{words[3]}", words[2] + words[3]])
        path = chance.choice(
            [
                "/",
                f"/{words[4]}",
                f"/{words[4]}/{words[5]}.html",
                f"/{chance.randint(2000, 2026)}/{chance.randint(1, 12):02}/{words[4]}-{words[5]}",
                f"/{words[4]}/{chance.randint(1, 99999)}/",
                f"/search?q={words[4]}+{words[5]}&page={chance.randint(1, 20)}",
                f"/{words[4].title()}%20{words[5]}?ref={words[0]}#{words[1]}",
            ]
        )
        address = chance.choice(["https://", "http://"]) + host + chance.choice(ENDINGS) + path
        if address not in seen:
            seen.add(address)
            yield address


def neighbours(listed: Sequence[str]) -> Iterator[str]:
    """For each listed page, addresses one step away that are not it.

    Meant for pages of hosts that are not listed as a whole.
    """
    for address in listed:
        c = canonicalise(address)
        query = "" if c.query is None else f"?{c.query}"
        yield f"http://{c.host}{c.path}x{query}"
        yield f"http://{c.host}{c.path.rstrip('/')}/more{query}"
        yield f"http://{c.host}/x{c.path}{query}"
        yield f"http://{c.host}/?u=http://{c.host}{c.path}"
        yield f"http://{c.host}/#{c.path}"
        yield f"http://{c.host}@example.org{c.path}"
        yield f"http://example.org/{c.host}{c.path}{query}"
        if not c.is_ip:
            yield f"http://{c.host}.example.org{c.path}{query}"
            yield f"http://www.{c.host}{c.path}{query}"
            yield f"http://x{c.host}{c.path}{query}"
            yield f"http://{c.host.partition('.')[2]}{c.path}{query}"
