# SPDX-License-Identifier: Apache-2.0
"""A citizen who uses only the keyboard reports two addresses and an account."""

import re

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import Opened, Picture, stays_within

pytestmark = [pytest.mark.browser, pytest.mark.world]

# What the focused element looks like apart from its neighbours: an outline, or a label's ring.
SEEN = """() => {
  const one = document.activeElement;
  const near = [one, one.closest("label"), one.nextElementSibling, one.closest(".card")];
  const ring = near.filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = one.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return { ring, inside, what: one.outerHTML.slice(0, 120) };
}"""


def tab_to(page: Page, selector: str, *, most: int = 60) -> None:
    """Press Tab until the focus is on `selector`; every stop on the way is visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        seen = page.evaluate(SEEN)
        assert seen["ring"], f"focus does not show on {page.url}: {seen['what']}"
        assert seen["inside"], f"focus is out of sight on {page.url}: {seen['what']}"
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab on {page.url}")


def press_next(page: Page) -> None:
    tab_to(page, "main form button.button")
    # Not any navigation: the first question also sets its own place in the history.
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def test_reports_two_addresses_and_an_account_by_keyboard(
    world: World, browse: Opened, picture: Picture
) -> None:
    page = browse(width=1024)
    page.goto(world.url("public"))
    tab_to(page, "a.skip", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    tab_to(page, "a[href='/report/start/public/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "input[name=kind]")
    page.keyboard.press("Space")
    picture(page, "citizen-focus", full=False)
    press_next(page)

    tab_to(page, "[name=addresses]")
    page.keyboard.type(world.page("citizen-one"))
    page.keyboard.press("Enter")
    page.keyboard.type(world.page("citizen-two"))
    tab_to(page, "[name=service]")
    page.keyboard.type("Harbour Chat")
    tab_to(page, "[name=account]")
    page.keyboard.type("@someone-invented")
    press_next(page)

    tab_to(page, "input[value=hosting]")
    page.keyboard.press("Space")
    press_next(page)
    tab_to(page, "[name=words]")
    page.keyboard.type("I came across both pages and they worry me.")
    press_next(page)
    press_next(page)

    # By e-mail, but without an address: what is missing comes first and has the focus.
    tab_to(page, "input[name=safe_contact]")
    page.keyboard.press("ArrowDown")
    press_next(page)
    expect(page.locator(".error-summary")).to_be_focused()
    picture(page, "citizen-error")
    tab_to(page, ".error-summary a", most=1)
    page.keyboard.press("Enter")
    expect(page.locator("[name=contact]")).to_be_focused()
    page.keyboard.type("citizen@example.org")
    press_next(page)

    summary = page.locator("dl.summary")
    for told in ("citizen-one", "citizen-two", "@someone-invented", "citizen@example.org"):
        expect(summary).to_contain_text(told)
    press_next(page)
    expect(page).to_have_url(re.compile("/report/sent/"))
    receipt = re.sub(r"\D", "", page.locator(".receipt .visually-hidden").inner_text())

    page.goto(world.url("public", "/receipt/"))
    tab_to(page, "input[name=receipt]")
    page.keyboard.type(receipt)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(world.url("public", "/receipt/status/"))


def test_nothing_scrolls_sideways_when_enlarged(world: World, browse: Opened) -> None:
    """320 CSS pixels are a 1280 pixel window at 400 % (WCAG 2.2, 1.4.10); text at 200 % (1.4.4).

    In Russian, whose words are long.
    """
    page = browse(language="ru", width=320, height=640)
    page.goto(world.url("public", "/report/start/public/"))
    page.locator("button[name=skip]").click()
    for path in ("/", "/report/start/public/", "/report/where/", "/report/send/", "/receipt/",
                 "/help/", "/about/", "/figures/"):  # fmt: skip
        page.goto(world.url("public", path))
        stays_within(page)
        page.set_viewport_size({"width": 640, "height": 640})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        stays_within(page)
        page.set_viewport_size({"width": 320, "height": 640})
