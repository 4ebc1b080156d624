# SPDX-License-Identifier: Apache-2.0
"""The pictures of the README, taken of the running programs.

With HEARTHLINE_KEEP_PICTURES=1 they are copied to docs/pictures/.
"""

import os
import shutil

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import OUTPUT, ROOT, Opened
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.world]

LIMIT = 120 * 1024  # bytes of a picture in the repository


def take(page: Page, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / f"{name}.png"
    page.screenshot(path=path)
    if os.environ.get("HEARTHLINE_KEEP_PICTURES") == "1":
        assert path.stat().st_size < LIMIT, "take it of a fresh world, by this file alone"
        kept = ROOT / "docs" / "pictures"
        kept.mkdir(exist_ok=True)
        shutil.copy(path, kept / path.name)


def test_the_childs_first_screen(world: World, browse: Opened) -> None:
    page = browse(width=390, height=844)
    page.goto(world.url("public"))
    # Everything that counts is in sight without scrolling.
    expect(page.locator("nav.cards a").last).to_be_in_viewport(ratio=1)
    expect(page.locator(".emergency a.call")).to_be_in_viewport(ratio=1)
    take(page, "child")


def test_the_desk(world: World, browse: Opened) -> None:
    page = sign_in(browse(width=1280, height=800), world, "ana")
    page.goto(world.url("desk", "/?lane=new"))
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    take(page, "desk")
