# SPDX-License-Identifier: Apache-2.0
"""How wide an entry is, and what speaks against its width.

One page is the rule, a whole domain the exception: everything wider takes lawful pages with it.
Guards name what nobody may take out by mistake: public suffixes (publicsuffix.org, offline), names
that many customers share, content networks, and sites that a country would miss. Their lists are
the TOML files in `guards/`, each with its source and whether somebody checked it.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from publicsuffixlist import PublicSuffixList

from hearthline.kit.urls import Canonical, expressions

_LISTS = Path(__file__).parent / "guards"


class Scope(StrEnum):
    """From the narrowest to the widest."""

    URL = "url"
    PATH = "path"
    HOST = "host"
    DOMAIN = "domain"

    @property
    def in_dns(self) -> bool:
        """Whether name servers can block it: they see names only, never pages."""
        return self in (Scope.HOST, Scope.DOMAIN)


class Against(StrEnum):
    """What speaks against an entry."""

    PUBLIC_SUFFIX = "public_suffix"
    SHARED_HOSTING = "shared_hosting"
    CONTENT_NETWORK = "content_network"
    POPULAR_SITE = "popular_site"
    OWN_SITE = "own_site"
    REGISTRY = "registry"
    IP_ADDRESS = "ip_address"
    NOT_THIS_SCOPE = "not_this_scope"

    @property
    def final(self) -> bool:
        """Whether not even two seniors can override it: it cannot work, or no reason suffices."""
        return self in (
            Against.OWN_SITE,
            Against.REGISTRY,
            Against.IP_ADDRESS,
            Against.NOT_THIS_SCOPE,
        )


class ScopeRefused(ValueError):
    """The entry is wider than it may be; `code` says what speaks against it."""

    def __init__(self, code: Against) -> None:
        self.code = code
        super().__init__(code.value)


@dataclass(frozen=True)
class Guards:
    """Names that are guarded, by what guards them. Lower case, no dot at the end."""

    shared_hosting: frozenset[str] = frozenset()
    content_networks: frozenset[str] = frozenset()
    popular_sites: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


class Place(NamedTuple):
    """One way to block an address."""

    scope: Scope
    address: str


def read_guards(own: Iterable[str] = ()) -> Guards:
    """The shipped guard lists, and `own`: hosts of this service itself, which nobody may block."""
    return Guards(
        shared_hosting=_names("shared_hosting"),
        content_networks=_names("content_networks"),
        popular_sites=_names("popular_sites"),
        own=frozenset(host.lower().rstrip(".") for host in own if host),
    )


def places(c: Canonical) -> list[Place]:
    """The ways to block a canonical address, the narrowest first.

    The page, each directory above it (deepest first), the host, the registered domain. Never a
    name or a domain for an IP address.
    """
    page = expressions(c)[0]
    found = [Place(Scope.URL, page)]
    names = c.path.split("/")[1:-1]
    for depth in range(len(names), 0, -1):
        found.append(Place(Scope.PATH, f"{c.host}/{'/'.join(names[:depth])}/"))
    if c.is_ip:
        return found
    found.append(Place(Scope.HOST, c.host))
    domain = registered_domain(c.host)
    return [*found, Place(Scope.DOMAIN, domain)] if domain else found


def registered_domain(host: str) -> str | None:
    """The name somebody registered, by the public suffix list; None for a suffix itself."""
    found: str | None = _suffixes().privatesuffix(host)
    return found


def check_scope(scope: Scope, address: str, guards: Guards) -> None:
    """Raise `ScopeRefused` when `address` may not be blocked so widely.

    A page or a path must stay inside one host and never enters DNS; a host or a domain is a bare
    name of two labels or more.
    """
    if not scope.in_dns:
        _check_page(scope, address, guards)
        return
    if _is_ip(address):
        raise ScopeRefused(Against.IP_ADDRESS)
    if not _is_name(address):
        raise ScopeRefused(Against.NOT_THIS_SCOPE)
    whole = scope is Scope.DOMAIN
    if _touches(address, guards.own, whole=whole):
        raise ScopeRefused(Against.OWN_SITE)
    if "." not in address or _suffixes().publicsuffix(address) == address:
        registry = "." not in address or _registries().publicsuffix(address) == address
        raise ScopeRefused(Against.REGISTRY if registry else Against.PUBLIC_SUFFIX)
    if _touches(address, guards.popular_sites, whole=whole, beneath=True):
        raise ScopeRefused(Against.POPULAR_SITE)
    if _touches(address, guards.shared_hosting, whole=whole):
        raise ScopeRefused(Against.SHARED_HOSTING)
    if _touches(address, guards.content_networks, whole=whole, beneath=whole):
        raise ScopeRefused(Against.CONTENT_NETWORK)


def _check_page(scope: Scope, address: str, guards: Guards) -> None:
    host, slash, path = address.partition("/")
    if not slash or not _is_spelled_once(host):
        raise ScopeRefused(Against.NOT_THIS_SCOPE)
    # A path is a directory below the root: the root itself would be the whole host.
    if scope is Scope.PATH and (not path or not path.endswith("/") or "?" in path):
        raise ScopeRefused(Against.NOT_THIS_SCOPE)
    if host in guards.own:
        raise ScopeRefused(Against.OWN_SITE)


def _touches(address: str, guarded: frozenset[str], *, whole: bool, beneath: bool = False) -> bool:
    """Whether blocking `address` (and, if `whole`, all below it) takes out a guarded name.

    With `beneath`, every name under a guarded one is guarded too.
    """
    if address in guarded or (address.startswith("www.") and address[4:] in guarded):
        return True
    if whole and any(name.endswith(f".{address}") for name in guarded):
        return True
    labels = address.split(".")
    return beneath and any(".".join(labels[at:]) in guarded for at in range(1, len(labels)))


def _is_name(address: str) -> bool:
    return not (set(address) & set("/?#@:")) and _is_spelled_once(address)


def _is_spelled_once(host: str) -> bool:
    """Whether the name is in the one spelling that guards are compared with.

    ``Example.com.`` opens what ``example.com`` does, and would walk past every guard.
    """
    whole = all(host.split(".")) and host.isascii() and host.isprintable()
    return whole and host == host.lower() and not set(host) & set(" %\\")


def _is_ip(address: str) -> bool:
    try:
        ip_address(address.strip("[]"))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=8)
def _names(name: str) -> frozenset[str]:
    document = tomllib.loads((_LISTS / f"{name}.toml").read_text(encoding="utf-8"))
    return frozenset(document["names"])


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1)
def _registries() -> PublicSuffixList:
    """The section of registries alone: without the names that companies added for customers."""
    return PublicSuffixList(only_icann=True)
