# SPDX-License-Identifier: Apache-2.0
"""What is known about where an address is hosted: facts, each with its source and its day.

A step that failed is kept beside the facts, because "nobody could be asked" and "there is no
abuse desk" lead a person to different next steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import Any


class Kind(StrEnum):
    """What sort of place it is, and so which way its removal takes."""

    SITE = "site"
    IP = "ip"
    ONION = "onion"
    APP_STORE = "app_store"


class Way(StrEnum):
    """What to do about a place of its kind. Stable codes; the words are the desk's."""

    TELL_HOST = "tell_host"
    """Write to the host, the network, the registrar, in the pack's order."""
    TELL_STORE = "tell_store"
    """Write to the store, which removes the app; its network is not asked."""
    TELL_POLICE_AND_PARTNERS = "tell_police_and_partners"
    """Nobody can be found by the DNS: police and the partner hotlines that work on such sites."""


WAYS = {
    Kind.SITE: Way.TELL_HOST,
    Kind.IP: Way.TELL_HOST,
    Kind.APP_STORE: Way.TELL_STORE,
    Kind.ONION: Way.TELL_POLICE_AND_PARTNERS,
}


class Part(StrEnum):
    """Whose fact it is. Contacts of different parts are never exchanged for one another."""

    SITE = "site"
    HOST = "host"
    PROXY = "proxy"
    ORIGIN = "origin"
    REGISTRAR = "registrar"
    STORE = "store"


class What(StrEnum):
    """What a fact says. The comment gives the shape of its value."""

    DOMAIN = "domain"  # the registered domain
    SHARED = "shared"  # the suffix under which a platform gives names to its customers
    ALIAS = "alias"  # the next name of the CNAME chain, in order
    NAMESERVER = "nameserver"
    ADDRESS = "address"  # an IP address
    NETWORK = "network"  # first and last address, "192.0.2.0 - 192.0.2.255"
    AUTNUM = "autnum"  # an AS number, decimal
    NAME = "name"  # of the network's holder, the registrar, the proxy or the store
    ABUSE = "abuse"  # an e-mail address, or a web form
    COUNTRY = "country"  # ISO 3166-1 alpha-2, upper case


class Step(StrEnum):
    """A step that can fail."""

    DOMAIN = "domain"
    ALIASES = "aliases"
    ADDRESSES = "addresses"
    NAMESERVERS = "nameservers"
    NETWORK = "network"
    REGISTRAR = "registrar"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement. ``of`` is what it is about (an IP address, a domain), ``source`` who said it
    (a server, a data file), ``at`` when we asked, ``dated`` the source's own date ("" if none).
    ``verified`` is False for what comes from a data file that nobody checked."""

    what: What
    value: str
    part: Part
    of: str
    source: str
    at: datetime
    dated: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that gave nothing: which, about what, asked of whom, and a stable code why."""

    step: Step
    code: str
    of: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hosting:
    """Everything found about one host in one look, at one time."""

    host: str
    kind: Kind
    at: datetime
    facts: tuple[Fact, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def way(self) -> Way:
        return WAYS[self.kind]

    def of(self, what: What, *parts: Part) -> tuple[Fact, ...]:
        """The facts of one sort, of some parts (all when none is named), in the order found."""
        return tuple(
            fact for fact in self.facts if fact.what == what and (not parts or fact.part in parts)
        )

    def values(self, what: What, *parts: Part) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact.value for fact in self.of(what, *parts)))

    @property
    def country(self) -> Fact | None:
        """Where the content is hosted, by the register of its network; None when unknown.

        A proxy's country is not the content's, and two countries are none: a person decides.
        """
        parts = (Part.ORIGIN,) if self.proxied else (Part.HOST,)
        found = self.of(What.COUNTRY, *parts)
        return found[0] if len({fact.value for fact in found}) == 1 else None

    @property
    def proxied(self) -> bool:
        return bool(self.of(What.NAME, Part.PROXY))

    def moved_from(self, before: Hosting) -> bool:
        """Whether the content is served from elsewhere than at the look ``before``.

        Other addresses in the networks of before are no move, nor is another address of the same
        proxy; a look that learnt no address says nothing, and so is none.
        """
        served = (Part.HOST, Part.ORIGIN)
        here, there = self.values(What.ADDRESS, *served), before.values(What.ADDRESS, *served)
        if not here or not there or set(here) & set(there):
            return False
        proxies = set(self.values(What.NAME, Part.PROXY))
        if proxies & set(before.values(What.NAME, Part.PROXY)):
            return False
        blocks = before.values(What.NETWORK)
        return not any(_within(address, block) for address in here for block in blocks)

    def record(self) -> dict[str, Any]:
        """As plain values, for ``json.dumps``."""
        return {
            "host": self.host,
            "kind": self.kind.value,
            "at": self.at.isoformat(),
            "facts": [_plain(fact) for fact in self.facts],
            "failures": [_plain(failure) for failure in self.failures],
        }


def read(record: Mapping[str, Any]) -> Hosting:
    """What ``Hosting.record`` gave."""
    return Hosting(
        host=record["host"],
        kind=Kind(record["kind"]),
        at=datetime.fromisoformat(record["at"]),
        facts=tuple(_facts(record["facts"])),
        failures=tuple(
            Failure(**{**one, "step": Step(one["step"]), "at": datetime.fromisoformat(one["at"])})
            for one in record["failures"]
        ),
    )


def _within(address: str, block: str) -> bool:
    first, _dash, last = block.partition(" - ")
    asked, low, high = ip_address(address), ip_address(first), ip_address(last)
    return asked.version == low.version and int(low) <= int(asked) <= int(high)


def _facts(rows: Iterable[Mapping[str, Any]]) -> Iterable[Fact]:
    for one in rows:
        typed = {"what": What(one["what"]), "part": Part(one["part"])}
        yield Fact(**{**one, **typed, "at": datetime.fromisoformat(one["at"])})


def _plain(row: Fact | Failure) -> dict[str, Any]:
    return {**asdict(row), "at": row.at.isoformat()}
