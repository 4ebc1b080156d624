# SPDX-License-Identifier: Apache-2.0
"""The desk: a statistician compiles, a manager looks it over and publishes."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.statistics.actions import compile_period, publish
from hearthline.hub.statistics.models import Release
from hearthline.hub.statistics.tests.make import make_reports

pytestmark = pytest.mark.django_db

COMPILE = "figures_compile"


def test_a_statistician_compiles_and_sees_the_preview(stella: User) -> None:
    browser = signed_in(stella)
    listed = browser.get(reverse("figures_desk")).content.decode()
    assert "Compile a month" in listed
    assert "No month was compiled yet" in listed
    answer = browser.post(reverse(COMPILE), {"period": "2024-03"}, follow=True)
    text = answer.content.decode()
    assert "Figures for March 2024, revision 1" in text
    assert "Not public yet" in text
    assert "Compiled. A hotline manager" in text
    assert Release.objects.get().compiled_by == stella


def test_the_form_offers_the_month_that_ended_last(stella: User) -> None:
    html = signed_in(stella).get(reverse("figures_desk")).content.decode()
    assert re.search(r'name="period" value="\d{4}-\d{2}"', html)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("", "Write the month as year and number"),
        ("autumn", "Write the month as year and number"),
        ("0001-01", "Write the month as year and number"),
        ("2999-01", "This month is not over yet"),
    ],
)
def test_a_wrong_month_is_explained_and_kept(stella: User, period: str, said: str) -> None:
    answer = signed_in(stella).post(reverse(COMPILE), {"period": period})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert f'value="{period}"' in html or not period
    assert not Release.objects.exists()


def test_a_manager_publishes_from_the_preview(stella: User, mara: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    browser = signed_in(mara)
    assert "Compile a month" not in browser.get(reverse("figures_desk")).content.decode()
    preview = browser.get(reverse("figures_release", args=[release.pk])).content.decode()
    address = reverse("figures_publish", args=[release.pk])
    assert f'action="{address}"' in preview
    answer = browser.post(address, follow=True).content.decode()
    assert "Published. Everybody can read these figures now." in answer
    assert f'action="{address}"' not in answer
    assert Release.objects.current("2026-09") == release


def test_the_compiler_is_asked_to_leave_publishing_to_somebody_else(now: datetime) -> None:
    both = make_user("Bo", Role.STATISTICIAN, Role.HOTLINE_MANAGER)
    release = compile_period(period="2026-09", by=both, at=now)
    browser = signed_in(both)
    address = reverse("figures_publish", args=[release.pk])
    preview = browser.get(reverse("figures_release", args=[release.pk])).content.decode()
    assert f'action="{address}"' not in preview
    assert "Somebody else publishes them." in browser.post(address, follow=True).content.decode()
    assert Release.objects.current("2026-09") is None


def test_publishing_twice_says_so(stella: User, mara: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    publish(release=release, by=mara, at=now)
    answer = signed_in(mara).post(reverse("figures_publish", args=[release.pk]), follow=True)
    assert "These figures are public already." in answer.content.decode()


def test_an_older_revision_is_not_published(stella: User, mara: User, now: datetime) -> None:
    older = compile_period(period="2026-09", by=stella, at=now)
    compile_period(period="2026-09", by=stella, at=now)
    browser = signed_in(mara)
    preview = browser.get(reverse("figures_release", args=[older.pk])).content.decode()
    assert "A newer revision was compiled" in preview
    answer = browser.post(reverse("figures_publish", args=[older.pk]), follow=True)
    assert "There is a newer revision of this month." in answer.content.decode()


def test_oversight_reads_and_changes_nothing(stella: User, omar: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    browser = signed_in(omar)
    assert browser.get(reverse("figures_desk")).status_code == 200
    assert browser.get(reverse("figures_release", args=[release.pk])).status_code == 200
    assert browser.post(reverse(COMPILE), {"period": "2026-09"}).status_code == 403
    assert browser.post(reverse("figures_publish", args=[release.pk])).status_code == 403


def test_police_and_strangers_see_nothing(paulo: User, client: Client) -> None:
    assert signed_in(paulo).get(reverse("figures_desk")).status_code == 403
    assert client.get(reverse("figures_desk")).status_code == 302


def test_the_preview_reads_no_ledger_and_shows_no_small_count(
    stella: User, mara: User, now: datetime
) -> None:
    make_reports(24, kind="cyberbullying")
    make_reports(3, kind="grooming")
    make_reports(9, kind="fraud")
    release = compile_period(period="2026-09", by=stella, at=now)
    browser = signed_in(mara)
    with CaptureQueriesContext(connection) as queries:
        html = browser.get(reverse("figures_release", args=[release.pk])).content.decode()
    tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(q["sql"] for q in queries)))
    rooms = {table.split("_")[0] for table in tables}
    assert rooms <= {"statistics", "accounts", "django", "mfa", "account"}
    values = re.findall(r'class="chart-value">([^<]+)<', html)
    assert "24" in values
    assert not {"1", "2", "3", "4", "9"} & set(values)


def test_compiling_at_the_same_moment_as_somebody_else_is_explained(
    stella: User, mara: User, now: datetime
) -> None:
    def other_was_quicker(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        row = execute(sql, params, many, context)
        if 'MAX("statistics_release' in sql:
            Release.objects.create(
                period="2024-03", revision=1, threshold=5, compiled_at=now, compiled_by=mara
            )
        return row

    browser = signed_in(stella)
    with connection.execute_wrapper(other_was_quicker):
        answer = browser.post(reverse(COMPILE), {"period": "2024-03"})
    assert answer.status_code == 422
    assert "Somebody compiled this month at the same moment." in answer.content.decode()


def test_a_correction_asks_for_its_reason(stella: User, mara: User, now: datetime) -> None:
    release = compile_period(period="2026-09", by=stella, at=now)
    publish(release=release, by=mara, at=now)
    browser = signed_in(stella)
    asked = browser.post(reverse(COMPILE), {"period": "2026-09"})
    assert asked.status_code == 422
    assert "Say why you count again, and what changed." in asked.content.decode()
    given = {"period": "2026-09", "reason": "mistake", "note": "A list was counted twice."}
    answer = browser.post(reverse(COMPILE), given, follow=True)
    assert "A mistake was corrected." in answer.content.decode()
    assert "A list was counted twice." in answer.content.decode()


def test_a_first_count_takes_no_reason(stella: User, now: datetime) -> None:
    given = {"period": "2024-03", "reason": "mistake", "note": "Nothing yet."}
    answer = signed_in(stella).post(reverse(COMPILE), given)
    assert answer.status_code == 422
    assert "Nothing of this month is public yet." in answer.content.decode()
