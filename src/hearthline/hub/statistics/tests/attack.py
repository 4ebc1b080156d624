# SPDX-License-Identifier: Apache-2.0
"""An attacker who reads everything published and tries every month that fits.

What this attacker knows: that each breakdown adds up to the total, which kinds carry which 4C
cells, how the illegal share is worked out, and that what is withheld is not zero.
"""

from collections.abc import Iterator
from fractions import Fraction

from hearthline.hub.statistics.actions.counting import BREAKDOWNS
from hearthline.hub.statistics.models import Place
from hearthline.kit.codelists import assessment_outcomes, fourc, incident_types
from hearthline.kit.disclosure.tests.bounds import Equation, Name, bounds

Published = dict[Place, int | None]
Guess = dict[str, int]

CARRIES = {kind.code: set(kind.fourc) for kind in incident_types()}
ILLEGAL = {outcome.code for outcome in assessment_outcomes() if outcome.illegal}


def possible_values(published: Published, *, ceiling: int) -> dict[Place, set[int]]:
    """For every withheld count, each value it has in some month that fits all that is shown.

    `ceiling` is how far the attacker counts where the total is withheld.
    """
    return {**_reports(published, ceiling), **_outcomes(published, ceiling)}


def solved(published: Published) -> dict[Place, tuple[int | Fraction, Fraction | None]]:
    """The exact bounds of every withheld count, from all sums it stands in.

    This attacker guesses nothing, not even that what is withheld is not zero. A 4C cell that
    reports of other kinds may stand in as well has no bound from its kinds.
    """
    floors: dict[Name, int] = {}
    equations: list[Equation] = []

    def add_up(total: Place, parts: list[Place]) -> None:
        unknown: dict[Name, int] = {}
        rest = 0
        for place, sign in [(total, -1), *((part, 1) for part in parts)]:
            value = published[place]
            if value is None:
                floors[place] = 0
                unknown[place] = sign
            else:
                rest -= sign * value
        equations.append((unknown, rest))

    for indicator, names in (
        ("reports", BREAKDOWNS),
        ("cases_assessed", ("outcome",)),
        ("complaints", ("complaint",)),
        ("complaints_answered", ("complaint_answer",)),
    ):
        for name in names if (indicator, "total", "_T") in published else ():
            cells = [place for place in published if place[:2] == (indicator, name)]
            add_up((indicator, "total", "_T"), cells)
    for cell in fourc():
        place = ("reports", "fourc", cell.code)
        if published[place] is not None:
            add_up(
                place, [("reports", "kind", k) for k, in_ in CARRIES.items() if cell.code in in_]
            )
    return {
        name: limits
        for name, limits in bounds(equations, floors).items()
        if isinstance(name, tuple)
    }


def _reports(published: Published, ceiling: int) -> dict[Place, set[int]]:
    shown_total = published["reports", "total", "_T"]
    guesses = {
        name: list(_guesses(published, "reports", name, shown_total, ceiling))
        for name in BREAKDOWNS
    }
    guesses["kind"] = [guess for guess in guesses["kind"] if _fits_fourc(published, guess)]
    totals = set.intersection(*({sum(g.values()) for g in some} for some in guesses.values()))
    found = {place: set[int]() for place, value in published.items() if value is None}
    found = {place: values for place, values in found.items() if place[0] == "reports"}
    for name, some in guesses.items():
        for guess in some:
            if (total := sum(guess.values())) in totals:
                _note(found, ("reports", "total", "_T"), total)
                for code, value in guess.items():
                    _note(found, ("reports", name, code), value)
                if name == "kind":
                    for cell in fourc():
                        _note(found, ("reports", "fourc", cell.code), _inside(guess, cell.code))
    return found


def _outcomes(published: Published, ceiling: int) -> dict[Place, set[int]]:
    shown_total = published["cases_assessed", "total", "_T"]
    share = published.get(("illegal_share", "total", "_T"))
    found = {
        place: set[int]()
        for place, value in published.items()
        if value is None and place[0] == "cases_assessed"
    }
    for guess in _guesses(published, "cases_assessed", "outcome", shown_total, ceiling):
        total = sum(guess.values())
        illegal = sum(value for code, value in guess.items() if code in ILLEGAL)
        if share is not None and (not total or round(illegal * 100 / total) != share):
            continue
        _note(found, ("cases_assessed", "total", "_T"), total)
        for code, value in guess.items():
            _note(found, ("cases_assessed", "outcome", code), value)
    return found


def _note(found: dict[Place, set[int]], place: Place, value: int) -> None:
    if place in found:
        found[place].add(value)


def _fits_fourc(published: Published, guess: Guess) -> bool:
    for cell in fourc():
        shown = published["reports", "fourc", cell.code]
        inside = _inside(guess, cell.code)
        if (shown is None and inside == 0) or (shown is not None and inside != shown):
            return False
    return True


def _inside(guess: Guess, cell: str) -> int:
    return sum(value for kind, value in guess.items() if cell in CARRIES[kind])


def _guesses(
    published: Published, indicator: str, dimension: str, total: int | None, ceiling: int
) -> Iterator[Guess]:
    cells = {p[2]: v for p, v in published.items() if p[:2] == (indicator, dimension)}
    known = {code: value for code, value in cells.items() if value is not None}
    hidden = [code for code, value in cells.items() if value is None]
    rest = None if total is None else total - sum(known.values())
    for values in _choices(len(hidden), ceiling, rest):
        if rest is None or sum(values) == rest:
            yield {**known, **dict(zip(hidden, values, strict=True))}


def _choices(length: int, ceiling: int, rest: int | None) -> Iterator[tuple[int, ...]]:
    if length == 0:
        yield ()
        return
    most = ceiling if rest is None else rest - length + 1
    for value in range(1, most + 1):
        left = None if rest is None else rest - value
        for others in _choices(length - 1, ceiling, left):
            yield (value, *others)
