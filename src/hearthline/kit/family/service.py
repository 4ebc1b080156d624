# SPDX-License-Identifier: Apache-2.0
"""The nation's filter as devices have to know it: names and addresses, nothing that is blocked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_NAME: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_ADDRESS: Final = re.compile(r"https://[a-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/-]*")


class ServiceWrong(ValueError):
    """Something about the service cannot be handed to devices; the message says what to give."""


@dataclass(frozen=True, slots=True)
class FilterService:
    """Where the filter is reached.

    ``name`` is what people see on their devices. ``resolver`` is the host name for DNS over HTTPS
    (path ``/dns-query``, RFC 8484) and over TLS (RFC 7858), ``addresses`` its IP addresses.
    ``canary`` is a harmless name that only this resolver answers with the stop page, so that
    anyone can see whether the filter works. ``list_url`` and ``search_url`` answer prefix lists
    and full-hash searches. Raises ``ServiceWrong``.
    """

    name: str
    resolver: str
    addresses: tuple[str, ...]
    canary: str
    stop_page: str
    list_url: str
    search_url: str

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 45 or not self.name.isprintable():
            raise ServiceWrong("give a name of 1 to 45 characters for people to recognise")
        for host in (self.resolver, self.canary):
            if len(host) > 253 or not _NAME.fullmatch(host):
                raise ServiceWrong(f"{host!r} is no host name; give one in small letters")
        for address in self.addresses:
            try:
                ip_address(address)
            except ValueError as fault:
                raise ServiceWrong(f"{address!r} is no IP address") from fault
        if not self.addresses:
            raise ServiceWrong("give the resolver's IP addresses; home servers need them")
        for url in (self.stop_page, self.list_url, self.search_url):
            if not _ADDRESS.fullmatch(url):
                raise ServiceWrong(f"{url!r} must begin with https:// and have no query")

    @property
    def doh_url(self) -> str:
        return f"https://{self.resolver}/dns-query"

    @property
    def stop_host(self) -> str:
        return urlsplit(self.stop_page).hostname or ""
