# SPDX-License-Identifier: Apache-2.0
"""A release as people read it: charts that are tables, and sentences. Reads observations only."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearthline.hub.statistics.labels import label, length, month
from hearthline.hub.statistics.models import Observation, Release
from hearthline.hub.ui.charts import Bar, bars


@dataclass(frozen=True)
class Chart:
    """One breakdown. `bars` holds what is not zero, `none` the names of what is."""

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
class Wait:
    """How long one step took, in one or two sentences."""

    title: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """Everything one month's page shows. None stands for a withheld figure."""

    release: Release
    month: str
    reports: int | None
    reports_charts: list[Chart]
    judged: int | None
    outcomes: Chart
    share: str
    waits: list[Wait]
    clocks: Chart


_REPORTS: tuple[tuple[str, str | Promise, str | Promise, str | Promise], ...] = (
    (
        "kind",
        gettext_lazy("What was reported"),
        gettext_lazy("Kind"),
        gettext_lazy("What the reporter chose. Each report is counted once."),
    ),
    (
        "fourc",
        gettext_lazy("How children met the risk"),
        gettext_lazy("Group"),
        gettext_lazy(
            "The 4Cs (Livingstone and Stoilova, 2021) sort risks by how a child meets them. One "
            "report may be in several groups or in none, so these do not add up to the total."
        ),
    ),
    (
        "age_band",
        gettext_lazy("Age"),
        gettext_lazy("Years"),
        gettext_lazy("The age of the child, as stated by the reporter. Nobody has to state it."),
    ),
    (
        "sex",
        gettext_lazy("Sex"),
        gettext_lazy("Sex"),
        gettext_lazy("The sex of the child, as stated by the reporter. Nobody has to state it."),
    ),
    (
        "audience",
        gettext_lazy("Who reported"),
        gettext_lazy("Reporter"),
        gettext_lazy("Which of the three ways in the reporter took."),
    ),
    (
        "channel",
        gettext_lazy("How it reached us"),
        gettext_lazy("Way"),
        gettext_lazy("The way the report came in."),
    ),
    (
        "language",
        gettext_lazy("Language"),
        gettext_lazy("Language"),
        gettext_lazy("The language the form was read in."),
    ),
)

# By step: its name, and what half, then nine in ten of the cases took.
_WAITS: Mapping[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    "review": (
        gettext_lazy("Until a person looked"),
        gettext_lazy("Half were seen within %(time)s."),
        gettext_lazy("Nine in ten were seen within %(time)s."),
    ),
    "police": (
        gettext_lazy("Until police had it"),
        gettext_lazy("Half were with police within %(time)s."),
        gettext_lazy("Nine in ten were with police within %(time)s."),
    ),
    "notice": (
        gettext_lazy("Until the hosting company was told"),
        gettext_lazy("Half of the companies were told within %(time)s."),
        gettext_lazy("Nine in ten were told within %(time)s."),
    ),
    "removal": (
        gettext_lazy("Until it was gone"),
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
            _chart(
                kept.of("reports", name),
                title,
                head,
                definition,
                value_head=gettext_lazy("Reports"),
            )
            for name, title, head, definition in _REPORTS
        ],
        judged=kept.value("cases_assessed", "total", "_T"),
        outcomes=_chart(
            kept.of("cases_assessed", "outcome"),
            gettext_lazy("What we found"),
            gettext_lazy("Finding"),
            gettext_lazy(
                "Cases whose finding became final in the month. Every finding is made by two "
                "people. Several reports about one place are one case."
            ),
            value_head=gettext_lazy("Cases"),
        ),
        share=_share(kept),
        waits=[wait for step in _WAITS if (wait := _wait(kept, step))],
        clocks=_chart(
            kept.of("clocks_breached", "clock"),
            gettext_lazy("Where we were late"),
            gettext_lazy("Step"),
            gettext_lazy(
                "How often the time set for a step ran out in the month before the step was done."
            ),
            value_head=gettext_lazy("Times"),
            small=True,
        ),
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


def _chart(
    rows: list[Observation],
    title: str | Promise,
    label_head: str | Promise,
    definition: str | Promise,
    *,
    value_head: str | Promise,
    small: bool = False,
) -> Chart:
    counts = [(label(row.dimension, row.code), row.value) for row in rows]
    return Chart(
        title=str(title),
        text=_in_words(counts),
        definition=str(definition),
        label_head=str(label_head),
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


def _wait(kept: _Kept, step: str) -> Wait | None:
    indicator = f"minutes_to_{step}"
    if not kept.has(indicator):
        return None
    title, half, most = _WAITS[step]
    sentences = [
        str(sentence) % {"time": length(minutes)}
        for sentence, code in ((half, "median"), (most, "p90"))
        if (minutes := kept.value(indicator, "statistic", code)) is not None
    ]
    text = " ".join(sentences) or _("Withheld: there were too few to say.")
    return Wait(str(title), text)
