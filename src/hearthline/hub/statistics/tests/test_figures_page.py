# SPDX-License-Identifier: Apache-2.0
"""The public page of figures, and the files beside it."""

import csv
import hashlib
import io
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pysdmx.io import get_datasets, read_sdmx

from hearthline.hub.accounts.models import User
from hearthline.hub.statistics.actions import compile_period, publish
from hearthline.hub.statistics.definitions import BREAKDOWNS, INDICATORS
from hearthline.hub.statistics.models import Observation, Release
from hearthline.hub.statistics.tests.make import (
    SEPTEMBER,
    make_case,
    make_findings,
    make_full_month,
    make_reports,
)
from hearthline.kit.formats import sdmx

pytestmark = pytest.mark.django_db


OWN_TABLES = {"statistics_release", "statistics_observation", "statistics_publishedfile"}


def released(period: str, stella: User, mara: User, now: datetime) -> Release:
    release = compile_period(period=period, by=stella, at=now)
    publish(release=release, by=mara, at=now)
    return release


def corrected(stella: User, mara: User, at: datetime, reason: str = "late_data") -> Release:
    note = "Letters of September were recorded late."
    release = compile_period(period="2026-09", by=stella, at=at, reason=reason, note=note)
    publish(release=release, by=mara, at=at)
    return release


def page(client: Client, **query: str) -> str:
    response = client.get(reverse("figures"), query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_before_anything_is_published_the_page_says_so(client: Client, stella: User) -> None:
    assert "No figures are published yet" in page(client)


def test_what_is_compiled_and_not_published_is_not_shown(
    client: Client, stella: User, now: datetime
) -> None:
    make_reports(12)
    compile_period(period="2026-09", by=stella, at=now)
    assert "No figures are published yet" in page(client)
    assert client.get(reverse("figures_csv", args=["2026-09"])).status_code == 404
    assert client.get(reverse("figures_sdmx", args=["2026-09"])).status_code == 404


def test_counts_stand_in_a_table_with_a_bar_each(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    make_reports(24, kind="cyberbullying")
    make_reports(12, kind="fraud")
    released("2026-09", stella, mara, now)
    html = page(client)
    text = words(html)
    assert "Figures for September 2026" in text
    assert "36 reports received" in text
    assert "Cyberbullying 24" in text
    assert "The largest count shown is 24: Cyberbullying." in text
    assert 'width="50%"' in html
    assert '<th scope="row">Cyberbullying</th>' in html


def test_a_withheld_count_is_called_so_and_is_never_zero(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    make_reports(24, kind="cyberbullying")
    make_reports(12, kind="fraud")
    make_reports(3, kind="grooming")
    released("2026-09", stella, mara, now)
    text = words(page(client))
    assert "Solicitation of a child for sexual purposes (grooming) withheld" in text
    # Its companion is not fewer than five, so the page says the same of both and no more.
    assert "Fraud, gambling or unwanted purchases withheld" in text
    assert "Withheld never means zero." in text


def test_few_broken_clocks_are_called_fewer_than_five(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    for _ in range(3):
        make_case()
    released("2026-09", stella, mara, now)
    assert "First look by a person fewer than 5" in words(page(client))


def test_what_did_not_occur_is_named_in_one_line(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    released("2026-09", stella, mara, now)
    text = words(page(client))
    assert "0 reports received" in text
    assert "None: Baseline" not in text
    assert "None: Illegal by the international baseline · Illegal by national law" in text
    assert "No case reached a step in this month." in text


def test_waits_are_told_in_words(client: Client, stella: User, mara: User, now: datetime) -> None:
    for hours in range(1, 12):
        make_case(first_reviewed_at=SEPTEMBER + timedelta(hours=hours))
    released("2026-09", stella, mara, now)
    text = words(page(client))
    assert "Half were seen within 6 hours. Nine in ten were seen within 10 hours." in text


def test_the_share_found_illegal_is_told_in_words(
    client: Client, stella: User, mara: User, ana: User, now: datetime
) -> None:
    make_findings({"baseline": 20, "not_illegal": 40}, by=ana)
    released("2026-09", stella, mara, now)
    assert "33% were found illegal." in words(page(client))


def test_the_newest_month_comes_first_and_others_can_be_chosen(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    for period in ("2026-07", "2026-09", "2026-08"):
        released(period, stella, mara, now)
    assert "Figures for September 2026" in page(client)
    older = page(client, period="2026-08")
    assert "Figures for August 2026" in older
    assert '<option value="2026-08" selected>August 2026</option>' in older


def test_a_month_without_figures_shows_the_newest_and_says_so(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    released("2026-09", stella, mara, now)
    text = words(page(client, period="2020-01"))
    assert "There are no figures for the month you asked for." in text
    assert "Figures for September 2026" in text


def test_the_newest_published_revision_is_shown(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    released("2026-09", stella, mara, now)
    make_reports(12)
    corrected(stella, mara, now)
    make_reports(50)
    compile_period(period="2026-09", by=stella, at=now, reason="late_data", note="Fifty more.")
    text = words(page(client))
    assert "12 reports received" in text
    assert "Version 2, published on" in text
    assert "Fifty more" not in text


@pytest.mark.parametrize("language", ["en", "zh-hans", "ar", "ru"])
def test_a_full_month_is_a_light_page_without_scripts_of_its_own(
    client: Client, stella: User, mara: User, ana: User, now: datetime, language: str
) -> None:
    make_full_month(by=ana)
    released("2026-09", stella, mara, now)
    response = client.get(reverse("figures"), headers={"accept-language": language})
    assert len(response.content) < 50_000
    scripts = re.findall(r"<script[^>]*>", response.content.decode())
    assert [tag for tag in scripts if "ui/exit" not in tag] == []
    assert "style=" not in response.content.decode()


def test_the_page_and_files_read_the_figures_and_no_other_ledger(
    client: Client, stella: User, mara: User, ana: User, now: datetime
) -> None:
    make_full_month(by=ana)
    released("2026-09", stella, mara, now)
    addresses = [
        reverse("figures"),
        reverse("figures_csv", args=["2026-09"]),
        reverse("figures_sdmx", args=["2026-09"]),
        reverse("figures_sdmx_ml", args=["2026-09"]),
        reverse("figures_structure"),
        reverse("figures_definitions"),
    ]
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(q["sql"] for q in queries)))
        assert tables <= OWN_TABLES, address


def test_the_csv_has_one_row_a_figure(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    make_reports(24, kind="cyberbullying")
    make_reports(3, kind="grooming")
    make_reports(9, kind="fraud")
    release = released("2026-09", stella, mara, now)
    response = client.get(reverse("figures_csv", args=["2026-09"]))
    assert response["Content-Type"].startswith("text/csv")
    assert 'filename="figures-2026-09-v1.csv"' in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert len(rows) == release.observations.count()
    kinds = {
        row["code"]: (row["value"], row["status"]) for row in rows if row["dimension"] == "kind"
    }
    assert kinds["cyberbullying"] == ("24", "published")
    assert kinds["grooming"] == kinds["fraud"] == ("", "withheld")
    assert kinds["privacy"] == ("0", "published")
    assert {row["ref_area"] for row in rows} == {"XS"}


def test_the_sdmx_file_says_the_same(
    client: Client, stella: User, mara: User, ana: User, now: datetime
) -> None:
    make_full_month(by=ana)
    release = released("2026-09", stella, mara, now)
    response = client.get(reverse("figures_sdmx", args=["2026-09"]))
    assert response["Content-Type"].startswith("application/vnd.sdmx.data+csv; version=2.0.0")
    found = sdmx.read_csv(response.content.decode())
    assert len(found) == release.observations.count()
    keys = {(row.ref_area, row.freq, row.time_period) for row in found}
    assert keys == {("XS", "M", "2026-09")}
    figures = {(row.indicator, *_split(row)): row for row in found}
    assert figures["reports", "", ""].value == 1_974
    assert figures["reports", "kind", "grooming"].status == "Q"
    assert figures["reports", "fourc", "4C.content.agg"].value == 113
    assert figures["reports", "language", "zh-hans"].status == "A"
    assert figures["reports", "audience", "child"].status == "A"
    assert figures["minutes_to_review", "statistic", "median"].unit_measure == "MIN"
    assert figures["clocks_breached", "clock", "police"].unit_measure == "COUNT"


def _split(row: sdmx.Obs) -> tuple[str, str]:
    """The one breakdown an observation stands in, and its code; empty for a total."""
    names = [one.sdmx for one in BREAKDOWNS]
    found = [(name, getattr(row, name)) for name in names if getattr(row, name) != "_T"]
    assert len(found) <= 1
    return found[0] if found else ("", "")


def test_an_independent_library_reads_the_sdmx_file(
    client: Client, stella: User, mara: User, ana: User, now: datetime
) -> None:
    make_full_month(by=ana)
    release = released("2026-09", stella, mara, now)
    text = client.get(reverse("figures_sdmx", args=["2026-09"])).content.decode()
    (dataset,) = read_sdmx(text, validate=False).data
    assert len(dataset.data) == release.observations.count()


@pytest.mark.parametrize("period", ["2026-08", "nothing", "2026-13"])
def test_files_of_unknown_months_are_not_found(client: Client, period: str) -> None:
    assert client.get(f"/public/figures/{period}.csv").status_code == 404
    assert client.get(f"/public/figures/{period}.sdmx.csv").status_code == 404


def test_the_sdmx_ml_file_and_its_structure_say_the_same_as_csv(
    client: Client, stella: User, mara: User, ana: User, now: datetime
) -> None:
    make_full_month(by=ana)
    released("2026-09", stella, mara, now)
    answer = client.get(reverse("figures_sdmx_ml", args=["2026-09"]))
    assert answer["Content-Type"] == "application/vnd.sdmx.data+xml; version=3.0.0; charset=utf-8"
    structure = client.get(reverse("figures_structure"))
    assert structure["Content-Type"].startswith("application/vnd.sdmx.structure+xml; version=3.0.0")
    (dataset,) = get_datasets(answer.content.decode(), structure.content.decode(), validate=True)
    rows = dataset.data.to_dict("records")
    read = {
        tuple(str(row[name]) for name in sdmx.DIMENSIONS): (
            None if row["OBS_STATUS"] == "Q" else int(float(row["OBS_VALUE"])),
            row["CONF_STATUS"],
        )
        for row in rows
    }
    text = client.get(reverse("figures_sdmx", args=["2026-09"])).content.decode()
    told = sdmx.sorted_rows(sdmx.read_csv(text))
    width = len(sdmx.DIMENSIONS)
    assert read == {
        row[:width]: (None if row[width] == "NaN" else int(row[width]), row[width + 2])
        for row in told
    }


def test_every_figure_and_breakdown_published_is_defined(
    client: Client, stella: User, mara: User, ana: User, now: datetime
) -> None:
    make_full_month(by=ana)
    released("2026-09", stella, mara, now)
    kept = Observation.objects.values_list("indicator", "dimension", "unit").distinct()
    defined = {one.code: one for one in INDICATORS}
    for indicator, dimension, unit in kept:
        assert defined[indicator].unit == unit
        assert dimension in ("total", *defined[indicator].breakdowns)
    html = client.get(reverse("figures_definitions")).content.decode()
    for one in (*INDICATORS, *BREAKDOWNS):
        assert f'id="{one.code}"' in html
    linked = set(re.findall(r'definitions/#([a-z0-9_]+)"', page(client)))
    assert linked <= {*re.findall(r'id="([a-z0-9_]+)"', html)}
    assert {"reports", "kind", "outcome", "clock", "minutes_to_police", "corrections"} <= linked


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_the_definitions_weigh_little_with_all_their_sheets(client: Client, language: str) -> None:
    answer = client.get(reverse("figures_definitions"), headers={"accept-language": language})
    sheets = re.findall(r"/static/((?:ui|statistics)/[a-z]+)[^\"]*\.css", answer.content.decode())
    found = [finders.find(f"{name}.css") for name in sheets]
    assert len(found) == 4
    weight = len(answer.content) + sum(Path(str(one)).stat().st_size for one in found)
    assert weight < 50_000


def test_a_definition_that_nobody_compared_with_its_source_says_so(client: Client) -> None:
    text = words(client.get(reverse("figures_definitions")).content.decode())
    assert text.count("not yet compared with it") == sum(
        not one.verified for one in (*INDICATORS, *BREAKDOWNS)
    )


def test_all_versions_stay_with_their_checksums(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    make_reports(24, kind="cyberbullying")
    released("2026-09", stella, mara, now)
    make_reports(10, kind="fraud")
    corrected(stella, mara, now)
    html = page(client)
    text = words(html)
    assert "Late data: reports or findings were recorded afterwards." in text
    assert "Letters of September were recorded late." in text
    for revision, kind in ((1, "csv"), (2, "csv"), (1, "sdmx.xml"), (2, "sdmx.csv")):
        file = client.get(reverse("figures_file", args=["2026-09", revision, kind]))
        assert f"figures-2026-09-v{revision}.{kind}" in file["Content-Disposition"]
        assert hashlib.sha256(file.content).hexdigest() in html
    assert ",reports,total,_T,24," in _csv(client, 1)
    assert ",reports,total,_T,34," in _csv(client, 2)


def _csv(client: Client, revision: int) -> str:
    return client.get(reverse("figures_file", args=["2026-09", revision, "csv"])).content.decode()


def test_a_correction_for_disclosure_withdraws_what_was_before(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    make_reports(24, kind="cyberbullying")
    released("2026-09", stella, mara, now)
    corrected(stella, mara, now, "disclosure")
    gone = client.get(reverse("figures_file", args=["2026-09", 1, "csv"]))
    assert gone.status_code == 410
    assert "please delete it" in gone.content.decode()
    assert client.get(reverse("figures_csv", args=["2026-09"])).status_code == 200
    assert "Its files were withdrawn" in words(page(client))


def test_figures_are_provisional_first_and_final_later(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    make_reports(24)
    released("2026-09", stella, mara, now)
    assert "Provisional: late data may still change them" in words(page(client))
    corrected(stella, mara, now + timedelta(days=90))
    assert "Final" in words(page(client))


@pytest.mark.parametrize("address", [("2026-09", 7, "csv"), ("2026-09", 1, "exe")])
def test_files_that_never_were_are_not_found(
    client: Client, stella: User, mara: User, now: datetime, address: tuple[str, int, str]
) -> None:
    released("2026-09", stella, mara, now)
    assert client.get(reverse("figures_file", args=address)).status_code == 404
