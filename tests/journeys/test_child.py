# SPDX-License-Identifier: Apache-2.0
"""A child, in Chinese, on a small phone without JavaScript, tells us and comes back."""

import re

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import ELSEWHERE, Opened, Picture
from tests.journeys.steps import come_back, tell

pytestmark = [pytest.mark.browser, pytest.mark.world]

CHINESE = re.compile(r"[\u4e00-\u9fff]{3}")
FULL_WIDTH = str.maketrans("0123456789", "0123456789")
NEUTRAL = "天气"


def phone(browse: Opened, *, scripts: bool = False, leaves: bool = False) -> Page:
    return browse(language="zh-CN", width=360, height=740, scripts=scripts, leaves=leaves)


def forward(page: Page) -> None:
    page.locator("main form button.button").click()


def skip(page: Page) -> None:
    page.locator("button[name=skip]").click()


def asked(page: Page, step: str) -> None:
    """The page asks this step, in Chinese, fits the phone and is called something harmless."""
    expect(page).to_have_url(re.compile(f"/report/{step}/"))
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert CHINESE.search(page.locator("h1").inner_text())
    assert page.title() == NEUTRAL
    sideways = page.locator("body").evaluate("b => b.scrollWidth - b.clientWidth")
    assert sideways <= 0, page.url


def test_tells_and_comes_back(world: World, browse: Opened, picture: Picture) -> None:
    page = phone(browse)
    page.goto(world.url("public"))
    picture(page, "child-home-zh")
    page.locator("a[href='/report/start/child/']").click()

    asked(page, "start/child")
    picture(page, "child-what-zh")
    page.locator("input[value=unknown], input[value=other]").first.check()
    forward(page)

    asked(page, "where")
    picture(page, "child-where-zh")
    page.locator("[name=addresses]").fill(world.page("child-page"))
    forward(page)

    asked(page, "now")
    picture(page, "child-now-zh")
    page.locator("input[value=danger_now]").check()
    forward(page)

    # Somebody may be in danger: the number comes before everything else, and the way on is open.
    asked(page, "danger")
    picture(page, "child-danger-zh")
    assert page.locator("a.call-big").get_attribute("href") == "tel:555-0100"
    page.locator("main a.button-quiet").first.click()

    asked(page, "words")
    picture(page, "child-words-zh")
    page.locator("[name=words]").fill("有人在网上一直找我,我有点怕。")
    forward(page)

    asked(page, "child")
    picture(page, "child-child-zh")
    page.locator("input[name=age_band][value=unknown]").check()
    forward(page)

    asked(page, "contact")
    picture(page, "child-contact-zh")
    skip(page)

    asked(page, "send")
    picture(page, "child-send-zh")
    expect(page.locator("dl.summary")).to_contain_text("有人在网上一直找我")
    forward(page)

    asked(page, "sent")
    picture(page, "child-sent-zh")
    receipt = re.sub(r"\D", "", page.locator(".receipt .visually-hidden").inner_text())
    assert len(receipt) == 16

    # "I have kept it" ends the visit: the receipt is never shown again, not even by Back.
    page.locator(".receipt-box button.button").click()
    expect(page).to_have_url(world.url("public"))
    page.go_back()
    assert receipt[:4] not in page.locator("main").inner_text()

    comes_back_and_writes(page, world, receipt, picture)


def comes_back_and_writes(page: Page, world: World, receipt: str, picture: Picture) -> None:
    # Typed with full-width digits and wide spaces, as a Chinese keyboard writes them.
    typed = "\u3000".join(receipt[n : n + 4] for n in range(0, 16, 4)).translate(FULL_WIDTH)
    come_back(page, world, typed)
    picture(page, "child-status-zh")
    assert CHINESE.search(page.locator("ol.timeline").inner_text())
    assert page.title() == NEUTRAL

    page.locator("[name=body]").fill("我还想问一下,你们看了吗?")
    page.locator("form[action='/receipt/message/'] button.button").click()
    expect(page.locator("main")).to_contain_text("我还想问一下")
    picture(page, "child-letter-zh")


def test_skips_every_question_and_is_asked_for_a_few_words(world: World, browse: Opened) -> None:
    page = phone(browse)
    page.goto(world.url("public", "/report/start/child/"))
    for step in ("start/child", "where", "now", "words", "child", "contact"):
        asked(page, step)
        skip(page)
    asked(page, "send")
    forward(page)
    asked(page, "send")
    page.locator(".notice a").click()
    asked(page, "words")
    page.locator("[name=words]").fill("我需要帮助。")
    forward(page)
    page.goto(world.url("public", "/report/send/"))
    forward(page)
    asked(page, "sent")


def test_takes_a_report_back(world: World, browse: Opened, picture: Picture) -> None:
    receipt = tell(world, "child-takes-back", audience="child", language="zh-hans")
    page = phone(browse)
    come_back(page, world, receipt)
    page.locator("a[href='/receipt/withdraw/']").click()
    assert CHINESE.search(page.locator("h1").inner_text())
    picture(page, "child-withdraw-zh")
    page.locator("main button.button").click()
    expect(page).to_have_url(world.url("public", "/receipt/status/"))
    expect(page.locator("[name=body]")).to_have_count(0)
    picture(page, "child-withdrawn-zh")
    # Closing the page ends it in this browser; the receipt would open it again.
    page.locator("form[action='/receipt/leave/'] button").click()
    page.goto(world.url("public", "/receipt/status/"))
    expect(page).to_have_url(world.url("public", "/receipt/?over"))


def test_refuses_pictures_kindly_and_keeps_the_rest(
    world: World, browse: Opened, picture: Picture
) -> None:
    page = phone(browse)
    page.goto(world.url("public", "/report/start/child/"))
    skip(page)
    page.locator("[name=addresses]").fill("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg" + "A" * 60)
    page.locator("[name=service]").fill("一个应用")
    forward(page)
    asked(page, "where")
    expect(page.locator(".error-summary")).to_be_visible()
    assert CHINESE.search(page.locator(".error-summary").inner_text())
    assert "base64" not in page.content()
    assert page.locator("[name=service]").input_value() == "一个应用"
    picture(page, "child-picture-refused-zh")
    forward(page)
    asked(page, "now")
    skip(page)

    page.locator("[name=words]").fill("iVBORw0KGgoAAAANSUhEUgAAAAUA" + "Zm9vYmFy" * 60)
    forward(page)
    asked(page, "words")
    expect(page.locator(".error-summary")).to_be_visible()
    assert "iVBORw0KGgo" not in page.content()
    skip(page)
    page.goto(world.url("public", "/report/send/"))
    expect(page.locator("dl.summary")).to_contain_text("一个应用")


def test_leaves_at_once_without_scripts(world: World, browse: Opened) -> None:
    page = phone(browse, leaves=True)
    page.goto(world.url("public", "/report/start/child/"))
    page.locator("input[name=kind]").first.check()
    forward(page)
    page.locator("[name=service]").fill("一个应用")
    forward(page)
    page.locator("a.leave").click()
    expect(page).to_have_url(ELSEWHERE)
    # The answers are out of reach in this browser, even by Back.
    page.go_back()
    assert page.locator("input[name=facts]").count() == 0
    page.goto(world.url("public", "/report/where/"))
    assert page.locator("[name=service]").count() == 0


def test_escape_leaves_and_back_shows_nothing(world: World, browse: Opened) -> None:
    page = phone(browse, scripts=True, leaves=True)
    page.goto(world.url("public"))
    page.locator("a[href='/report/start/child/']").click()
    page.locator("input[name=kind]").first.check()
    forward(page)
    asked(page, "where")
    page.locator("[name=service]").fill("一个应用")
    page.keyboard.press("Escape")
    expect(page).to_have_url(ELSEWHERE)
    page.go_back()
    # Neither the page that was left nor the one before it is in the history any more.
    expect(page).to_have_url(ELSEWHERE)
