# SPDX-License-Identifier: Apache-2.0
"""What a check of an address saw: facts and a careful word for them, never content."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What one check says about one address at one moment.

    ABSENT is not "gone". A host may answer 404 to machines, to a country or for an hour; a name
    may vanish while its registrar is being paid; a page is taken down and put back. So a case is
    called gone only after several ABSENT checks, hours or days apart and better from more than
    one network. That rule needs a clock and a ledger and therefore lives in the hub; one check
    only ever says what it saw.
    """

    PRESENT = "present"  # 200-299 for the address asked for
    ABSENT = "absent"  # 404, 410, 451, or the name does not exist
    UNREACHABLE = "unreachable"  # no answer: refused, timed out, reset, resolver failing
    REFUSED = "refused"  # not checked: the guard does not let us go there
    UNCLEAR = "unclear"  # an answer that proves neither: 401, 403, 405, 429, 5xx, front page


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """The server's certificate as presented. ``not_after`` is ISO 8601 in UTC.

    An invalid certificate is a fact about the host, not a reason to stop: nothing secret is sent.
    ``problem`` says why ``verified`` is false.
    """

    version: str
    verified: bool
    problem: str
    subject: str
    issuer: str
    not_after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One request, or the reason why there was none.

    ``addresses`` are all answers of the resolver, ``ip`` the one connected to. ``error`` is a
    stable code, empty when a status was read.
    """

    url: str
    addresses: tuple[str, ...] = ()
    ip: str = ""
    status: int | None = None
    location: str = ""
    tls: TlsFacts | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """The steps of one check, first to last, and what they amount to.

    ``reason`` is a stable code for the verdict: a status (``http_404``), the error of the last
    step, or ``front_page``, ``too_many_redirects``. ``downgraded`` tells that a redirect led from
    https to http.
    """

    url: str
    verdict: Verdict
    reason: str
    steps: tuple[Step, ...]
    downgraded: bool = False

    def facts(self) -> dict[str, object]:
        """The observation in plain JSON types, to be stored as it is."""
        return {
            "url": self.url,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "downgraded": self.downgraded,
            "steps": [asdict(step) | {"addresses": list(step.addresses)} for step in self.steps],
        }
