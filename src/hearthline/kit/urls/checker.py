# SPDX-License-Identifier: Apache-2.0
"""Is this address on the list? Answered on the spot for nearly every address.

Address, canonical form, expressions, SHA-256, a search among the prefixes: no request is made
unless a prefix meets. Then only those four bytes are sent, never the address, and what comes back
is kept for as long as the publisher allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias

from hearthline.kit.urls.canonical import Canonical, canonicalise
from hearthline.kit.urls.expressions import within_scope
from hearthline.kit.urls.prefix_messages import FoundHashes
from hearthline.kit.urls.prefixes import PREFIX_BYTES, Prefixes

LookUp: TypeAlias = Callable[[Sequence[bytes]], FoundHashes]
"""Prefixes of four bytes to the full hashes behind them; raises ``LookUpFailed``."""

REMEMBERED: Final = 4_096
"""Prefixes whose answers are kept; the oldest answer makes room."""


class LookUpFailed(Exception):
    """Nobody answered for the full hashes. The caller decides whether the address may open."""


@dataclass(frozen=True, slots=True)
class Match:
    """The address is listed: the expression under which, and the scope of that entry."""

    expression: str
    scope: str


class Checker:
    """Checks addresses against prefixes. ``prefixes`` may be replaced at any time."""

    def __init__(self, prefixes: Prefixes, look_up: LookUp) -> None:
        self.prefixes = prefixes
        self._look_up = look_up
        self._kept: dict[bytes, tuple[float, dict[bytes, str]]] = {}

    def check(self, address: str | Canonical, *, now: float) -> Match | None:
        """What lists this address, the most exact entry first; None when nothing does.

        ``now`` is in seconds and only ever compared with other ``now``. Raises ``AddressRefused``
        for a text that is no address, and whatever ``look_up`` raises.
        """
        c = canonicalise(address) if isinstance(address, str) else address
        hold = self.prefixes.hold
        suspects = []
        for expression, scopes in within_scope(c):
            full = sha256(expression.encode("ascii")).digest()
            if hold(int.from_bytes(full[:PREFIX_BYTES], "big")):
                suspects.append((expression, scopes, full))
        if not suspects:
            return None
        known = self._behind([full[:PREFIX_BYTES] for _, _, full in suspects], now)
        for expression, scopes, full in suspects:
            if known.get(full) in scopes:
                return Match(expression, known[full])
        return None

    def _behind(self, prefixes: Sequence[bytes], now: float) -> dict[bytes, str]:
        """The full hashes behind the prefixes, asked for only where no answer is kept."""
        known: dict[bytes, str] = {}
        missing = []
        for prefix in dict.fromkeys(prefixes):
            until, hashes = self._kept.get(prefix, (now, {}))
            if now < until:
                known |= hashes
            else:
                missing.append(prefix)
        if missing:
            found = self._look_up(missing)
            for prefix in missing:
                behind = {full: s for full, s in found.hashes.items() if full.startswith(prefix)}
                known |= behind
                self._keep(prefix, now + found.seconds, behind)
        return known

    def _keep(self, prefix: bytes, until: float, hashes: dict[bytes, str]) -> None:
        self._kept.pop(prefix, None)
        if len(self._kept) >= REMEMBERED:
            del self._kept[next(iter(self._kept))]
        self._kept[prefix] = until, hashes
