# SPDX-License-Identifier: Apache-2.0
"""A release as people read it: charts that are tables, and sentences. Reads observations only."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearthline.hub.statistics.definitions import Text, breakdown, indicator
from hearthline.hub.statistics.labels import label, length, month
from hearthline.hub.statistics.models import Observation, Release
from hearthline.hub.ui.charts import Bar, bars


@dataclass(frozen=True)
class Chart:
    """One breakdown. `bars` holds what is not zero, `none` the names of what is."""

    # Where the page of definitions speaks of it.
    anchor: str
    title: str
    text: str
    definition: str
    label_head: str
    value_head: str
    bars: list[Bar]
    none: list[str]
    # True where a withheld count can only be a small one, so that saying so gives nothing away.
    small: bool = False


@dataclass(frozen=True)
class Counted:
    """A figure with its one breakdown. `added` says whether it has a total, and `total` which."""

    code: str
    title: str
    added: bool
    total: int | None
    chart: Chart


@dataclass(frozen=True)
class Wait:
    """How long one step took, in one or two sentences."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """Everything one month's page shows. None stands for a withheld figure."""

    release: Release
    month: str
    reports: int | None
    reports_charts: list[Chart]
    held: int | None
    judged: int | None
    outcomes: Chart
    share: str
    waits: list[Wait]
    clocks: Chart
    # Refusals and complaints; none of them in releases from before they were counted.
    others: list[Counted]
    # Indicators taken over from the revision before.
    carried: frozenset[str]


# By step: what half, then nine in ten of the cases took.
_WAITS: Mapping[str, tuple[Text, Text]] = {
    "minutes_to_review": (
        gettext_lazy("Half were seen within %(time)s."),
        gettext_lazy("Nine in ten were seen within %(time)s."),
    ),
    "minutes_to_police": (
        gettext_lazy("Half were with police within %(time)s."),
        gettext_lazy("Nine in ten were with police within %(time)s."),
    ),
    "minutes_to_notice": (
        gettext_lazy("Half of the companies were told within %(time)s."),
        gettext_lazy("Nine in ten were told within %(time)s."),
    ),
    "minutes_to_removal": (
        gettext_lazy("Half of the removals took up to %(time)s."),
        gettext_lazy("Nine in ten took up to %(time)s."),
    ),
}


def sheet(release: Release) -> Sheet:
    """The page of a release: one read of its observations."""
    kept = _Kept(release)
    return Sheet(
        release=release,
        month=month(release.period),
        reports=kept.value("reports", "total", "_T"),
        reports_charts=[
            _chart(kept, "reports", name, value_head=gettext_lazy("Reports"))
            for name in indicator("reports").breakdowns
        ],
        held=kept.value("reports_held", "total", "_T") if kept.has("reports_held") else 0,
        judged=kept.value("cases_assessed", "total", "_T"),
        outcomes=_chart(kept, "cases_assessed", "outcome", value_head=gettext_lazy("Cases")),
        share=_share(kept),
        waits=[wait for step in _WAITS if (wait := _wait(kept, step))],
        clocks=_chart(
            kept,
            "clocks_breached",
            "clock",
            value_head=gettext_lazy("How often"),
            # In a correction a count may also be withheld because it changed by so little.
            small=not release.reason,
        ),
        others=[
            _counted(kept, code)
            for code in ("removals_refused", "complaints", "complaints_answered")
            if kept.has(code)
        ],
        carried=frozenset(release.carried.split()),
    )


class _Kept:
    """The observations of a release, by indicator and dimension, in the order written."""

    def __init__(self, release: Release) -> None:
        self._rows: dict[tuple[str, str], list[Observation]] = {}
        for row in release.observations.all():
            self._rows.setdefault((row.indicator, row.dimension), []).append(row)

    def of(self, indicator: str, dimension: str) -> list[Observation]:
        return self._rows.get((indicator, dimension), [])

    def has(self, indicator: str) -> bool:
        return any(found == indicator for found, _dimension in self._rows)

    def value(self, indicator: str, dimension: str, code: str) -> int | None:
        """The figure, or None where it is withheld or was not measured."""
        found = (row.value for row in self.of(indicator, dimension) if row.code == code)
        return next(found, None)


def _counted(kept: _Kept, code: str) -> Counted:
    meaning = indicator(code)
    (dimension,) = meaning.breakdowns
    added = breakdown(dimension).adds_up
    total = kept.value(code, "total", "_T") if added else None
    chart = _chart(kept, code, dimension, value_head=gettext_lazy("How often"))
    return Counted(code, str(meaning.title), added, total, chart)


def _chart(
    kept: _Kept, code: str, dimension: str, *, value_head: Text, small: bool = False
) -> Chart:
    meaning = breakdown(dimension)
    counts = [(label(row.dimension, row.code), row.value) for row in kept.of(code, dimension)]
    return Chart(
        anchor=dimension,
        title=str(meaning.title),
        text=_in_words(counts),
        definition=str(meaning.means),
        label_head=str(meaning.head),
        value_head=str(value_head),
        bars=bars((name, value) for name, value in counts if value != 0),
        none=[name for name, value in counts if value == 0],
        small=small,
    )


def _in_words(counts: list[tuple[str, int | None]]) -> str:
    """The chart in one sentence, for whoever does not see it."""
    shown = [(value, name) for name, value in counts if value]
    if not shown:
        return ""
    value, name = max(shown, key=lambda pair: pair[0])
    return _("The largest count shown is %(count)s: %(name)s.") % {
        "count": number_format(value, force_grouping=True),
        "name": name,
    }


def _share(kept: _Kept) -> str:
    if not kept.has("illegal_share"):
        return ""
    share = kept.value("illegal_share", "total", "_T")
    if share is None:
        return _("The share found illegal is withheld: it would tell of too few cases.")
    return _("%(share)s%% were found illegal.") % {"share": number_format(share)}


def _wait(kept: _Kept, code: str) -> Wait | None:
    if not kept.has(code):
        return None
    half, most = _WAITS[code]
    sentences = [
        str(sentence) % {"time": length(minutes)}
        for sentence, quantile in ((half, "median"), (most, "p90"))
        if (minutes := kept.value(code, "statistic", quantile)) is not None
    ]
    text = " ".join(sentences) or _("Withheld: there were too few to say.")
    return Wait(anchor=code, title=str(indicator(code).title), text=text)
