# SPDX-License-Identifier: Apache-2.0
"""What is withheld of a month's counts, and that nobody can work it out from what is not."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.hub.statistics.actions.counting import BREAKDOWNS, Counts
from hearthline.hub.statistics.actions.withholding import Figure, Version, withhold
from hearthline.hub.statistics.models import Observation, Place
from hearthline.hub.statistics.tests.attack import CARRIES, Published, possible_values, solved
from hearthline.kit.codelists import assessment_outcomes

BREACHES = {"first_review": 0, "second_review": 0, "police": 0, "host_answer": 0}
WAITS: dict[str, dict[int, int]] = {"review": {}, "police": {}, "notice": {}, "removal": {}}


def counts(
    kinds: dict[str, int] | None = None,
    outcomes: dict[str, int] | None = None,
    minutes: list[int] | None = None,
    refused: dict[str, int] | None = None,
    complaints: dict[str, int] | None = None,
    **others: dict[str, int],
) -> Counts:
    """A month of these kinds; the other breakdowns hold everything in one code, unless given."""
    kinds = kinds or {}
    total = sum(kinds.values())
    carrying = {(kind, cell): n for kind, n in kinds.items() for cell in CARRIES[kind] if n}
    return Counts(
        reports={
            "kind": dict.fromkeys(CARRIES, 0) | kinds,
            **{name: others.get(name, {"all": total}) for name in BREAKDOWNS if name != "kind"},
        },
        carrying=carrying,
        outcomes={entry.code: 0 for entry in assessment_outcomes()} | (outcomes or {}),
        minutes=WAITS | {"review": dict(Counter(minutes or []))},
        breaches=BREACHES,
        refused=refused or {},
        complaints=complaints or {},
    )


def seen(month: Counts, *, threshold: int, earlier: Sequence[Version] = ()) -> list[Figure]:
    return withhold(month, threshold=threshold, earlier=earlier)[0]


def version(figures: list[Figure]) -> Version:
    """Figures as a published revision of the month."""
    return {figure.place: figure for figure in figures}


def shown(figures: list[Figure]) -> Published:
    return {figure.place: figure.value for figure in figures}


def values(figures: list[Figure], indicator: str, dimension: str) -> dict[str, int | None]:
    return {
        f.code: f.value
        for f in figures
        if (f.indicator, f.dimension) == (indicator, dimension) and f.value != 0
    }


def test_large_counts_are_shown_as_they_are() -> None:
    figures = seen(counts({"cyberbullying": 12, "fraud": 9}), threshold=5)
    assert {figure.status for figure in figures} == {"published"}
    assert values(figures, "reports", "kind") == {"cyberbullying": 12, "fraud": 9}
    assert shown(figures)["reports", "total", "_T"] == 21


def test_zeros_are_shown() -> None:
    figures = seen(counts({"cyberbullying": 12}), threshold=5)
    assert shown(figures)["reports", "kind", "grooming"] == 0


def test_a_small_count_takes_a_companion_and_the_total_stays() -> None:
    figures = seen(counts({"cyberbullying": 12, "fraud": 9, "grooming": 3}), threshold=5)
    assert values(figures, "reports", "kind") == {
        "cyberbullying": 12, "fraud": None, "grooming": None,
    }  # fmt: skip
    assert shown(figures)["reports", "total", "_T"] == 24


def test_a_small_total_is_withheld_in_every_breakdown() -> None:
    figures = seen(counts({"cyberbullying": 4}), threshold=5)
    assert shown(figures)["reports", "total", "_T"] is None
    assert [f.code for f in figures if f.indicator == "reports" and f.value] == []


def test_a_4c_cell_that_would_give_a_companion_away_is_withheld() -> None:
    # Fraud alone carries contract/values here: its count would be fraud's own.
    figures = seen(counts({"cyberbullying": 12, "fraud": 9, "grooming": 3}), threshold=5)
    assert values(figures, "reports", "fourc") == {
        "4C.conduct.agg": 12,
        "4C.contact.sex": None,
        "4C.contract.agg": None,
        "4C.contract.val": None,
    }


def test_a_4c_cell_that_holds_every_hidden_kind_is_shown_while_the_total_is() -> None:
    figures = seen(counts({"cyberbullying": 20, "grooming": 3, "synthetic": 9}), threshold=5)
    assert values(figures, "reports", "kind")["grooming"] is None
    assert values(figures, "reports", "fourc")["4C.contact.sex"] == 12


def test_reasons_of_refusal_stand_alone_and_small_ones_are_withheld() -> None:
    figures = seen(counts(refused={"not_found": 7, "order_required": 2, "other": 0}), threshold=5)
    assert values(figures, "removals_refused", "refusal") == {
        "not_found": 7, "order_required": None,
    }  # fmt: skip
    assert ("removals_refused", "total", "_T") not in shown(figures)


def test_a_small_kind_of_complaint_takes_a_companion() -> None:
    month = counts(complaints={"slow": 20, "unkind": 9, "privacy": 1, "other": 0})
    figures = seen(month, threshold=5)
    assert values(figures, "complaints", "complaint") == {
        "slow": 20, "unkind": None, "privacy": None,
    }  # fmt: skip
    assert shown(figures)["complaints", "total", "_T"] == 30
    for name, (low, high) in solved(shown(figures)).items():
        if name[0] == "complaints":
            assert (low, high) == (0, 10)


def test_complaints_that_changed_by_a_few_stay_as_they_were_published() -> None:
    before = version(seen(counts(complaints={"slow": 20, "unkind": 9}), threshold=5))
    month = counts(complaints={"slow": 21, "unkind": 9})
    figures, taken = withhold(month, threshold=5, earlier=[before])
    assert shown(figures)["complaints", "total", "_T"] == 29
    assert values(figures, "complaints", "complaint") == {"slow": 20, "unkind": 9}
    assert "complaints" in taken


def test_a_correction_may_be_the_first_to_count_complaints() -> None:
    before = version(seen(counts(), threshold=5))
    month = counts(complaints={"slow": 20})
    figures, taken = withhold(month, threshold=5, earlier=[before])
    assert shown(figures)["complaints", "total", "_T"] == 20
    assert taken == []


def test_the_illegal_share_is_whole_per_cent() -> None:
    figures = seen(counts(outcomes={"baseline": 20, "not_illegal": 40}), threshold=5)
    assert shown(figures)["illegal_share", "total", "_T"] == 33


def test_no_share_is_said_when_nothing_was_judged() -> None:
    figures = seen(counts(), threshold=5)
    assert ("illegal_share", "total", "_T") not in shown(figures)


def test_a_share_of_few_is_withheld() -> None:
    figures = seen(counts(outcomes={"baseline": 10, "not_illegal": 10}), threshold=5)
    assert shown(figures)["illegal_share", "total", "_T"] is None


def test_a_companion_is_taken_from_the_same_side_of_the_law_so_that_the_share_can_stay() -> None:
    figures = seen(
        counts(outcomes={"baseline": 40, "national": 20, "harmful": 3, "not_illegal": 60}),
        threshold=5,
    )
    assert values(figures, "cases_assessed", "outcome") == {
        "baseline": 40, "national": 20, "harmful": None, "not_illegal": None,
    }  # fmt: skip
    assert shown(figures)["illegal_share", "total", "_T"] == 49


def test_a_share_that_would_split_the_hidden_outcomes_is_withheld() -> None:
    # All that is illegal is the small count itself: its companion has to be something lawful.
    figures = seen(counts(outcomes={"baseline": 2, "harmful": 36, "not_illegal": 60}), threshold=5)
    assert values(figures, "cases_assessed", "outcome") == {
        "baseline": None, "harmful": None, "not_illegal": 60,
    }  # fmt: skip
    assert shown(figures)["illegal_share", "total", "_T"] is None


def test_a_share_that_the_shown_outcomes_already_say_is_shown() -> None:
    figures = seen(
        counts(outcomes={"baseline": 50, "not_illegal": 40, "harmful": 8, "out_of_remit": 2}),
        threshold=5,
    )
    assert values(figures, "cases_assessed", "outcome")["out_of_remit"] is None
    assert shown(figures)["illegal_share", "total", "_T"] == 50


def test_waits_are_a_median_and_a_ninetieth_percentile_in_minutes() -> None:
    figures = seen(counts(minutes=list(range(10, 111, 10))), threshold=5)
    assert values(figures, "minutes_to_review", "statistic") == {"median": 60, "p90": 100}
    assert "minutes_to_police" not in {figure.indicator for figure in figures}


def test_waits_of_few_are_withheld() -> None:
    few = seen(counts(minutes=[5, 10, 20, 30]), threshold=5)
    assert values(few, "minutes_to_review", "statistic") == {"median": None, "p90": None}
    some = seen(counts(minutes=[5, 10, 20, 30, 40]), threshold=5)
    assert values(some, "minutes_to_review", "statistic") == {"median": 20, "p90": None}


def test_few_broken_clocks_are_withheld() -> None:
    month = counts()
    late = Counts(**{**vars(month), "breaches": {**BREACHES, "police": 4, "host_answer": 5}})
    figures = seen(late, threshold=5)
    assert values(figures, "clocks_breached", "clock") == {"police": None, "host_answer": 5}


def test_what_an_earlier_revision_withheld_stays_withheld() -> None:
    first = seen(counts({"cyberbullying": 12, "fraud": 9, "grooming": 3}), threshold=5)
    held = {figure.place for figure in first if figure.value is None}
    # Reports of grooming were found: alone, the month would now take another companion.
    second = seen(
        counts({"cyberbullying": 12, "fraud": 9, "grooming": 8, "privacy": 4}),
        threshold=5,
        earlier=[version(first)],
    )
    assert held <= {figure.place for figure in second if figure.value is None}


NUMBERS = st.one_of(st.integers(0, 4), st.integers(0, 9))
# Kinds whose 4C cells overlap in every way: none, same, partly.
SOME_KINDS = ("grooming", "synthetic", "self_generated", "fraud", "privacy", "extremism", "other")


@st.composite
def months(draw: st.DrawFn) -> Counts:
    names = draw(st.lists(st.sampled_from(SOME_KINDS), min_size=1, max_size=4, unique=True))
    kinds = {name: draw(NUMBERS) for name in names}
    deal = draw(st.randoms(use_true_random=False))
    outcomes = {entry.code: 0 for entry in assessment_outcomes()}
    for code in deal.sample(sorted(outcomes), 4):
        outcomes[code] = draw(NUMBERS)
    outcomes["not_illegal"] += draw(st.sampled_from([0, 30]))
    sexes = _dealt(sum(kinds.values()), ("female", "male", "unknown"), deal)
    return counts(kinds, outcomes, sex=sexes)


def _dealt(total: int, codes: tuple[str, ...], deal: random.Random) -> dict[str, int]:
    dealt = dict.fromkeys(codes, 0)
    for _ in range(total):
        dealt[deal.choice(codes)] += 1
    return dealt


@given(months(), st.integers(3, 4))
@settings(max_examples=150, deadline=None)
def test_nothing_withheld_can_be_worked_out(month: Counts, threshold: int) -> None:
    figures = seen(month, threshold=threshold)
    assert_safe(figures, threshold, truth=_truth(month), ceiling=9 + threshold)


def assert_safe(
    figures: list[Figure], threshold: int, *, truth: dict[Place, int], ceiling: int
) -> None:
    for figure in figures:
        assert figure.value is None or figure.unit != "count" or not 0 < figure.value < threshold
    for place, found in possible_values(shown(figures), ceiling=ceiling).items():
        assert truth[place] in found, place
        assert len(found) >= 2, (place, found)
        assert max(found) >= threshold, (place, found)


def _truth(month: Counts) -> dict[Place, int]:
    """Every count as it is, with nothing withheld."""
    truth: Counter[Place] = Counter()
    for name, by_code in month.reports.items():
        truth.update({("reports", name, code): number for code, number in by_code.items()})
    for (_kind, cell), number in month.carrying.items():
        truth["reports", "fourc", cell] += number
    for code, number in month.outcomes.items():
        truth["cases_assessed", "outcome", code] = number
    truth["reports", "total", "_T"] = sum(month.reports["kind"].values())
    truth["cases_assessed", "total", "_T"] = sum(month.outcomes.values())
    return dict(truth)


@st.composite
def corrected_months(draw: st.DrawFn) -> list[Counts]:
    """A month, counted two or three times: late reports, findings changed, kinds set right."""
    kinds = {name: draw(st.integers(0, 30)) for name in SOME_KINDS[:5]}
    outcomes = {code: draw(st.integers(0, 30)) for code in ("baseline", "harmful", "not_illegal")}
    deal = draw(st.randoms(use_true_random=False))
    change = st.one_of(st.just(0), st.integers(-3, 3), st.integers(0, 12))
    months = []
    for _ in range(draw(st.integers(2, 3))):
        sexes = _dealt(sum(kinds.values()), ("female", "male", "unknown"), deal)
        months.append(counts(kinds, outcomes, sex=sexes))
        kinds = {name: max(0, number + draw(change)) for name, number in kinds.items()}
        outcomes = {code: max(0, number + draw(change)) for code, number in outcomes.items()}
    return months


@given(corrected_months(), st.integers(3, 5))
@settings(max_examples=40, deadline=None)
def test_no_solver_narrows_what_versions_of_a_month_withhold(
    months: list[Counts], threshold: int
) -> None:
    versions: list[Version] = []
    for month in months:
        versions.append(version(seen(month, threshold=threshold, earlier=versions)))
    for older, newer in pairwise(versions):
        for place, figure in newer.items():
            before = older[place].value if place in older else 0
            if figure.value is not None and figure.unit == "count":
                assert before is not None, place
                assert not 0 < abs(figure.value - before) < threshold, place
    for one in versions:
        public = shown(list(one.values()))
        for place, (least, most) in solved(public).items():
            assert most is None or (most > least and most >= threshold), place


def test_a_family_whose_total_changed_by_a_few_is_taken_over_whole() -> None:
    first = seen(counts({"cyberbullying": 12, "fraud": 9}, {"harmful": 20}), threshold=5)
    second, taken = withhold(
        counts({"cyberbullying": 13, "fraud": 9}, {"harmful": 30}),
        threshold=5,
        earlier=[version(first)],
    )
    assert taken == ["reports"]
    assert shown(second)["reports", "total", "_T"] == 21
    assert shown(second)["reports", "fourc", "4C.conduct.agg"] == 12
    assert shown(second)["cases_assessed", "total", "_T"] == 30


def test_a_broken_clock_that_changed_by_a_few_is_withheld() -> None:
    first = [Figure("clocks_breached", "clock", "police", 7, Observation.Status.PUBLISHED)]
    month = replace(counts(), breaches=BREACHES | {"police": 9, "first_review": 6})
    second = shown(seen(month, threshold=5, earlier=[version(first)]))
    assert second["clocks_breached", "clock", "police"] is None
    assert second["clocks_breached", "clock", "first_review"] == 6
