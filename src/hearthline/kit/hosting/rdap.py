# SPDX-License-Identifier: Apache-2.0
"""Registers asked by RDAP (RFC 9082) and their answers read (RFC 9083, jCard: RFC 7095).

An answer is a stranger's: what is not of its shape is passed over, lengths and depths are bounded,
and an abuse contact is taken only from the entity that says it is one, and only where it belongs:
the abuse desk of a domain's registrar is no abuse desk of its network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote

from hearthline.kit.hosting.bootstrap import Bootstrap
from hearthline.kit.hosting.fetch import Document, Line, NotFetched, fetch

DEEPEST: Final = 4
MOST_ENTITIES: Final = 100
LONGEST: Final = 200
"""Characters of a name that are kept."""

_EMAIL = re.compile(r"[!-?A-~]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_NOT_IN_EMAIL = re.compile(r"[<>()\[\],;:\"\\]")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CHANGED: Final = ("last changed", "registration")

Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class Network:
    """An IP network object. Empty strings where the register does not say."""

    first: str
    last: str
    name: str
    country: str
    abuse: tuple[str, ...]
    autnums: tuple[int, ...]
    server: str
    dated: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A domain object: its registrar, and where the registrar takes complaints."""

    registrar: str
    abuse: tuple[str, ...]
    server: str
    dated: str


def network_of(ip: str, *, servers: Bootstrap, line: Line) -> Network:
    """The network that ``ip`` belongs to. Raises ``NotFetched``: as ``fetch``, and no_server,
    and not_rdap where the answer is no network around ``ip``."""
    document = _asked(f"ip/{ip}", servers.for_ip(ip), line)
    return read_network(document.content, ip=ip, server=document.server)


def registration_of(domain: str, *, servers: Bootstrap, line: Line) -> Registration:
    """The registration of ``domain``. Raises ``NotFetched`` as ``network_of``."""
    document = _asked(f"domain/{quote(domain)}", servers.for_domain(domain), line)
    return read_registration(document.content, domain=domain, server=document.server)


def read_network(content: Object, *, ip: str, server: str) -> Network:
    """An IP network object (RFC 9083, 5.4). Raises ``NotFetched`` (not_rdap)."""
    first, last = _text(content.get("startAddress")), _text(content.get("endAddress"))
    if content.get("objectClassName") != "ip network" or not _around(first, last, ip):
        raise NotFetched("not_rdap")
    country = _text(content.get("country")).upper()
    holder = _name_of_first(content, "registrant")
    return Network(
        first=first,
        last=last,
        name=holder or _text(content.get("name")),
        country=country if _COUNTRY.fullmatch(country) else "",
        abuse=_emails(_with_role(content, "abuse")),
        autnums=_autnums(content),
        server=server,
        dated=_dated(content),
    )


def read_registration(content: Object, *, domain: str, server: str) -> Registration:
    """A domain object (RFC 9083, 5.3). Raises ``NotFetched`` (not_rdap)."""
    if content.get("objectClassName") != "domain" or _other_name(content, domain):
        raise NotFetched("not_rdap")
    registrars = _with_role(content, "registrar")
    inside = [one for registrar in registrars for one in _with_role(registrar, "abuse")]
    return Registration(
        registrar=_name_of_first(content, "registrar"),
        # Some registers put the registrar's abuse desk beside the registrar, not inside.
        abuse=_emails(inside) or _emails(_with_role(content, "abuse")),
        server=server,
        dated=_dated(content),
    )


def _asked(path: str, servers: tuple[str, ...], line: Line) -> Document:
    usable = [one for one in servers if one.startswith("https:") or line.plain]
    if not usable:
        raise NotFetched("no_server")
    return fetch(usable[0] + path, line=line)


def _other_name(content: Object, domain: str) -> bool:
    """Whether the answer says it is about another domain than the one asked for."""
    said = _text(content.get("ldhName")).lower().rstrip(".")
    return bool(said) and said != domain


def _around(first: str, last: str, ip: str) -> bool:
    try:
        low, high, asked = ip_address(first), ip_address(last), ip_address(ip)
    except ValueError:
        return False
    same = low.version == high.version == asked.version
    return same and int(low) <= int(asked) <= int(high)


def _entities(content: Object, depth: int = 0) -> Iterator[Object]:
    """Every entity inside, outermost first."""
    inside = content.get("entities")
    if depth >= DEEPEST or not isinstance(inside, list):
        return
    here = [one for one in inside[:MOST_ENTITIES] if isinstance(one, dict)]
    yield from here
    for one in here:
        yield from _entities(one, depth + 1)


def _with_role(content: Object, role: str) -> list[Object]:
    found = []
    for number, one in enumerate(_entities(content)):
        if number >= MOST_ENTITIES:
            break
        roles = one.get("roles")
        if isinstance(roles, list) and role in roles:
            found.append(one)
    return found


def _properties(entity: Object, name: str) -> Iterator[str]:
    """The text values of a jCard property: ["email", {}, "text", "abuse@host.example"]."""
    card = entity.get("vcardArray")
    if not isinstance(card, list) or len(card) != 2 or not isinstance(card[1], list):
        return
    for row in card[1][:MOST_ENTITIES]:
        if isinstance(row, list) and len(row) >= 4 and row[0] == name:
            yield from (value for value in row[3:] if isinstance(value, str))


def _name_of_first(content: Object, role: str) -> str:
    names = (name for one in _with_role(content, role) for name in _properties(one, "fn"))
    return next((text for name in names if (text := _text(name))), "")


def _emails(entities: list[Object]) -> tuple[str, ...]:
    """Addresses that a letter could go to, each once, in the order given."""
    given = (value for one in entities for value in _properties(one, "email"))
    plain = (value.strip().removeprefix("mailto:") for value in given)
    taken = (
        value
        for value in plain
        if len(value) <= 254 and _EMAIL.fullmatch(value) and not _NOT_IN_EMAIL.search(value)
    )
    return tuple(dict.fromkeys(taken))


def _autnums(content: Object) -> tuple[int, ...]:
    """AS numbers, which one registry adds to its networks."""
    given = content.get("arin_originas0_originautnums")
    if not isinstance(given, list):
        return ()
    # JSON's true is a number to Python, and no AS.
    return tuple(one for one in given if type(one) is int and 0 < one < 2**32)


def _dated(content: Object) -> str:
    """The day the register last changed the object, ``YYYY-MM-DD``; "" when it does not say."""
    events = content.get("events")
    if not isinstance(events, list):
        return ""
    days = {
        one.get("eventAction"): _text(one.get("eventDate"))[:10]
        for one in events
        if isinstance(one, dict) and isinstance(one.get("eventAction"), str)
    }
    found = next((days[action] for action in _CHANGED if days.get(action)), "")
    return found if re.fullmatch(r"\d{4}-\d{2}-\d{2}", found) else ""


def _text(value: object) -> str:
    """Text of a stranger: without control characters, one line, not longer than ``LONGEST``."""
    if not isinstance(value, str):
        return ""
    kept = "".join(character if character.isprintable() else " " for character in value)
    return " ".join(kept.split())[:LONGEST]
