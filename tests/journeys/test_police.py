# SPDX-License-Identifier: Apache-2.0
"""The police liaison at the partners' door: takes the package, asks to wait, answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from hearthline.kit.formats.package import open_package
from tests.journeys.conftest import Opened, Picture
from tests.journeys.steps import eventually, judge, letters, says, sign_in, tell

pytestmark = [pytest.mark.browser, pytest.mark.world]

NAME = "held"


@pytest.fixture
def worker_rests(world: World) -> Iterator[None]:
    """While the worker is down nothing is sent, so that a step can be looked at by itself."""
    resting = world.running.pop("worker")
    resting.terminate()
    resting.wait(timeout=20)
    yield
    if "worker" not in world.running:
        world.start("worker")


@pytest.mark.usefixtures("worker_rests")
def test_the_host_hears_only_after_police_and_their_hold(
    world: World, browse: Opened, picture: Picture, tmp_path: Path
) -> None:
    tell(world, NAME)
    path = judge(world, NAME)

    # An analyst prepares the package for the partners' door.
    ana = sign_in(browse(), world, "ana")
    ana.goto(world.url("desk", path))
    ana.get_by_role("link", name="Prepare a package for police").click()
    picture(ana, "desk-referral-new")
    ana.locator("[name=channel]").last.check()
    with ana.expect_navigation():
        ana.locator("main button.button").click()
    expect(ana.locator("[role=status]")).to_contain_text("The package is prepared")
    picture(ana, "desk-referral")

    paulo = sign_in(browse(), world, "paulo", "partners")
    reference = path.split("/")[2][:8].upper()
    picture(paulo, "partners-packages")
    paulo.locator("td a", has_text=reference).click()
    with paulo.expect_download() as download:
        paulo.get_by_role("button", name="Download the package").click()
    kept = tmp_path / "package.age"
    download.value.save_as(kept)
    opened = open_package(kept.read_bytes(), world.unit_identity)
    assert world.page(NAME) in str(opened.record())

    paulo.reload()
    paulo.locator("[name=unit_reference]").fill("SP-2026-17")
    with paulo.expect_navigation():
        paulo.get_by_role("button", name="Acknowledge").click()
    expect(paulo.locator("[role=status]")).to_contain_text("The hotline sees your reference")

    asks_to_wait(paulo)
    picture(paulo, "partners-hold")

    world.run("-m", "hearthline.cli", "worker", "--once")
    assert not any(says(letter, world.page(NAME)) for letter in letters(world))
    ana.goto(world.url("desk", path))
    expect(ana.locator("main")).to_contain_text("Police asked to wait with the host until")

    with paulo.expect_navigation():
        paulo.get_by_role("button", name="Lift the hold now").click()
    expect(paulo.locator("[role=status]")).to_contain_text("The hold is lifted")
    world.start("worker")
    eventually(
        "the notice at the host",
        lambda: any(says(letter, world.page(NAME)) for letter in letters(world)),
    )

    paulo.locator("[name=outcome]").select_option("investigating")
    with paulo.expect_navigation():
        paulo.get_by_role("button", name="Send the outcome").click()
    expect(paulo.locator("[role=status]")).to_contain_text("The hotline sees the outcome")


def asks_to_wait(paulo: Page) -> None:
    """A hold without a reason is not taken, and nothing typed is lost; with one it is."""
    until = f"{datetime.now(UTC) + timedelta(hours=20):%Y-%m-%dT%H:%M}"
    paulo.locator("[name=until]").fill(until)
    with paulo.expect_navigation():
        paulo.get_by_role("button", name="Ask for the hold").click()
    expect(paulo.locator(".error-summary")).to_contain_text("why the host should not be told")
    expect(paulo.locator("[name=until]")).to_have_value(until)
    paulo.locator("[name=reason]").fill("A search is planned for tomorrow.")
    with paulo.expect_navigation():
        paulo.get_by_role("button", name="Ask for the hold").click()
    expect(paulo.locator("[role=status]")).to_contain_text("The host is not told before")


def test_by_mail_too_police_hear_first(world: World) -> None:
    tell(world, "by-mail")
    reference = judge(world, "by-mail").split("/")[2][:8].upper()
    address = world.page("by-mail")
    told = eventually(
        "the notice", lambda: next((each for each in letters(world) if says(each, address)), None)
    )
    police = next(each for each in letters(world) if reference in str(each.message["Subject"]))
    assert police.name < told.name
    sealed = next(police.message.iter_attachments()).get_content()
    assert address in str(open_package(sealed, world.unit_identity).record())


def test_staff_of_the_hotline_have_no_way_in(world: World, browse: Opened) -> None:
    page = browse()
    for who in ("ana", "mara", "omar", "ada"):
        page.goto(world.url("partners", "/demo/"))
        assert page.locator(f"form[action$='/sign-in/{who}/']").count() == 0
        # Nor does a session of the desk open this door: each door has a cookie of its own.
        sign_in(page, world, who)
        page.goto(world.url("partners", "/"))
        expect(page.locator("input[name=login]")).to_be_visible()


def test_the_liaison_has_no_way_to_the_desk(world: World, browse: Opened) -> None:
    paulo = sign_in(browse(), world, "paulo", "partners")
    for path in ("/", "/notices/", "/referrals/", "/directory/", "/audit/", "/staff/"):
        paulo.goto(world.url("desk", path))
        expect(paulo.locator("input[name=login]")).to_be_visible()
