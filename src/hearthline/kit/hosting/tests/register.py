# SPDX-License-Identifier: Apache-2.0
"""Registers on the loopback, and a DNS made of a dictionary. All names and numbers invented."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from hearthline.kit.hosting import Bootstrap, Hosting, Line, Registry, find
from hearthline.kit.urls import NameNotFound, ResolutionFailed
from hearthline.kit.urls.tests.loopback import LOOPBACK, Host, loopback_too

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
HOST = "pages.harbour-host.test"
# Numbers of the open internet, so that the guard lets them pass; nothing is ever sent there.
IP, OTHER_IP, PROXY_IP = "8.8.4.4", "9.9.9.9", "104.16.0.7"


def records(**more: Any) -> dict[tuple[str, str], Any]:
    """The zone of harbour-host.test; a value may be an exception."""
    plain = {
        (HOST, "A"): [IP],
        ("harbour-host.test", "NS"): ["ns1.harbour-host.test", "ns2.harbour-host.test"],
    }
    return plain | {tuple(key.split("|")): value for key, value in more.items()}


def asking(zone: dict[tuple[str, str], Any]) -> Callable[[str, str], Sequence[str]]:
    def ask(name: str, kind: str) -> Sequence[str]:
        if not any(name == known for known, _kind in zone):
            raise NameNotFound
        found = zone.get((name, kind), [])
        if isinstance(found, type):
            raise found
        return found

    return ask


def servers_at(register: Host, name: str = "rdap.register.test") -> Bootstrap:
    base = (register.url("/", name),)
    everywhere = Registry("2026-01-01", (("0.0.0.0/0", base),))
    return Bootstrap(
        "Test bootstrap",
        everywhere,
        Registry("2026-01-01", (("::/0", base),)),
        Registry("2026-01-01", (("test", base), ("com", base))),
    )


def to_registers(name: str) -> Sequence[str]:
    if name.startswith("inside."):
        return ["10.0.0.1"]
    if name.startswith("mixed."):
        return [LOOPBACK, "10.0.0.1"]
    if name.startswith("missing."):
        raise NameNotFound
    if name.startswith("silent-dns."):
        raise ResolutionFailed
    return [LOOPBACK]


def line(**options: Any) -> Line:
    plain = {"resolve": to_registers, "allow": loopback_too, "timeout": 2.0, "plain": True}
    return Line(**{**plain, **options})


def look(register: Host, host: str = HOST, **options: Any) -> Hosting:
    plain = {
        "at": AT,
        "ask": asking(records()),
        "servers": servers_at(register),
        "line": line(),
    }
    return find(host, **{**plain, **options})


def answer(document: object, kind: str = "application/rdap+json") -> bytes:
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def card(name: str = "", email: object = "") -> list[Any]:
    rows: list[Any] = [["version", {}, "text", "4.0"]]
    rows += [["fn", {}, "text", name]] if name else []
    rows += [["email", {}, "text", email]] if email else []
    return ["vcard", rows]


def entity(*roles: str, name: str = "", email: object = "", **more: Any) -> dict[str, Any]:
    return {
        "objectClassName": "entity",
        "roles": list(roles),
        "vcardArray": card(name, email),
        **more,
    }


def network(**more: Any) -> dict[str, Any]:
    abuse = entity("abuse", name="Abuse desk", email="abuse@harbour-net.test")
    return {
        "objectClassName": "ip network",
        "startAddress": "8.8.0.0",
        "endAddress": "8.8.255.255",
        "name": "HARBOUR-NET",
        "country": "xs",
        "entities": [entity("registrant", name="Harbour Networks", entities=[abuse])],
        "events": [{"eventAction": "last changed", "eventDate": "2026-03-04T05:06:07Z"}],
        **more,
    }


def domain(**more: Any) -> dict[str, Any]:
    abuse = entity("abuse", email="abuse@quay-names.test")
    return {
        "objectClassName": "domain",
        "ldhName": "HARBOUR-HOST.TEST",
        "entities": [entity("registrar", name="Quay Names", entities=[abuse])],
        "events": [{"eventAction": "registration", "eventDate": "2020-02-03T00:00:00Z"}],
        **more,
    }


def lay_down(register: Host) -> None:
    """What a register in good order answers."""
    register.answers[f"/ip/{IP}"] = answer(network())
    register.answers["/domain/harbour-host.test"] = answer(domain())
