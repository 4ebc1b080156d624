# SPDX-License-Identifier: Apache-2.0
"""What is measured at size is filled into the ledgers as they are now."""

from datetime import UTC, datetime

import pytest
from benchmarks import population

from hearthline.hub.cases.models import Assessment, Case, Sighting
from hearthline.hub.reports.models import Report
from hearthline.hub.statistics.actions import count_days
from hearthline.hub.statistics.actions.counting import count
from hearthline.hub.statistics.actions.periods import Month

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def test_a_small_country_is_filled_and_can_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population, "DATA_KEYS", 5)
    made = population.populate(subjects=200, open_cases=60, analysts=3, at=NOW)
    assert (made.month, made.subjects, made.open_cases) == ("2026-09", 200, 60)
    assert Report.objects.count() == Sighting.objects.count() == made.reports
    assert Case.objects.real().count() == 200
    assert Case.objects.open().count() == 60
    # What the database keeps by itself stands in the rows too.
    assert Case.objects.filter(at_desk=True).count() == 60
    reviewed = Case.objects.filter(second_reviewed_at__isnull=False)
    assert reviewed.count() == Assessment.objects.filter(stage="second").count() > 140
    month = count(Month.read(made.month, zone="UTC"), languages=["en"])
    assert sum(month.reports["kind"].values()) == made.reports - 60
    assert sum(month.outcomes.values()) == 140
    assert count_days(NOW, limit=1) == 1
