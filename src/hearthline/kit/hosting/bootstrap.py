# SPDX-License-Identifier: Apache-2.0
"""Which RDAP server answers for an address or a domain (RFC 9224).

A copy is shipped, with its source and its days. Newer files of IANA (``ipv4.json``,
``ipv6.json``, ``dns.json``) are read from a folder; nothing here fetches them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

from hearthline.kit.formats.canonical import read_json
from hearthline.kit.formats.refused import FormatRefused

_SHIPPED: Final = Path(__file__).parent / "data" / "bootstrap.json"
_FILES: Final = ("ipv4", "ipv6", "dns")


class BootstrapRefused(ValueError):
    """A bootstrap file is not what RFC 9224 says; the text names the file and the fault."""


@dataclass(frozen=True, slots=True)
class Registry:
    """One of IANA's files: its own date, and names or networks with their servers."""

    published: str
    services: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Where to ask. Servers are base addresses that end in a slash, https before http."""

    source: str
    ipv4: Registry
    ipv6: Registry
    dns: Registry

    def for_ip(self, address: str) -> tuple[str, ...]:
        """Servers of the longest network around ``address``; none when nobody answers for it."""
        ip = ip_address(address)
        registry = self.ipv4 if ip.version == 4 else self.ipv6
        around = [
            (_network(block).prefixlen, servers)
            for block, servers in registry.services
            if ip in _network(block)
        ]
        return max(around, key=lambda one: one[0], default=(0, ()))[1]

    def for_domain(self, name: str) -> tuple[str, ...]:
        """Servers of the longest listed suffix of ``name`` (a registered domain)."""
        labels = name.split(".")
        listed = dict(self.dns.services)
        for start in range(len(labels)):
            servers = listed.get(".".join(labels[start:]))
            if servers:
                return servers
        return ()


@cache
def shipped() -> Bootstrap:
    """The copy that comes with the program. Not verified; see its ``note``."""
    document = _document(_SHIPPED)
    return _bootstrap(str(document["source"]), {name: document[name] for name in _FILES})


@cache
def from_folder(folder: Path) -> Bootstrap:
    """IANA's three files in ``folder``. Raises ``BootstrapRefused``."""
    files = {name: _document(folder / f"{name}.json") for name in _FILES}
    return _bootstrap("IANA RDAP bootstrap registries (RFC 9224)", files)


def _bootstrap(source: str, files: dict[str, Any]) -> Bootstrap:
    return Bootstrap(source, **{name: _registry(name, files[name]) for name in _FILES})


def _document(path: Path) -> dict[str, Any]:
    try:
        document = read_json(path.read_bytes())
    except OSError as error:
        raise BootstrapRefused(f"{path.name} could not be read: {error.strerror}") from error
    except FormatRefused as refused:
        raise BootstrapRefused(f"{path.name}: {refused}") from refused
    if not isinstance(document, dict):
        raise BootstrapRefused(f"{path.name} holds no object")
    return document


def _registry(name: str, document: Any) -> Registry:
    try:
        published = str(document.get("published") or document.get("publication") or "")[:10]
        services = tuple(
            (str(key).lower(), _servers(service[1]))
            for service in document["services"]
            for key in service[0]
        )
        if name != "dns":
            for block, _servers_of in services:
                _network(block)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as fault:
        raise BootstrapRefused(f"{name}.json is not as RFC 9224 says") from fault
    return Registry(published, services)


def _servers(urls: Any) -> tuple[str, ...]:
    ended = [url if url.endswith("/") else f"{url}/" for url in urls]
    return tuple(sorted(ended, key=lambda url: not url.startswith("https:")))


@cache
def _network(block: str) -> IPv4Network | IPv6Network:
    return ip_network(block)
