# SPDX-License-Identifier: Apache-2.0
"""What the DNS says about a name: its addresses, its aliases, who answers for its zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import dns.exception
import dns.resolver

from hearthline.kit.urls import NameNotFound, ResolutionFailed

Ask = Callable[[str, str], Sequence[str]]
"""Name and record type (A, AAAA, CNAME, NS) to the answers as text, none where there is no such
record. Raises ``NameNotFound`` or ``ResolutionFailed``."""

SECONDS: Final = 5.0
MOST_ALIASES: Final = 8
MOST_RECORDS: Final = 16


def system_ask(name: str, kind: str) -> Sequence[str]:
    """The answers of the machine's own resolver. Without one, nothing is known about any name."""
    try:
        resolver = dns.resolver.get_default_resolver()
    except dns.resolver.NoResolverConfiguration as error:
        raise ResolutionFailed from error
    return ask_of(resolver)(name, kind)


def ask_of(resolver: dns.resolver.Resolver) -> Ask:
    """An ``Ask`` that uses ``resolver``, each question within ``SECONDS``."""

    def ask(name: str, kind: str) -> tuple[str, ...]:
        try:
            answer = resolver.resolve(name, kind, lifetime=SECONDS, search=False)
        except dns.resolver.NXDOMAIN as error:
            raise NameNotFound from error
        except dns.resolver.NoAnswer:
            return ()
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise ResolutionFailed from error
        found = sorted(record.to_text().rstrip(".").lower() for record in answer)
        return tuple(found[:MOST_RECORDS])

    return ask


def addresses(ask: Ask, name: str) -> tuple[str, ...]:
    """IPv4 before IPv6, at most ``MOST_RECORDS``. Raises as ``Ask`` does.

    One family that fails does not hide the other.
    """
    found: list[str] = []
    trouble: ResolutionFailed | None = None
    for kind in ("A", "AAAA"):
        try:
            found += ask(name, kind)
        except ResolutionFailed as failed:
            trouble = failed
    if trouble is not None and not found:
        raise trouble
    return tuple(found[:MOST_RECORDS])


def aliases(ask: Ask, name: str) -> tuple[str, ...]:
    """The names that ``name`` stands for, one after another; a circle ends where it closes."""
    chain: list[str] = []
    while len(chain) < MOST_ALIASES:
        following = ask(chain[-1] if chain else name, "CNAME")
        if not following or following[0] in (name, *chain):
            break
        chain.append(following[0])
    return tuple(chain)
