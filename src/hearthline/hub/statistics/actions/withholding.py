# SPDX-License-Identifier: Apache-2.0
"""What may be seen of a month's counts.

Three links tie the figures together, and each is a way to work a small count out. All breakdowns
of reports share one total: `kit.disclosure` suppresses them together. The 4C cells of a report
follow from its kind: a cell is shown only where it says nothing new about hidden kinds. The
illegal share splits the outcomes in two: each side is suppressed by itself where it can be.
A fourth link is time: a correction is laid over what was published before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hearthline.hub.statistics.actions.counting import Counts
from hearthline.hub.statistics.models import Observation, Place
from hearthline.kit import codelists, disclosure
from hearthline.kit.disclosure import TOTAL, Cell, Key, Shown, Table, is_slight

Status = Observation.Status

MEDIAN, NINETIETH = "median", "p90"
_QUANTILES = {MEDIAN: 0.5, NINETIETH: 0.9}
_ILLEGAL = frozenset(entry.code for entry in codelists.assessment_outcomes() if entry.illegal)


@dataclass(frozen=True)
class Figure:
    """One figure fit to be kept: `value` is None unless its status is published."""

    indicator: str
    dimension: str
    code: str
    value: int | None
    status: Status
    unit: str = "count"

    @property
    def place(self) -> Place:
        return self.indicator, self.dimension, self.code


# What one published revision says, place by place.
Version = Mapping[Place, Figure]

# Figures that follow from each other: taken over together where one revision tells too little.
_FAMILIES = (("reports",), ("cases_assessed", "illegal_share"))


def withhold(
    counts: Counts, *, threshold: int, earlier: Sequence[Version] = ()
) -> tuple[list[Figure], list[str]]:
    """The month's figures, small ones and their companions withheld; and which were taken over.

    `earlier` are the published revisions of the month, oldest first. What one of them withholds
    stays withheld, and what changed by fewer than the threshold is not told: revisions laid over
    each other must show no more than each alone. Where the sum of a family changed so little,
    its figures are those of the newest revision, and its indicators are returned.
    """
    taken: list[str] = []
    figures: list[Figure] = []
    reports = _reports(counts, threshold, earlier)
    if reports is None:
        figures += _taken_over(_FAMILIES[0], earlier[-1], taken)
    else:
        fourc = _fourc(counts, reports, threshold, earlier)
        figures += [*reports, *fourc]
    outcomes = _outcomes(counts, threshold, earlier)
    if outcomes is None:
        figures += _taken_over(_FAMILIES[1], earlier[-1], taken)
    else:
        found, sides_known = outcomes
        share = _share(counts, threshold, sides_known=sides_known)
        figures += [*found, *(_unlike_before(figure, earlier, threshold) for figure in share)]
    for indicator, dimension, by_code in (
        ("complaints", "complaint", counts.complaints),
        ("complaints_answered", "complaint_answer", counts.answered),
    ):
        # Revisions from before these were counted say nothing of them.
        known = [one for one in earlier if (indicator, "total", TOTAL) in one]
        split = _split(indicator, dimension, by_code, threshold, known) if by_code else []
        figures += _taken_over([indicator], known[-1], taken) if split is None else split
    alone = [
        *_minutes(counts, threshold),
        *(
            _alone("clocks_breached", "clock", clock, number, threshold)
            for clock, number in counts.breaches.items()
        ),
        *(
            _alone("removals_refused", "refusal", reason, number, threshold)
            for reason, number in counts.refused.items()
        ),
        _alone("reports_held", "total", TOTAL, counts.held, threshold),
    ]
    return [*figures, *(_unlike_before(figure, earlier, threshold) for figure in alone)], taken


def _taken_over(family: Sequence[str], newest: Version, taken: list[str]) -> list[Figure]:
    taken += family
    return [figure for figure in newest.values() if figure.indicator in family]


def _unlike_before(figure: Figure, earlier: Sequence[Version], threshold: int) -> Figure:
    """Withheld where a revision withholds it, or where it differs from one by too little."""
    if figure.value is None:
        return figure
    for version in earlier:
        before = version.get(figure.place)
        if before is not None and (
            before.value is None
            or (figure.unit == "count" and is_slight(figure.value - before.value, threshold))
        ):
            return replace(figure, value=None, status=Status.COMPLEMENTARY)
    return figure


def _reports(counts: Counts, threshold: int, earlier: Sequence[Version]) -> list[Figure] | None:
    """None where the revision before has to stand."""
    by_name = {
        name: _with_earlier_codes(by_code, "reports", name, earlier)
        for name, by_code in counts.reports.items()
    }
    tables = disclosure.suppress_correction(
        [_one_way(name, by_code) for name, by_code in by_name.items()],
        [[_shown(version, "reports", name) for name in by_name] for version in earlier],
        threshold,
    )
    if tables is None:
        return None
    total = tables[0][(TOTAL,)]
    figures = [Figure("reports", "total", TOTAL, total.value, Status(total.status))]
    for table, by_code in zip(tables, by_name.values(), strict=True):
        figures += _cells("reports", table.dimensions[0], table.by_key, by_code)
    return figures


def _split(
    indicator: str,
    dimension: str,
    by_code: Mapping[str, int],
    threshold: int,
    earlier: Sequence[Version],
) -> list[Figure] | None:
    """A figure with its one breakdown. None where the revision before has to stand."""
    by_code = _with_earlier_codes(by_code, indicator, dimension, earlier)
    before = [[_shown(version, indicator, dimension)] for version in earlier]
    found = disclosure.suppress_correction([_one_way(dimension, by_code)], before, threshold)
    if found is None:
        return None
    total = found[0][(TOTAL,)]
    return [
        Figure(indicator, "total", TOTAL, total.value, Status(total.status)),
        *_cells(indicator, dimension, found[0].by_key, by_code),
    ]


def _with_earlier_codes(
    by_code: Mapping[str, int], indicator: str, dimension: str, earlier: Sequence[Version]
) -> dict[str, int]:
    """The counts, with a zero for every code that only an earlier revision had."""
    codes = dict(by_code)
    for version in earlier:
        for found, name, code in version:
            if (found, name) == (indicator, dimension):
                codes.setdefault(code, 0)
    return codes


def _shown(version: Version, indicator: str, dimension: str) -> Shown:
    """One table of a published revision, its total included."""
    return {
        (code,): figure.value
        for (found, name, code), figure in version.items()
        if found == indicator and name in (dimension, "total")
    }


def _outcomes(
    counts: Counts, threshold: int, earlier: Sequence[Version]
) -> tuple[list[Figure], bool] | None:
    """The outcomes, and whether it does no harm to know how many of them are illegal.

    Each side of the law is suppressed by itself, so that its sum may be known. Where a side is
    too small for that, and in every correction, all outcomes are suppressed as one table; then
    the sum may be known only if it follows from what is shown, with everything hidden on one side
    and the total in sight. None where the revision before has to stand.
    """
    by_code = _with_earlier_codes(counts.outcomes, "cases_assessed", "outcome", earlier)
    sides = [
        disclosure.suppress(_one_way("outcome", side), threshold)
        for side in (
            {code: n for code, n in by_code.items() if code in _ILLEGAL},
            {code: n for code, n in by_code.items() if code not in _ILLEGAL},
        )
    ]
    apart = not earlier and all(side[(TOTAL,)].value is not None for side in sides)
    if apart:
        cells = {cell.key: cell for side in sides for cell in side.cells}
        total = sum(by_code.values())
        figures: list[Figure] | None = [
            Figure("cases_assessed", "total", TOTAL, total, Status.PUBLISHED),
            *_cells("cases_assessed", "outcome", cells, by_code),
        ]
    else:
        figures = _split("cases_assessed", "outcome", by_code, threshold, earlier)
    if figures is None:
        return None
    hidden = _hidden(figures, "outcome")
    one_side = hidden <= _ILLEGAL or hidden.isdisjoint(_ILLEGAL)
    return figures, apart or (figures[0].value is not None and one_side)


def _one_way(dimension: str, counts: Mapping[str, int]) -> Table:
    cells: dict[Key, int] = {(code,): number for code, number in counts.items()}
    return Table.from_counts((dimension,), cells)


def _cells(
    indicator: str, dimension: str, cells: Mapping[Key, Cell], order: Iterable[str]
) -> list[Figure]:
    """The cells of a one-way table, in the order of its code list."""
    found = ((code, cells[(code,)]) for code in order)
    return [
        Figure(indicator, dimension, code, cell.value, Status(cell.status)) for code, cell in found
    ]


def _alone(indicator: str, dimension: str, code: str, number: int, threshold: int) -> Figure:
    """A count that adds up to nothing else that is published."""
    if 0 < number < threshold:
        return Figure(indicator, dimension, code, None, Status.PRIMARY)
    return Figure(indicator, dimension, code, number, Status.PUBLISHED)


def _fourc(
    counts: Counts, reports: list[Figure], threshold: int, earlier: Sequence[Version]
) -> list[Figure]:
    """Reports by 4C cell. The cells do not add up to the total.

    A count moved from one hidden kind to another must leave every shown cell as it was. So a
    cell is shown where it holds no report of a hidden kind, or, while the total is known, all.
    """
    kinds = counts.reports["kind"]
    hidden = _hidden(reports, "kind") & {kind for kind, number in kinds.items() if number}
    total_known = not _hidden(reports, "total")
    figures = []
    for cell in (entry.code for entry in codelists.fourc()):
        inside = {kind: counts.carrying.get((kind, cell), 0) for kind in kinds}
        figure = _alone("reports", "fourc", cell, sum(inside.values()), threshold)
        none = all(inside[kind] == 0 for kind in hidden)
        all_of_them = total_known and all(inside[kind] == kinds[kind] for kind in hidden)
        if figure.value is not None and not (none or all_of_them):
            figure = replace(figure, value=None, status=Status.COMPLEMENTARY)
        figures.append(_unlike_before(figure, earlier, threshold))
    return figures


def _share(counts: Counts, threshold: int, *, sides_known: bool) -> list[Figure]:
    """Findings of illegality in per cent of all findings; nothing when there were none.

    Who knows the total can turn the share back into the number of illegal findings.
    """
    total = sum(counts.outcomes.values())
    if not total:
        return []
    illegal = sum(number for code, number in counts.outcomes.items() if code in _ILLEGAL)
    rate = disclosure.publishable_rate(illegal, total, threshold) if sides_known else None
    value = None if rate is None else round(rate)
    return [Figure("illegal_share", "total", TOTAL, value, _status(value), "percent")]


def _minutes(counts: Counts, threshold: int) -> list[Figure]:
    figures = []
    for step, minutes in counts.minutes.items():
        if not minutes:
            continue
        for name, q in _QUANTILES.items():
            quantile = disclosure.publishable_quantile(minutes, q, threshold)
            value = None if quantile is None else round(quantile)
            figures.append(
                Figure(f"minutes_to_{step}", "statistic", name, value, _status(value), "minutes")
            )
    return figures


def _status(value: int | None) -> Status:
    return Status.PRIMARY if value is None else Status.PUBLISHED


def _hidden(figures: list[Figure], dimension: str) -> set[str]:
    return {f.code for f in figures if f.dimension == dimension and f.value is None}
