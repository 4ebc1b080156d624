# SPDX-License-Identifier: Apache-2.0
"""Services that stand in front of the host, and stores of apps: read from data files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

_DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A content delivery network, or another service behind which a host lies hidden.

    ``names`` are suffixes of CNAME targets, ``nameservers`` suffixes of the zone's servers,
    ``networks`` CIDR blocks. ``verified`` says whether somebody checked the entry.
    """

    name: str
    source: str
    checked_on: str
    verified: bool
    abuse: str
    autnums: tuple[int, ...]
    names: tuple[str, ...]
    nameservers: tuple[str, ...]
    networks: tuple[str, ...]

    def stands_at(self, ip: str) -> bool:
        address = ip_address(ip)
        return any(address in ip_network(block) for block in self.networks)

    def serves(self, aliases: Iterable[str]) -> bool:
        return any(_under(alias, suffix) for alias in aliases for suffix in self.names)

    def answers_for(self, nameservers: Iterable[str]) -> bool:
        """Whether its name servers serve the zone; a hint only: it may serve the DNS alone."""
        return any(_under(name, suffix) for name in nameservers for suffix in self.nameservers)


@dataclass(frozen=True, slots=True)
class Store:
    """A store of apps, known by its host."""

    host: str
    name: str
    source: str
    verified: bool


@cache
def proxies() -> tuple[Proxy, ...]:
    """Every proxy of the data file, in its order."""
    return tuple(
        Proxy(
            name=one["name"],
            source=one["source"],
            checked_on=one["checked_on"].isoformat(),
            verified=one["verified"],
            abuse=one["abuse"],
            autnums=tuple(one["autnums"]),
            names=tuple(one["names"]),
            nameservers=tuple(one["nameservers"]),
            networks=tuple(one["networks"]),
        )
        for one in _rows("proxies.toml", "proxy")
    )


@cache
def stores() -> dict[str, Store]:
    """Stores by host."""
    return {one["host"]: Store(**one) for one in _rows("stores.toml", "store")}


def proxy_at(ip: str, *, aliases: Iterable[str] = (), autnums: Iterable[int] = ()) -> Proxy | None:
    """The proxy that stands at ``ip``: by its networks, its AS, or the name that led there."""
    led, announced = tuple(aliases), set(autnums)
    for proxy in proxies():
        if proxy.stands_at(ip) or announced & set(proxy.autnums) or proxy.serves(led):
            return proxy
    return None


def _rows(file: str, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((_DATA / file).read_text(encoding="utf-8"))[table]
    return rows


def _under(name: str, suffix: str) -> bool:
    return name == suffix or name.endswith(f".{suffix}")
