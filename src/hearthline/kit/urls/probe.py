# SPDX-License-Identifier: Apache-2.0
"""Is it still there? A check of availability that never looks at the page.

For each address: resolve the name ONCE, check EVERY answer against the guard, connect to one of
the checked addresses (no second resolution, so a resolver cannot answer "public" to the check
and "private" to the connection), send HEAD, read status and headers, close. A redirect is a new
address and goes through all of it again; a name seen before in the same check keeps its answers.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from hearthline.kit.urls.canonical import (
    MAX_LENGTH,
    AddressRefused,
    Canonical,
    canonicalise,
    resolve_reference,
)
from hearthline.kit.urls.exchange import Answer, ExchangeFailed, head, port_of
from hearthline.kit.urls.guard import public_only
from hearthline.kit.urls.observation import Observation, Step, Verdict

Resolver = Callable[[str], Sequence[str]]
"""Name to IP addresses. Raises ``NameNotFound`` or ``ResolutionFailed``."""

Allow = Callable[[str, int], bool]
"""IP address and port to whether a connection may be made."""

RESOLUTION_SECONDS: Final = 10.0
_ABSENT: Final = frozenset({404, 410, 451})
_NO_SUCH_NAME: Final = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class NameNotFound(Exception):
    """The name does not exist, or has no address."""


class ResolutionFailed(Exception):
    """The resolver gave no answer: nothing is known about the name."""


def system_resolve(host: str) -> tuple[str, ...]:
    """The IP addresses of ``host`` as the machine's own resolver gives them, in its order.

    The C library has no time limit of its own, so the call waits in a thread that is left behind
    after ``RESOLUTION_SECONDS``.
    """
    answers: list[str] = []
    failures: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            failures.append(error)
        else:
            answers.extend(dict.fromkeys(str(entry[4][0]) for entry in found))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(RESOLUTION_SECONDS)
    for failure in failures:
        if isinstance(failure, socket.gaierror) and failure.errno in _NO_SUCH_NAME:
            raise NameNotFound from failure
        raise ResolutionFailed from failure
    if not answers:
        raise ResolutionFailed
    return tuple(answers)


@dataclass
class _Check:
    """One check under way."""

    resolve: Resolver
    allow: Allow
    timeout: float
    roots: str | None
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def visit(self, target: Canonical) -> tuple[Verdict, str] | Answer:
        """One address: an answer, or the verdict that there can be none. Adds a step."""
        step, outcome = self._visited(target)
        self.steps.append(step)
        return outcome

    def _visited(self, target: Canonical) -> tuple[Step, tuple[Verdict, str] | Answer]:
        def ended(
            verdict: Verdict, code: str, addresses: tuple[str, ...] = ()
        ) -> tuple[Step, tuple[Verdict, str]]:
            return Step(target.href, addresses, error=code), (verdict, code)

        if target.is_onion:
            # RFC 7686: such names must not be sent to the DNS, and need a way this system lacks.
            return ended(Verdict.UNCLEAR, "onion")
        try:
            addresses = self._addresses(target)
        except NameNotFound:
            return ended(Verdict.ABSENT, "name_not_found")
        except ResolutionFailed:
            return ended(Verdict.UNREACHABLE, "resolution_failed")
        if not addresses:
            return ended(Verdict.ABSENT, "name_not_found")
        if not all(self.allow(address, port_of(target)) for address in addresses):
            return ended(Verdict.REFUSED, "not_allowed", addresses)
        return self._asked(target, addresses)

    def _addresses(self, target: Canonical) -> tuple[str, ...]:
        if target.is_ip:
            return (target.host.strip("[]"),)
        if target.host not in self.known:
            self.known[target.host] = tuple(self.resolve(target.host))
        return self.known[target.host]

    def _asked(
        self, target: Canonical, addresses: tuple[str, ...]
    ) -> tuple[Step, tuple[Verdict, str] | Answer]:
        """Try the checked addresses in turn until one answers; at most three, each timed."""
        for ip in addresses[:3]:
            try:
                answer = head(target, ip, timeout=self.timeout, roots=self.roots)
            except ExchangeFailed as failed:
                step = Step(target.href, addresses, ip, tls=failed.tls, error=failed.code)
                verdict = Verdict.UNCLEAR if failed.answered else Verdict.UNREACHABLE
                outcome = (verdict, failed.code)
                if failed.answered:
                    break
            else:
                step = Step(
                    target.href,
                    addresses,
                    ip,
                    answer.status,
                    answer.location[:MAX_LENGTH],
                    answer.tls,
                )
                return step, answer
        return step, outcome


def probe(
    url: str,
    *,
    resolve: Resolver = system_resolve,
    allow: Allow = public_only,
    timeout: float = 10.0,
    max_redirects: int = 5,
    roots: str | None = None,
) -> Observation:
    """Check whether ``url`` is still there. Never raises; what went wrong is in the result.

    ``timeout`` (seconds) is for each connection from first packet to last header. ``roots`` is
    PEM text of certificate authorities to trust besides the system's. See ``Verdict`` for what
    may be concluded, and why one ABSENT is not enough to call anything gone.
    """
    check = _Check(resolve, allow, timeout, roots)
    try:
        first = canonicalise(url)
    except AddressRefused as refused:
        return Observation(url, Verdict.REFUSED, refused.code.value, ())
    target, downgraded = first, False
    for _ in range(max_redirects + 1):
        outcome = check.visit(target)
        if not isinstance(outcome, Answer):
            verdict, reason = outcome
            break
        if outcome.status not in _REDIRECTS or not outcome.location:
            verdict, reason = _judged(first, target, outcome.status)
            break
        try:
            following = canonicalise(resolve_reference(target.href, outcome.location))
        except AddressRefused as refused:
            verdict, reason = Verdict.REFUSED, f"redirect_{refused.code.value}"
            break
        downgraded = downgraded or (target.scheme, following.scheme) == ("https", "http")
        target = following
    else:
        verdict, reason = Verdict.UNCLEAR, "too_many_redirects"
    return Observation(first.href, verdict, reason, tuple(check.steps), downgraded)


def _judged(first: Canonical, last: Canonical, status: int) -> tuple[Verdict, str]:
    """What a final status says about the address asked for."""
    reason = f"http_{status}"
    if status in _ABSENT:
        return Verdict.ABSENT, reason
    if not 200 <= status < 300:
        return Verdict.UNCLEAR, reason
    asked_for_front_page = first.path == "/" and first.query is None
    moved_house = _site(first) != _site(last)
    # Many sites send visitors of a removed page to a front page, theirs or a new owner's. It
    # answers 200 and says nothing about the page.
    if last.path == "/" and (moved_house or not asked_for_front_page):
        return Verdict.UNCLEAR, "front_page"
    return Verdict.PRESENT, reason


def _site(address: Canonical) -> str:
    return address.host.removeprefix("www.")
