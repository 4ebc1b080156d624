# SPDX-License-Identifier: Apache-2.0
"""Stella compiles last month, Mara publishes it, anybody reads it and takes it along."""

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from hearthline.kit.formats import sdmx
from tests.journeys.conftest import Opened, Picture
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.world]


def last_month() -> str:
    return f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}"


def taken(page: Page, ending: str, folder: Path) -> str:
    with page.expect_download() as download:
        page.locator(f".files a[href$='{last_month()}{ending}']").click()
    download.value.save_as(folder / "figures")
    return (folder / "figures").read_text(encoding="utf-8")


def test_one_compiles_another_publishes_everybody_reads(
    world: World, browse: Opened, picture: Picture, tmp_path: Path
) -> None:
    stella = sign_in(browse(), world, "stella")
    expect(stella).to_have_url(world.url("desk", "/figures/"))
    # Next month is not over: the form says so and keeps what was typed.
    stella.locator("[name=period]").fill("2999-01")
    with stella.expect_navigation():
        stella.get_by_role("button", name="Compile").click()
    expect(stella.locator(".error-summary")).to_be_visible()
    expect(stella.locator("[name=period]")).to_have_value("2999-01")
    stella.locator("[name=period]").fill(last_month())
    with stella.expect_navigation():
        stella.get_by_role("button", name="Compile").click()
    if stella.locator(".error-summary").is_visible():
        # The world has published this month already: a correction says why it is made.
        stella.locator("[name=reason]").select_option("late_data")
        stella.locator("[name=note]").fill("Letters were recorded late.")
        with stella.expect_navigation():
            stella.get_by_role("button", name="Compile").click()
    expect(stella.locator("[role=status]")).to_contain_text("A hotline manager can now")
    # The statistician does not publish.
    expect(stella.get_by_role("button", name="Publish")).to_have_count(0)
    release = stella.url
    refused = stella.request.post(f"{release}publish/", headers={"Referer": release})
    assert refused.status == 403

    mara = sign_in(browse(), world, "mara")
    mara.goto(release)
    picture(mara, "desk-release")
    with mara.expect_navigation():
        mara.get_by_role("button", name="Publish").click()
    expect(mara.locator("[role=status]")).to_contain_text("Everybody can read these figures now")

    page = browse()
    page.goto(world.url("public", "/figures/"))
    picture(page, "figures-en")
    expect(page.locator("main")).to_contain_text("Withheld never means zero")
    withheld = page.locator(".chart-hidden")
    assert withheld.count() > 0
    assert {re.sub(r"\d", "n", text) for text in withheld.all_inner_texts()} <= {
        "fewer than n", "withheld", "Withheld",
    }  # fmt: skip

    rows = list(csv.reader(taken(page, ".csv", tmp_path).splitlines()))
    assert len(rows) > 20
    observations = sdmx.read_csv(taken(page, ".sdmx.csv", tmp_path))
    counts = [one.value for one in observations if one.unit_measure == "COUNT"]
    assert None in counts
    assert [value for value in counts if value is not None and 0 < value < 5] == []
