# SPDX-License-Identifier: Apache-2.0
"""Where this system may connect to when it checks an address somebody reported.

An address in a report is chosen by a stranger. Checking it must never become a way to reach
machines inside the ministry (server-side request forgery). So the RESOLVED IP address is judged,
not the name, and only globally routable unicast space passes.

The tables follow the IANA special-purpose registries (RFC 6890 and successors). They are written
out here instead of read from ``ipaddress.is_global``, whose answer changed between Python
releases. IPv6 is an allow-list: 2000::/3 less its special blocks, so link-local, unique local,
site-local, multicast, loopback and whatever is assigned next are refused without being named.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

PORTS: Final = frozenset({80, 443, 8080, 8443})
"""Ports a check may use: the web's own two, and the two used in their stead by small hosts.

Others are refused, because a HEAD request to a mail, database or printer port is at best noise
in somebody's log and at worst a command. A page on such a port is looked at by a person."""

_REFUSED_V4: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_REFUSED_V6: Final = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID and others
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, returned
        "3fff::/20",  # documentation
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)


def is_public(address: str) -> bool:
    """Whether ``address``, a resolved IP address, belongs to somebody on the open internet.

    False for anything that is not a plain IPv4 or IPv6 address: names, ports, short or octal
    forms, zone identifiers (``fe80::1%eth0``). IPv4 inside IPv6 (mapped, NAT64) is judged as the
    IPv4 address it reaches; a DNS64 resolver answers with NAT64 addresses for every old site.
    Other ways to carry IPv4 (compatible, translated, 6to4, Teredo) are refused altogether, and
    ISATAP when what it carries is: no public site needs them.
    """
    try:
        return _public_v4(IPv4Address(address))
    except AddressValueError:
        pass
    try:
        return _public_v6(IPv6Address(address))
    except AddressValueError:
        return False


def public_only(address: str, port: int) -> bool:
    """The rule a check follows unless told otherwise: a public address and one of ``PORTS``."""
    return port in PORTS and is_public(address)


def _public_v4(address: IPv4Address) -> bool:
    return not any(address in block for block in _REFUSED_V4)


def _public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    last = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.ipv4_mapped is not None or address in _NAT64:
        return _public_v4(last)
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP and not _public_v4(last):
        return False
    return address in _GLOBAL_V6 and not any(address in block for block in _REFUSED_V6)
