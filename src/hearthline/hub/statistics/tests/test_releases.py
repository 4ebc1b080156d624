# SPDX-License-Identifier: Apache-2.0
"""Compiling and publishing a month."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.audit.models import Entry
from hearthline.hub.reports.models import Report
from hearthline.hub.statistics.actions import (
    AlreadyPublished,
    CompiledMeanwhile,
    FirstNeedsNoReason,
    PeriodNotOver,
    PeriodRefused,
    ReasonNeeded,
    SamePerson,
    Superseded,
    compile_period,
    publish,
)
from hearthline.hub.statistics.models import Observation, Release
from hearthline.hub.statistics.tests.attack import possible_values
from hearthline.hub.statistics.tests.make import make_findings, make_reports

pytestmark = pytest.mark.django_db


def published_values(release: Release) -> dict[tuple[str, str, str], int | None]:
    rows = release.observations.values_list("indicator", "dimension", "code", "value")
    return {(indicator, dimension, code): value for indicator, dimension, code, value in rows}


def corrected(by: User, at: datetime, reason: str = "late_data") -> Release:
    return compile_period(
        period="2026-09", by=by, at=at, reason=reason, note="Six reports were found in a mailbox."
    )


def make_september(by: User) -> None:
    """A month with small counts in every table, each with a way to work them out if careless."""
    make_reports(40, kind="cyberbullying", age_band="13_15", sex="female", audience="child")
    make_reports(9, kind="fraud", age_band="16_17", sex="male", audience="child")
    make_reports(3, kind="grooming", age_band="9_12", sex="female", language="ar")
    make_reports(12, kind="privacy", audience="professional", channel="phone")
    make_findings({"baseline": 2, "national": 1, "harmful": 6, "not_illegal": 40}, by=by)


def test_compiling_writes_observations_and_one_entry(stella: User, now: datetime) -> None:
    make_reports(12, kind="cyberbullying")
    release = compile_period(period="2026-09", by=stella, at=now)
    assert (release.revision, release.threshold, release.published_at) == (1, 5, None)
    figures = published_values(release)
    assert figures["reports", "total", "_T"] == 12
    assert figures["reports", "kind", "cyberbullying"] == 12
    assert figures["reports", "kind", "grooming"] == 0
    entry = Entry.objects.get(verb="statistics.compile")
    assert (entry.object_id, entry.actor) == (str(release.pk), str(stella.actor))


def test_an_empty_month_is_a_month_of_zeros(stella: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    assert set(release.observations.values_list("value", flat=True)) == {0}
    assert not release.observations.exclude(unit="count").exists()


def test_compiling_again_is_a_new_revision_even_when_equal(stella: User, now: datetime) -> None:
    first = compile_period(period="2026-09", by=stella, at=now)
    second = compile_period(period="2026-09", by=stella, at=now)
    assert (first.revision, second.revision) == (1, 2)
    assert published_values(first) == published_values(second)


def test_only_a_statistician_compiles(mara: User, ana: User, now: datetime) -> None:
    for other in (mara, ana):
        with pytest.raises(NotAllowed):
            compile_period(period="2026-09", by=other, at=now)
    assert not Release.objects.exists()


def test_a_month_that_still_runs_is_refused(stella: User, now: datetime) -> None:
    with pytest.raises(PeriodNotOver):
        compile_period(period="2026-10", by=stella, at=now)
    assert not Release.objects.exists()


def test_what_is_no_month_is_refused(stella: User, now: datetime) -> None:
    with pytest.raises(PeriodRefused):
        compile_period(period="autumn", by=stella, at=now)


def test_the_month_ends_by_the_clocks_of_the_country(stella: User, settings: Any) -> None:
    country = settings.PACK.country.model_copy(update={"timezone": "Asia/Shanghai"})
    settings.PACK = settings.PACK.model_copy(update={"country": country})
    make_reports(6, received_at=datetime(2026, 9, 30, 15, 59, tzinfo=UTC))
    make_reports(7, received_at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC))
    with pytest.raises(PeriodNotOver):
        compile_period(period="2026-09", by=stella, at=datetime(2026, 9, 30, 15, 59, tzinfo=UTC))
    release = compile_period(
        period="2026-09", by=stella, at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC)
    )
    assert published_values(release)["reports", "total", "_T"] == 6


def test_nothing_withheld_can_be_worked_out_of_a_release(
    stella: User, ana: User, now: datetime
) -> None:
    make_september(ana)
    figures = published_values(compile_period(period="2026-09", by=stella, at=now))
    withheld = {place for place, value in figures.items() if value is None}
    assert {
        ("reports", "kind", "grooming"),
        ("reports", "language", "ar"),
        ("reports", "age_band", "9_12"),
        ("cases_assessed", "outcome", "national"),
        ("illegal_share", "total", "_T"),
    } <= withheld
    found = possible_values(figures, ceiling=70)
    assert set(found) == {place for place in withheld if place[0] != "illegal_share"}
    for place, values in found.items():
        assert len(values) >= 2, place
        assert max(values) >= 5, place


def test_no_small_count_is_ever_written(stella: User, ana: User, now: datetime) -> None:
    make_september(ana)
    compile_period(period="2026-09", by=stella, at=now)
    counts = Observation.objects.filter(unit="count", value__isnull=False)
    assert not counts.filter(value__gt=0, value__lt=5).exists()


def test_the_ledger_refuses_a_value_where_one_is_withheld(stella: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    with pytest.raises(DatabaseError):
        release.observations.filter(code="grooming").update(status="primary")


def test_a_month_is_counted_in_few_questions(stella: User, ana: User, now: datetime) -> None:
    compile_period(period="2026-09", by=stella, at=now)
    with CaptureQueriesContext(connection) as empty:
        compile_period(period="2026-09", by=stella, at=now)
    make_september(ana)
    with CaptureQueriesContext(connection) as full:
        compile_period(period="2026-09", by=stella, at=now)
    assert len(full) == len(empty) < 30


def test_a_manager_publishes(stella: User, mara: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    assert Release.objects.current("2026-09") is None
    publish(release=release, by=mara, at=now)
    current = Release.objects.current("2026-09")
    assert current == release
    assert (current.published_at, current.published_by) == (now, mara)
    assert Entry.objects.filter(verb="statistics.publish", object_id=str(release.pk)).count() == 1


def test_only_a_manager_publishes(stella: User, ana: User, omar: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    for other in (stella, ana, omar):
        with pytest.raises(NotAllowed):
            publish(release=release, by=other, at=now)


def test_whoever_compiled_does_not_publish(now: datetime) -> None:
    both = make_user("Bo", Role.STATISTICIAN, Role.HOTLINE_MANAGER)
    release = compile_period(period="2026-09", by=both, at=now)
    with pytest.raises(SamePerson):
        publish(release=release, by=both, at=now)
    assert Release.objects.current("2026-09") is None


def test_a_release_is_published_once(stella: User, mara: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    publish(release=release, by=mara, at=now)
    with pytest.raises(AlreadyPublished):
        publish(release=release, by=mara, at=now)


def test_only_the_newest_revision_is_published(stella: User, mara: User, now: datetime) -> None:
    older = compile_period(period="2026-09", by=stella, at=now)
    newer = compile_period(period="2026-09", by=stella, at=now)
    with pytest.raises(Superseded):
        publish(release=older, by=mara, at=now)
    publish(release=newer, by=mara, at=now)
    assert Release.objects.current("2026-09") == newer


def test_a_later_revision_keeps_withheld_what_was_withheld_in_public(
    stella: User, mara: User, now: datetime
) -> None:
    make_reports(20, kind="cyberbullying")
    make_reports(3, kind="grooming")
    make_reports(9, kind="fraud")
    publish(release=compile_period(period="2026-09", by=stella, at=now), by=mara, at=now)
    # Found afterwards in a mailbox, with the day it came in.
    make_reports(6, kind="grooming")
    figures = published_values(corrected(stella, now))
    assert figures["reports", "kind", "grooming"] is None
    assert figures["reports", "kind", "fraud"] is None
    assert figures["reports", "total", "_T"] == 38


def test_two_who_compile_at_once_make_one_revision(stella: User, mara: User, now: datetime) -> None:
    def other_was_quicker(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        row = execute(sql, params, many, context)
        if 'MAX("statistics_release' in sql:
            Release.objects.bulk_create(
                [
                    Release(
                        period="2026-09", revision=1, threshold=5, compiled_at=now, compiled_by=mara
                    )
                ]
            )
        return row

    with connection.execute_wrapper(other_was_quicker), pytest.raises(CompiledMeanwhile):
        compile_period(period="2026-09", by=stella, at=now)
    assert not Entry.objects.filter(verb="statistics.compile").exists()
    assert compile_period(period="2026-09", by=stella, at=now).revision == 1


def test_a_correction_says_why(stella: User, mara: User, now: datetime) -> None:
    publish(release=compile_period(period="2026-09", by=stella, at=now), by=mara, at=now)
    for reason, note in (("", ""), ("late_data", " "), ("", "Mistake."), ("boredom", "Mistake.")):
        with pytest.raises(ReasonNeeded):
            compile_period(period="2026-09", by=stella, at=now, reason=reason, note=note)
    second = corrected(stella, now)
    assert (second.revision, second.reason) == (2, "late_data")
    assert Entry.objects.filter(verb="statistics.compile", object_id=str(second.pk)).count() == 1


def test_a_first_count_has_nothing_to_correct(stella: User, now: datetime) -> None:
    with pytest.raises(FirstNeedsNoReason):
        corrected(stella, now)


def test_a_correction_is_published_by_another_person_too(mara: User, now: datetime) -> None:
    both = make_user("Bo", Role.STATISTICIAN, Role.HOTLINE_MANAGER)
    publish(release=compile_period(period="2026-09", by=both, at=now), by=mara, at=now)
    with pytest.raises(SamePerson):
        publish(release=corrected(both, now), by=both, at=now)


def test_the_database_itself_refuses_to_edit_what_is_published(
    stella: User, mara: User, now: datetime
) -> None:
    make_reports(12)
    release = compile_period(period="2026-09", by=stella, at=now)
    publish(release=release, by=mara, at=now)
    for edit in (
        lambda: Release.objects.update(note="Better now."),
        lambda: Release.objects.update(published_at=None),
        lambda: Release.objects.filter(pk=release.pk)._raw_delete("default"),
        lambda: release.observations.update(value=99),
        lambda: release.files.update(body=""),
        lambda: release.files.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            edit()
    assert Release.objects.current("2026-09") == release


def test_files_are_kept_as_they_were_published(stella: User, mara: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    assert not release.files.exists()
    publish(release=release, by=mara, at=now)
    kept = {file.format: file for file in release.files.all()}
    assert set(kept) == {"csv", "sdmx.csv", "sdmx.xml"}
    assert all(sha256(file.body.encode()).hexdigest() == file.sha256 for file in kept.values())


def test_figures_are_final_after_the_days_of_the_pack(stella: User, now: datetime) -> None:
    days = timedelta(days=90)
    end = datetime(2026, 10, 1, tzinfo=UTC)
    early = compile_period(period="2026-09", by=stella, at=end + days - timedelta(seconds=1))
    late = compile_period(period="2026-09", by=stella, at=end + days)
    assert (early.final, late.final) == (False, True)


def test_a_change_of_a_few_reports_is_not_told(stella: User, mara: User, now: datetime) -> None:
    make_reports(20, kind="cyberbullying")
    make_reports(9, kind="fraud")
    first = compile_period(period="2026-09", by=stella, at=now)
    publish(release=first, by=mara, at=now)
    make_reports(1, kind="grooming")
    second = corrected(stella, now)
    assert second.carried.split() == ["reports"]
    assert published_values(second) == published_values(first)


def test_reports_held_as_a_flood_are_a_figure_of_their_own(stella: User, now: datetime) -> None:
    make_reports(12)
    make_reports(70, lane=Report.Lane.QUARANTINE)
    figures = published_values(compile_period(period="2026-09", by=stella, at=now))
    assert figures["reports", "total", "_T"] == 12
    assert figures["reports_held", "total", "_T"] == 70
