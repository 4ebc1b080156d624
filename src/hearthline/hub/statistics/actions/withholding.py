# SPDX-License-Identifier: Apache-2.0
"""What may be seen of a month's counts.

Three links tie the figures together, and each is a way to work a small count out. All breakdowns
of reports share one total: `kit.disclosure` suppresses them together. The 4C cells of a report
follow from its kind: a cell is shown only where it says nothing new about hidden kinds. The
illegal share splits the outcomes in two: it is shown only where the outcomes already say it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from hearthline.hub.statistics.actions.counting import Counts
from hearthline.hub.statistics.models import Observation, Place
from hearthline.kit import codelists, disclosure
from hearthline.kit.disclosure import TOTAL, Key, Table

Status = Observation.Status

MEDIAN, NINETIETH = "median", "p90"
_QUANTILES = {MEDIAN: 0.5, NINETIETH: 0.9}


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


def withhold(
    counts: Counts, *, threshold: int, held: Collection[Place] = frozenset()
) -> list[Figure]:
    """The month's figures, small ones and their companions withheld.

    `held` are places that published revisions of the month already withhold. They stay withheld:
    two revisions that hide different companions could be laid over each other.
    """
    reports = _hold(_reports(counts, threshold), held)
    outcomes = _hold(_outcomes(counts, threshold), held)
    rest = [
        *_fourc(counts, reports, threshold),
        *_share(counts, outcomes, threshold),
        *_minutes(counts, threshold),
        *(
            _alone("clocks_breached", "clock", clock, number, threshold)
            for clock, number in counts.breaches.items()
        ),
    ]
    return [*reports, *outcomes, *_hold(rest, held)]


def _hold(figures: list[Figure], held: Collection[Place]) -> list[Figure]:
    return [
        replace(figure, value=None, status=Status.COMPLEMENTARY)
        if figure.value is not None and figure.place in held
        else figure
        for figure in figures
    ]


def _reports(counts: Counts, threshold: int) -> list[Figure]:
    true = [_one_way(name, by_code) for name, by_code in counts.reports.items()]
    tables = disclosure.suppress_linked(true, threshold)
    total = tables[0][(TOTAL,)]
    figures = [Figure("reports", "total", TOTAL, total.value, Status(total.status))]
    for table, by_code in zip(tables, counts.reports.values(), strict=True):
        figures += _cells("reports", table, by_code)
    return figures


def _outcomes(counts: Counts, threshold: int) -> list[Figure]:
    table = disclosure.suppress(_one_way("outcome", counts.outcomes), threshold)
    total = table[(TOTAL,)]
    return [
        Figure("cases_assessed", "total", TOTAL, total.value, Status(total.status)),
        *_cells("cases_assessed", table, counts.outcomes),
    ]


def _one_way(dimension: str, counts: Mapping[str, int]) -> Table:
    cells: dict[Key, int] = {(code,): number for code, number in counts.items()}
    return Table.from_counts((dimension,), cells)


def _cells(indicator: str, table: Table, order: Collection[str]) -> list[Figure]:
    """The cells of a one-way table, in the order of its code list."""
    (dimension,) = table.dimensions
    cells = (table[(code,)] for code in order)
    return [
        Figure(indicator, dimension, cell.key[0], cell.value, Status(cell.status)) for cell in cells
    ]


def _alone(indicator: str, dimension: str, code: str, number: int, threshold: int) -> Figure:
    """A count that adds up to nothing else that is published."""
    if 0 < number < threshold:
        return Figure(indicator, dimension, code, None, Status.PRIMARY)
    return Figure(indicator, dimension, code, number, Status.PUBLISHED)


def _fourc(counts: Counts, reports: list[Figure], threshold: int) -> list[Figure]:
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
        figures.append(figure)
    return figures


def _share(counts: Counts, outcomes: list[Figure], threshold: int) -> list[Figure]:
    """Findings of illegality in per cent of all findings; nothing when there were none.

    Who knows the total can turn the share back into a count. It is shown only where the hidden
    outcomes lie all on one side of the law, so that this count follows from the shown ones.
    """
    total = sum(counts.outcomes.values())
    if not total:
        return []
    illegal = {entry.code for entry in codelists.assessment_outcomes() if entry.illegal}
    hidden = _hidden(outcomes, "outcome")
    already_said = not _hidden(outcomes, "total") and (
        hidden <= illegal or hidden.isdisjoint(illegal)
    )
    found = sum(number for code, number in counts.outcomes.items() if code in illegal)
    rate = disclosure.publishable_rate(found, total, threshold) if already_said else None
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
