# SPDX-License-Identifier: Apache-2.0
"""Outcomes and standings, as lines for people and as values for programs.

Times are ISO 8601 with their zone. Neither form holds an address, a credential or a hash.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hearthline.matcher.exchanges.configuration import Settings
from hearthline.matcher.exchanges.feed import Gap
from hearthline.matcher.exchanges.fetching import Outcome
from hearthline.matcher.exchanges.rounds import Standing

MOST_TOLD = 5
"""Gaps, refused entries and answers in quarantine that people are told of; programs get all."""

_LAST: Final = 253_402_300_799  # the end of the year 9999


def outcome_value(settings: Settings, outcome: Outcome) -> dict[str, Any]:
    """One fetch: exchange, bank, result (`fetched` or `failed`), counts, and the problem."""
    result = "failed" if outcome.problem else "fetched"
    return {"exchange": settings.name, "bank": settings.bank, "result": result} | asdict(outcome)


def outcome_line(settings: Settings, outcome: Outcome) -> str:
    """What one fetch brought."""
    return (
        f"{settings.name}: {_number(outcome.pages, 'page')}, "
        f"{_number(outcome.updates, 'entry', 'entries')} listed, {outcome.removals} taken back, "
        f"into bank {settings.bank}."
    )


def outcome_troubles(settings: Settings, outcome: Outcome, folder: Path) -> Iterator[str]:
    """What somebody has to know of one fetch; `folder` is the exchange's own."""
    if outcome.problem:
        yield f"{settings.name}: {outcome.problem}."
    if outcome.quarantined:
        answers = _number(outcome.quarantined, "answer")
        yield f"{settings.name}: {answers} could not be read; see {folder / 'quarantine'}."
    if outcome.rejected:
        entries = _number(outcome.rejected, "entry", "entries")
        yield f"{settings.name}: {entries} could not be taken; `exchange status` says why."


def standing_value(one: Standing) -> dict[str, Any]:
    """How one exchange stands, with all that is known of its troubles."""
    status = one.status
    return {
        "exchange": one.name,
        "kind": one.kind,
        "bank": one.bank,
        "enabled": one.enabled,
        "entries": status.entries,
        "counts": status.counts,
        "last_attempt": _iso(status.last_attempt),
        "last_success": _iso(status.last_success),
        "due": _iso(one.due),
        "not_before": _iso(status.not_before),
        "problem": status.problem,
        "problem_code": status.problem_code,
        "gaps": [
            {"start": _iso(_moment(gap.start)), "end": _iso(_moment(gap.end)), "reason": gap.reason}
            for gap in status.gaps
        ],
        "rejected": [asdict(each) for each in status.rejected],
        "quarantined": [asdict(each) | {"at": _iso(each.at)} for each in status.quarantined],
    }


def standing_lines(one: Standing) -> Iterator[str]:
    """How one exchange stands; the lines after the first are indented."""
    status = one.status
    resting = "" if one.enabled else ", not enabled"
    yield f"{one.name} ({one.kind}, into bank {one.bank}{resting})"
    yield f"  entries: {status.entries}"
    yield f"  read to its end: {_shown(status.last_success) or 'never'}"
    if status.last_attempt and status.last_attempt != status.last_success:
        yield f"  last tried: {_shown(status.last_attempt)}"
    if one.enabled:
        yield f"  due: {_shown(one.due) or 'at once'}"
    if status.problem:
        yield f"  problem: {status.problem}."
    yield from _some("gap", [_gap(each) for each in status.gaps])
    yield from _some(
        "in quarantine",
        [
            f"{_shown(o.at)}, {o.bytes} bytes, {o.sha256}.page: {o.reason}"
            for o in status.quarantined
        ],
    )
    yield from _some(
        "not taken",
        [f"{each.key or 'an entry without a name'}: {each.reason}" for each in status.rejected],
    )


def _some(what: str, lines: list[str]) -> Iterator[str]:
    for line in lines[:MOST_TOLD]:
        yield f"  {what}: {line}"
    if len(lines) > MOST_TOLD:
        yield f"  {what}: {len(lines) - MOST_TOLD} more; --json names all"


def _gap(gap: Gap) -> str:
    return f"{_shown(_moment(gap.start))} to {_shown(_moment(gap.end))}: {gap.reason}"


def _moment(seconds: int) -> datetime:
    """A source may say any number; what no calendar has is its nearest day."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST), tz=UTC)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _shown(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _number(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
