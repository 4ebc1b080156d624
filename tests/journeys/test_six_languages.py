# SPDX-License-Identifier: Apache-2.0
"""Every page of the public door in the six languages of the United Nations, on a small phone.

No sentence is left in English, nothing runs out of its box, nor, small or wide, out of the page,
and each language runs in its own direction. Each page is written to `test-output/languages/` for
people to look at.
"""

import re
from collections.abc import Iterator
from functools import cache

import polib
import pytest
from playwright.sync_api import Page

from hearthline.hub.demo.world import World
from hearthline.kit.packs import read_pack
from tests.journeys.conftest import NARROW, ROOT, WIDE, Check, Opened, Picture, stays_within
from tests.journeys.steps import come_back, press, tell

pytestmark = [pytest.mark.browser, pytest.mark.world]

HUB = ROOT / "src" / "hearthline" / "hub"
LANGUAGES = {"zh-CN": "zh_Hans", "ar": "ar", "es": "es", "fr": "fr", "ru": "ru"}
# Pages that stand by themselves; questions and what a receipt opens are walked to.
PAGES = (
    "/", "/help/", "/about/", "/figures/", "/figures/definitions/", "/receipt/", "/report/danger/",
    "/report/go-on/", "/report/professional/", "/complaint/", "/complaint/answer/", "/button/",
    "/appeal/", "/appeal/decision/", "/stopped/", "/blocking/",
    "/no-such-page/",
)  # fmt: skip
# Names of things that no language changes.
CITED = (
    "Livingstone and Stoilova (2021), The 4Cs: classifying online risk to children, "
    "doi 10.21241/ssoar.71817"
)
NAMES = {"SHA-256", "SDMX-CSV", "SDMX-ML", "CSV", CITED}
STEPS = ("kind", "addresses", "facts", "words", "age_band", "safe_contact")
# What is read on the page: its texts, but not names and codes that no language changes.
TEXTS = """() => {
    const kept = 'bdi, code, kbd, textarea, time, script, style, [translate=no], [lang]:not(html)';
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
        const text = walk.currentNode.data.replace(/\\s+/g, ' ').trim();
        const parent = walk.currentNode.parentElement;
        if (text && !parent.closest(kept) && parent.getClientRects().length) found.push(text);
    }
    return found;
}"""
# Whatever holds text and would cut it off.
CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, li, label, button, a, td, th, dd, dt')]
    .filter(one => one.getClientRects().length && one.scrollWidth > one.clientWidth + 1
        && getComputedStyle(one).display !== 'inline'
        && getComputedStyle(one).overflowX !== 'visible')
    .map(one => one.textContent.trim().slice(0, 80))"""
WORDS = re.compile(r"[A-Za-z]{3,}")


@cache
def the_same(language: str) -> frozenset[str]:
    """English texts that stand alike in the language, and names that stand alike in any."""
    names = set(_texts_of(read_pack(HUB / "config" / "countries" / "solmere.toml").model_dump()))
    catalogue = polib.pofile(str(HUB / "locale" / LANGUAGES[language] / "LC_MESSAGES/django.po"))
    alike = {entry.msgid for entry in catalogue if entry.msgstr == entry.msgid}
    return frozenset(names | alike | NAMES)


def _texts_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts_of(one)
        case list() | tuple():
            for one in value:
                yield from _texts_of(one)


def walked(page: Page, world: World, receipt: str) -> Iterator[str]:
    """Every public page, opened one after another; the name of each."""
    for path in PAGES:
        page.goto(world.url("public", path))
        yield path.strip("/").replace("/", "-") or "home"
    for audience in ("child", "public", "professional"):
        page.goto(world.url("public", f"/report/start/{audience}/"))
        for number in range(12):
            yield f"{audience}-{number}"
            if not page.locator("button[name=skip]").count():
                break
            press(page, "button[name=skip]")
    come_back(page, world, receipt)
    yield "status"
    page.goto(world.url("public", "/receipt/withdraw/"))
    yield "withdraw"


@pytest.fixture(scope="module")
def receipt(world: World) -> str:
    return tell(world, "languages", audience="child")


@pytest.fixture(scope="module")
def english(world: World, chromium, receipt: str) -> dict[str, frozenset[str]]:
    """The texts of each page in the language they were written in."""
    context = chromium.new_context(locale="en", viewport=NARROW)
    page = context.new_page()
    found = {name: frozenset(page.evaluate(TEXTS)) for name in walked(page, world, receipt)}
    context.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page(
    world: World,
    browse: Opened,
    picture: Picture,
    accessible: Check,
    english: dict[str, frozenset[str]],
    receipt: str,
    language: str,
) -> None:
    page = browse(language=language, **NARROW)
    untranslated, cut = list[str](), list[str]()
    direction = "rtl" if language == "ar" else "ltr"
    for name in walked(page, world, receipt):
        picture(page, f"languages/{language[:2]}/{name}", always=True)
        if language == "zh-CN" and name in {"home", "status"}:
            accessible(page)
        root = page.locator("html")
        assert root.get_attribute("dir") == direction, name
        assert (root.get_attribute("lang") or "")[:2] == language[:2], name
        for width in (WIDE, NARROW):
            page.set_viewport_size(width)
            stays_within(page)
        here = [f"{name}: {text}" for text in page.evaluate(CUT)]
        cut += here
        left = (english[name] & set(page.evaluate(TEXTS))) - the_same(language)
        untranslated += [f"{name}: {text}" for text in sorted(left) if WORDS.search(text)]
    assert untranslated == []
    assert cut == []
