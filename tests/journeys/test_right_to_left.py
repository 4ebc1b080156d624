# SPDX-License-Identifier: Apache-2.0
"""Arabic: pages read from the right, arrows point that way, addresses stay as they are."""

import pytest
from playwright.sync_api import Locator, Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import Opened, Picture, stays_within
from tests.journeys.steps import case_of, come_back, press, sign_in, tell

pytestmark = [pytest.mark.browser, pytest.mark.world]


def side_of(page: Page, one: Locator) -> str:
    """On which half of the page it stands."""
    box = one.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return "right" if box["x"] + box["width"] / 2 > size["width"] / 2 else "left"


def turned(arrow: Locator) -> bool:
    """Whether an icon that points is mirrored."""
    style = "e => { const s = getComputedStyle(e); return [s.transform, s.scale].join(' '); }"
    return "-1" in str(arrow.evaluate(style))


@pytest.mark.parametrize("width", [360, 1280])
def test_public_pages_read_from_the_right(
    world: World, browse: Opened, picture: Picture, width: int
) -> None:
    receipt = tell(world, f"rtl-{width}", language="ar", audience="child")
    page = browse(language="ar", width=width)

    def read(path: str, name: str) -> None:
        page.goto(world.url("public", path))
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert page.locator("html").get_attribute("lang") == "ar"
        stays_within(page)
        picture(page, f"rtl-{name}-{width}")

    read("/", "home")
    assert side_of(page, page.locator("header .name")) == "right"
    assert side_of(page, page.locator("header .leave")) == "left"
    card = page.locator("nav.cards a").first
    assert turned(card.locator("svg").last)

    read("/report/start/child/", "what")
    press(page, "button[name=skip]")
    stays_within(page)
    expect(page.locator("[name=addresses]")).to_have_attribute("dir", "ltr")
    back = page.locator("a.back")
    assert turned(back.locator("svg"))
    assert side_of(page, back) == "left"
    picture(page, f"rtl-where-{width}")

    come_back(page, world, receipt)
    read("/receipt/status/", "status")
    read("/figures/", "figures")
    read("/help/", "help")
    # A telephone number keeps its order.
    assert page.locator("a.call bdi").first.inner_text().isascii()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_desk_reads_from_the_right(
    world: World, browse: Opened, picture: Picture, width: int
) -> None:
    page = sign_in(browse(language="ar", width=width), world, "ana")
    page.goto(world.url("desk", "/?lane=new"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    stays_within(page)
    picture(page, f"rtl-queue-{width}")
    assert side_of(page, page.locator("header .name")) == "right"
    page.goto(world.url("desk", case_of(page, world, "story-[0-9]+")))
    stays_within(page)
    # The place reads as an address does.
    place = page.locator("p.place").first
    expect(place).to_have_attribute("dir", "ltr")
    expect(place).to_contain_text("hxxp://")
    picture(page, f"rtl-case-{width}")
