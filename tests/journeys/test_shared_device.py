# SPDX-License-Identifier: Apache-2.0
"""A child tells us on a device that others use, leaves, and somebody else looks where they were."""

import re
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import ELSEWHERE, Opened
from tests.journeys.steps import press, tell

pytestmark = [pytest.mark.browser, pytest.mark.world]

# What the child typed, in three questions.
TYPED = ("chatter.example.org/u/kite_99", "Kite Club", "The blue kite knows my school.")
NEUTRAL = "Weather"
# The harmless page is beyond this machine, and a redirect to it ends here.
UNREACHED = "chrome-error:"
QUESTIONS = re.compile(r"/report/(what|where|now|words)/")
LEAVE = {
    "button": lambda page: page.locator("header a.leave").click(),
    "escape": lambda page: page.keyboard.press("Escape"),
}


def phone(browse: Opened, *, scripts: bool = True) -> Page:
    return browse(width=360, height=740, scripts=scripts, leaves=True)


def tells(page: Page, world: World) -> None:
    """Up to the fifth question; the words of the fourth are typed."""
    page.goto(world.url("public"))
    press(page, "a[href='/report/start/child/']")
    page.locator("input[value=extortion_money]").check()
    press(page, "main form button.button")
    page.locator("[name=addresses]").fill(TYPED[0])
    page.locator("[name=service]").fill(TYPED[1])
    press(page, "main form button.button")
    press(page, "main form button.button")
    page.locator("[name=words]").fill(TYPED[2])


HELD = """() => [document.documentElement.outerHTML, document.title,
  ...[...document.querySelectorAll('input, textarea')].map((each) => each.value)]"""
CHOSEN = "() => document.querySelectorAll('main input:checked').length"


def settled(page: Page, script: str) -> Any:
    """What `script` finds, once the page stays: it may be on its way to the harmless one."""
    for _try in range(30):
        try:
            return page.evaluate(script)
        except PlaywrightError:
            page.wait_for_timeout(100)
    raise AssertionError(f"{page.url} does not come to rest")


def shows_nothing(page: Page, *secrets: str) -> None:
    """Nothing typed, chosen or given is on the page, wherever it came from."""
    held, chosen = settled(page, HELD), settled(page, CHOSEN)
    for secret in (*TYPED, *secrets):
        assert not any(secret in text for text in held), page.url
    assert chosen == 0, page.url
    if page.url != ELSEWHERE and not page.url.startswith(UNREACHED):
        assert held[1] in {NEUTRAL, ""}, page.url


def looks_everywhere(page: Page, *secrets: str) -> list[str]:
    """Back to the first page of this tab and forward to the last; every address that was shown."""
    seen = []
    for step in ("back", "forward"):
        for _entry in range(settled(page, "() => history.length")):
            settled(page, f"() => history.{step}()")
            page.wait_for_timeout(150)
            if page.url == "about:blank":
                break
            shows_nothing(page, *secrets)
            for _wait in range(20):  # a question goes on to the harmless page, at its own pace
                if not QUESTIONS.search(page.url):
                    break
                page.wait_for_timeout(150)
            seen.append(page.url)
        if page.url == "about:blank":
            page.go_forward()
    return seen


def no_cookie_left(page: Page) -> None:
    assert [one["name"] for one in page.context.cookies() if "hearthline" in one["name"]] == []


@pytest.mark.parametrize("way", LEAVE)
def test_after_leaving_nothing_is_found_by_back_or_forward(
    way: str, world: World, browse: Opened
) -> None:
    page = phone(browse)
    tells(page, world)
    LEAVE[way](page)
    expect(page).to_have_url(ELSEWHERE)
    no_cookie_left(page)
    # The pages of the form were left: Back finds the harmless page in their place.
    page.go_back()
    expect(page).to_have_url(ELSEWHERE)
    seen = looks_everywhere(page)
    assert not [url for url in seen if QUESTIONS.search(url)]
    # The tab's address, opened again.
    for step in ("words", "where", "send", "sent"):
        page.goto(world.url("public", f"/report/{step}/"))
        shows_nothing(page)


def test_without_scripts_the_link_leaves_as_little(world: World, browse: Opened) -> None:
    page = phone(browse, scripts=False)
    tells(page, world)
    page.locator("header a.leave").click()
    expect(page).to_have_url(ELSEWHERE)
    no_cookie_left(page)
    for _entry in range(8):
        if page.go_back() is None:
            break
        words = page.locator("body").inner_text()
        assert not any(typed in words for typed in TYPED), page.url
        for field in page.locator("input:not([type=hidden]), textarea").all():
            assert field.get_attribute("type") == "radio" or field.input_value() == ""
        assert page.locator("main input:checked").count() == 0
        assert page.title() in {NEUTRAL, ""}


def test_the_receipt_and_the_letter_are_found_by_nobody(world: World, browse: Opened) -> None:
    page = phone(browse)
    tells(page, world)
    press(page, "main form button.button")
    press(page, "button[name=skip]")
    press(page, "button[name=skip]")
    press(page, "main form button.button")
    expect(page).to_have_url(world.url("public", "/report/sent/"))
    shown = page.locator(".receipt .visually-hidden").inner_text()
    digits = re.sub(r"\D", "", shown)
    page.keyboard.press("Escape")
    expect(page).to_have_url(ELSEWHERE)
    looks_everywhere(page, shown, digits)
    page.goto(world.url("public", "/report/sent/"))
    shows_nothing(page, shown, digits)


def test_coming_back_and_leaving_leaves_no_receipt_and_no_letter(
    world: World, browse: Opened
) -> None:
    receipt = tell(world, "shared-device", audience="child")
    page = phone(browse)
    page.goto(world.url("public", "/receipt/"))
    page.locator("[name=receipt]").fill(receipt)
    press(page, "main button.button")
    page.locator("[name=body]").fill("Is my blue letter read?")
    press(page, "form[action='/receipt/message/'] button.button")
    expect(page.locator("main")).to_contain_text("Is my blue letter read?")
    page.keyboard.press("Escape")
    expect(page).to_have_url(ELSEWHERE)
    no_cookie_left(page)
    groups = " ".join(receipt[n : n + 4] for n in range(0, 16, 4))
    looks_everywhere(page, receipt, groups, "Is my blue letter read?")
    page.goto(world.url("public", "/receipt/status/"))
    shows_nothing(page, receipt, groups, "Is my blue letter read?")


def test_a_kept_number_is_shown_once_and_only_it_leads_back(world: World, browse: Opened) -> None:
    page = phone(browse)
    tells(page, world)
    press(page, "button[name=keep]")
    press(page, "main form button.button")
    shown = page.locator(".receipt .visually-hidden").inner_text()
    page.locator("main [data-leave]").click()
    expect(page).to_have_url(ELSEWHERE)
    no_cookie_left(page)
    looks_everywhere(page, shown, re.sub(r"\D", "", shown))
    # Another phone, without any cookie.
    other = phone(browse)
    other.goto(world.url("public"))
    press(other, "a[href='/report/go-on/']")
    other.locator("[name=number]").fill(shown)
    press(other, "main form button.button")
    expect(other).to_have_url(world.url("public", "/report/child/"))
    other.goto(world.url("public", "/report/words/"))
    assert other.locator("[name=words]").input_value() == TYPED[2]


def test_back_within_the_form_works_as_people_expect(world: World, browse: Opened) -> None:
    page = phone(browse)
    tells(page, world)
    page.go_back()
    expect(page).to_have_url(re.compile("/report/now/"))
    page.go_back()
    expect(page).to_have_url(re.compile("/report/where/"))
    assert page.locator("[name=service]").input_value() == TYPED[1]
    # The first question again, with its answer, and nothing of the rest is lost.
    page.go_back()
    expect(page).to_have_url(re.compile("/report/what/"))
    assert page.locator("input[value=extortion_money]").is_checked()
    press(page, "main form button.button")
    assert page.locator("[name=service]").input_value() == TYPED[1]


def test_sensitive_fields_are_not_remembered_by_the_browser(world: World, browse: Opened) -> None:
    page = phone(browse)
    tells(page, world)
    for path in ("/report/where/", "/report/words/", "/report/contact/", "/report/go-on/",
                 "/receipt/"):  # fmt: skip
        answer = page.goto(world.url("public", path))
        assert answer is not None
        assert answer.headers["cache-control"] == "no-store"
        fields = page.locator("main input:not([type=hidden]):not([type=radio]), main textarea")
        assert fields.count()
        for field in fields.all():
            assert field.get_attribute("autocomplete") == "off", path
