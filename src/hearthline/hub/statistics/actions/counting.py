# SPDX-License-Identifier: Apache-2.0
"""The true counts of one month, read from the ledgers. They are withheld before they are kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.notices.models import Answer, Notice
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Audience, Report
from hearthline.hub.statistics.actions import waits
from hearthline.hub.statistics.actions.periods import Month
from hearthline.hub.statistics.actions.waits import Lengths
from hearthline.kit import codelists

# Where a question was skipped, the report is counted under this code of its list.
_SKIPPED = {"kind": "other", "age_band": "unknown", "sex": "unknown"}

# The breakdowns of reports in which every report stands exactly once.
BREAKDOWNS = ("kind", "channel", "age_band", "sex", "audience", "language")


@dataclass(frozen=True)
class Counts:
    """One month, before anything is withheld.

    `reports`: by breakdown and code. `carrying`: reports by kind and 4C cell; one report may
    stand in several cells, or in none. `outcomes`: findings settled. `minutes`: by step, how
    many cases took how many. `breaches`: by clock. `held`: reports held apart as part of a
    flood, which are in no other count. `refused`: notices by the host's
    reason. `complaints`: by what they were about; `answered`: by what the answer says.
    """

    reports: Mapping[str, Mapping[str, int]]
    carrying: Mapping[tuple[str, str], int]
    outcomes: Mapping[str, int]
    minutes: Mapping[str, Lengths]
    breaches: Mapping[str, int]
    held: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    complaints: Mapping[str, int] = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)


def count(month: Month, *, languages: Iterable[str]) -> Counts:
    """Count a month. `languages` are those the country offers; others appear when met."""
    arrived = Report.objects.received_in(month.start, month.end)
    received = arrived.counted()
    codes: dict[str, Iterable[str]] = {
        "kind": (entry.code for entry in codelists.incident_types()),
        "channel": (entry.code for entry in codelists.channels()),
        "age_band": (entry.code for entry in codelists.age_bands()),
        "sex": (entry.code for entry in codelists.sexes()),
        "audience": Audience.values,
        "language": languages,
    }
    settled = Assessment.objects.settled_in(month.start, month.end).counted_by_outcome()
    complaints = Complaint.objects.real()
    came = complaints.received_in(month.start, month.end)
    answered = complaints.answered_in(month.start, month.end)
    # One reading of the ledger for all breakdowns: a month may hold a million reports.
    by_code: dict[str, Counter[str]] = {name: Counter() for name in BREAKDOWNS}
    carrying: Counter[tuple[str, str]] = Counter()
    for *found, cells, number in received.counted_by(*BREAKDOWNS, "fourc"):
        stated = dict(zip(BREAKDOWNS, found, strict=True))
        for name, code in stated.items():
            by_code[name][code or _SKIPPED.get(name, "")] += number
        for cell in set(cells):
            carrying[stated["kind"] or _SKIPPED["kind"], cell] += number
    return Counts(
        reports={name: _with_zeros(by_code[name], codes[name]) for name in BREAKDOWNS},
        carrying=dict(carrying),
        outcomes=_with_zeros(settled, (entry.code for entry in codelists.assessment_outcomes())),
        minutes={
            "review": waits.until_review(month.start, month.end),
            "police": waits.until_police(month.start, month.end),
            "notice": waits.until_notice(month.start, month.end),
            "removal": waits.until_removal(month.start, month.end),
        },
        breaches=_breaches(month.start, month.end),
        held=arrived.held_as_flood().count(),
        refused=_refused(month.start, month.end),
        complaints=_with_zeros(came.counted_by("about"), Complaint.About.values),
        answered=_with_zeros(answered.counted_by("outcome"), Complaint.Outcome.values),
    )


def _with_zeros(counted: Mapping[str, int], codes: Iterable[str]) -> dict[str, int]:
    """The counts in the order of `codes`, with zeros; then codes that no list knows."""
    return dict.fromkeys(codes, 0) | dict(counted)


def _refused(start: datetime, end: datetime) -> dict[str, int]:
    """By the code of the reason; answers from before reasons were asked for count as "other"."""
    counted = Counter[str]()
    for reason, number in Answer.objects.counted_by_refusal(start, end).items():
        counted[reason or "other"] += number
    return _with_zeros(counted, (entry.code for entry in codelists.host_refusals()))


def _breaches(start: datetime, end: datetime) -> dict[str, int]:
    return {
        "first_review": Case.objects.real().first_review_breached_in(start, end).count(),
        "second_review": Case.objects.real().second_review_breached_in(start, end).count(),
        "police": Referral.objects.breached_in(start, end).count(),
        "host_answer": Notice.objects.answer_breached_in(start, end).count(),
    }
