# SPDX-License-Identifier: Apache-2.0
"""The true counts of one month, read from the ledgers. They are withheld before they are kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.notices.models import Notice
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Audience, Report
from hearthline.hub.statistics.actions.periods import Month
from hearthline.kit import codelists

# Where a question was skipped, the report is counted under this code of its list.
_SKIPPED = {"kind": "other", "age_band": "unknown", "sex": "unknown"}

# The breakdowns of reports in which every report stands exactly once.
BREAKDOWNS = ("kind", "channel", "age_band", "sex", "audience", "language")


@dataclass(frozen=True)
class Counts:
    """One month, before anything is withheld.

    `reports`: by breakdown and code. `carrying`: reports by kind and 4C cell; one report may
    stand in several cells, or in none. `outcomes`: findings settled. `minutes`: by step, one
    whole number a case. `breaches`: by clock.
    """

    reports: Mapping[str, Mapping[str, int]]
    carrying: Mapping[tuple[str, str], int]
    outcomes: Mapping[str, int]
    minutes: Mapping[str, list[int]]
    breaches: Mapping[str, int]


def count(month: Month, *, languages: Iterable[str]) -> Counts:
    """Count a month. `languages` are those the country offers; others appear when met."""
    received = Report.objects.received_in(month.start, month.end)
    codes: dict[str, Iterable[str]] = {
        "kind": (entry.code for entry in codelists.incident_types()),
        "channel": (entry.code for entry in codelists.channels()),
        "age_band": (entry.code for entry in codelists.age_bands()),
        "sex": (entry.code for entry in codelists.sexes()),
        "audience": Audience.values,
        "language": languages,
    }
    settled = Assessment.objects.settled_in(month.start, month.end).counted_by_outcome()
    return Counts(
        reports={
            name: _with_zeros(received.counted_by(name), codes[name], _SKIPPED.get(name, ""))
            for name in BREAKDOWNS
        },
        carrying=_carrying(received.counted_by_kind_and_fourc()),
        outcomes=_with_zeros(settled, (entry.code for entry in codelists.assessment_outcomes())),
        minutes=_minutes(month.start, month.end),
        breaches=_breaches(month.start, month.end),
    )


def _with_zeros(
    counted: Mapping[str, int], codes: Iterable[str], skipped: str = ""
) -> dict[str, int]:
    """The counts in the order of `codes`, with zeros; empty codes are counted as `skipped`."""
    counts = dict.fromkeys(codes, 0)
    for code, number in counted.items():
        place = code or skipped
        counts[place] = counts.get(place, 0) + number
    return counts


def _carrying(counted: Iterable[tuple[str, list[str], int]]) -> dict[tuple[str, str], int]:
    carrying: Counter[tuple[str, str]] = Counter()
    for kind, cells, number in counted:
        for cell in set(cells):
            carrying[kind or _SKIPPED["kind"], cell] += number
    return dict(carrying)


def _minutes(start: datetime, end: datetime) -> dict[str, list[int]]:
    """Minutes from the first report of a case to each step it reached in the month."""
    waits = {
        "review": Case.objects.waits_for_review(start, end),
        "police": Referral.objects.waits_for_police(start, end),
        "notice": Notice.objects.waits_for_notice(start, end),
        "removal": Notice.objects.waits_for_removal(start, end),
    }
    return {
        step: [max(0, int((then - reported).total_seconds()) // 60) for reported, then in pairs]
        for step, pairs in waits.items()
    }


def _breaches(start: datetime, end: datetime) -> dict[str, int]:
    return {
        "first_review": Case.objects.first_review_breached_in(start, end).count(),
        "second_review": Case.objects.second_review_breached_in(start, end).count(),
        "police": Referral.objects.breached_in(start, end).count(),
        "host_answer": Notice.objects.answer_breached_in(start, end).count(),
    }
