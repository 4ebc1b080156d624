# SPDX-License-Identifier: Apache-2.0
"""What each figure means, said once. The page of definitions, the figures page, the files and the
SDMX structure all read this, so that they cannot disagree.

`source` names the framework a figure follows and `verified` whether somebody compared it with
that source; an own definition is verified, since it is its own source.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearthline.kit import codelists

Text = str | Promise

_OWN = _("Our own definition")


@dataclass(frozen=True)
class Indicator:
    """One figure. `code` names it in every file and is its anchor on the page of definitions."""

    code: str
    title: Text
    counted: Text
    # When a thing belongs to the month, and by which clock.
    when: Text
    left_out: Text
    unit: str = "count"
    breakdowns: tuple[str, ...] = ()
    source: Text = _OWN
    verified: bool = True


@dataclass(frozen=True)
class Breakdown:
    """One way a figure is split. `head` is the heading of its column."""

    code: str
    title: Text
    head: Text
    means: Text
    # The dimension it is in SDMX, by the name `kit.formats.sdmx` has for it.
    sdmx: str
    # False where one thing may stand in several groups or in none.
    adds_up: bool = True
    source: Text = _OWN
    verified: bool = True


# Unit: its code in SDMX, and its name.
UNITS: Mapping[str, tuple[str, Text]] = {
    "count": ("COUNT", _("Count")),
    "percent": ("PERCENT", _("Whole per cent")),
    "minutes": ("MIN", _("Whole minutes")),
}

_FROM_REPORT = _(
    "The month in which the step was reached. The time runs from the first report of the case, "
    "by the server's clock."
)

_ANSWERED = _("The month in which the answer was recorded.")
_REFUSED = _(
    "Notices that a company refused, by the reason it gave. A notice refused for two reasons "
    "counts in both."
)
_COMPLAINED = _("Complaints about this service, by what the person chose.")
_TOLD = _("Complaints that got an answer, by what the answer says.")

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "reports",
        _("Reports received"),
        _(
            "Every report that came in, whatever it was about. Two people who report the same "
            "place are two reports."
        ),
        _("The moment the report came in, by the country's own clock."),
        _(
            "Forms that were begun and never sent, and reports held apart as part of a flood. "
            "A report that was withdrawn later stays counted."
        ),
        breakdowns=("kind", "fourc", "age_band", "sex", "audience", "channel", "language"),
    ),
    Indicator(
        "reports_held",
        _("Reports held apart"),
        _("Reports that came in a flood of reports and that nobody has released from there."),
        _("The moment the report came in. Whether it is held is seen when the month is counted."),
        _("Every report that is among the reports received."),
    ),
    Indicator(
        "cases_assessed",
        _("Cases judged"),
        _(
            "Cases whose finding became final: two people agreed, or a senior decided. Several "
            "reports about one place are one case."
        ),
        _("The moment the finding became final, by the country's own clock."),
        _("Cases that wait for a second person, and findings that were not confirmed."),
        breakdowns=("outcome",),
    ),
    Indicator(
        "illegal_share",
        _("Share found illegal"),
        _(
            "Of all cases judged, those found illegal by the international baseline or by our "
            "law. A finding is about content. It never counts an offence by a child."
        ),
        _("As for the cases judged."),
        _("A month with fewer than 30 cases judged."),
        unit="percent",
    ),
    Indicator(
        "minutes_to_review",
        _("Until a person looked"),
        _("The time from the first report of a case until somebody of the team looked at it."),
        _FROM_REPORT,
        _("Cases nobody has looked at yet."),
        unit="minutes",
        breakdowns=("statistic",),
    ),
    Indicator(
        "minutes_to_police",
        _("Until police had it"),
        _("The time from the first report of a case until a police unit had its file."),
        _FROM_REPORT,
        _("Cases that no police unit has. Where several units have one, the first counts."),
        unit="minutes",
        breakdowns=("statistic",),
    ),
    Indicator(
        "minutes_to_notice",
        _("Until the hosting company was told"),
        _("The time from the first report of a case until the notice to the company was sent."),
        _FROM_REPORT,
        _("Cases without an address, and companies that may not be told yet."),
        unit="minutes",
        breakdowns=("statistic",),
    ),
    Indicator(
        "minutes_to_removal",
        _("Until it was gone"),
        _("The time from the first report of a case until our own looks found the content gone."),
        _FROM_REPORT,
        _("Content that is still there, and a company's word without a look of our own."),
        unit="minutes",
        breakdowns=("statistic",),
    ),
    Indicator(
        "clocks_breached",
        _("Promises broken"),
        _("How often the time set for a step ran out before the step was done."),
        _("The month in which the time ran out. The times are set in the country's policy."),
        _("Steps done in time, and steps whose time still runs."),
        breakdowns=("clock",),
    ),
    Indicator(
        "removals_refused",
        _("Refusals by hosting companies"),
        _REFUSED,
        _ANSWERED,
        _("Every answer that is not a refusal."),
        breakdowns=("refusal",),
    ),
    Indicator(
        "complaints",
        _("Complaints received"),
        _COMPLAINED,
        _("The month in which the complaint came in."),
        _("Complaints that were begun and never sent."),
        breakdowns=("complaint",),
    ),
    Indicator(
        "complaints_answered",
        _("Complaints answered"),
        _TOLD,
        _ANSWERED,
        _("Complaints that wait for an answer."),
        breakdowns=("complaint_answer",),
    ),
)


def _alike(code: str, title: Text, means: Text, *, adds_up: bool = True) -> Breakdown:
    """A breakdown whose column is headed by its title, and that SDMX names as we do."""
    return Breakdown(code, title, title, means, code, adds_up=adds_up)


_FOURC = codelists.fourc()[0]

BREAKDOWNS: tuple[Breakdown, ...] = (
    Breakdown(
        "kind",
        _("What was reported"),
        _("Kind"),
        _("What the reporter chose. Each report is counted once."),
        "kind",
    ),
    Breakdown(
        "fourc",
        _("How children met the risk"),
        _("Group"),
        _(
            "The 4Cs (Livingstone and Stoilova, 2021) sort risks by how a child meets them. One "
            "report may be in several groups or in none, so these do not add up to the total."
        ),
        "fourc",
        adds_up=False,
        source=_FOURC.source,
        verified=_FOURC.verified,
    ),
    Breakdown(
        "age_band",
        _("Age"),
        _("Years"),
        _("The age of the child, as stated by the reporter. Nobody has to state it."),
        "age",
    ),
    Breakdown(
        "sex",
        _("Sex"),
        _("Sex"),
        _("The sex of the child, as stated by the reporter. Nobody has to state it."),
        "sex",
    ),
    Breakdown(
        "audience",
        _("Who reported"),
        _("Reporter"),
        _("Which of the ways in the reporter took."),
        "audience",
    ),
    Breakdown(
        "channel",
        _("How it reached us"),
        _("Way"),
        _("The way the report came in."),
        "channel",
    ),
    Breakdown(
        "language",
        _("Language"),
        _("Language"),
        _("The language the form was read in."),
        "language",
    ),
    Breakdown(
        "outcome",
        _("What we found"),
        _("Finding"),
        _(
            "Cases whose finding became final in the month. Every finding is made by two "
            "people. Several reports about one place are one case."
        ),
        "outcome",
    ),
    Breakdown(
        "statistic",
        _("How long it took"),
        _("Measure"),
        _(
            "The median: half took no longer. The 90th percentile: nine in ten took no longer. "
            "Neither is told where fewer cases than the threshold reached the step, and the "
            "second not for fewer than ten."
        ),
        "statistic",
        adds_up=False,
    ),
    Breakdown(
        "clock",
        _("Where we were late"),
        _("Step"),
        _("How often the time set for a step ran out in the month before the step was done."),
        "clock",
        adds_up=False,
    ),
    _alike("refusal", _("Why companies refused"), _REFUSED, adds_up=False),
    _alike("complaint", _("What complaints were about"), _COMPLAINED),
    _alike("complaint_answer", _("What we answered"), _TOLD),
)

_BY_CODE = {one.code: one for one in INDICATORS}
_BREAKDOWNS = {one.code: one for one in BREAKDOWNS}


def indicator(code: str) -> Indicator:
    """Raises KeyError for a figure nobody defined."""
    return _BY_CODE[code]


def breakdown(code: str) -> Breakdown:
    """Raises KeyError for a breakdown nobody defined."""
    return _BREAKDOWNS[code]
